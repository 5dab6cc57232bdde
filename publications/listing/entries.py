# A list of public items out of the entries: any page by its number, at the same cost whatever lies before it.
# Tallies say in which month a page begins; the index is entered there.
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from django.db.models import Q
from django.db.models.expressions import RawSQL

from publications.listing.counts import (
    ENTRIES,
    MOMENT,
    ListCounts,
    count_by_topic,
    month_start,
    months_of,
    stored,
)
from publications.listing.facets import fullest_topics
from publications.listing.prepared import SQL, keys_of_sql
from publications.listing.types import PreparedRows
from publications.models import Publication
from publications.models.entry import EVERYTHING, Entry

NEWEST_FIRST = "ORDER BY published_at DESC, publication_id DESC"
OLDEST_FIRST = "ORDER BY published_at, publication_id"
STEP = 500  # keys read at a time
FEW = 100  # entries that are sooner skipped than their month is looked up


_with_pictures = Publication.objects.select_related("image").newest_first()
_cards = PreparedRows(
    lambda keys: _with_pictures.filter(pk__in=keys).only(*Publication.IN_ROWS), keys=keys_of_sql
)
_whole = PreparedRows(lambda keys: _with_pictures.filter(pk__in=keys).defer("notice"), keys=keys_of_sql)


class EntryList:
    """The items of a topic, or of everything, that are public now. `types` are keys; none means all. `start`
    is the first moment they may be dated, `end` the first that is too late."""

    def __init__(self, now, *, topic: int = EVERYTHING, types=(), start=None, end=None):
        self.topic, self.types, self.start = topic, list(types), start
        self.now = now + MOMENT  # the first moment at which an item is not public yet
        self.end = min(end or self.now, self.now)

    @cached_property
    def counts(self) -> ListCounts:
        return ListCounts(self.topic, self.types, self.now, self.start, self.end)

    @cached_property
    def total(self) -> int:
        return sum(n for kind, n in self.type_counts.items() if not self.types or kind in self.types)

    @cached_property
    def type_counts(self) -> dict[int, int]:
        """Of all types, chosen or not."""
        return self.counts.by_type()

    def count_years(self) -> dict[int, int]:
        """Of all years, chosen or not, the earliest first."""
        return self.counts.by_year(self.now)

    def count_by_topic(self) -> Counter[int]:
        """How many of these each topic holds, whatever topic was chosen."""
        return count_by_topic(self.types, self.start, self.end)

    def count_topics(self):
        return fullest_topics(self.count_by_topic())

    # Rows

    def rows(self, *, oldest_first: bool = False):
        """All of them, in order: a queryset that reads no further than it is asked to."""
        wanted = {"entries__topic": self.topic, "entries__published_at__lt": self.end}
        if self.types:
            wanted["entries__type__in"] = self.types
        if self.start:
            wanted["entries__published_at__gte"] = self.start
        order = ["entries__published_at", "entries__publication_id"]
        return Publication.objects.filter(**wanted).order_by(
            *order if oldest_first else (f"-{name}" for name in order)
        )

    def keys(self, *, oldest_first: bool = False) -> Iterator[int]:
        """Of all rows, in order: some at a time, from where the last ones ended, so that the first are there at once
        and nothing stays open in the database."""
        entries = Entry.objects.filter(topic=self.topic, published_at__lt=self.end)
        if self.types:
            entries = entries.filter(type__in=self.types)
        if self.start:
            entries = entries.filter(published_at__gte=self.start)
        order = ["published_at", "publication_id"] if oldest_first else ["-published_at", "-publication_id"]
        rows = in_order = entries.order_by(*order).values_list("published_at", "publication_id")
        after = "gt" if oldest_first else "lt"
        while True:
            some = list(rows[:STEP])
            yield from (key for _, key in some)
            if len(some) < STEP:
                return
            at, key = some[-1]
            further = Q(**{f"published_at__{after}": at}) | Q(**{f"publication_id__{after}": key})
            rows = in_order.filter(further, **{f"published_at__{after}e": at})

    def slice(self, start: int, length: int, *, oldest_first: bool = False):
        """`length` items after the first `start`, which must not be all."""
        rows = Publication.objects.filter(pk__in=RawSQL(*self._keys(start, length, oldest_first)))
        return rows.oldest_first() if oldest_first else rows.newest_first()

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list[Publication]:
        """The same as rows of lists show them."""
        return self._read(_cards, start, length, oldest_first)

    def whole(self, start: int, length: int, *, oldest_first: bool = False) -> list[Publication]:
        """The same with their texts."""
        return self._read(_whole, start, length, oldest_first)

    def _read(self, rows: PreparedRows, start: int, length: int, oldest_first: bool) -> list[Publication]:
        found = rows(keys=self._keys(start, length, oldest_first))
        return found[::-1] if oldest_first else found

    def _keys(self, start: int, length: int, oldest_first: bool) -> SQL:
        """Oldest first is newest first, counted from the other end."""
        if not oldest_first:
            return self.newest_keys(start, length)
        length = min(length, self.total - start)
        return self.newest_keys(self.total - start - length, length)

    def newest_keys(self, skipped: int, length: int) -> SQL:
        """SQL of the keys of these items, which says how many: else PostgreSQL plans for a tenth of the list."""
        if skipped > FEW and (left := self.total - skipped) <= FEW:
            return self._oldest_keys(max(left - length, 0), min(left, length), most=length)
        end, skipped = self._enter(skipped)
        sql, values = entries_sql(self.topic, self.types, self.start, end, skipped + length)
        sql = f"SELECT publication_id FROM ({sql}) page {NEWEST_FIRST} LIMIT {length:d} OFFSET %s"
        return SQL(sql, [*values, skipped])

    def _oldest_keys(self, skipped: int, length: int, *, most: int) -> SQL:
        """Of those near the end of the list, read from there; how many at most is said as above."""
        sql, values = entries_sql(
            self.topic, self.types, self.start, self.end, skipped + length, OLDEST_FIRST
        )
        sql = f"SELECT * FROM ({sql}) entries {OLDEST_FIRST} LIMIT %s OFFSET %s"
        sql = f"SELECT publication_id FROM ({sql}) page {NEWEST_FIRST} LIMIT {most:d}"
        return SQL(sql, [*values, length, skipped])

    def _enter(self, skipped: int) -> tuple[dt.datetime, int]:
        """Where to begin reading, and how many of the entries found there are still to be skipped."""
        if skipped <= FEW:
            return self.end, skipped
        years = self.counts.by_year(self.end)
        year, left = descend(years, skipped)
        months = months_of(self.topic, self.types, year)
        last = self.counts.cuts[self.end]
        if year == last.year:  # which the end of the list cuts short
            months = {month: n for month, n in months.items() if month <= last.month}
            months[last.month] = months.get(last.month, 0) - sum(months.values()) + years[year]
        month, left = descend(months, left)
        return min(self.end, month_start(year, month + 1)), left


def descend(counts: dict[int, int], skipped: int) -> tuple[int, int]:
    """The key under which an item stands that comes after `skipped` others, counted from the highest key
    down, and how many of those others stand there too."""
    for key in sorted(counts, reverse=True):
        if skipped < counts[key]:
            return key, skipped
        skipped -= counts[key]
    raise IndexError("There are fewer items.")


def entries_sql(topic, types, start, end, most, order=NEWEST_FIRST):
    """SQL of as many entries as may be wanted. Each type is read in the order of its own index: asked for
    several at once, PostgreSQL would read and sort them all."""
    since = " AND published_at >= %s" if start else ""
    until = [stored(end), *([stored(start)] if start else [])]
    sql = f"SELECT publication_id, published_at FROM {ENTRIES} WHERE topic = %s{{}} AND published_at < %s{since}"
    if not types:
        return sql.format(""), [topic, *until]
    one = f"SELECT * FROM ({sql.format(' AND type = %s')} {order} LIMIT %s) of_type"
    return (
        " UNION ALL ".join([one] * len(types)),
        [value for kind in types for value in (topic, kind, *until, most)],
    )
