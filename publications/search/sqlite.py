# The index on SQLite: an FTS5 table over the columns of the documents, kept in step by triggers, which
# the migration made. Rows are
# read in the order of their ids, so that a common word costs no more than a rare one.
from django.db import DatabaseError, transaction

from publications.bulk import write_rows
from publications.reading import connection
from publications.search.documents import ROOM_FOR_KEYS, Document, state_mark
from publications.search.query import Query
from publications.statements import ask

INDEX = "publications_searchindex"
DOCUMENTS = "publications_searchdocument"
PUBLIC = (state_mark("published"),)


def stored(document: Document) -> Document:
    """What the columns keep of it: words of the title stand among the marks once more, with two colons, so
    that a search of titles alone reads no more than these."""
    titled = " ".join(f"::{word}" for word in dict.fromkeys(document.title.split()))
    return document._replace(marks=f"{document.marks} {titled}")


def write(documents, model) -> None:
    """In the order of their ids: FTS5 ends a part of its index at each that is lower than the one before."""
    write_rows(DOCUMENTS, Document._fields, sorted(map(stored, documents)))


def move(document: int, marks: str, to: int, marks_then: str) -> bool:
    """A stored document has other marks from now on, and stands at another date. False where there is none that has
    these."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {DOCUMENTS} SET id = %s, marks = %s WHERE id = %s AND marks = %s",
            [to, marks_then, document, marks],
        )
        return cursor.rowcount == 1


def match(query: Query, within, limit: int, ends: dict, *, oldest=False, texts=False) -> list[tuple]:
    """The newest documents that hold the query. `ends` is for PostgreSQL, which must know where to begin."""
    return _rows(query, within, limit, _phrase, oldest, texts)


def match_titles(query: Query, within, limit: int, ends: dict) -> list[tuple]:
    """The newest that hold all words in their title."""
    return _rows(query, within, limit, _titled, texts=True)


def match_older_titles(query: Query, within, limit: int, ends: dict, known: int, down_to: int | None):
    """The same of what is older than a document. That so many are not is for PostgreSQL to know."""
    within = within if down_to is None else within._replace(last=down_to - 1)
    return match_titles(query, within, limit, ends)


def match_phrases(query: Query, within, limit: int, most: int, ends: dict, *, oldest=False, texts=False):
    """The same as `match`, out of as many as `most` that hold its words, wherever these stand; and whether these are
    all."""
    conditions, params = _conditions(_expression(query, within.marks, _all), within)
    end = ask(
        f"SELECT i.rowid FROM {INDEX} i WHERE {conditions} ORDER BY i.rowid {_order(oldest)} LIMIT 1 OFFSET %s",
        [*params, most - 1],
    )
    if end:
        within = within._replace(**{"last" if oldest else "first": end[0][0]})
    return match(query, within, limit, ends, oldest=oldest, texts=texts), not end


def _rows(query: Query, within, limit: int, write, oldest=False, texts=False) -> list[tuple]:
    """What is public is asked of the rows, as PostgreSQL does: the index would go through nearly all items for it.
    What has no date is not public, and there may be much of it."""
    is_public = ""
    if PUBLIC in within.marks:
        marks = tuple(group for group in within.marks if group != PUBLIC)
        within = within._replace(marks=marks, first=max(within.first or 0, ROOM_FOR_KEYS))
        is_public = f"AND d.marks GLOB '{PUBLIC[0]} *'"
    conditions, params = _conditions(_expression(query, within.marks, write), within)
    columns = f"d.id, d.publication_id, d.marks{', d.title, d.head, d.lead' if texts else ''}"
    sql = f"""
        SELECT {columns} FROM {INDEX} i CROSS JOIN {DOCUMENTS} d ON d.id = i.rowid
        WHERE {conditions} {is_public} ORDER BY i.rowid {_order(oldest)} LIMIT %s
    """
    return ask(sql, [*params, limit])


def _conditions(expression: str, within) -> tuple[str, list]:
    conditions, params = [f"i.{INDEX} MATCH %s"], [expression]
    for bound, comparison in ((within.first, ">="), (within.last, "<=")):
        if bound is not None:
            conditions.append(f"i.rowid {comparison} %s")
            params.append(bound)
    return " AND ".join(conditions), params


def _order(oldest: bool) -> str:
    return "ASC" if oldest else "DESC"


def differs(document) -> bool:
    """Whether the database's own part of a stored document is not what it should be: triggers see to it."""
    return False


def clear(model) -> None:
    model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # also mends what is damaged


def is_sound() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True


def _expression(query: Query, marks, write) -> str:
    terms = [f"({' OR '.join(map(write, term.alternatives))})" for term in query.terms]
    return " AND ".join([*terms, *map(_either, marks)])


def _phrase(stems) -> str:
    """Words and marks hold no quotation mark."""
    return f'"{" ".join(stems)}"'


def _all(stems) -> str:
    return f"({' AND '.join(f'"{word}"' for word in stems)})"


def _titled(stems) -> str:
    return f"({' AND '.join(f'"::{word}"' for word in stems)})"


def _either(marks) -> str:
    return f"({' OR '.join(f'"{mark}"' for mark in marks)})"
