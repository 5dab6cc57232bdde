# The counts beside filters. Each is one grouped query.
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import ExtractYear

from publications.listing.prepared import Prepared, some_keys
from publications.models import ContentType, Topic
from publications.querysets import state_rules

_topics = Prepared(lambda keys: Topic.objects.filter(pk__in=keys), keys=some_keys)


class TypeCount(NamedTuple):
    content_type: ContentType
    count: int


def count_types(publications) -> dict[int, int]:
    """How many there are of each type that occurs."""
    return dict(publications.order_by().values_list("content_type").annotate(n=Count("pk")))


def count_years(publications) -> dict[int, int]:
    """How many there are of each year that occurs, in the site's time zone, the earliest year first."""
    years = publications.filter(published_at__isnull=False).annotate(year=ExtractYear("published_at"))
    return dict(years.order_by("year").values_list("year").annotate(n=Count("pk")))


def count_topics(publications, limit: int = 12) -> list[Topic]:
    """The topics that hold most of these, each with `count`, the fullest first."""
    through = publications.model.topics.through.objects.filter(
        publication__in=publications.order_by().values("pk")
    )
    rows = through.values_list("topic__ancestor_paths__ancestor").annotate(
        n=Count("publication", distinct=True)
    )
    return fullest_topics(dict(rows), limit)


def fullest_topics(counts: dict[int, int], limit: int = 12) -> list[Topic]:
    fullest = sorted(counts, key=lambda pk: (-counts[pk], pk))[:limit]
    topics = {topic.pk: topic for topic in _topics(keys=fullest)} if fullest else {}
    for pk, topic in topics.items():
        topic.count = counts[pk]
    return [topics[pk] for pk in fullest if pk in topics]


def count_states(publications, now=None) -> dict[str, int]:
    """How many there are in each state, as `state_rules` names them: one query."""
    rules = state_rules(now)
    return publications.order_by().aggregate(
        **{state: Count("pk", filter=rule) for state, rule in rules.items()}
    )
