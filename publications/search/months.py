# Spans of time as the index on PostgreSQL knows them: it has a mark for each month and each year.
import datetime as dt
from typing import NamedTuple

from publications.search.documents import document_id, moment_of, month_mark, year_mark


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


def month_of(document: int) -> int:
    at = moment_of(document)
    return at.year * 12 + at.month - 1


def first_document(month: int) -> int:
    """What the ids of a month begin with."""
    return document_id(dt.datetime(month // 12, month % 12 + 1, 1, tzinfo=dt.UTC))
