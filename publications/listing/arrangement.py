# What stands at the top of a topic, and when: reckoned from an arrangement of featured items that need not be
# stored, so that editors see what becomes of theirs before they save it.
import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from publications.models import FeaturedItem, Publication


@dataclass
class Arrangement:
    """`picks` are featured items in their order, stored or not. `newest` are items for empty places, the newest
    first; those to come among them."""

    slots: int
    tops_up: bool
    picks: list[FeaturedItem]
    newest: list[Publication] = field(default_factory=list)

    def at(self, moment: dt.datetime) -> "Top":
        """What readers see at this moment, by the rule of `featured_in`."""
        live = [pick for pick in self.picks if is_live(pick, moment)]
        free = max(self.slots - len(live), 0) if self.tops_up else 0
        taken = {pick.publication_id for pick in live}
        newest = [item for item in self.newest if item.published_at <= moment][: 2 * self.slots]
        filling = [item for item in newest if item.pk not in taken][:free]
        return Top(tuple(live[: self.slots]), tuple(filling), tuple(live[self.slots :]), self.slots)

    def stretches(self, start: dt.datetime, end: dt.datetime) -> list["Stretch"]:
        """From change to change of what readers see or of what waits, within this time."""
        found = []
        moments = [start, *sorted(moment for moment in self._changes() if start < moment < end)]
        for moment in moments:
            top = self.at(moment)
            if not found or found[-1].top != top:
                found.append(Stretch(moment, end, top))
        for one, following in zip(found, found[1:], strict=False):
            one.end = following.start
        return found

    def _changes(self) -> set[dt.datetime]:
        items = [pick.publication for pick in self.picks] + (self.newest if self.tops_up else [])
        moments = {pick.starts_at for pick in self.picks} | {pick.ends_at for pick in self.picks}
        return (moments | {item.published_at for item in items}) - {None}


class Top(NamedTuple):
    """The picks that have a place, the items that fill the rest, the picks that wait for a place."""

    picks: tuple[FeaturedItem, ...]
    filling: tuple[Publication, ...]
    waiting: tuple[FeaturedItem, ...]
    slots: int

    @property
    def empty(self) -> int:
        return self.slots - len(self.picks) - len(self.filling)

    @property
    def cards(self) -> list[Publication]:
        """As pages show them: each with the FeaturedItem it is there by."""
        for item in self.filling:
            item.pick = None
        for pick in self.picks:
            pick.publication.pick = pick
        return [*(pick.publication for pick in self.picks), *self.filling]


@dataclass
class Stretch:
    start: dt.datetime
    end: dt.datetime
    top: Top


def is_live(pick: FeaturedItem, moment: dt.datetime) -> bool:
    """The rule of `FeaturedItemQuerySet.live`, of a row that need not be stored."""
    item = pick.publication
    is_public = item.state == item.State.PUBLISHED and item.published_at <= moment
    return is_public and is_running(pick, moment)


def is_running(pick: FeaturedItem, moment: dt.datetime) -> bool:
    return (not pick.starts_at or pick.starts_at <= moment) and (not pick.ends_at or pick.ends_at > moment)
