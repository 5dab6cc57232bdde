# How many public items a topic's list has, by type and by year: sums of tallies, exact to the microsecond.
# A span of time that cuts a month costs the entries of that month beyond the cut, read from an index.
import datetime as dt
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from django.utils import timezone

from publications.models import Entry, Tally
from publications.models.entry import ALWAYS, EVERYTHING, NOWHERE
from publications.reading import connection
from publications.statements import ask

FIRST_YEAR, LAST_YEAR = 1, 9999  # as periods; months are larger numbers, all time is smaller
BY_TYPE, BY_YEAR = -1, -2  # stand where rows of what comes after a cut have its number
MOMENT = dt.timedelta(microseconds=1)  # the finest that databases keep
TALLIES, ENTRIES = Tally._meta.db_table, Entry._meta.db_table


class Cut(NamedTuple):
    """A moment that divides the time into before and from then on, and the year and month, in the site's zone, that
    it cuts or ends."""

    moment: dt.datetime
    year: int
    month: int

    @property
    def next_month(self) -> dt.datetime:
        return month_start(self.year, self.month + 1)

    @property
    def is_between_months(self) -> bool:
        return self.moment == self.next_month

    @property
    def later_months(self) -> tuple[int, int]:
        """The whole months of the year that come after it: the first and last period. None after a year's end."""
        return self.year * 100 + self.month + 1, self.year * 100 + 12


def cut_at(moment: dt.datetime) -> Cut:
    before = timezone.localtime(moment - MOMENT, timezone.get_default_timezone())
    return Cut(moment, before.year, before.month)


def month_start(year: int, month: int) -> dt.datetime:
    """Months beyond the twelfth are those of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if year > LAST_YEAR:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return dt.datetime(year, month, 1, tzinfo=timezone.get_default_timezone())


class Counts:
    """Of a topic, or of everything, in any span between these moments, of which the first is now. One query."""

    def __init__(self, topic: int, moments):
        self.cuts = {moment: cut_at(moment) for moment in moments}
        rows = _fetch([_years(topic), *_later_in_years(topic, self.cuts)])
        self.years = {(kind, year): n for kind, year, n, number in rows if not number}
        self.later = _by_cut(rows, self.cuts)
        self._between: dict[tuple, dict[tuple[int, int], int]] = {}

    def between(self, start: dt.datetime | None, end: dt.datetime) -> dict[tuple[int, int], int]:
        """(type, year): how many from the start on and before the end. Both must be among the moments."""
        if (start, end) not in self._between:
            self._between[start, end] = self._count(start, end)
        return self._between[start, end]

    def _count(self, start, end) -> dict[tuple[int, int], int]:
        if start and start >= end:
            return {}
        first = self.cuts[start].year if start else FIRST_YEAR
        last = self.cuts[end].year
        counts = {key: n for key, n in self.years.items() if first <= key[1] <= last}
        if start:
            for key in [key for key in counts if key[1] == first]:
                _take(counts, key, self.years[key] - self.later.get((key[0], start), 0))
        for kind, moment in self.later:
            if moment == end and (kind, last) in counts:
                _take(counts, (kind, last), self.later[kind, end])
        return counts


class ListCounts:
    """The same as sums alone, which is all that a list needs: by type from its start on and before its end, and by
    year of the types chosen (or of all). One query."""

    def __init__(self, topic: int, types, now, start, end):
        self.chosen, self.start, self.end = types, start, end
        self.cuts = {moment: cut_at(moment) for moment in (now, start, end) if moment}
        first = self.cuts[start].year + 1 if start else FIRST_YEAR
        sums = _sum_by_type(topic, first, self.cuts[end].year), _sum_by_year(topic, types)
        rows = _fetch([*sums, *_later_in_years(topic, self.cuts)])
        self.whole_years = {kind: n for kind, _, n, number in rows if number == BY_TYPE}
        self.years = {year: n for _, year, n, number in rows if number == BY_YEAR}
        self.later = _by_cut(rows, self.cuts)

    def by_type(self) -> dict[int, int]:
        """Of all types, chosen or not."""
        if self.start and self.start >= self.end:
            return {}
        counts = Counter(self.whole_years)
        for (kind, moment), n in self.later.items():
            counts[kind] += n * ((moment == self.start) - (moment == self.end))
        return dict(+counts)

    def by_year(self, end: dt.datetime) -> dict[int, int]:
        """Of those before this end, which must be that of the list or now; the earliest year first."""
        last = self.cuts[end].year
        counts = {year: n for year, n in sorted(self.years.items()) if year <= last}
        for (kind, moment), n in self.later.items():
            if moment == end and last in counts and (not self.chosen or kind in self.chosen):
                _take(counts, last, n)
        return counts


def _later_in_years(topic: int, cuts: dict[dt.datetime, Cut]) -> list[tuple[str, list]]:
    """From each cut to the end of its year."""
    parts = []
    for number, cut in enumerate(cuts.values(), 1):
        parts += _later_in_year(topic, cut, number, little_is_later=number == 1)
    return parts


def _by_cut(rows, cuts) -> dict[tuple[int, dt.datetime], int]:
    """By type and cut."""
    later, moments = {}, list(cuts)
    for kind, _, n, number in rows:
        if number > 0:
            key = kind, moments[number - 1]
            later[key] = later.get(key, 0) + n
    return later


def _take(counts: dict, key, fewer: int) -> None:
    """Keeps no count of nothing."""
    counts[key] -= fewer
    if counts[key] <= 0:
        del counts[key]


def _sum_by_type(topic, first, last):
    sql = f"SELECT type, 0, SUM(n), {BY_TYPE} FROM {TALLIES} WHERE topic = %s AND period BETWEEN %s AND %s GROUP BY type"
    return sql, [topic, first, last]


def _sum_by_year(topic, types):
    only, values = _of_types(types)
    sql = (
        f"SELECT 0, period, SUM(n), {BY_YEAR} FROM {TALLIES} "
        f"WHERE topic = %s AND period BETWEEN %s AND %s{only} GROUP BY period"
    )
    return sql, [topic, FIRST_YEAR, LAST_YEAR, *values]


def _years(topic):
    sql = f"SELECT type, period, n, 0 FROM {TALLIES} WHERE topic = %s AND period BETWEEN %s AND %s"
    return sql, [topic, FIRST_YEAR, LAST_YEAR]


def _later_in_year(topic, cut, number, little_is_later):
    """Whole months by their tallies, and of a month that is cut the entries on its shorter side."""
    first, last = cut.later_months
    if cut.is_between_months:
        return [_months(topic, first, last, number)] if first <= last else []
    month = month_start(cut.year, cut.month)
    if little_is_later or cut.next_month - cut.moment < cut.moment - month:
        entries = _entries(topic, cut.moment, cut.next_month, "COUNT(*)", number)
    else:
        first, entries = first - 1, _entries(topic, month, cut.moment, "-COUNT(*)", number)
    return [_months(topic, first, last, number), entries] if first <= last else [entries]


def _months(topic, first, last, number):
    sql = (
        f"SELECT type, 0, SUM(n), {number} FROM {TALLIES} "
        "WHERE topic = %s AND period BETWEEN %s AND %s GROUP BY type"
    )
    return sql, [topic, first, last]


def _entries(topic, start, end, count, number):
    sql = (
        f"SELECT type, 0, {count}, {number} FROM {ENTRIES} "
        "WHERE topic = %s AND published_at >= %s AND published_at < %s GROUP BY type"
    )
    return sql, [topic, stored(start), stored(end)]


def months_of(topic: int, types, year: int) -> dict[int, int]:
    """How many of these types (or of all) each month of one year has, with what is scheduled."""
    only, values = _of_types(types)
    sql = f"SELECT period, SUM(n) FROM {TALLIES} WHERE topic = %s AND period BETWEEN %s AND %s{only} GROUP BY period"
    rows = _fetch([(sql, [topic, year * 100 + 1, year * 100 + 12, *values])])
    return {period % 100: n for period, n in rows}


def count_years_by_topic(first: int, now: dt.datetime) -> dict[int, dict[int, int]]:
    """How many public items each topic has of each year from the first on."""
    cut = cut_at(now + MOMENT)
    parts = [
        (
            f"SELECT topic, period, SUM(n) FROM {TALLIES} WHERE period BETWEEN %s AND %s GROUP BY topic, period",
            [first, cut.year],
        ),
        *_later_by_topic((), cut, -1, cut.year),
    ]
    years: dict[int, Counter[int]] = {}
    for topic, year, n in _fetch(parts):
        years.setdefault(topic, Counter())[year] += n
    return years


def count_by_topic(types, start: dt.datetime | None, end: dt.datetime) -> Counter[int]:
    """How many of these types (or of all) each topic has from the start on and before the end."""
    if start and start >= end:
        return Counter()
    last = cut_at(end)
    if start:
        first = cut_at(start)
        parts = [_by_topic(types, first.year + 1, last.year, 1), *_later_by_topic(types, first, 1)]
    else:
        parts = [_by_topic(types, ALWAYS, ALWAYS, 1), _by_topic(types, last.year + 1, LAST_YEAR, -1)]
    parts += _later_by_topic(types, last, -1)
    counts = Counter()
    for topic, _, n in _fetch(parts):
        counts[topic] += n
    del counts[EVERYTHING], counts[NOWHERE]
    return +counts


def _later_by_topic(types, cut, sign, label=0):
    """From a cut to the end of its year."""
    parts, (first, last) = [], cut.later_months
    if first <= last:
        parts.append(_by_topic(types, first, last, sign, label))
    if not cut.is_between_months:
        parts.append(_entries_by_topic(types, cut.moment, cut.next_month, sign, label))
    return parts


def _by_topic(types, first, last, sign, label=0):
    """In the order of an index, so that nothing costs nothing: by topics alone, SQLite would look for these periods in
    each topic."""
    only, values = _of_types(types)
    sql = (
        f"SELECT topic, {label}, {sign} * SUM(n) FROM {TALLIES} "
        f"WHERE period BETWEEN %s AND %s{only} GROUP BY period, topic"
    )
    return sql, [first, last, *values]


def _entries_by_topic(types, start, end, sign, label=0):
    """By way of the list of everything, which is the only one in order of date for all topics."""
    only, values = _of_types(types, "everything.")
    sql = (
        f"SELECT entry.topic, {label}, {sign} * COUNT(*) FROM {ENTRIES} everything "
        f"JOIN {ENTRIES} entry ON entry.publication_id = everything.publication_id "
        f"WHERE everything.topic = {EVERYTHING} AND everything.published_at >= %s "
        f"AND everything.published_at < %s{only} GROUP BY entry.topic"
    )
    return sql, [stored(start), stored(end), *values]


def _of_types(types, prefix=""):
    return (f" AND {prefix}type IN ({', '.join(['%s'] * len(types))})", list(types)) if types else ("", [])


def stored(moment: dt.datetime):
    """As a parameter of SQL."""
    return _adapt()(moment)


@cache
def _adapt() -> Callable:
    """The same for all connections, which are of one kind."""
    return connection.ops.adapt_datetimefield_value


def _fetch(parts):
    sql = " UNION ALL ".join(sql for sql, _ in parts)
    return ask(sql, [value for _, values in parts for value in values], one_plan=True)
