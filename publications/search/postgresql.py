# The index on PostgreSQL: a weighted text vector with a GIN index. All that narrows a search is a mark within the
# vector, so that the index alone tells what is found.
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from operator import add

from publications.bulk import write_rows
from publications.reading import connection
from publications.search.documents import Document
from publications.search.postgresql_marks import marks_of
from publications.search.postgresql_matching import (
    DOCUMENTS,
    match,
    match_older_titles,
    match_phrases,
    match_titles,
)

__all__ = [
    "clear",
    "differs",
    "is_sound",
    "match",
    "match_older_titles",
    "match_phrases",
    "match_titles",
    "move",
    "stored",
    "vector",
    "write",
]

# PostgreSQL keeps a list of documents that wait to be taken into the index, which takes in many at once for a fraction
# of what it takes them one by one. Searches read that list too, so it stays short, and who makes it too long empties it:
# every twentieth or so of those who save one document, and at once who writes many.
SHORT, LONG = "64kB", "64MB"
LIMIT = "set_config('gin_pending_list_limit', %s, true)"  # to the end of the transaction
MANY = 100  # documents
# Who does not own the index leaves it to the database.
INTO_INDEX = (
    "SELECT gin_clean_pending_list(oid) FROM pg_class "
    f"WHERE oid = '{DOCUMENTS}_words'::regclass AND pg_has_role(relowner, 'USAGE')"
)
LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 800_000  # of the million that a vector may have
MOST_BYTES_OF_A_LETTER = 4


def write(documents, model) -> None:
    rows = [(*stored(document), vector(document)) for document in documents]
    are_many = len(rows) > MANY
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {LIMIT}", [LONG if are_many else SHORT])
        write_rows(DOCUMENTS, [*Document._fields, "words"], rows)
        if are_many:
            cursor.execute(INTO_INDEX)


def stored(document: Document) -> Document:
    """What the columns keep of it: the words of the body stand in the vector alone."""
    return document._replace(body="")


def vector(document: Document) -> str:
    """The document as PostgreSQL reads vectors, with weights A to D. Words of the title stand in it once
    more with an equals sign, for searches of titles alone, and marks, such as those of its year and month,
    have no place."""
    texts = [text.split() for text in (document.title, document.head, document.lead, document.body)]
    size = sum(map(len, document[2:6])) * MOST_BYTES_OF_A_LETTER
    words = _placed(texts) if size < MOST_BYTES else _placed_until_full(texts)
    marks = [*marks_of(document.id, document.marks), *(f"={word}" for word in texts[0])]
    return " ".join([*words, *(f"'{mark}'" for mark in dict.fromkeys(marks))])


def _placed(texts: list[list[str]]) -> list[str]:
    """Each word with its place and weight. The database puts together those of one word."""
    first, placed = 0, []
    for weight, text in zip("ABCD", texts, strict=True):
        placed += map(add, text, _places(weight)[first : first + len(text)])
        first += len(text) + 1  # so that no phrase reaches from one text into the next
    return placed


def _placed_until_full(texts: list[list[str]]) -> Iterator[str]:
    """The same of a text that may be longer than a vector: all places of the words that have room in it."""
    found, size = defaultdict(list), 0
    for word, _, place in (placed.partition(":") for placed in _placed(texts)):
        if word in found or size < MOST_BYTES:
            found[word].append(place)
            size += len(word.encode())
    return (f"{word}:{','.join(places[:MOST_PLACES])}" for word, places in found.items())


@cache
def _places(weight: str) -> list[str]:
    """All there may be, as vectors have them: D is what has no letter."""
    return [f":{place}{weight}".removesuffix("D") for place in range(1, LAST_PLACE + 1)]


def move(document: int, marks: str, to: int, marks_then: str) -> bool:
    """A stored document has other marks from now on, and stands at another date. False where there is none that has
    these."""
    with connection.cursor() as cursor:
        cursor.execute(  # the limit first, since the row is joined to it
            f"UPDATE {DOCUMENTS} SET id = %s, marks = %s, "
            "words = ts_delete(words, %s::text[]) || array_to_tsvector(%s::text[]) "
            f"FROM (SELECT {LIMIT}) short WHERE id = %s AND marks = %s",
            [to, marks_then, marks_of(document, marks), marks_of(to, marks_then), SHORT, document, marks],
        )
        return cursor.rowcount == 1


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
