# The rows and counts of a list under words, where the index of the search finds them.
from functools import cached_property

from publications.listing.tables import TableList
from publications.richtext import plain_text
from publications.search.finding import BEST, NEWEST, Found, in_order_of, settle
from publications.search.highlighting import mark, passage, stems_in, stems_of
from publications.search.query import parse
from publications.search.spelling import correct

# The filters that say what is looked for; who looks is for all of them together.
NARROWING = ("type", "topic", "state", "from", "to")


class FoundList(TableList):
    """The publications that hold the words of a filter form, under its other filters. At most a thousand
    are looked at: where there are more, the list `is_cut`, and its counts are no totals."""

    def __init__(self, filterset, base, types):
        super().__init__(self._matching, types)
        self.filterset, self.base = filterset, base
        self.text = filterset.values["q"]
        self.sort = filterset.values.get("sort") or BEST
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
        return self.found(leaving_out).among(rows, best=not leaving_out)

    @cached_property
    def kept(self) -> list[int]:
        """The keys of all rows, the best first. One query, from which the total and every page are taken."""
        passed = set(self._matching().order_by().values_list("pk", flat=True))
        return [pk for pk in self.found().pks if pk in passed]

    @property
    def total(self) -> int:
        """Counted for itself: the counts beside the types may be taken of too many to be whole."""
        return len(self.kept)

    def rows(self, *, oldest_first: bool = False):
        if self.sort == BEST:
            return in_order_of(self.kept, self.base)
        return super().rows(oldest_first=oldest_first)

    def slice(self, start: int, length: int, *, oldest_first: bool = False):
        if self.sort == BEST:
            return in_order_of(self.kept[start : start + length], self.base)
        return super().slice(start, length, oldest_first=oldest_first)

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list:
        rows = super().cards(start, length, oldest_first=oldest_first)
        self.mark(rows)
        return rows

    def mark(self, rows) -> None:
        """Give each of these rows what a reader sees of the words: `marked_title`, and `passage`, from where
        most of those stand that are not in the title. One query for the texts of those that need it."""
        wanted = stems_of(self.query)
        missing = {}
        for row in rows:
            row.marked_title = mark(row.title, wanted)
            row.passage = (
                passage(row.summary, wanted) if len(row.summary) > 400 else mark(row.summary, wanted)
            )
            if lacking := wanted - stems_in(f"{row.title} {row.summary}", wanted):
                missing[row.pk] = row, lacking
        texts = self.base.model.objects.filter(pk__in=missing).values_list("pk", "key_findings", "body")
        for pk, findings, body in texts if missing else ():
            row, lacking = missing[pk]
            text = f"{findings} {plain_text(body)}"
            if stems_in(text, lacking):
                row.passage = passage(text, wanted)

    @property
    def correction(self) -> str | None:
        """What the words may have been meant to be, when that finds something under the same filters."""
        return correct(self.text, self._count)

    def _count(self, text: str) -> int:
        found = Found(parse(text), self.filterset.within(), NEWEST)
        return found.among(self.filterset.filter_queryset(self.base, {"q"}), best=False).count()

    def is_cut(self, leaving_out=()) -> bool:
        return self.found(leaving_out).is_cut
