# A list straight from the tables that editors write: for what has no entries, such as the lists of people,
# hidden states and words. Counts read every row of it.
from array import array
from collections.abc import Iterable
from functools import cached_property

from publications.listing import facets


class TableList:
    """`matching` gives the queryset under all filters but those named; `types` are the keys of the types
    chosen, None where the list has no such filter."""

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
