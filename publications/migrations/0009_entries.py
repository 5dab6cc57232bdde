from collections import Counter

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

# Lists are counted from indexes alone, as long as PostgreSQL knows which pages all may see; what was just
# inserted is looked over soon.
STORAGE = {
    "entry": "autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02",
    "tally": "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02",
}


def set_storage(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, options in STORAGE.items():
            schema_editor.execute(f"ALTER TABLE publications_{name} SET ({options})")


def fill(apps, schema_editor):
    """For the publications that are there already."""
    get = apps.get_model
    listed = get("publications", "Publication").objects.filter(state="published").order_by()
    facts = "content_type", "published_at"
    rows = [(pk, 0, *rest) for pk, *rest in listed.values_list("pk", *facts).iterator()]
    rows += (
        listed.filter(topics__isnull=False)
        .values_list("pk", "topics__ancestor_paths__ancestor", *facts)
        .distinct()
    )
    counts, zone = Counter(), timezone.get_default_timezone()
    Entry, Tally = get("publications", "Entry"), get("publications", "Tally")
    Entry.objects.bulk_create(
        (Entry(publication_id=pk, topic=topic, type=type, published_at=at) for pk, topic, type, at in rows),
        batch_size=500,
    )
    for _, topic, type, at in rows:
        local = timezone.localtime(at, zone)
        for period in (0, local.year, local.year * 100 + local.month):
            counts[topic, type, period] += 1
    Tally.objects.bulk_create(
        (Tally(topic=topic, type=type, period=period, n=n) for (topic, type, period), n in counts.items()),
        batch_size=500,
    )
    get("publications", "ListingState").objects.create(pk=1, time_zone=settings.TIME_ZONE)


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0008_menus"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("time_zone", models.CharField(max_length=80)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "topic",
                        "type",
                        "period",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("topic", models.IntegerField()),
                ("type", models.IntegerField()),
                ("period", models.IntegerField()),
                ("n", models.IntegerField()),
            ],
            options={
                "verbose_name_plural": "tallies",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["topic", "period", "type", "n"], name="tally_of_topic"),
                    models.Index(fields=["period", "topic", "type", "n"], name="tally_of_period"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "publication_id",
                        "topic",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("topic", models.IntegerField()),
                ("type", models.IntegerField()),
                ("published_at", models.DateTimeField()),
                (
                    "publication",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="entries",
                        to="publications.publication",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["topic", "-published_at", "-publication"], name="entry_newest"),
                    models.Index(
                        fields=["topic", "type", "-published_at", "-publication"], name="entry_type_newest"
                    ),
                ],
            },
        ),
        migrations.RunPython(set_storage, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
