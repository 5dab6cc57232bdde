# When a page changes by the clock alone: items whose time comes, featured items that begin and end.
import datetime as dt

from django.db.models import Max, Min

from publications.models import Entry, FeaturedItem
from publications.models.entry import EVERYTHING


def next_change(now: dt.datetime, topic=None) -> dt.datetime | None:
    """The first moment after now at which something appears or leaves, within a topic or anywhere."""
    return min((moment for moment in _moments("gt", Min, now, topic) if moment), default=None)


def previous_change(now: dt.datetime, topic=None) -> dt.datetime | None:
    """The last moment before now at which something appeared or left, within a topic or anywhere."""
    return max((moment for moment in _moments("lt", Max, now, topic) if moment), default=None)


def _moments(side: str, extreme, now, topic):
    entries = Entry.objects.filter(topic=topic.pk if topic else EVERYTHING)
    featured = FeaturedItem.objects.filter(topic=topic) if topic else FeaturedItem.objects.all()
    for rows, field in ((entries, "published_at"), (featured, "starts_at"), (featured, "ends_at")):
        yield rows.filter(**{f"{field}__{side}": now}).aggregate(moment=extreme(field))["moment"]
