# All rows of a table in parts by their keys: each is found at once, and what stands in it stays in it, whatever is
# made or deleted. Part 1 has the keys below the size of a part; a part may have no rows.
import datetime as dt

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest
from django.utils.dateparse import parse_datetime

from publications.models import Publication
from publications.models.publication import PER_PART
from publications.statements import ask


class Parts:
    def __init__(self, model, size: int):
        self.model, self.size = model, size

    def ends(self) -> tuple[int, int]:
        """The numbers of the first and the last."""
        keys = f"FROM {self.model._meta.db_table}"
        [ends] = ask(f"SELECT (SELECT MIN(id) {keys}), (SELECT MAX(id) {keys})", [])  # each by the index
        return tuple((key or 0) // self.size + 1 for key in ends)

    def keys(self, number: int) -> tuple[int, int]:
        """The first key of a part, and the first after it."""
        return (number - 1) * self.size, number * self.size

    def of_this_part(self, rows: QuerySet) -> QuerySet:
        """Those of `rows` in the part that `told` looks at."""
        start, end = RawSQL(f"part * {self.size}", ()), RawSQL(f"(part + 1) * {self.size}", ())
        return rows.filter(pk__gte=start, pk__lt=end)

    def told(self, of_this_part: QuerySet) -> list[tuple[int, object]]:
        """(number, value) of each part of which a query of one value finds any. From one part to the next by the
        index of keys."""
        told, values = of_this_part[:1].query.sql_with_params()
        first = f"SELECT MIN(id) / {self.size} FROM {self.model._meta.db_table}"
        sql = (
            f"WITH RECURSIVE parts(part) AS ({first} UNION ALL "
            f"SELECT ({first} WHERE id >= (part + 1) * {self.size}) FROM parts WHERE part IS NOT NULL) "
            f"SELECT part + 1, ({told}) FROM parts WHERE part IS NOT NULL"
        )
        return [(number, value) for number, value in ask(sql, values) if value is not None]


PUBLICATIONS = Parts(Publication, PER_PART)


def last_changes(now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """(number, when the public items in it last changed) of the parts that have any, each by an index."""
    table = Publication._meta.db_table
    rows = Publication.objects.published(now).alias(part=RawSQL(f"{table}.id / {PER_PART}", ()))
    latest = Greatest("published_at", "changed_at")
    rows = rows.filter(part=RawSQL("part", ())).annotate(latest=latest).order_by("-latest")
    return [(number, _moment(value)) for number, value in PUBLICATIONS.told(rows.values("latest"))]


def _moment(value) -> dt.datetime:
    """SQLite tells it as a text."""
    return parse_datetime(value).replace(tzinfo=dt.UTC) if isinstance(value, str) else value
