# Searches as the admin's list does.
from publications.search import read_words, with_words


def search(publications, text: str):
    return with_words(publications, read_words(text)) if text.strip() else publications
