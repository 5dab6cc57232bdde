# The front page of the admin: what there is, what comes next, what needs a hand. Bounded queries.
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from publications.admin.base import count_of
from publications.admin.filters import state_counts, states, wants
from publications.listing.facets import count_types
from publications.models import ContentType, FeaturedItem, LoggedStep, Publication, Topic
from publications.roles import curated_by, may_somewhere
from publications.visibility import sees_hidden

SHOWN = 6
LOOKED_BACK = timedelta(days=30)
LOOKED_AHEAD = timedelta(days=14)


def overview(user) -> dict:
    """Eight or nine queries whatever the number of publications, of what this person may see; nothing for those
    who may not see any that are hidden."""
    if not sees_hidden(user):
        return {}
    now = timezone.now()
    everything = Publication.objects.readable_by(user)
    rows = everything.for_cards()
    counts = state_counts(everything, now)
    return {
        "states": [(key, words, counts[key]) for key, (words, _) in states(now).items()],
        "total": counts["everything"],
        "types": _types(everything),
        "in_review": rows.filter(state=Publication.State.IN_REVIEW).order_by("changed_at", "pk")[:SHOWN],
        "scheduled": rows.filter(states(now)["scheduled"][1]).order_by("published_at", "pk")[:SHOWN],
        "latest": rows.select_related("content_type", "image", "changed_by").order_by("-changed_at", "-pk")[
            :SHOWN
        ],
        "attention": _attention(everything),
        "passed_over": _passed_over(user, now),
        "tops": _tops(now, user) if may_somewhere(user, "publications.view_topic") else None,
    }


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
    """How many steps of late passed a rule over, and the query string that lists them."""
    since = now - LOOKED_BACK
    if not may_somewhere(user, "publications.view_loggedstep"):
        return {}
    return {
        "number": LoggedStep.objects.visible_to(user).bypasses().since(since).count(),
        "days": LOOKED_BACK.days,
        "query": f"rules=passed-over&from={timezone.localdate(since).isoformat()}",
    }


def _types(publications):
    """The types in their order with the number of items, drafts included, and its share of the largest."""
    types, counts = list(ContentType.objects.all()), count_types(publications)
    largest = max(counts.values(), default=0) or 1
    for each in types:
        each.number = counts.get(each.pk, 0)
        each.share = round(100 * each.number / largest)
    return types


def _attention(publications):
    """(key, words, number) of each thing that published items lack, where there are any."""
    rules = wants()
    rows = publications.filter(state=Publication.State.PUBLISHED).order_by()
    counted = {key: Count("pk", filter=rule, distinct=True) for key, (_, rule) in rules.items()}
    found = rows.aggregate(**counted)
    return [(key, words, found[key]) for key, (words, _) in rules.items() if found[key]]
