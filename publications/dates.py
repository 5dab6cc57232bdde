# Dates as people write them in a filter: a year, a month or a day. Knows no models.
import datetime as dt
import re
from calendar import monthrange
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

YEAR = re.compile(r"^[1-8]\d{3}$", re.ASCII)
MONTHS = ["%Y-%m", "%B %Y", "%b %Y", "%m/%Y"]
DAYS = [
    "%Y-%m-%d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
]


class Period(NamedTuple):
    """The days from `first` to `last`, both included: a whole year, a whole month or one day."""

    first: dt.date
    last: dt.date

    def __str__(self):
        """The shortest form that is read back as the same period."""
        if self.first == self.last:
            return f"{self.first.day} {self.first:%b %Y}"
        return f"{self.first.year}" if self.last.month != self.first.month else f"{self.first:%b %Y}"

    @property
    def in_words(self) -> str:
        if self.first == self.last:
            return date_format(self.first, _("j F Y"))
        return (
            f"{self.first.year}" if self.last.month != self.first.month else date_format(self.first, _("F Y"))
        )


def parse_period(text: str) -> Period:
    """Read “2016”, “2016-10”, “October 2016”, “2016-10-14”, “14 Oct 2016”, “Oct 14, 2016” or “14/10/2016”.

    With slashes or dots the day comes first. Raises ValueError with a sentence for the reader.
    """
    words = _normal(text)
    if period := _read_period(words):
        return period
    raise ValueError(
        _("“%(text)s” is not a date. Write a year or a date, such as 2016 or 14 Oct 2016.")
        % {"text": text.strip()}
    )


def _read_period(words: str) -> Period | None:
    if YEAR.match(words):
        return Period(dt.date(int(words), 1, 1), dt.date(int(words), 12, 31))
    if month := _first_match(words, MONTHS):
        return Period(month, month.replace(day=monthrange(month.year, month.month)[1]))
    if day := _first_match(words, DAYS):
        return Period(day, day)
    return None


def _normal(text: str) -> str:
    words = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.strip().lower())
    words = re.sub(r"\bsept\b", "sep", words)
    words = re.sub(r"\bof\b|,", " ", words)
    return " ".join(re.sub(r"(?<=[a-z])\.", "", words).split())


def _first_match(words: str, formats: list[str]) -> dt.date | None:
    for form in formats:
        try:
            day = dt.datetime.strptime(words, form).date()
        except ValueError:
            continue
        if 1000 <= day.year < 9000:
            return day
    return None
