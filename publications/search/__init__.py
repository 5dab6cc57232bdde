# Finding publications by words: one way to ask, two databases behind it. Knows texts, stems and tables, no
# models; what the index holds of a publication is made in models/search_document.py. In reading order:
# words, query, documents, finding, ranking.
from publications.search.finding import find

__all__ = ["find"]
