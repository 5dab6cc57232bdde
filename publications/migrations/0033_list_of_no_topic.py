from collections import Counter

from django.db import migrations
from django.utils import timezone

NOWHERE = -1


def fill(apps, schema_editor):
    """For the publications that stand in no topic already."""
    Publication, Entry, Tally = (
        apps.get_model("publications", name) for name in ("Publication", "Entry", "Tally")
    )
    rows = Publication.objects.filter(state="published", working_copy_of=None, topics=None).order_by()
    rows = list(rows.values_list("pk", "content_type", "published_at"))
    counts, zone = Counter(), timezone.get_default_timezone()
    for _, type, at in rows:
        local = timezone.localtime(at, zone)
        counts.update((type, period) for period in (0, local.year, local.year * 100 + local.month))
    Entry.objects.bulk_create(
        (Entry(publication_id=pk, topic=NOWHERE, type=type, published_at=at) for pk, type, at in rows),
        batch_size=500,
    )
    Tally.objects.bulk_create(
        (Tally(topic=NOWHERE, type=type, period=period, n=n) for (type, period), n in counts.items()),
        batch_size=500,
    )


def empty(apps, schema_editor):
    for name in ("Entry", "Tally"):
        apps.get_model("publications", name).objects.filter(topic=NOWHERE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0032_whole_documents"),
    ]

    operations = [migrations.RunPython(fill, empty)]
