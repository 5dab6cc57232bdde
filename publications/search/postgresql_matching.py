# How PostgreSQL finds the newest documents that hold some words. Its index knows no order: asked for a common word,
# it gives all rows there are. So it is asked for some months at a time, the newest first, and no statement reads
# more than some thousand rows, whatever the collection holds.
import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from itertools import batched, islice
from math import ceil
from typing import NamedTuple

from django.utils import timezone

from publications.search.documents import ROOM_FOR_KEYS, moment_of, month_mark, state_mark, year_mark
from publications.search.query import Query
from publications.statements import ask

DOCUMENTS = "publications_searchdocument"
MOST_READ = 4_000  # rows of one statement, and documents looked through at first
TO_SPARE = 1.25, 2  # times as many as are wanted, where the documents so far let expect how many there are
FIRST_FEW = 100  # documents looked into for a phrase at first
PART = 1_000  # documents asked for phrases at once
PUBLIC = (state_mark("published"),)


class Months(NamedTuple):
    """From one month to another, each counted since the beginning of time."""

    first: int
    last: int

    def marks(self) -> list[str]:
        """Of whole years where there are any: the more marks it is asked for, the slower the index."""
        marks, month = [], self.first
        while month <= self.last:
            if month % 12 == 0 and month + 11 <= self.last:
                marks.append(year_mark(month // 12))
                month += 12
            else:
                marks.append(month_mark(month // 12, month % 12 + 1))
                month += 1
        return marks

    def halves(self) -> list["Months"]:
        """The later one first; cut between years where that is possible."""
        middle = (self.first + self.last + 1) // 2
        if self.last - self.first >= 24:
            middle -= middle % 12
        return [Months(middle, self.last), Months(self.first, middle - 1)]


UNDATED = Months(12, 12)  # where the ids of what has no date put it


def match(
    query: Query, within, limit: int, ends: dict, *, oldest=False, in_title=False, texts=False
) -> list[tuple]:
    """The newest documents that hold all words of the query, wherever these stand. `ends` remembers where documents
    begin and end, for questions of the same moment."""
    return _Walk(_condition(query, within, in_title), within, limit, ends, oldest, texts).found()


def match_phrases(query: Query, within, limit: int, most: int, ends: dict, *, oldest=False, texts=False):
    """Those that hold its phrases, out of as many as `most` that hold its words, and whether these are all. The
    first few tell how many there may be to look into."""
    rows, looked_into, number = [], 0, FIRST_FEW
    while True:
        candidates = match(query, within, number + 1, ends, oldest=oldest)
        for some in batched((document for document, *_ in candidates[looked_into:number]), PART):
            rows += _holding(query, list(some), texts)
        if len(rows) >= limit or len(candidates) <= number or number == most:
            return rows[:limit], len(candidates) <= number
        looked_into = number
        number = min(most, ceil(TO_SPARE[0] * limit * number / len(rows))) if rows else most


def _holding(query: Query, documents: list[int], texts: bool) -> list[tuple]:
    """Those of some documents that hold the query, its phrases too, in their order. The function is what `@@`
    stands for, but no index is used for it: that would look into all documents with these words."""
    sql = (
        f"SELECT {_columns(texts)} FROM {DOCUMENTS} "
        "WHERE id = ANY(%s::bigint[]) AND ts_match_vq(words, %s::tsquery)"
    )
    phrases = (
        _either(f"({' <-> '.join(map(_quoted, stems))})" for stems in term.alternatives)
        for term in query.terms
    )
    rows = {row[0]: row for row in ask(sql, [f"{{{','.join(map(str, documents))}}}", " & ".join(phrases)])}
    return [rows[document] for document in documents if document in rows]


class _Walk:
    """From one end of the documents towards the other, until enough are found."""

    def __init__(self, condition: list[str], within, limit: int, ends: dict, oldest: bool, texts: bool):
        self.condition, self.within, self.known_ends = condition, within, ends
        self.limit, self.oldest, self.columns = limit, oldest, _columns(texts)
        self.most = max(MOST_READ, 2 * limit)
        pairs = [(">=", within.first), ("<=", within.last)]
        self.bounds = [(comparison, bound) for comparison, bound in pairs if bound is not None]

    def found(self) -> list[tuple]:
        """First among the first thousands; then as much further as these let expect, and once more; and when that
        was too short, or little can be expected, among all."""
        near, far, end = self._ends()
        dated = [self._whole(*sorted((near, end)))] if near is not None else []
        self.everything = [UNDATED, *dated] if self.oldest else [*dated, UNDATED]
        rows = self._newest(self._first(far)) if far is not None else []
        for to_spare in TO_SPARE:
            if not rows or len(rows) >= self.limit or far == end:
                break
            width = abs(near - far) + 1
            if len(rows) * abs(near - end) / width <= 2 * self.limit:
                break
            further = self._after(far, ceil(width * to_spare * (self.limit - len(rows)) / len(rows)))
            rows += self._newest([further])
            far = further.last if self.oldest else further.first
        if len(rows) < self.limit:
            rows = self._newest([] if self.within.first is None and self._is_open else self.everything)
        return rows[: self.limit]

    def _newest(self, spans: list[Months]) -> list[tuple]:
        """The first of these months in order; of all where none are named."""
        return list(islice(self._walk(spans), self.limit))

    def _ends(self) -> tuple[int | None, int | None, int | None]:
        """The months of the first document, of the one after the first thousands, and of the last."""
        limits = self.within.first, self.within.last, self.oldest
        if limits not in self.known_ends:
            self.known_ends[limits] = self._ask_for_ends()
        return self.known_ends[limits]

    def _ask_for_ends(self) -> tuple[int | None, int | None, int | None]:
        asked = f"SELECT id FROM {DOCUMENTS} WHERE id >= {ROOM_FOR_KEYS}{self._bounds('id')} ORDER BY id"
        there, back = ("ASC", "DESC") if self.oldest else ("DESC", "ASC")
        [documents] = ask(
            f"SELECT ({asked} {there} LIMIT 1), ({asked} {there} LIMIT 1 OFFSET {MOST_READ}), "
            f"({asked} {back} LIMIT 1)",
            [bound for _, bound in self.bounds] * 3,
        )
        return tuple(document and _month_of(document) for document in documents)

    def _whole(self, first: int, last: int) -> Months:
        """The same, to the ends of the years where nothing lies beyond them."""
        return Months(
            first - first % 12 if self.within.first is None else first,
            last - last % 12 + 11 if self._is_open else last,
        )

    def _first(self, month: int) -> list[Months]:
        """From where the walk begins to a month."""
        if self.oldest:
            undated, dated = self.everything
            return [undated, Months(dated.first, month)]
        return [Months(month, self.everything[0].last)]

    def _after(self, month: int, number: int) -> Months:
        """So many months after one; many of them are whole years."""
        dated = self.everything[1 if self.oldest else 0]
        if self.oldest:
            last = month + number
            last += 11 - last % 12 if number > 12 else 0
            return Months(month + 1, min(last, dated.last))
        first = month - number
        first -= first % 12 if number > 12 else 0
        return Months(max(first, dated.first), month - 1)

    @cached_property
    def _is_open(self) -> bool:
        """Whether nothing but what is scheduled lies beyond the last document."""
        last = self.within.last
        return last is None or moment_of(last) > timezone.now() - dt.timedelta(days=1)

    def _walk(self, spans: list[Months]) -> Iterator[tuple]:
        """Of some months, in the order of what is wanted; of all documents where none are named."""
        rows, read = self._read(spans, self.most + 1)
        if read <= self.most:
            yield from rows
        elif parts := self._parts(spans):
            for part in parts:
                yield from self._walk([part])
        else:
            yield from self._read(spans, None)[0]

    def _parts(self, spans: list[Months]) -> list[Months]:
        if len(spans) != 1:
            return spans or self.everything
        halves = spans[0].halves() if spans[0].first < spans[0].last else []
        return halves[::-1] if self.oldest else halves

    def _read(self, spans: list[Months], most: int | None) -> tuple[list[tuple], int]:
        """Rows in their order, and how many were read for them: when that is `most`, others may come before them.
        What is public is asked of these rows, since the index would go through nearly all items for it. The query
        is an expression and no value: a planner that knows a word to be common would read the whole table."""
        queries = [" & ".join(self.condition)]
        if spans:  # as a query of its own, else the index would go through all documents of these months
            queries.append(_either(_quoted(mark) for span in spans for mark in span.marks()))
        held = " AND ".join(["words @@ (SELECT %s::tsquery)"] * len(queries))
        is_public = f"starts_with(marks, '{PUBLIC[0]} ')" if PUBLIC in self.within.marks else "true"
        order = "ASC" if self.oldest else "DESC"
        rows = ask(
            f"WITH read AS MATERIALIZED (SELECT {self.columns}, {is_public} AS is_public FROM {DOCUMENTS} "
            f"WHERE {held}{self._bounds('id + 0')} LIMIT %s), "
            f"passed AS (SELECT {self.columns} FROM read WHERE is_public "
            f"ORDER BY id {order} LIMIT %s) "
            "SELECT passed.*, (SELECT count(*) FROM read) FROM (VALUES (1)) one LEFT JOIN passed ON true "
            f"ORDER BY id {order}",
            [*queries, *(bound for _, bound in self.bounds), most, self.limit],
        )
        return [row[:-1] for row in rows if row[0] is not None], rows[0][-1]

    def _bounds(self, id: str) -> str:
        return "".join(f" AND {id} {comparison} %s" for comparison, _ in self.bounds)


def _columns(texts: bool) -> str:
    return f"id, publication_id, marks{', title, head, lead' if texts else ''}"


def _month_of(document: int) -> int:
    at = moment_of(document)
    return at.year * 12 + at.month - 1


def _condition(query: Query, within, in_title: bool) -> list[str]:
    terms = [_either(_all(stems, in_title) for stems in term.alternatives) for term in query.terms]
    return [*terms, *(_either(map(_quoted, group)) for group in within.marks if group != PUBLIC)]


def _all(stems, in_title: bool) -> str:
    return f"({' & '.join(f"'={word}'" if in_title else f"'{word}'" for word in stems)})"


def _quoted(word: str) -> str:
    return f"'{word}'"


def _either(alternatives) -> str:
    return f"({' | '.join(alternatives)})"
