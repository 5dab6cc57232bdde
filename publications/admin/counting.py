# How many there are, told without reading on and on: no page of the admin counts a whole table.
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import IntegerField, OuterRef, Subquery
from django.utils.functional import cached_property

MOST_COUNTED = 1_000


def count_some(*lists, beside=()) -> list[int]:
    """How many rows each of these querysets has. Of more than MOST_COUNTED it counts one too many, and no
    further. One query for all of them, and for those `beside` that give one value each."""
    parts, values = [], []
    for rows in [*(first_rows(rows).values("pk") for rows in lists), *beside]:
        try:
            sql, params = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE 1 = 0", ()
        is_list = len(parts) < len(lists)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)" if is_list else f"({sql})")
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def first_rows(rows):
    """As many as are counted, and one more."""
    return (rows if rows.query.is_sliced else rows.order_by())[: MOST_COUNTED + 1]


def has_more(counted: int) -> bool:
    return counted > MOST_COUNTED


def in_words(counted: int) -> str:
    return f"over {MOST_COUNTED:,}" if has_more(counted) else f"{counted:,}"


class _Counted(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def count_of(rows, key: str):
    """How many of these rows point to the outer row by `key`, one too many at most: a look-up in an index for each
    outer row."""
    return _Counted(first_rows(rows.filter(**{key: OuterRef("pk")})).values("pk"))


class CappedPaginator(Paginator):
    """Has pages for the first thousand rows. Whoever looks for others narrows the list."""

    @cached_property
    def counted(self) -> int:
        return count_some(self.object_list)[0]

    @property
    def count(self) -> int:
        return min(self.counted, MOST_COUNTED)

    @property
    def is_cut(self) -> bool:
        return has_more(self.counted)
