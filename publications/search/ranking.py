# How well a document answers a query. The same on both databases, and simple enough to be explained: what
# counts is where the words stand.
from publications.search.query import Query

TITLE, HEAD, LEAD, BODY = 12, 5, 2, 1
ANOTHER_ENDING = 0.5  # of what the word as typed would count
AS_A_WHOLE = 1.5


def best_first(query: Query, rows: list[tuple]) -> list[tuple]:
    """These documents, each with its texts; among equally good ones the newest first."""
    score = _Score(query)
    scored = [(score(title, head, lead), row) for row in rows for title, head, lead in [row[3:]]]
    return [row for _, row in sorted(scored, reverse=True)]


class _Score:
    """Of the texts of a document that holds the query. A title says more the less it says beside the words
    looked for, and most when it holds them one after the other."""

    def __init__(self, query: Query):
        self.terms = [
            [
                (1 if stems == term.stems else ANOTHER_ENDING, f" {' '.join(stems)} ")
                for stems in term.alternatives
            ]
            for term in query.terms
        ]
        asked = [word for term in query.terms for word in term.stems]
        self.asked = [f" {word} " for word in set(asked)]
        self.whole = f" {' '.join(asked)} " if len(asked) > 1 else None

    def __call__(self, title: str, head: str, lead: str) -> float:
        title, head, lead = f" {title} ", f" {head} ", f" {lead} "
        total = named = 0
        for alternatives in self.terms:
            best = 0
            for worth, text in alternatives:
                place = TITLE if text in title else HEAD if text in head else LEAD if text in lead else BODY
                if worth * place > best:
                    best = worth * place
            total += best
        total /= len(self.terms)
        for word in self.asked:
            named += word in title
        if named:
            total += TITLE * (named / (title.count(" ") - 1))
        return total * AS_A_WHOLE if self.whole and self.whole in title else total
