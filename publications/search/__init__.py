# Finding publications by words: one way to ask, two databases behind it. Knows texts, stems and tables, no
# models; what the index holds of a publication is made in models/search_document.py. In reading order:
# words, query, documents, finding, ranking.
from publications.search.finding import settle, with_words
from publications.search.query import Query, parse

__all__ = ["read_words", "with_words"]


def read_words(text: str) -> Query:
    """What the text asks for. Looks into the index, so whoever asks several times keeps it."""
    return settle(parse(text))
