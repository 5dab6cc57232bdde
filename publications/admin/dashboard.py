# The front page of the admin: what there is, what comes next, what needs a hand. Bounded queries.
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from publications.admin.base import count_of
from publications.admin.filters import state_counts, states, wants
from publications.models import ContentType, FeaturedItem, LoggedStep, Publication, Topic
from publications.querysets import original_rule

SHOWN = 6
LOOKED_BACK = timedelta(days=30)
LOOKED_AHEAD = timedelta(days=14)


def overview(user) -> dict:
    """Seven or eight queries whatever the number of publications; nothing for those who may not see them."""
    if not user.has_perm("publications.view_publication"):
        return {}
    now = timezone.now()
    rows = Publication.objects.for_cards()
    counts = state_counts(Publication.objects.all(), now)
    return {
        "states": [(key, words, counts[key]) for key, (words, _) in states(now).items()],
        "total": counts["everything"],
        "types": _types(),
        "in_review": rows.filter(state=Publication.State.IN_REVIEW).order_by("changed_at", "pk")[:SHOWN],
        "scheduled": rows.filter(states(now)["scheduled"][1]).order_by("published_at", "pk")[:SHOWN],
        "latest": rows.select_related("content_type", "image", "changed_by").order_by("-changed_at", "-pk")[
            :SHOWN
        ],
        "attention": _attention(),
        "passed_over": _passed_over(user, now),
        "tops": _tops(now) if user.has_perm("publications.view_topic") else None,
    }


def _tops(now):
    """Topics whose featured items leave a place empty now, or end soon: the most urgent first."""
    ends = Min("featured_items__ends_at", filter=Q(featured_items__ends_at__gt=now))
    rows = Topic.objects.filter(featured_items__isnull=False).annotate(ends=ends)
    rows = rows.annotate(live=count_of(FeaturedItem.objects.live(now), "topic")).order_by("ends", "pk")
    rows = [topic for topic in rows if _is_empty(topic) or (topic.ends and topic.ends < now + LOOKED_AHEAD)]
    return sorted(rows, key=lambda topic: not _is_empty(topic))[:SHOWN]


def _is_empty(topic) -> bool:
    return topic.live < topic.slots and not topic.tops_up


def _passed_over(user, now):
    """How many steps of late passed a rule over, and the query string that lists them."""
    since = now - LOOKED_BACK
    if not user.has_perm("publications.view_loggedstep"):
        return {}
    return {
        "number": LoggedStep.objects.bypasses().since(since).count(),
        "days": LOOKED_BACK.days,
        "query": f"rules=passed-over&from={timezone.localdate(since).isoformat()}",
    }


def _types():
    """The types in their order with the number of items, drafts included, and its share of the largest."""
    types = list(
        ContentType.objects.annotate(number=Count("publications", filter=original_rule("publications__")))
    )
    largest = max((each.number for each in types), default=0) or 1
    for each in types:
        each.share = round(100 * each.number / largest)
    return types


def _attention():
    """(key, words, number) of each thing that published items lack, where there are any."""
    rules = wants()
    rows = Publication.objects.filter(state=Publication.State.PUBLISHED).order_by()
    counted = {key: Count("pk", filter=rule, distinct=True) for key, (_, rule) in rules.items()}
    found = rows.aggregate(**counted)
    return [(key, words, found[key]) for key, (words, _) in rules.items() if found[key]]
