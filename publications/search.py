# Finding publications by words. The only place that knows how search works; lists call `search`.
from django.db.models import Exists, OuterRef, Q, QuerySet

from publications.folding import fold

MAX_WORDS = 12


def search(publications: QuerySet, text: str) -> QuerySet:
    """Those that hold every word of the text, in their own words or as an author's name.

    Case and accents do not count. Words beyond the twelfth are not looked for.
    """
    authorships = publications.model.authorships.rel.related_model.objects.filter(publication=OuterRef("pk"))
    for word in fold(text.replace("\x00", " ")).split()[:MAX_WORDS]:
        by_author = Exists(authorships.filter(person__search_name__contains=word))
        publications = publications.filter(Q(search_text__contains=word) | by_author)
    return publications
