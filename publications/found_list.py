# The rows and counts of a list under words, where the index of the search finds them.
from functools import cached_property

from publications.listing.tables import TableList
from publications.search.finding import BEST, Found, settle
from publications.search.query import parse

# The filters that say what is looked for; who looks is for all of them together.
NARROWING = ("type", "topic", "state", "from", "to")


class FoundList(TableList):
    """The publications that hold the words of a filter form, under its other filters. At most a thousand
    are looked at: where there are more, the list `is_cut`, and its counts are no totals."""

    def __init__(self, filterset, base, types):
        super().__init__(self._matching, types)
        self.filterset, self.base = filterset, base
        self.text = filterset.form.cleaned_data["q"]
        self.sort = filterset.form.cleaned_data.get("sort") or BEST
        self._found: dict[tuple, Found] = {}

    @cached_property
    def query(self):
        return settle(parse(self.text), self.filterset.within(leaving_out=NARROWING))

    def found(self, leaving_out=()) -> Found:
        """Asked once for each set of filters, however many counts are taken under them."""
        within = self.filterset.within(leaving_out)
        if within not in self._found:
            self._found[within] = Found(self.query, within, self.sort)
        return self._found[within]

    def _matching(self, leaving_out=()):
        rows = self.filterset.filter_queryset(self.base, {*leaving_out, "q"})
        return self.found(leaving_out).among(rows)

    def rows(self, *, oldest_first: bool = False):
        if self.sort == BEST:
            return self.found().best_first(self._matching())
        return super().rows(oldest_first=oldest_first)

    def is_cut(self, leaving_out=()) -> bool:
        return self.found(leaving_out).is_cut
