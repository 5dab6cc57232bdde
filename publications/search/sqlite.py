# The index on SQLite: an FTS5 table over the columns of the documents, kept in step by triggers, which
# the migration made. Rows are
# read in the order of their ids, so that a common word costs no more than a rare one.
from django.db import DatabaseError, transaction

from publications.bulk import write_rows
from publications.reading import connection
from publications.search.documents import Document
from publications.search.query import Query
from publications.statements import ask

INDEX = "publications_searchindex"
DOCUMENTS = "publications_searchdocument"


def stored(document: Document) -> Document:
    """What the columns keep of it: words of the title stand among the marks once more, with two colons, so
    that a search of titles alone reads no more than these."""
    titled = " ".join(f"::{word}" for word in dict.fromkeys(document.title.split()))
    return document._replace(marks=f"{document.marks} {titled}")


def write(documents, model) -> None:
    write_rows(DOCUMENTS, Document._fields, [stored(document) for document in documents])


def move(document: int, marks: str, to: int, marks_then: str) -> None:
    """A stored document has these marks from now on, and stands at another date."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {DOCUMENTS} SET id = %s, marks = %s WHERE id = %s", [to, marks_then, document]
        )


def match(
    query: Query, within, limit: int, ends: dict, *, oldest=False, in_title=False, texts=False
) -> list[tuple]:
    """The newest documents that hold the query. `ends` is for PostgreSQL, which must know where to begin."""
    expression = _expression(query, within.marks, _titled if in_title else _phrase)
    return _rows(expression, within, limit, oldest, texts)


def match_phrases(query: Query, within, limit: int, most: int, ends: dict, *, oldest=False, texts=False):
    """The same, out of as many as `most` that hold its words, wherever these stand; and whether these are all."""
    conditions, params = _conditions(_expression(query, within.marks, _all), within)
    end = ask(
        f"SELECT i.rowid FROM {INDEX} i WHERE {conditions} ORDER BY i.rowid {_order(oldest)} LIMIT 1 OFFSET %s",
        [*params, most - 1],
    )
    if end:
        within = within._replace(**{"last" if oldest else "first": end[0][0]})
    return match(query, within, limit, ends, oldest=oldest, texts=texts), not end


def _rows(expression: str, within, limit: int, oldest: bool, texts: bool) -> list[tuple]:
    conditions, params = _conditions(expression, within)
    sql = f"""
        SELECT d.id, d.publication_id, d.marks{", d.title, d.head, d.lead" if texts else ""} FROM (
            SELECT i.rowid AS id FROM {INDEX} i WHERE {conditions} ORDER BY i.rowid {_order(oldest)} LIMIT %s
        ) found CROSS JOIN {DOCUMENTS} d ON d.id = found.id
    """
    return sorted(ask(sql, [*params, limit]), reverse=not oldest)


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
