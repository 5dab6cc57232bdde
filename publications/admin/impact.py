# What changes for readers when an item appears: where it stands in lists, what it takes the place of, which
# links begin to work. Reckoned when somebody asks, for the form of an item stays quick without it.
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from publications.clock import write_moment
from publications.listing.paging import PER_PAGE
from publications.models import Entry, FeaturedItem, Publication, Topic
from publications.models.entry import EVERYTHING

MOST_TOPICS = 8
MOST_LINKS = 10


@dataclass
class Place:
    """Where the item will stand in one list. `topic` is None for the list of everything."""

    topic: Topic | None
    number: int | None  # None: beyond the first page
    pushed_off: int | None  # the key, later the item, that leaves the first page
    featured: str = ""


def impact(item) -> dict:
    """Fifteen queries at most: one for each of at most nine lists, and a few for the rest."""
    at = _moment(item)
    topics = list(Topic.objects.filter(descendant_paths__topic__publications=item).distinct().order_by("pk"))
    shown = topics[:MOST_TOPICS]
    places = [_place(item, at, topic) for topic in (None, *shown)]
    _say_what_is_featured(item, at, places[1:])
    _name_pushed_off(places)
    return {
        "at": at,
        "is_now": at <= timezone.now(),
        "query": f"?at={write_moment(at)}" if item.is_scheduled else "",
        "places": places,
        "more": len(topics) - len(shown),
        "per_page": PER_PAGE,
        "people": item.authors.count(),
        "topics": len(topics),
        "linking": _linking(item, at),
    }


def _moment(item) -> datetime:
    """When readers will see it first, if it were published as it is."""
    return item.published_at or timezone.now()


def _place(item, at, topic) -> Place:
    rows = Entry.objects.filter(
        topic=topic.pk if topic else EVERYTHING, published_at__lte=max(at, timezone.now())
    )
    rows = rows.exclude(publication=item.pk).order_by("-published_at", "-publication")[:PER_PAGE]
    newest = list(rows.values_list("published_at", "publication"))
    ahead = sum(each > (at, item.pk) for each in newest)
    if ahead == PER_PAGE:
        return Place(topic, None, None)
    return Place(topic, ahead + 1, newest[-1][1] if len(newest) == PER_PAGE else None)


def _say_what_is_featured(item, at, places):
    keys = [place.topic.pk for place in places]
    picks = {pick.topic_id: pick for pick in FeaturedItem.objects.filter(publication=item, topic__in=keys)}
    live = FeaturedItem.objects.live(at).filter(topic__in=keys).exclude(publication=item)
    taken = dict(live.order_by().values_list("topic").annotate(n=Count("pk")))
    for place in places:
        pick, empty = picks.get(place.topic.pk), place.topic.slots - taken.get(place.topic.pk, 0)
        if pick and (not pick.ends_at or pick.ends_at > at):
            place.featured = "It is among the featured items."
        elif not pick and place.topic.tops_up and place.number and place.number <= empty:
            place.featured = "It fills an empty place among the featured items."


def _name_pushed_off(places):
    found = Publication.objects.only("title").in_bulk(
        {place.pushed_off for place in places if place.pushed_off}
    )
    for place in places:
        place.pushed_off = found.get(place.pushed_off)


def _linking(item, at):
    """Items that link to it already."""
    rows = Publication.objects.published(max(at, timezone.now())).exclude(pk=item.pk)
    return (
        rows.filter(body__contains=f'{item.get_absolute_url()}"')
        .only("title", "slug")
        .newest_first()[:MOST_LINKS]
    )
