# How PostgreSQL finds the newest documents that hold some words. Its index knows no order: asked for a common word,
# it gives all rows there are. So it is asked for some months at a time, the newest first, and no statement reads
# more than some thousand rows, whatever the collection holds.
import datetime as dt
from functools import cached_property
from math import ceil, inf, sqrt
from operator import itemgetter

from django.utils import timezone

from publications.search.documents import ROOM_FOR_KEYS, moment_of, state_mark
from publications.search.months import UNDATED, Months, first_document, month_of
from publications.search.postgresql_marks import narrow
from publications.search.query import Query
from publications.statements import ask

DOCUMENTS = "publications_searchdocument"
MOST_READ = 4_000  # rows of one statement, and documents looked through at first
TO_SPARE = 1.25, 2  # times as many as are wanted, where the documents so far let expect how many there are
FIRST_FEW = 200  # documents looked into for a phrase at first
MOST_MARKS = 6  # of months, before they are taken by whole years
WHOLE_YEARS = 24  # months, and more, are rounded up to whole years
PUBLIC = (state_mark("published"),)
COLUMNS = "id, publication_id, marks"
COLUMNS_OF_TEXTS = f"{COLUMNS}, title, head, lead"


def match(query: Query, within, limit: int, ends: dict, *, oldest=False, texts=False) -> list[tuple]:
    """The newest documents that hold all words of the query, wherever these stand. `ends` remembers where documents
    begin and end, for questions of the same moment."""
    return _Walk(query, within, ends, oldest, _columns(texts)).found(limit)


def match_titles(query: Query, within, limit: int, ends: dict) -> list[tuple]:
    """The newest that hold all words in their title."""
    return _Walk(query, within, ends, in_title=True).found(limit)


def match_older_titles(query: Query, within, limit: int, ends: dict, known: int, down_to: int | None):
    """The same of what is older than a document, down to which there are so many."""
    if down_to is None:
        return match_titles(query, within, limit, ends)
    return _Walk(query, within, ends, in_title=True).found_beyond(down_to, known, limit)


def match_phrases(query: Query, within, limit: int, most: int, ends: dict, *, oldest=False, texts=False):
    """Those that hold its phrases, out of as many as `most` that hold its words, and whether these are all. The
    first few tell how many there may be to look into."""
    walk = _Walk(query, within, ends, oldest, _columns(texts), _phrases(query))
    nearest = walk.nearest(FIRST_FEW)
    known = nearest if len(nearest) < FIRST_FEW else None
    held, looked_into = sum(row[-1] for row in nearest), len(nearest)
    while True:
        number = min(most, _number_to_look_into(limit, held, looked_into))
        candidates = walk.found(number + 1, known)
        rows = [row[:-1] for row in candidates[:number] if row[-1]]
        if len(rows) >= limit or len(candidates) <= number or number == most:
            return rows[:limit], len(candidates) <= number
        held, looked_into = len(rows), number


def _number_to_look_into(wanted: int, held: int, looked_into: int) -> int | float:
    """For so many to hold the phrases, with two deviations to spare."""
    if not held:
        return inf
    deviation = sqrt((looked_into - held) / (held * looked_into))
    return ceil(wanted * looked_into / held * (1.02 + 2 * deviation))


def _phrases(query: Query) -> str:
    terms = (
        _either(f"({' <-> '.join(map(_quoted, stems))})" for stems in term.alternatives)
        for term in query.terms
    )
    return " & ".join(terms)


class _Walk:
    """From one end of the documents towards the other, until enough are found."""

    def __init__(
        self,
        query: Query,
        within,
        ends: dict,
        oldest=False,
        columns=COLUMNS_OF_TEXTS,
        phrases: str = "",
        in_title=False,
    ):
        self.terms = [_either(_all(stems, in_title) for stems in term.alternatives) for term in query.terms]
        self.groups = [group for group in reversed(within.marks) if group != PUBLIC]
        self.words_first = 1 if in_title or not self.groups else 0
        self.within, self.known_ends = within, ends
        self.oldest, self.columns, self.phrases = oldest, columns, phrases
        pairs = [(">=", within.first), ("<=", within.last)]
        self.bounds = [(comparison, bound) for comparison, bound in pairs if bound is not None]

    def nearest(self, limit: int) -> list[tuple]:
        """Those among the first thousands."""
        far = self._ends()[1]
        return self._first_of(self._to(far), limit) if far is not None else []

    def found(self, limit: int, nearest: list[tuple] | None = None) -> list[tuple]:
        """First the nearest, unless they are known; then as far as these let expect."""
        rows = self.nearest(limit) if nearest is None else nearest
        return self._further(list(rows), *self._ends(), limit)

    def found_beyond(self, down_to: int, known: int, limit: int) -> list[tuple]:
        """Of those older than a document, where there are so many down to it."""
        near, _, end = self._ends()
        self.bounds = [*(pair for pair in self.bounds if pair[0] != "<="), ("<=", down_to - 1)]
        far = near and max(month_of(down_to) + 1, end)
        return self._further([], near, far, end, limit, known)

    def _further(self, rows: list[tuple], near, far, end, limit: int, known: int = 0) -> list[tuple]:
        """As much further as these rows, and others that are known, let expect, and once more; and when that was too
        short, or little can be expected, among all."""
        for to_spare in TO_SPARE:
            number, missing = known + len(rows), limit - len(rows)
            if not number or missing <= 0 or far == end:
                break
            width = abs(near - far) + 1
            if number * abs(near - end) / width <= 2 * (limit + known):
                break
            further = self._after(far, ceil(width * to_spare * missing / number))
            if len(further.marks()) > MOST_MARKS and not (known or self.phrases):
                # From the beginning, since a whole year takes less time than the months that are left of one.
                rows = self._first_of(self._to(self._end_of(further)), limit)
            else:
                rows += self._first_of([further], missing)
            far = self._end_of(further)
        if len(rows) < limit:
            is_whole = self.within.first is None and self._is_open
            rows = self._first_of([] if is_whole else self.everything, limit)
        return rows[:limit]

    def _first_of(self, spans: list[Months], number: int) -> list[tuple]:
        """So many of these months in order; of all where none are named."""
        most = max(MOST_READ, 2 * number)
        rows, read = self._read(spans, number, most + 1)
        if read <= most:
            return rows
        parts = self._parts(spans)
        if not parts:
            return self._read(spans, number, None)[0]
        rows = []
        for part in parts:
            if len(rows) < number:
                rows += self._first_of([part], number - len(rows))
        return rows

    @cached_property
    def everything(self) -> list[Months]:
        near, _, end = self._ends()
        dated = [self._whole(*sorted((near, end)))] if near is not None else []
        return [UNDATED, *dated] if self.oldest else [*dated, UNDATED]

    def _ends(self) -> tuple[int | None, int | None, int | None]:
        """The months of the first document, of the one after the first thousands, and of the last. Up to now means to
        the end of the month, so that all questions of a month have the same."""
        first, last = self.within.first, self.within.last
        if last is not None and self._is_open:
            last = first_document(month_of(last) + 1) - 1
        asked = first, last, self.oldest
        if asked not in self.known_ends:
            self.known_ends[asked] = self._ask_for_ends(first, last)
        return self.known_ends[asked]

    def _ask_for_ends(self, first: int | None, last: int | None) -> tuple[int | None, int | None, int | None]:
        limit, values = (" AND id <= %s", [last]) if last is not None else ("", [])
        asked = f"SELECT id FROM {DOCUMENTS} WHERE id >= %s{limit} ORDER BY id"
        there, back = ("ASC", "DESC") if self.oldest else ("DESC", "ASC")
        [documents] = ask(
            f"SELECT ({asked} {there} LIMIT 1), ({asked} {there} LIMIT 1 OFFSET {MOST_READ}), "
            f"({asked} {back} LIMIT 1)",
            [max(first or 0, ROOM_FOR_KEYS), *values] * 3,
            one_plan=True,
        )
        return tuple(document and month_of(document) for document in documents)

    def _whole(self, first: int, last: int) -> Months:
        """The same, to the ends of the years where nothing lies beyond them."""
        return Months(
            first - first % 12 if self.within.first is None else first,
            last - last % 12 + 11 if self._is_open else last,
        )

    def _to(self, month: int) -> list[Months]:
        """From where the walk begins to a month."""
        if self.oldest:
            undated, dated = self.everything
            return [undated, Months(dated.first, month)]
        return [Months(month, self.everything[0].last)]

    def _end_of(self, months: Months) -> int:
        return months.last if self.oldest else months.first

    def _after(self, month: int, number: int) -> Months:
        """So many months after one; very many of them are whole years."""
        dated = self.everything[1 if self.oldest else 0]
        if self.oldest:
            last = month + number
            last += 11 - last % 12 if number >= WHOLE_YEARS else 0
            return Months(month + 1, min(last, dated.last))
        first = month - number
        first -= first % 12 if number >= WHOLE_YEARS else 0
        return Months(max(first, dated.first), month - 1)

    @cached_property
    def _is_open(self) -> bool:
        """Whether nothing but what is scheduled lies beyond the last document."""
        last = self.within.last
        return last is None or moment_of(last) > timezone.now() - dt.timedelta(days=1)

    def _parts(self, spans: list[Months]) -> list[Months]:
        if len(spans) != 1:
            return spans or self.everything
        halves = spans[0].halves() if spans[0].first < spans[0].last else []
        return halves[::-1] if self.oldest else halves

    def _read(self, spans: list[Months], number: int, most: int | None) -> tuple[list[tuple], int]:
        """Rows in their order, and how many were read for them: when that is `most`, others may come before them.
        What is public is asked of these rows, since the index would go through nearly all items for it, and phrases
        of those that are wanted, since each takes a while. For these the function is called that `@@` stands for: no
        index is used for it. The query is an expression and no value: a planner that knows a word to be common would
        read the whole table."""
        queries = self._queries(spans)
        held = " AND ".join(["words @@ (SELECT %s::tsquery)"] * len(queries))
        is_public = f"starts_with(marks, '{PUBLIC[0]} ')" if PUBLIC in self.within.marks else "true"
        holds, phrases = (", ts_match_vq(words, %s::tsquery)", [self.phrases]) if self.phrases else ("", [])
        nulls = ", NULL" * (self.columns.count(",") + len(phrases))
        order = "ASC" if self.oldest else "DESC"
        # Of all that is read only the places are kept, and the columns taken of what is wanted: to sort the texts would
        # take longer than to look at these rows once more.
        answer = ask(
            f"WITH read AS MATERIALIZED (SELECT ctid, id, {is_public} AS is_public FROM {DOCUMENTS} "
            f"WHERE {held}{self._bounds} LIMIT %s) "
            f"SELECT {self.columns}{holds} FROM {DOCUMENTS} WHERE ctid = ANY(ARRAY("
            f"SELECT ctid FROM read WHERE is_public ORDER BY id {order} LIMIT %s)) "
            f"UNION ALL SELECT -count(*){nulls} FROM read",
            [*queries, *(bound for _, bound in self.bounds), most, *phrases, number],
            one_plan=True,
        )
        (read, *_), *rows = sorted(answer, key=itemgetter(0))
        return rows if self.oldest else rows[::-1], -read

    def _queries(self, spans: list[Months]) -> list[str]:
        """The index goes from document to document of the first, so that is what few may have: a word, where it must
        stand in a title; else what narrows the search."""
        narrowed = [_either(map(_quoted, group)) for group in narrow(self.groups, spans)]
        return [*self.terms[: self.words_first], *narrowed, *self.terms[self.words_first :]]

    @property
    def _bounds(self) -> str:
        return "".join(f" AND id + 0 {comparison} %s" for comparison, _ in self.bounds)


def _columns(texts: bool) -> str:
    return COLUMNS_OF_TEXTS if texts else COLUMNS


def _all(stems, in_title: bool) -> str:
    return f"({' & '.join(f"'={word}'" if in_title else f"'{word}'" for word in stems)})"


def _quoted(word: str) -> str:
    return f"'{word}'"


def _either(alternatives) -> str:
    return f"({' | '.join(alternatives)})"
