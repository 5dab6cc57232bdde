# The index on PostgreSQL: a weighted text vector with a GIN index. All that narrows a search to a bounded
# number of rows is a mark within the vector, since the planner knows too little of words to be asked.
from collections import defaultdict

from publications.reading import connection
from publications.search.documents import Document, moment_of, month_mark
from publications.search.query import Query

DOCUMENTS = "publications_searchdocument"

LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 800_000  # of the million that a vector may have
WINDOW = 5_000  # documents looked through at first
WIDER = (1, 8, 64)  # times as far back
MOST_MONTHS = 300  # beyond, asking for each of them costs more than asking for none


def write(documents, model) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {DOCUMENTS} (id, publication_id, title, head, lead, body, marks, words)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::tsvector)",
            [(*stored(document), vector(document)) for document in documents],
        )


def stored(document: Document) -> Document:
    """What the columns keep of it: the words of the body stand in the vector alone."""
    return document._replace(body="")


def vector(document: Document) -> str:
    """The document as PostgreSQL reads vectors, with weights A to D. Words of the title stand in it once
    more with an equals sign, for searches of titles alone, and marks have no place."""
    places, place, size = defaultdict(list), 1, 0
    for weight, text in zip(
        "ABCD", (document.title, document.head, document.lead, document.body), strict=True
    ):
        for word in text.split():
            if place <= LAST_PLACE and (word in places or size < MOST_BYTES):
                places[word].append(f"{place}{weight}")
                size += len(word.encode())
            place += 1
        place += 1  # so that no phrase reaches from one text into the next
    lexemes = [f"'{word}':{','.join(found[:MOST_PLACES])}" for word, found in places.items()]
    marks = [*document.marks.split(), *(f"={word}" for word in document.title.split())]
    return " ".join([*lexemes, *(f"'{mark}'" for mark in dict.fromkeys(marks))])


def match(query: Query, within, limit: int, *, oldest=False, in_title=False) -> list[tuple[int, int]]:
    """(document, publication) of the newest that hold the query. Looks among the newest documents first,
    and further back until it has found enough."""
    condition = _condition(query, within.marks, in_title)
    bounds, params = _bounds(within)
    for months in _windows(within, oldest):
        narrowed = f"{condition} & {_either(map(_quoted, months))}" if months else condition
        # `id + 0`: else a rare word could make it walk through all documents in their order.
        found = _rows(
            f"""SELECT id, publication_id FROM {DOCUMENTS} WHERE words @@ %s::tsquery{bounds("id + 0")}
            ORDER BY id + 0 {"ASC" if oldest else "DESC"} LIMIT %s""",
            [narrowed, *params, limit],
        )
        if len(found) >= limit:
            break
    return found


def _rows(sql: str, params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _bounds(within):
    """Conditions on an id, to be written after others, and their values."""
    pairs = [(">=", within.first), ("<=", within.last)]
    pairs = [(comparison, bound) for comparison, bound in pairs if bound is not None]
    return lambda id: "".join(f" AND {id} {comparison} %s" for comparison, _ in pairs), [b for _, b in pairs]


def _windows(within, oldest: bool):
    """Month marks of ever wider spans of time from the newest documents on, then all that are allowed."""
    bounds, params = _bounds(within)
    ends = f"SELECT id FROM {DOCUMENTS} WHERE true{bounds('id')} ORDER BY id {'ASC' if oldest else 'DESC'}"
    rows = _rows(f"({ends} LIMIT 1) UNION ALL ({ends} LIMIT 1 OFFSET {WINDOW})", params * 2)
    if len(rows) == 2:
        start, end = (_month(row[0]) for row in rows)
        for times in WIDER:
            reach = max(abs(end - start), 1) * times
            if reach > MOST_MONTHS:
                break
            yield _months(*((start, start + reach) if oldest else (start - reach, start)))
    if within.first is not None and within.last is not None:
        yield _months(_month(within.first), _month(within.last))
    else:
        yield []


def _month(document: int) -> int:
    moment = moment_of(document)
    return moment.year * 12 + moment.month - 1


def _months(first: int, last: int) -> list[str]:
    """Their marks; none, which means all, when there are too many."""
    if last - first > MOST_MONTHS:
        return []
    return [month_mark(month // 12, month % 12 + 1) for month in range(first, last + 1)]


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


def _condition(query: Query, marks, in_title=False) -> str:
    terms = [_either(_phrase(stems, in_title) for stems in term.alternatives) for term in query.terms]
    return " & ".join([*terms, *(_either(map(_quoted, one)) for one in marks)])


def _phrase(stems, in_title) -> str:
    if in_title:
        return f"({' & '.join(f"'={word}'" for word in stems)})"
    return f"({' <-> '.join(f"'{word}'" for word in stems)})"


def _quoted(mark: str) -> str:
    return f"'{mark}'"


def _either(alternatives) -> str:
    return f"({' | '.join(alternatives)})"
