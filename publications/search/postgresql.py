# The index on PostgreSQL: a weighted text vector with a GIN index. All that narrows a search to a bounded
# number of rows is a mark within the vector, since the planner knows too little of words to be asked.
from collections import defaultdict

from publications.reading import connection
from publications.search.documents import ROOM_FOR_KEYS, Document, moment_of, month_mark
from publications.search.query import Query

DOCUMENTS = "publications_searchdocument"

LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 800_000  # of the million that a vector may have
WINDOW = 5_000  # documents looked through at first
WIDER = (1, 16)  # times as far back
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
    """(document, publication) of the newest that hold the query. One statement, which looks among the newest
    documents first, and further back only where it has not found enough."""
    sql, params = _widening(_condition(query, within.marks, in_title), within, limit, oldest)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    widest = max((step for step, *_ in found), default=0)
    return [(document, publication) for step, document, publication in found if step == widest]


def _widening(condition: str, within, limit: int, oldest: bool):
    """Each step looks through the months of ever more documents, the last through all. A step is only taken
    where those before it found too few; it then finds what they found, and more."""
    bounds, params = _bounds(within)
    order = "ASC" if oldest else "DESC"
    ends = f"SELECT id FROM {DOCUMENTS} WHERE true{bounds('id')} ORDER BY id {order}"
    parts = [
        f"ends AS MATERIALIZED (SELECT ({ends} LIMIT 1) AS near, ({ends} LIMIT 1 OFFSET {WINDOW}) AS far)",
        f"reach AS MATERIALIZED (SELECT {_month_of('near')} AS start, greatest(1, abs("
        f"{_month_of('near')} - {_month_of('far')})) AS months FROM ends WHERE far IS NOT NULL)",
    ]
    values, few = params * 2, []
    for step, times in enumerate([*WIDER, None]):
        near = f" && {_marks(times, oldest)}" if times else ""
        taken = [f"(SELECT months * {times} FROM reach) <= {MOST_MONTHS}"] if times else []
        asked = condition if times else " & ".join([condition, *_months(within)])
        # `id + 0`: else a rare word could make it walk through all documents in their order.
        parts.append(
            f"step{step} AS MATERIALIZED (SELECT {step} AS step, id, publication_id FROM {DOCUMENTS} "
            f"WHERE {' AND '.join([*taken, *few, f'words @@ (%s::tsquery{near})'])}{bounds('id + 0')} "
            f"ORDER BY id + 0 {order} LIMIT %s)"
        )
        values += [*[limit] * step, asked, *params, limit]
        few.append(f"(SELECT count(*) FROM step{step}) < %s")
    rows = " UNION ALL ".join(f"SELECT * FROM step{step}" for step in range(len(few)))
    return f"WITH {', '.join(parts)} SELECT * FROM ({rows}) found ORDER BY step, id {order}", values


def _bounds(within):
    """Conditions on an id, to be written after others, and their values."""
    pairs = [(">=", within.first), ("<=", within.last)]
    pairs = [(comparison, bound) for comparison, bound in pairs if bound is not None]
    return lambda id: "".join(f" AND {id} {comparison} %s" for comparison, _ in pairs), [b for _, b in pairs]


def _month_of(document: str) -> str:
    """In SQL: how many months after the beginning of time a document is dated, by its id."""
    at = f"(timestamp '0001-01-01' + {document} / {ROOM_FOR_KEYS} * interval '1 minute')"
    return f"(extract(year FROM {at}) * 12 + extract(month FROM {at}) - 1)::int"


def _marks(times: int, oldest: bool) -> str:
    """In SQL: a query for the marks of the months that a step looks through."""
    first, last = ("start", f"start + months * {times}") if oldest else (f"start - months * {times}", "start")
    year, month = "lpad((n / 12)::text, 4, '0')", "lpad((mod(n, 12) + 1)::text, 2, '0')"
    mark = f"quote_literal(':' || {year} || {month})"
    return f"(SELECT string_agg({mark}, ' | ') FROM reach, generate_series({first}, {last}) n)::tsquery"


def _months(within) -> list[str]:
    """A query for the marks of all months between two bounds, unless there are too many."""
    if within.first is None or within.last is None:
        return []
    first, last = (moment_of(document) for document in (within.first, within.last))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    few = len(months) <= MOST_MONTHS
    return [_either(_quoted(month_mark(n // 12, n % 12 + 1)) for n in months)] if few and months else []


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
