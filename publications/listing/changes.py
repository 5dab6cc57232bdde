# When a page changes by the clock alone: items and changes whose time comes, featured items that begin and end,
# pictures that may be used no longer.
import datetime as dt

from django.db.models import Exists, Max, Min, OuterRef, Subquery
from django.utils import timezone

from publications.listing.counts import MOMENT
from publications.listing.prepared import Prepared, a_moment
from publications.models import Change, Entry, FeaturedItem, Generation, Image, Publication
from publications.models.entry import EVERYTHING
from publications.models.standing import State
from publications.querysets import midnight


def next_change(now: dt.datetime, topic=None) -> dt.datetime | None:
    """The first moment after now at which something appears or leaves, within a topic or anywhere."""
    moments = [*_moments("gt", Min, now, topic), _picture_ends("gte", now, topic)]
    return min(filter(None, moments), default=None)


def previous_change(now: dt.datetime, topic=None) -> dt.datetime | None:
    """The last moment before now at which something appeared or left, within a topic or anywhere."""
    moments = [*_moments("lt", Max, now, topic), _picture_ends("lt", now - dt.timedelta.resolution, topic)]
    return max(filter(None, moments), default=None)


def _moments(side: str, extreme, now, topic):
    for rows, field in _dated_rows(topic):
        yield rows.filter(**{f"{field}__{side}": now}).aggregate(moment=extreme(field))["moment"]


def _dated_rows(topic=None):
    entries = Entry.objects.filter(topic=topic.pk if topic else EVERYTHING)
    featured = FeaturedItem.objects.filter(topic=topic) if topic else FeaturedItem.objects.all()
    changes = Change.objects.filter(Exists(_copies_in(topic))) if topic else Change.objects.all()
    return [
        (entries, "published_at"),
        (featured, "starts_at"),
        (featured, "ends_at"),
        (changes, "goes_live_at"),
    ]


def _copies_in(topic):
    """Looked up for each change: there are few."""
    return Publication.with_copies.in_topic(topic).filter(pk=OuterRef("copy"))


def _picture_ends(side: str, now, topic):
    """When the last day is over on which a picture in these lists may be used. Pictures are looked up one after the
    other, from this day on, until one is there."""
    listed = Publication.objects.filter(
        image=OuterRef("pk"), entries__topic=topic.pk if topic else EVERYTHING
    )
    ends = Image.objects.filter(Exists(listed), **{f"usable_until__{side}": timezone.localdate(now)})
    ends = ends.order_by("usable_until" if side == "gte" else "-usable_until")
    last_day = ends.values_list("usable_until", flat=True).first()
    return last_day and midnight(last_day, days=1)


def unchanged_until(now: dt.datetime, withdrawals_shown: dt.timedelta) -> dt.datetime:
    """The first moment after now at which any page may be another though nothing was written: midnight in
    the site's time zone at the latest, which ends the use of pictures and moves what is counted from today.
    Feeds tell of withdrawals for so long."""
    moments = [midnight(timezone.localdate(now), days=1)]
    for row in _first_moments(now=now, since=now - withdrawals_shown):
        told = row.told and row.told + withdrawals_shown + MOMENT
        moments += filter(None, [row.listed, row.begins, row.ends, row.goes_live, row.dated, told])
    return min(moments)


def _with_first_moments(now, since):
    """One row, which is there wherever a page is kept: every page that is made first after a change asks for it."""
    dated = Publication.objects.filter(state__in=State.values)  # by an index
    told = Publication.objects.filter(state=State.WITHDRAWN, withdrawn_at__gte=since)
    names = "listed", "begins", "ends", "goes_live", "dated"
    firsts = {
        name: _first(rows.filter(**{f"{field}__gt": now}), field)
        for name, (rows, field) in zip(names, [*_dated_rows(), (dated, "published_at")], strict=True)
    }
    return Generation.objects.order_by("pk").annotate(**firsts, told=_first(told, "withdrawn_at"))[:1]


def _first(rows, field: str) -> Subquery:
    return Subquery(rows.order_by(field).values(field)[:1])


_first_moments = Prepared(_with_first_moments, now=a_moment, since=a_moment)
