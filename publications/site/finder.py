# What lists do beyond listing what they find: where a number leads at once, and ways on from a list that is
# empty.
import re
from typing import NamedTuple

from publications.models import Publication, Topic
from publications.search.finding import publications_numbered
from publications.search.words import is_common, stems

DOI_ADDRESS = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
# A DOI or report number: digits, and something that is neither a digit nor a blank.
NUMBER = re.compile(r"^(?=.*\d)(?=.*[^\d\s]).{3,250}$")
MOST_WAYS = 8
NEAREST_TOPICS = 3
NO_FILTERS = dict.fromkeys(("type", "topic", "from", "to", "state"))


class WayOn(NamedTuple):
    words: str
    address: str
    count: int


class WaysOn(NamedTuple):
    """From an empty list: `correction` is what the words may have been meant to be, `without` leads on
    without one filter each, and `words_alone` without any filter."""

    correction: tuple[str, str] | None
    without: list[WayOn]
    words_alone: WayOn | None
    topics: list[Topic]


def item_of_number(params, user, now) -> Publication | None:
    """The one item whose DOI or report number is all that was asked for, when this user may open it."""
    text = DOI_ADDRESS.sub("", params.get("q", "").strip())
    if not NUMBER.match(text) or any(value for key, value in params.items() if key not in {"q", "at"}):
        return None
    items = Publication.objects.readable_by(user, now).filter(pk__in=publications_numbered(text))[:2]
    return items[0] if len(items) == 1 else None


def ways_on(listing) -> WaysOn:
    """Costs the queries of one list for each filter in use."""
    words = listing.values.get("q") or ""
    lists = [(chip, listing.at(url)) for chip, url in listing.chips[: MOST_WAYS + 1]]
    lists = [(chip, other) for chip, other in lists if not words or other.values.get("q")]
    ways = [WayOn(chip, other.url(), other.total) for chip, other in lists]
    alone = listing.at(listing.url(**NO_FILTERS)) if words and lists else None
    correction = _correction(listing) or (alone and _correction(alone))
    return WaysOn(
        correction,
        ways,
        WayOn("", alone.url(), alone.total) if alone else None,
        nearest_topics(correction[0] if correction else words),
    )


def _correction(listing) -> tuple[str, str] | None:
    """(words, address) of what may have been meant, when that finds something under the same filters."""
    words = listing.source.correction if listing.values.get("q") else None
    return (words, listing.url(q=words)) if words else None


def nearest_topics(words: str) -> list[Topic]:
    """Those whose names share most with these words. Topics count in hundreds."""
    if not (wanted := {word for word in stems(words) if not is_common(word)}):
        return []
    shared = {topic: len(wanted.intersection(stems(topic.name))) for topic in Topic.objects.in_order()}
    nearest = sorted(filter(shared.get, shared), key=lambda topic: -shared[topic])
    return nearest[:NEAREST_TOPICS]
