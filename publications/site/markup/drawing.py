# The years of a list as a drawing that is also navigation; publications/listing/histogram.py has its measures.
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from publications.listing.histogram import Bar, Histogram
from publications.site.markup.numbers import number
from publications.site.markup.words import gettext as _, ngettext
from publications.surroundings import surroundings

ABOVE = 7  # pixels between a bar and its number
HIT_HEIGHT, AXIS, SPAN, YEARS = 124, 122.5, 125.5, 144


def small_bars(bars: Iterable[tuple[int, int, int]]) -> SafeString:
    """Those of a `spark`."""
    return SafeString(
        "".join([f'<rect x="{x}" y="{y}" width="5" height="{height}"/>' for x, y, height in bars])
    )


def histogram(drawn: Histogram, anchor: str, after: str) -> SafeString:
    """`anchor` is added to each bar's address; `after` is the id of what follows the drawing."""
    lines = [
        f'<g class="grid" aria-hidden="true"><line x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text x="{drawn.start}" y="{y - 5}">{number(value)}</text></g>\n    '
        for value, y in drawn.lines
    ]
    language = surroundings().language
    bars = [
        _bar(bar, anchor, *_words(bar.year, bar.count, bar.chosen, language))
        for bar in drawn.bars
        if bar.count
    ]
    span = ""
    if drawn.span:
        span = f'<line class="span" x1="{drawn.span[0]}" x2="{drawn.span[1]}" y1="{SPAN}" y2="{SPAN}"/>'
    years = _years(tuple(drawn.labels))
    return SafeString(
        '<figure class="hist">\n'
        f'  <figcaption><b id="hist-t">{_("Publications per year")}</b> '
        f"<span>{_('Choose a bar to see one year.')}</span> "
        f'<a class="vh" href="#{after}">{_("Skip the chart")}</a></figcaption>\n'
        f'  <svg width="100%" height="{drawn.height}" role="group" aria-labelledby="hist-t">\n'
        f"    {''.join(lines)}\n"
        f"    {''.join(bars)}\n"
        f'    <line class="axis" x1="0" x2="100%" y1="{AXIS}" y2="{AXIS}"/>\n'
        f"    {span}\n"
        f'    <g class="years" aria-hidden="true">{years}</g>\n'
        "  </svg>\n"
        "</figure>\n"
    )


@lru_cache(maxsize=100)
def _years(labels) -> str:
    return "".join(
        f'<text{' class="minor"' if label.minor else ""} x="{label.x}" y="{YEARS}" '
        f'text-anchor="{label.anchor}">{label.year}</text>'
        for label in labels
    )


@lru_cache(maxsize=20_000)
def _words(year: int, count: int, is_chosen: bool, language: str) -> tuple[str, str]:
    """What a bar says to those who hear the page, and its number."""
    if is_chosen:
        words = ngettext(
            "%(year)s: %(number)s publication, in the selected range",
            "%(year)s: %(number)s publications, in the selected range",
            count,
        )
    else:
        words = ngettext("%(year)s: %(number)s publication", "%(year)s: %(number)s publications", count)
    n = number(count)
    return words % {"year": year, "number": n}, n


def _bar(bar: Bar, anchor: str, words: str, n: str) -> str:
    return (
        f'<a href="{escape(bar.url)}{anchor}" aria-label="{words}"{' class="on"' if bar.chosen else ""}>'
        f'<rect class="hit" x="{bar.left}" y="0" width="{bar.width}" height="{HIT_HEIGHT}"/>'
        f'<rect class="bar" x="{bar.bar_left}" y="{bar.top}" width="{bar.bar_width}" height="{bar.height}"/>'
        f'<text class="val" x="{bar.middle}" y="{bar.top - ABOVE}" aria-hidden="true">{n}</text></a>\n    '
    )
