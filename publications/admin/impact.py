# What changes for readers when an item appears or goes: where it stands in lists, what it takes the place of,
# which links begin or cease to work; and when a change to a live item goes live. Reckoned when somebody asks, for the form of an item stays quick without it.
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from publications.changes.ahead import applied
from publications.clock import moment_in_words, write_moment
from publications.listing.paging import PER_PAGE
from publications.models import Entry, FeaturedItem, Publication, Topic
from publications.models.entry import EVERYTHING
from publications.querysets import public_now
from publications.search.finding import published_linking_to

MOST_TOPICS = 8
MOST_LINKS = 10
FILLED = " An item that filled an empty place leaves it."


@dataclass
class Place:
    """Where the item will stand in one list. `topic` is None for the list of everything."""

    topic: Topic | None
    last: tuple | None  # the date and key of the last item of the first page, if that is full
    is_listed: bool = True
    number: int | None = None  # None: beyond the first page
    pushed_off: Publication | None = None
    featured: str = ""

    def is_on_first_page(self, at, key) -> bool:
        return not self.last or self.last < (at, key)


def impact(item, user) -> dict:
    """Ten queries, however many topics it has. Names what this person may see: what is scheduled may be hidden."""
    at = item.published_at or timezone.now()  # when readers will see it, if it were published as it is
    bound = max(at, timezone.now())
    topics = list(
        _with_last(Topic.objects.filter(descendant_paths__topic__publications=item), item, bound)
        .distinct()
        .order_by("pk")
    )
    shown = topics[:MOST_TOPICS]
    places = [Place(None, _last_of_everything(item, bound)), *(Place(each, _last(each)) for each in shown)]
    _number(places, item, at, bound)
    _name_pushed_off(places, user)
    picks = FeaturedItem.objects.filter(publication=item).select_related("topic").order_by("topic", "pk")
    picks = {pick.topic: pick for pick in picks[:MOST_TOPICS]}
    places += [Place(topic, None, is_listed=False) for topic in picks if topic not in topics]
    _say_what_is_featured(places[1:], picks, item, bound)
    return {
        "at": at,
        "is_now": at <= timezone.now(),
        "query": f"?at={write_moment(at)}" if item.is_scheduled else "",
        "places": places,
        "more": len(topics) - len(shown),
        "people": item.authors.count(),
        "topics": len(topics),
        **links(item, user, bound),
    }


def impact_of_change(copy, user) -> dict:
    """What readers find elsewhere once the change is live: reckoned by making it live and taking that back."""
    live = Publication.objects.select_related("content_type").get(pk=copy.working_copy_of_id)
    before = _standing(live)
    with applied(copy):
        changed = Publication.objects.select_related("content_type").get(pk=live.pk)
        after, at, now = _standing(changed), changed.published_at, timezone.now()
        new = Topic.objects.filter(pk__in=after["topics"] - before["topics"])
        entered = [
            Place(each, _last(each)) for each in _with_last(new, changed, now).order_by("pk")[:MOST_TOPICS]
        ]
        _number(entered, changed, at, now)
        _name_pushed_off(entered, user)
    picks = FeaturedItem.objects.live(now).filter(publication=live).select_related("topic")
    return {
        "goes_live_at": copy.change.goes_live_at,
        "entered": entered,
        "more": len(after["topics"] - before["topics"]) - len(entered),
        "left": Topic.objects.in_order().filter(pk__in=before["topics"] - after["topics"]),
        "featured": picks.order_by("topic__name", "pk")[:MOST_TOPICS],
        **{name: (before[name], after[name]) for name in ("type", "address") if before[name] != after[name]},
    }


def _standing(item) -> dict:
    topics = Entry.objects.filter(publication=item.pk, topic__gt=EVERYTHING).order_by()
    return {
        "topics": set(topics.values_list("topic", flat=True)),
        "type": item.content_type,
        "address": item.get_absolute_url(),
    }


def links(item, user, at=None) -> dict:
    """Who points to it: public items in their text; and what is public or taken away, by what joins the two."""
    public = Publication.objects.published(at or timezone.now()).readable_by(user).exclude(pk=item.pk)
    slugs = [item.slug, *item.former_slugs.values_list("slug", flat=True)[:MOST_LINKS]]
    addresses = [reverse("publications:publication-detail", args=[slug]) for slug in slugs]
    ends = [Q(body__contains=address + end) for address in addresses for end in '"#?']
    seeming = public.filter(pk__in=published_linking_to(slugs))  # no other text is read
    linking = seeming.filter(reduce(or_, ends)).only("title", "slug").newest_first()[:MOST_LINKS]
    return {"linking": linking, "joined": _joined(item, user, at)}


def _joined(item, user, at) -> list[tuple[str, Publication]]:
    """(what it is to the item, the other): one query."""
    ways = Q(lead=item) | Q(replaced_by=item) | Q(translation_of=item)
    ways |= Q(pk__in=[key for key in (item.lead_id, item.translation_of_id) if key])
    seen = public_now(at) | Q(state__in=["withdrawn", "removed", "merged"], replaced_by=item)
    others = Publication.objects.readable_by(user).filter(ways, seen).exclude(pk=item.pk)
    others = others.only("title", "slug", "state", "published_at", "lead", "replaced_by", "translation_of")
    return [(_how(item, other), other) for other in others.newest_first()[: 2 * MOST_LINKS]]


def _how(item, other) -> str:
    if other.replaced_by_id == item.pk:
        return "Its address leads here." if other.is_merged else "Its notice names this one."
    if item.pk == other.lead_id or item.lead_id == other.pk:
        return "Of the same study: the two point to each other."
    return "The same text in another language: the two point to each other."


def leaving(item, user) -> dict:
    """What it leaves behind when it is taken back."""
    featured = FeaturedItem.objects.live(timezone.now()).filter(publication=item).select_related("topic")
    return {"featured": featured.order_by("topic__name", "pk")[:MOST_LINKS], **links(item, user)}


# In lists


def _newest(item, bound):
    rows = Entry.objects.filter(published_at__lte=bound).exclude(publication=item.pk)
    return rows.order_by("-published_at", "-publication")


def _with_last(topics, item, bound):
    last = _newest(item, bound).filter(topic=OuterRef("pk"))[PER_PAGE - 1 : PER_PAGE]
    return topics.annotate(
        last_at=Subquery(last.values("published_at")), last_key=Subquery(last.values("publication"))
    )


def _last(topic):
    return (topic.last_at, topic.last_key) if topic.last_at else None


def _last_of_everything(item, bound):
    rows = _newest(item, bound).filter(topic=EVERYTHING)[PER_PAGE - 1 : PER_PAGE]
    return rows.values_list("published_at", "publication").first()


def _number(places, item, at, bound):
    """Counts no more than a page of each list."""
    on_page = {_key(place): place for place in places if place.is_on_first_page(at, item.pk)}
    newer = Q(published_at__gt=at) | Q(published_at=at, publication__gt=item.pk)
    rows = _newest(item, bound).filter(newer, topic__in=on_page).order_by()
    ahead = dict(rows.values_list("topic").annotate(n=Count("publication")))
    for key, place in on_page.items():
        place.number = ahead.get(key, 0) + 1


def _key(place) -> int:
    return place.topic.pk if place.topic else EVERYTHING


def _name_pushed_off(places, user):
    leaving_page = {place.last[1] for place in places if place.number and place.last}
    found = Publication.objects.readable_by(user).only("title").in_bulk(leaving_page)
    for place in places:
        place.pushed_off = found.get(place.last[1]) if place.number and place.last else None


# Among the featured items


def _say_what_is_featured(places, picks, item, at):
    keys = [place.topic.pk for place in places]
    live = FeaturedItem.objects.live(at).filter(topic__in=keys).exclude(publication=item)
    taken: dict[int, list] = {}
    for key, *place in live.values_list("topic", "position", "pk"):
        taken.setdefault(key, []).append(tuple(place))
    for place in places:
        place.featured = _featured(place, picks.get(place.topic), taken.get(place.topic.pk, []), at)


def _featured(place, pick, others, at) -> str:
    topic, empty = place.topic, place.topic.slots - len(others)
    if pick and pick.starts_at and pick.starts_at > at:
        return f"It is featured from {moment_in_words(pick.starts_at)} on."
    if pick and not (pick.ends_at and pick.ends_at <= at):
        number = sum(other < (pick.position, pick.pk) for other in others) + 1
        return f"It is featured item {number} of {topic.slots}." + FILLED * (topic.tops_up and empty > 0)
    if topic.tops_up and place.number and place.number <= empty:
        return "It fills an empty place among the featured items."
    return ""
