# What somebody typed into a search box, understood. No text is an error.
import re
from dataclasses import dataclass, replace
from functools import cached_property

from publications.search.words import is_common, stem, words

MOST_TERMS = 12
SHORTEST_BEGINNING = 2
_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]')
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Term:
    """Stems that stand one after the other; most often one. Any of `others` may stand for it."""

    stems: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        return (self.stems, *((other,) for other in self.others))

    @cached_property
    def written(self) -> list[str]:
        """The same as they stand in texts of stems."""
        return [between_blanks(" ".join(stems)) for stems in self.alternatives]


@dataclass(frozen=True)
class Query:
    """The terms that must all be there. `beginning` is the last word where it may be unfinished."""

    text: str
    terms: tuple[Term, ...] = ()
    beginning: str = ""

    def __bool__(self):
        return bool(self.terms)

    @property
    def has_phrases(self) -> bool:
        return any(len(stems) > 1 for term in self.terms for stems in term.alternatives)

    def with_endings(self, endings: list[str]) -> "Query":
        """The same, satisfied by any of these stems in the place of the unfinished word."""
        *first, last = self.terms
        return replace(self, terms=(*first, replace(last, others=tuple(endings))), beginning="")


def between_blanks(stems: str) -> str:
    """So that they are found as whole words."""
    return f" {stems} "


def within_quotes(text: str) -> str:
    """The words of a text that is quoted as a whole, for sentences that put quotes around it; else the text."""
    quoted = _QUOTED.fullmatch(text.strip())
    return quoted[1].strip() if quoted else text


def parse(text: str) -> Query:
    """Quoted words and numbers such as 10.5555/abc-1 must stand together, other words anywhere. Words that
    stand in most texts do not count beside others, nor does what follows the twelfth term."""
    text = " ".join(text.replace("\x00", " ").split())
    quoted = [tuple(map(stem, words(phrase))) for phrase in _QUOTED.findall(text)]
    pieces = _QUOTED.sub(" ", text).split()
    single = [term for piece in pieces for term in _terms(piece)]
    telling = [word for word in single if not (len(word) == 1 and is_common(word[0]))]
    single = telling if telling or any(quoted) else single
    found = [tuple(map(stem, word)) for word in single]
    terms = [Term(one) for one in dict.fromkeys([*filter(None, quoted), *found])][:MOST_TERMS]
    return Query(text, tuple(terms), _beginning(text, single, terms))


def _terms(piece: str) -> list[tuple[str, ...]]:
    """What is written together with digits, or without blanks in its script, must stand together."""
    found = words(piece)
    if _HAS_DIGIT.search(piece) or _is_unspaced(found):
        return [tuple(found)] if found else []
    return [(word,) for word in found]


def _is_unspaced(found: list[str]) -> bool:
    return len(found) > 1 and all(len(word) == 1 and not word.isascii() for word in found)


def _beginning(text: str, single: list, terms: list[Term]) -> str:
    """The last word, when it is a term by itself and nothing was written after it."""
    last = single[-1][-1] if single else ""
    ends_in_it = bool(last) and words(text)[-1:] == [last] and text[-1:].isalnum()
    is_term = ends_in_it and terms[-1].stems == (stem(last),)
    return last if is_term and len(last) >= SHORTEST_BEGINNING and not last.isdigit() else ""
