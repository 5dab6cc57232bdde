# The front page of the admin: what there is, what comes next, what needs a hand. Bounded queries.
from collections import Counter
from datetime import timedelta

from django.db.models import Case, F, Min, Q, When
from django.utils import timezone

from publications.admin.counting import count_of, count_some, in_words
from publications.admin.publication_filters import states, wants
from publications.listing.counts import MOMENT, Counts
from publications.models import Change, ContentType, FeaturedItem, LoggedStep, Publication, Topic
from publications.models.entry import EVERYTHING
from publications.roles import curated_by, may_somewhere
from publications.visibility import may_view_hidden, sees_hidden

SHOWN = 6
LOOKED_BACK = timedelta(days=30)
LOOKED_AHEAD = timedelta(days=14)


def overview(user) -> dict:
    """Ten or eleven queries whatever the number of publications, none of which reads them all, of what this person
    may see; nothing for those who may not see any that are hidden."""
    if not sees_hidden(user):
        return {}
    now = timezone.now()
    everything = Publication.objects.readable_by(user)
    rows = everything.for_cards("changed_at", "changed_by")
    tallied = Tallied(now, sees_all=may_view_hidden(user))
    others = {key: rule for key, (_, rule) in states(now).items() if key not in tallied.states}
    lacking, log = wants(), _passed_over(user, now)
    counted = count_some(
        *(everything.filter(rule) for rule in others.values()),
        *(everything.listed().filter(rule) for _, rule in lacking.values()),
        *([log["rows"]] if log else []),
    )
    counts = tallied.states | dict(zip(others, counted, strict=False))
    attention = dict(zip(lacking, counted[len(others) :], strict=False))
    return {
        "states": [(key, words, in_words(counts[key])) for key, (words, _) in states(now).items()],
        "types": tallied.types,
        "in_review": rows.filter(state=Publication.State.IN_REVIEW).order_by("changed_at", "pk")[:SHOWN],
        "scheduled": rows.filter(states(now)["scheduled"][1]).order_by("published_at", "pk")[:SHOWN],
        "latest": rows.select_related("content_type", "image", "changed_by").order_by("-changed_at", "-pk")[
            :SHOWN
        ],
        "changes": _changes(user),
        "attention": [
            (key, words, in_words(attention[key])) for key, (words, _) in lacking.items() if attention[key]
        ],
        "passed_over": log and log | {"number": counted[-1], "words": in_words(counted[-1])},
        "tops": _tops(now, user) if may_somewhere(user, "publications.view_topic") else None,
    }


class Tallied:
    """What readers see, by type, and for those who see all of it what they will see: exact, from the tallies of
    the listing."""

    def __init__(self, now, sees_all):
        until_now = now + MOMENT
        counts = Counts(EVERYTHING, [until_now])
        published = Counter()
        for (kind, _), number in counts.between(None, until_now).items():
            published[kind] += number
        total = published.total()
        self.states = {"published": total}
        if sees_all:
            self.states["scheduled"] = sum(counts.years.values()) - total
        self.types = list(ContentType.objects.all())
        largest = max(published.values(), default=0) or 1
        for each in self.types:
            each.number = published[each.pk]
            each.share = round(100 * each.number / largest)


def _changes(user):
    """Changes to live items: what could not go live first, then by their time, then what waits for review."""
    seen = Publication.with_copies.copies().readable_by(user).values("pk")
    rows = (
        Change.objects.filter(copy__in=seen).select_related("copy__content_type").defer("base", "copy__body")
    )
    is_late = Case(When(failure="", then=1), default=0)
    in_review = Case(When(copy__state=Publication.State.IN_REVIEW, then=0), default=1)
    return rows.order_by(
        is_late, F("goes_live_at").asc(nulls_last=True), in_review, "-copy__changed_at", "pk"
    )[:SHOWN]


def _tops(now, user):
    """Topics whose featured items leave a place empty now, or end soon: the most urgent first."""
    ends = Min("featured_items__ends_at", filter=Q(featured_items__ends_at__gt=now))
    rows = Topic.objects.filter(featured_items__isnull=False).annotate(ends=ends)
    rows = rows if user.has_perm("publications.view_topic") else rows.filter(pk__in=curated_by(user))
    rows = rows.annotate(live=count_of(FeaturedItem.objects.live(now), "topic")).order_by("ends", "pk")
    rows = [topic for topic in rows if _is_empty(topic) or (topic.ends and topic.ends < now + LOOKED_AHEAD)]
    return sorted(rows, key=lambda topic: not _is_empty(topic))[:SHOWN]


def _is_empty(topic) -> bool:
    return topic.live < topic.slots and not topic.tops_up


def _passed_over(user, now):
    """The steps of late that passed a rule over, and the query string that lists them."""
    since = now - LOOKED_BACK
    if not may_somewhere(user, "publications.view_loggedstep"):
        return {}
    return {
        "rows": LoggedStep.objects.visible_to(user).bypasses().since(since),
        "days": LOOKED_BACK.days,
        "query": f"rules=passed-over&from={timezone.localdate(since).isoformat()}",
    }
