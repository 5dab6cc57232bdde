# Finding publications by words: one way to ask, two databases behind it. Knows texts, stems and tables, no
# models; what the index holds of a publication is made in models/search_document.py. In reading order:
# words, query, documents, finding, ranking.
from publications.search.finding import settle, with_words
from publications.search.query import parse

__all__ = ["search"]


def search(publications, text: str):
    """Those of a queryset that hold every word of the text, all of them, in the order they have."""
    return with_words(publications, settle(parse(text))) if text.strip() else publications
