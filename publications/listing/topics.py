# Topics with what their lists hold, out of entries and tallies.
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from publications import clock
from publications.models import Entry, Tally
from publications.models.entry import ALWAYS


def with_counts(topics, now=None):
    """Adds `publication_count` and `latest_at` over each topic and all topics within it. Costs a few look-ups
    in an index for each, and those entries whose time has not come."""
    now = now or clock.now()
    entries = Entry.objects.filter(topic=OuterRef("pk"))
    later = entries.filter(published_at__gt=now).order_by().values("topic").annotate(total=Count("*"))
    tallies = (
        Tally.objects.filter(topic=OuterRef("pk"), period=ALWAYS).values("topic").annotate(total=Sum("n"))
    )
    return topics.annotate(
        publication_count=Coalesce(Subquery(tallies.values("total")), 0)
        - Coalesce(Subquery(later.values("total")), 0),
        latest_at=newest_at(entries, now),
    )


def newest_at(entries, now):
    """The date of the newest of these entries, out of an outer query."""
    newest = entries.filter(published_at__lte=now).order_by("-published_at", "-publication")
    return Subquery(newest.values("published_at")[:1])
