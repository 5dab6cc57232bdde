# What of a text answers a search, with its words marked. Whatever the text holds, only <mark> is markup.
from collections import Counter
from html import escape

from django.utils.safestring import SafeString, mark_safe

from publications.search.query import Query
from publications.search.words import stems_as_written, words_as_written

PASSAGE_WORDS = 36
BEFORE = 8  # words shown before the first one looked for
MOST_LETTERS = 40_000  # looked through of one text


def stems_of(query: Query) -> frozenset[str]:
    return frozenset(word for term in query.terms for stems in term.alternatives for word in stems)


class Text:
    """A text with its words, which are looked for once, whatever is asked of it."""

    def __init__(self, text: str):
        self.text, self.words = text, words_as_written(text, MOST_LETTERS)
        self.stems = stems_as_written(self.words)

    def _starts(self, number: int) -> list[int]:
        """Where the first words stand: between one and the next there is nothing that words are made of."""
        starts, at = [], 0
        for word in self.words[:number]:
            at = self.text.index(word, at)
            starts.append(at)
            at += len(word)
        return starts

    def marked(self, wanted: frozenset[str]) -> SafeString:
        """The whole text."""
        if wanted.isdisjoint(self.stems):
            return mark_safe(escape(self.text))
        hits = [at for at, stem in enumerate(self.stems) if stem in wanted]
        return self._marked(hits, self._starts(hits[-1] + 1))

    def passage(self, wanted: frozenset[str]) -> SafeString:
        """The part of the text where most of the words stand, or nothing when none of them does."""
        text, words = self.text, self.words
        hits = [at for at, stem in enumerate(self.stems) if stem in wanted]
        if not hits:
            return mark_safe("")
        first = max(0, _best_start(self.stems, hits) - BEFORE)
        last = min(first + PASSAGE_WORDS, len(words)) - 1
        starts = self._starts(last + 1)
        start = starts[first] if first else 0
        end = starts[last] + len(words[last]) if last < len(words) - 1 else min(len(text), MOST_LETTERS)
        before, after = "… " if start else "", " …" if end < len(text) else ""
        shown = [hit for hit in hits if first <= hit <= last]
        return mark_safe(f"{before}{self._marked(shown, starts, start, end)}{after}")

    def _marked(self, hits: list[int], starts: list[int], start=0, end=None) -> SafeString:
        parts, at = [], start
        for hit in hits:
            word = self.words[hit]
            parts += [escape(self.text[at : starts[hit]]), f"<mark>{escape(word)}</mark>"]
            at = starts[hit] + len(word)
        return mark_safe("".join([*parts, escape(self.text[at:end])]))


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
