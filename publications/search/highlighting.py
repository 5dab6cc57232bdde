# What of a text answers a search, with its words marked. Whatever the text holds, only <mark> is markup.
import re
from collections import Counter
from html import escape
from itertools import islice

from django.utils.safestring import SafeString, mark_safe

from publications.search.query import Query
from publications.search.words import places_of_words, stems_as_written, words_as_written

PASSAGE_WORDS = 36
BEFORE = 8  # words shown before the first one looked for
MOST_LETTERS = 40_000  # looked through of one text


def stems_of(query: Query) -> frozenset[str]:
    return frozenset(word for term in query.terms for stems in term.alternatives for word in stems)


class Text:
    """A text with its words, which are looked for once, whatever is asked of it."""

    def __init__(self, text: str):
        self.text, self.stems = text, stems_as_written(words_as_written(text, MOST_LETTERS))

    def _places(self, number: int) -> list[re.Match]:
        """Where the first words stand."""
        return list(islice(places_of_words(self.text, MOST_LETTERS), number))

    def marked(self, wanted: frozenset[str]) -> SafeString:
        """The whole text."""
        if wanted.isdisjoint(self.stems):
            return mark_safe(escape(self.text))
        places = zip(self._places(len(self.stems)), self.stems, strict=True)
        return _marked(self.text, [place for place, stem in places if stem in wanted])

    def passage(self, wanted: frozenset[str]) -> SafeString:
        """The part of the text where most of the words stand, or nothing when none of them does."""
        text, stems = self.text, self.stems
        hits = [at for at, stem in enumerate(stems) if stem in wanted]
        if not hits:
            return mark_safe("")
        first = max(0, _best_start(stems, hits) - BEFORE)
        last = min(first + PASSAGE_WORDS, len(stems)) - 1
        places = self._places(last + 1)
        start = places[first].start() if first else 0
        end = places[last].end() if last < len(stems) - 1 else min(len(text), MOST_LETTERS)
        before, after = "… " if start else "", " …" if end < len(text) else ""
        shown = [places[hit] for hit in hits if first <= hit <= last]
        return mark_safe(f"{before}{_marked(text, shown, start, end)}{after}")


def _best_start(stems: list[str], hits: list[int]) -> int:
    """The first hit of the window that holds most different words, then most of them, then comes first."""
    best, most, inside, first = hits[0], (0, 0), Counter(), 0
    for hit in hits:
        inside[stems[hit]] += 1
        while hit - hits[first] >= PASSAGE_WORDS - BEFORE:
            inside[stems[hits[first]]] -= 1
            first += 1
        held = (sum(map(bool, inside.values())), inside.total())
        if held > most:
            best, most = hits[first], held
    return best


def _marked(text: str, places: list[re.Match], start=0, end=None) -> SafeString:
    parts, at = [], start
    for place in places:
        parts += [escape(text[at : place.start()]), f"<mark>{escape(place[0])}</mark>"]
        at = place.end()
    return mark_safe("".join([*parts, escape(text[at:end])]))
