# Publications per year as a drawing that is also navigation. Positions are per cent across, pixels down.
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

PLOT_TOP, PLOT_HEIGHT, LABEL_HEIGHT = 26, 96, 30
BASELINE = PLOT_TOP + PLOT_HEIGHT
HEIGHT = BASELINE + LABEL_HEIGHT
FEWEST_YEARS = 12
BAR_SHARE = 0.72
ROUND_NUMBERS = [1, 2, 5, 10, *(25 * 2**power for power in range(20))]


class Bar(NamedTuple):
    year: int
    count: int
    chosen: bool
    left: str  # of the whole step, where a pointer hits
    width: str
    bar_left: str
    bar_width: str
    middle: str
    top: int
    height: int
    url: str = ""


class Label(NamedTuple):
    year: int
    x: str
    anchor: str
    minor: bool


class Line(NamedTuple):
    value: int
    y: int


class Histogram(NamedTuple):
    bars: list[Bar]
    labels: list[Label]
    lines: list[Line]
    span: tuple[str, str] | None  # left and right end of the chosen years
    start: str  # the end of the axis where text begins
    height: int = HEIGHT
    baseline: int = BASELINE


@dataclass(frozen=True)
class Axis:
    """The years side by side; from right to left when mirrored."""

    years: range
    mirrored: bool

    @cached_property
    def step(self) -> float:
        return 100 / len(self.years)

    def left(self, year: int) -> float:
        """Where the step of the year begins, seen from the left."""
        index = year - self.years[0]
        return (len(self.years) - 1 - index if self.mirrored else index) * self.step

    @property
    def ends(self) -> tuple[str, str]:
        """Where the first year and the last one stand."""
        return ("100%", "0%") if self.mirrored else ("0%", "100%")


def draw(counts: dict[int, int], chosen: tuple[int, int] | None, year_url, *, mirrored=False):
    """The Histogram of `counts` by year; None when there is nothing to draw.

    `chosen` is the first and last year of the range filtered by; `year_url(year)` the address of one year.
    Mirrored, time runs from right to left, as it does where people write that way.
    """
    if not counts:
        return None
    last = max(counts)
    axis = Axis(range(min(min(counts), last - FEWEST_YEARS + 1), last + 1), mirrored)
    highest = max(counts.values())
    bars = [
        _bar(year, place, counts.get(year, 0), highest, chosen, year_url)
        for year, place in zip(axis.years, _places(axis), strict=True)
    ]
    return Histogram(bars, _labels(axis), _lines(highest), _span(axis, chosen), axis.ends[0])


def _bar(year, place, count, highest, chosen, year_url) -> Bar:
    height = max(2, round(count / highest * PLOT_HEIGHT)) if count else 0
    is_chosen = bool(chosen and chosen[0] <= year <= chosen[1])
    return Bar(year, count, is_chosen, *place, BASELINE - height, height, year_url(year) if count else "")


@lru_cache(maxsize=100)
def _places(axis: Axis) -> list[tuple[str, str, str, str, str]]:
    """What each Bar knows of where it stands: the same for all lists of these years."""
    return [_place(axis.left(year), axis.step) for year in axis.years]


def _place(left: float, step: float) -> tuple[str, str, str, str, str]:
    inset = step * (1 - BAR_SHARE) / 2
    bar = _percent(left + inset), _percent(step * BAR_SHARE)
    return _percent(left), _percent(step), *bar, _percent(left + step / 2)


@lru_cache(maxsize=100)
def _labels(axis: Axis) -> list[Label]:
    """The first and last year and the multiples of five between; small screens drop the minor ones."""
    (first, *_, last), ends = axis.years, axis.ends
    labels = [Label(first, ends[0], "start", False)]
    for year in axis.years:
        if year % 5 == 0 and year - first >= 3 and last - year >= 3:
            minor = year % 10 != 0 or year - first <= 5 or last - year <= 5
            labels.append(Label(year, _percent(axis.left(year) + axis.step / 2), "middle", minor))
    return [*labels, Label(last, ends[1], "end", False)]


def _lines(highest: int) -> list[Line]:
    """The two largest round numbers that the highest bar reaches."""
    values = [value for value in ROUND_NUMBERS if value <= highest][-2:]
    return [Line(value, BASELINE - round(value / highest * PLOT_HEIGHT)) for value in values]


def _span(axis: Axis, chosen) -> tuple[str, str] | None:
    if not chosen:
        return None
    first, last = max(chosen[0], axis.years[0]), min(chosen[1], axis.years[-1])
    if first > last:
        return None
    lefts = axis.left(first), axis.left(last)
    return _percent(min(lefts)), _percent(max(lefts) + axis.step)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def spark(counts: dict[int, int], last_year: int, years: int = 12) -> list[tuple[int, int, int]]:
    """Small bars (x, y, height) of the last years for a box of 84 by 24 pixels."""
    values = [counts.get(year, 0) for year in range(last_year - years + 1, last_year + 1)]
    highest = max([*values, 1])
    heights = [max(1, round(value / highest * 22)) for value in values]
    return [(index * 7, 24 - height, height) for index, height in enumerate(heights)]
