# What of a text answers a search, with its words marked. Whatever the text holds, only <mark> is markup.
from collections import Counter
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from publications.search.query import Query
from publications.search.words import spans, stem

PASSAGE_WORDS = 36
BEFORE = 8  # words shown before the first one looked for
MOST_LETTERS = 40_000  # looked through of one text


class Word(NamedTuple):
    start: int
    end: int
    stem: str


def stems_of(query: Query) -> frozenset[str]:
    return frozenset(word for term in query.terms for stems in term.alternatives for word in stems)


def mark(text: str, wanted: frozenset[str]) -> SafeString:
    """The whole text."""
    return _marked(text, _words(text), wanted)


def stems_in(text: str, wanted: frozenset[str]) -> frozenset[str]:
    return wanted.intersection(word.stem for word in _words(text))


def passage(text: str, wanted: frozenset[str]) -> SafeString:
    """The part of the text where most of the words stand, or nothing when none of them does."""
    words = _words(text)
    hits = [at for at, word in enumerate(words) if word.stem in wanted]
    if not hits:
        return mark_safe("")
    first = max(0, _best_start(words, hits) - BEFORE)
    last = min(first + PASSAGE_WORDS, len(words)) - 1
    start = words[first].start if first else 0
    end = words[last].end if last < len(words) - 1 else min(len(text), MOST_LETTERS)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(f"{before}{_marked(text, words[first : last + 1], wanted, start, end)}{after}")


def _best_start(words: list[Word], hits: list[int]) -> int:
    """The first hit of the window that holds most different words, then most of them, then comes first."""
    best, most, inside, first = hits[0], (0, 0), Counter(), 0
    for hit in hits:
        inside[words[hit].stem] += 1
        while hit - hits[first] >= PASSAGE_WORDS - BEFORE:
            inside[words[hits[first]].stem] -= 1
            first += 1
        held = (sum(map(bool, inside.values())), inside.total())
        if held > most:
            best, most = hits[first], held
    return best


def _words(text: str) -> list[Word]:
    return [Word(start, end, stem(word)) for start, end, word in spans(text[:MOST_LETTERS])]


def _marked(text: str, words: list[Word], wanted, start=0, end=None) -> SafeString:
    parts, at = [], start
    for word in words:
        if word.stem in wanted:
            parts += [escape(text[at : word.start]), f"<mark>{escape(text[word.start : word.end])}</mark>"]
            at = word.end
    return mark_safe("".join([*parts, escape(text[at:end])]))
