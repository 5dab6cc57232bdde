# Searches as the admin's list does.
from publications.search import find


def search(publications, text: str):
    return publications.filter(pk__in=find(text).pks) if text.strip() else publications
