# Topics with what their lists hold, out of entries and tallies.
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from publications import clock
from publications.listing.kept import MOST_KEPT, Kept
from publications.listing.prepared import Prepared, a_moment, a_text
from publications.models import Entry, Tally, Topic, TopicAncestry
from publications.models.entry import ALWAYS, EVERYTHING
from publications.statements import ask


def with_counts(topics, now=None):
    """Adds `publication_count` over each topic and all topics within it. Costs a few look-ups in an index for
    each, and those entries whose time has not come."""
    later = Entry.objects.filter(topic=OuterRef("pk"))
    later = (
        later.filter(published_at__gt=now or clock.now())
        .order_by()
        .values("topic")
        .annotate(total=Count("*"))
    )
    tallies = (
        Tally.objects.filter(topic=OuterRef("pk"), period=ALWAYS).values("topic").annotate(total=Sum("n"))
    )
    return topics.annotate(
        publication_count=Coalesce(Subquery(tallies.values("total")), 0)
        - Coalesce(Subquery(later.values("total")), 0)
    )


def share_of(topics) -> tuple[int, int]:
    """How many entries these topics have, and how many there are: with those whose time has not come, and those of
    several topics once for each."""
    rows = Tally.objects.filter(topic__in=[EVERYTHING, *topics], period=ALWAYS).order_by()
    sizes = dict(rows.values_list("topic").annotate(total=Sum("n")))
    total = sizes.pop(EVERYTHING, 0)
    return sum(sizes.values()), total


def with_latest(topics, now=None):
    """Adds `latest_at`, the date of the newest item of each topic and all topics within it."""
    entries = Entry.objects.filter(topic=OuterRef("pk"))
    return topics.annotate(latest_at=newest_at(entries, now or clock.now()))


_family = Prepared(
    lambda slug, now: with_counts(Topic.objects.around(slug), now).select_related("picture").in_order(),
    slug=a_text,
    now=a_moment,
)


def family_of(slug: str, now) -> list[Topic]:
    """The topic, all topics above it and those directly below it, with their counts and pictures. One query."""
    return _family(slug=slug, now=now)


def newest_at(entries, now):
    """The date of the newest of these entries, out of an outer query."""
    newest = entries.filter(published_at__lte=now).order_by("-published_at", "-publication_id")
    return Subquery(newest.values("published_at")[:1])


def _read_paths() -> list[tuple]:
    return ask(f"SELECT topic_id, ancestor_id FROM {TopicAncestry._meta.db_table}", [])


def _find_listed_in(paths) -> Callable[[tuple[int, ...]], frozenset[int]]:
    """Tells in which topics an item of some topics is listed: in these and in all above them."""
    above = defaultdict(set)
    for topic, ancestor in paths:
        above[topic].add(ancestor)
    return lru_cache(MOST_KEPT)(lambda topics: frozenset().union(*(above.get(topic, ()) for topic in topics)))


listed_in = Kept(_read_paths, _find_listed_in)
