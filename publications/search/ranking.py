# How well a document answers a query. The same on both databases, and simple enough to be explained: what
# counts is where the words stand.
from publications.search.query import Query, Term

TITLE, HEAD, LEAD, BODY = 12, 5, 2, 1
ANOTHER_ENDING = 0.5  # of what the word as typed would count
AS_A_WHOLE = 1.5


def score(query: Query, title: str, head: str, lead: str) -> float:
    """`title`, `head` and `lead` are those of a document that holds the query. A title says more the less
    it says beside the words looked for, and most when it holds them one after the other."""
    texts = [(TITLE, f" {title} "), (HEAD, f" {head} "), (LEAD, f" {lead} ")]
    total = sum(_term_score(term, texts) for term in query.terms) / len(query.terms)
    asked = [word for term in query.terms for word in term.stems]
    words = title.split()
    share = len(set(asked).intersection(words)) / (len(words) or 1)
    together = len(asked) > 1 and f" {' '.join(asked)} " in f" {title} "
    return (total + TITLE * share) * (AS_A_WHOLE if together else 1)


def _term_score(term: Term, texts) -> float:
    return max(
        (1 if stems == term.stems else ANOTHER_ENDING) * _place_score(f" {' '.join(stems)} ", texts)
        for stems in term.alternatives
    )


def _place_score(words: str, texts) -> float:
    return next((weight for weight, text in texts if words in text), BODY)
