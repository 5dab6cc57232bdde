# The index on PostgreSQL: a weighted text vector with a GIN index. All that narrows a search is a mark within the
# vector, so that the index alone tells what is found.
from collections import defaultdict
from functools import cache
from itertools import islice

from publications.bulk import write_rows
from publications.reading import connection
from publications.search.documents import Document, moment_of, month_mark, year_mark
from publications.search.postgresql_matching import DOCUMENTS, match, match_phrases

__all__ = ["clear", "differs", "is_sound", "match", "match_phrases", "stored", "vector", "write"]

LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 800_000  # of the million that a vector may have
MOST_BYTES_OF_A_LETTER = 4


def write(documents, model) -> None:
    rows = [(*stored(document), vector(document)) for document in documents]
    write_rows(DOCUMENTS, [*Document._fields, "words"], rows)


def stored(document: Document) -> Document:
    """What the columns keep of it: the words of the body stand in the vector alone."""
    return document._replace(body="")


def vector(document: Document) -> str:
    """The document as PostgreSQL reads vectors, with weights A to D. Words of the title stand in it once
    more with an equals sign, for searches of titles alone, and marks, such as those of its year and month,
    have no place."""
    texts = (document.title, document.head, document.lead, document.body)
    fits = sum(map(len, texts)) * MOST_BYTES_OF_A_LETTER < MOST_BYTES
    found, place, size = defaultdict(list), 0, 0
    for weight, text in zip("ABCD", texts, strict=True):
        stems = text.split()
        for word, at in zip(stems, islice(_places(weight), place, None), strict=False):
            if fits:
                found[word].append(at)
            elif word in found or size < MOST_BYTES:
                found[word].append(at)
                size += len(word.encode())
        place += len(stems) + 1  # so that no phrase reaches from one text into the next
    lexemes = [f"'{word}':{','.join(places[:MOST_PLACES])}" for word, places in found.items()]
    at = moment_of(document.id)
    marks = [*document.marks.split(), year_mark(at.year), month_mark(at.year, at.month)]
    marks += [f"={word}" for word in document.title.split()]
    return " ".join([*lexemes, *(f"'{mark}'" for mark in dict.fromkeys(marks))])


@cache
def _places(weight: str) -> list[str]:
    """All there may be, as vectors have them."""
    return [f"{place}{weight}" for place in range(1, LAST_PLACE + 1)]


def differs(document) -> bool:
    """Whether the database's own part of a stored document is not what it should be."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT words = %s::tsvector FROM {DOCUMENTS} WHERE id = %s", [vector(document), document.id]
        )
        row = cursor.fetchone()
    return not (row and row[0])


def clear(model) -> None:
    model.objects.all().delete()


def is_sound() -> bool:
    return True
