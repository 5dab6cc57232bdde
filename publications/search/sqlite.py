# The index on SQLite: an FTS5 table over the columns of the documents, kept in step by triggers, which
# the migration made. Rows are
# read in the order of their ids, so that a common word costs no more than a rare one.
from django.db import DatabaseError, transaction

from publications.reading import connection
from publications.search.documents import Document
from publications.search.query import Query

INDEX = "publications_searchindex"
DOCUMENTS = "publications_searchdocument"


def stored(document: Document) -> Document:
    """What the columns keep of it: words of the title stand among the marks once more, with two colons, so
    that a search of titles alone reads no more than these."""
    titled = " ".join(f"::{word}" for word in dict.fromkeys(document.title.split()))
    return document._replace(marks=f"{document.marks} {titled}")


def write(documents, model) -> None:
    model.objects.bulk_create([model(**stored(document)._asdict()) for document in documents], batch_size=100)


def match(query: Query, within, limit: int, *, oldest=False, in_title=False) -> list[tuple[int, int]]:
    """(document, publication) of the newest that hold the query."""
    conditions, params = [f"i.{INDEX} MATCH %s"], [_expression(query, within.marks, in_title)]
    for bound, comparison in ((within.first, ">="), (within.last, "<=")):
        if bound is not None:
            conditions.append(f"i.rowid {comparison} %s")
            params.append(bound)
    sql = f"""
        SELECT found.id, d.publication_id FROM (
            SELECT i.rowid AS id FROM {INDEX} i WHERE {" AND ".join(conditions)}
            ORDER BY i.rowid {"ASC" if oldest else "DESC"} LIMIT %s
        ) found CROSS JOIN {DOCUMENTS} d ON d.id = found.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit])
        return sorted(cursor.fetchall(), reverse=not oldest)


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


def _expression(query: Query, marks, in_title=False) -> str:
    write = _titled if in_title else _phrase
    terms = [f"({' OR '.join(map(write, term.alternatives))})" for term in query.terms]
    return " AND ".join([*terms, *map(_either, marks)])


def _phrase(stems) -> str:
    """Words and marks hold no quotation mark."""
    return f'"{" ".join(stems)}"'


def _titled(stems) -> str:
    return f"({' AND '.join(f'"::{word}"' for word in stems)})"


def _either(marks) -> str:
    return f"({' OR '.join(f'"{mark}"' for mark in marks)})"
