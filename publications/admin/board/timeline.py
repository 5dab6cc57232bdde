# The weeks to come as a drawing: a lane for each place with what stands in it, and one for what waits.
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date

from publications.listing.arrangement import Stretch
from publications.querysets import midnight


@dataclass
class Bar:
    """From `start` on, `width` long, in per cent of the time drawn."""

    start: float
    width: float
    kind: str  # picked, filling, waiting or empty
    words: str

    @property
    def end(self) -> float:
        return self.start + self.width


class Lane(NamedTuple):
    name: str
    bars: list[Bar]


class Tick(NamedTuple):
    start: float
    words: str
    is_minor: bool


def lanes(stretches: list[Stretch]) -> list[Lane]:
    start, end = stretches[0].start, stretches[-1].end
    span = (end - start).total_seconds()

    def part(moment):
        return round(100 * (moment - start).total_seconds() / span, 2)

    def bars(what_stands):
        runs = groupby(stretches, key=lambda one: what_stands(one.top))
        for (kind, words), run in runs:
            run = list(run)
            yield Bar(part(run[0].start), round(part(run[-1].end) - part(run[0].start), 2), kind, words)

    places = range(stretches[0].top.slots)
    found = [Lane(str(number + 1), list(bars(lambda top, n=number: _in_place(top, n)))) for number in places]
    if any(one.top.waiting for one in stretches):
        found.append(Lane("", [bar for bar in bars(_who_waits) if bar.words]))
    return found


def _in_place(top, number) -> tuple[str, str]:
    if number < len(top.picks):
        return "picked", str(top.picks[number].publication)
    if number < len(top.picks) + len(top.filling):
        return "filling", f"Newest: {top.filling[number - len(top.picks)]}"
    return "empty", "Empty"


def _who_waits(top) -> tuple[str, str]:
    names = ", ".join(str(pick.publication) for pick in top.waiting)
    return "waiting", f"Waiting: {names}" if names else ""


def ticks(start, end) -> list[Tick]:
    """The Mondays, each second of them for narrow screens too."""
    today = timezone.localdate(start)
    monday = midnight(today, days=7 - today.weekday())
    span, found = end - start, []
    while monday < end:
        found.append(
            Tick(
                round(100 * ((monday - start) / span), 2),
                format_date(timezone.localtime(monday), "j M"),
                len(found) % 2 == 1,
            )
        )
        monday = midnight(timezone.localdate(monday), days=7)
    return found
