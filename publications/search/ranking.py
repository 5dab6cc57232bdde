# How well documents answer a query. The same on both databases, and simple enough to be explained: what counts is
# where the words stand.
from collections import Counter
from collections.abc import Iterable

from publications.search.query import Query, Term, between_blanks

TITLE, HEAD, LEAD, BODY = 12, 5, 2, 1
ANOTHER_ENDING = 0.5  # of what the word as typed would count
AS_A_WHOLE = 1.5


class Texts:
    """A text of each of many documents. Words are looked for in all of them at once, which takes a fraction of what it
    takes one by one."""

    def __init__(self, texts: Iterable[str]):
        self.joined = between_blanks(" \n ".join(texts))

    def holding(self, words: str) -> list[int]:
        """The places of those that hold these words, which stand between blanks."""
        places, place, at = [], 0, 0
        while at >= 0 and (found := self.joined.find(words, at)) >= 0:
            place += self.joined.count("\n", at, found)
            places.append(place)
            at = self.joined.find("\n", found)
        return places


def holding_all(query: Query, texts: Iterable[str]) -> set[int]:
    """The places of those of these texts that hold the whole query."""
    texts = Texts(texts)
    held = ({place for words in term.written for place in texts.holding(words)} for term in query.terms)
    return set.intersection(*held)


def best_first(query: Query, rows: list[tuple]) -> list[tuple]:
    """These documents, each with its texts; among equally good ones the newest first."""
    scored = sorted(zip(_scores(query, rows), rows, strict=True), reverse=True) if rows else []
    return [row for _, row in scored]


def _scores(query: Query, rows: list[tuple]) -> list[float]:
    """A title says more the less it says beside the words looked for, and most when it holds them one after the
    other."""
    titles, heads, leads = map(Texts, [*zip(*rows, strict=True)][3:])
    texts = {TITLE: titles, HEAD: heads, LEAD: leads}
    of_terms = [_of_term(term, texts, len(rows)) for term in query.terms]
    scores = [sum(each) / len(of_terms) for each in zip(*of_terms, strict=True)]
    asked = [word for term in query.terms for word in term.stems]
    named = Counter(place for word in set(asked) for place in titles.holding(between_blanks(word)))
    for place, words in named.items():
        scores[place] += TITLE * (words / (rows[place][3].count(" ") + 1))
    if len(asked) > 1:
        for place in titles.holding(between_blanks(" ".join(asked))):
            scores[place] *= AS_A_WHOLE
    return scores


def _of_term(term: Term, texts: dict[int, Texts], number: int) -> list[float]:
    """For each document the best that stands for the term where it counts most."""
    best = [BODY] * number
    for stems, words in zip(term.alternatives, term.written, strict=True):
        for worth, some in texts.items():
            worth *= 1 if stems == term.stems else ANOTHER_ENDING
            for place in some.holding(words):
                if worth > best[place]:
                    best[place] = worth
    return best
