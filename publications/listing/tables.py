# A list straight from the tables that editors write: for what has no entries, such as the lists of people,
# hidden states and words.
import datetime as dt
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import starmap
from typing import NamedTuple

from django.utils import timezone

from publications.listing import facets

FEW = 1_000  # rows that are sooner read once than counted several times


class TableList:
    """`matching` gives the queryset under all filters but those named; `types` are the keys of the types
    chosen, None where the list has no such filter. Counts read every row of it."""

    def __init__(self, matching, types: list[int] | None):
        self.matching, self.types = matching, types

    @cached_property
    def total(self) -> int:
        """Summed from the counts beside the types where the page shows these, so it costs no query."""
        if self.types is None:
            return self.matching().count()
        return sum(n for kind, n in self.type_counts.items() if not self.types or kind in self.types)

    @cached_property
    def type_counts(self) -> dict[int, int]:
        return facets.count_types(self.matching(["type"]))

    def count_years(self) -> dict[int, int]:
        return facets.count_years(self.matching(["from", "to"]))

    def count_topics(self):
        return facets.count_topics(self.matching(["topic"]))

    def count_states(self, now) -> dict[str, int]:
        return facets.count_states(self.matching(["state"]), now)

    def rows(self, *, oldest_first: bool = False):
        rows = self.matching()
        return rows.oldest_first() if oldest_first else rows.newest_first()

    def keys(self, *, oldest_first: bool = False) -> Iterable[int]:
        """Of all rows, in order: eight bytes each."""
        rows = self.rows(oldest_first=oldest_first).values_list("pk", flat=True)
        return array("q", rows.iterator(chunk_size=5_000))

    def slice(self, start: int, length: int, *, oldest_first: bool = False):
        return self.rows(oldest_first=oldest_first)[start : start + length]

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list:
        """The same as cards show them."""
        return list(self.slice(start, length, oldest_first=oldest_first).for_cards())


class Row(NamedTuple):
    """In the order of lists, the oldest first."""

    date: dt.datetime
    key: int
    type: int
    state: str = "published"

    @property
    def year(self) -> int:
        return timezone.localtime(self.date).year


class ShortList(TableList):
    """One that seldom holds many, all of them dated; filtered by nothing but types, by its first moment `start` and by
    `end`, the first that is too late. Up to a thousand rows are read once, for all counts and the page."""

    def __init__(self, matching, types: list[int], *, start: dt.datetime | None, end: dt.datetime | None):
        super().__init__(matching, types)
        self.start, self.end = start, end

    def _without_filters(self):
        return self.matching(["type", "from", "to"])

    @cached_property
    def _few(self) -> list[Row] | None:
        """All rows there are under no filter; None where they are many."""
        some = self._without_filters().order_by().values_list("published_at", "pk", "content_type_id")
        rows = sorted(starmap(Row, some[: FEW + 1]))
        return rows if len(rows) <= FEW else None

    def _is_of_types(self, row: Row) -> bool:
        return not self.types or row.type in self.types

    def _is_in_time(self, row: Row) -> bool:
        return not (self.start and row.date < self.start or self.end and row.date >= self.end)

    @property
    def whole_total(self) -> int:
        """Under no filter."""
        return self._without_filters().count() if self._few is None else len(self._few)

    @cached_property
    def type_counts(self) -> dict[int, int]:
        if self._few is None:
            return super().type_counts
        return Counter(row.type for row in self._few if self._is_in_time(row))

    def count_years(self) -> dict[int, int]:
        if self._few is None:
            return super().count_years()
        return Counter(row.year for row in self._few if self._is_of_types(row))

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list:
        if self._few is None:
            return super().cards(start, length, oldest_first=oldest_first)
        keys = [row.key for row in self._few if self._is_of_types(row) and self._is_in_time(row)]
        keys = (keys if oldest_first else keys[::-1])[start : start + length]
        cards = {card.pk: card for card in self.matching().filter(pk__in=keys).order_by().for_cards()}
        return [cards[key] for key in keys if key in cards]
