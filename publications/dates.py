# Dates as people write them in a filter: a year, a month or a day. Knows no models.
import datetime as dt
import re
import unicodedata
from calendar import monthrange
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.dates import MONTHS as NAMES, MONTHS_3, MONTHS_ALT, MONTHS_AP
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, gettext_noop, override

from publications.folding import fold

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
        """As addresses hold it, in every language: “2016-10-14”, “2016-10” or “2016”."""
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.year}" if self._is_year else f"{self.first:%Y-%m}"

    @property
    def in_short(self) -> str:
        """As a field holds it: short, and read back as the same period."""
        return _written(self, gettext_noop("j M Y"), get_language())

    @property
    def in_words(self) -> str:
        return _written(self, gettext_noop("j F Y"), get_language())

    @property
    def _is_year(self) -> bool:
        return self.last.month != self.first.month


@lru_cache(maxsize=1_000)
def _written(period: Period, day_format: str, language: str) -> str:
    if period.first == period.last:
        return date_format(period.first, _(day_format))
    return f"{period.first.year}" if period._is_year else date_format(period.first, _("F Y"))


def parse_period(text: str) -> Period:
    """Read “2016”, “2016-10”, “October 2016”, “2016-10-14”, “14 Oct 2016”, “Oct 14, 2016” or “14/10/2016”.

    Months go by their names in the language of the page and in English; digits are those of any script.
    With slashes or dots the day comes first. Raises ValueError with a sentence for the reader.
    """
    if period := _read(text, get_language()):
        return period
    raise ValueError(
        _("“%(text)s” is not a date. Write a year or a date, such as 2016 or 14 Oct 2016.")
        % {"text": text.strip()}
    )


@lru_cache(maxsize=1_000)
def _read(text: str, language: str) -> Period | None:
    words = _normal(text, language)
    if YEAR.match(words):
        return Period(dt.date(int(words), 1, 1), dt.date(int(words), 12, 31))
    if month := _first_match(words, MONTHS):
        return Period(month, month.replace(day=monthrange(month.year, month.month)[1]))
    if day := _first_match(words, DAYS):
        return Period(day, day)
    return None


def _normal(text: str, language: str) -> str:
    """The text in the words and digits that `DAYS` and `MONTHS` are written in."""
    words = "".join(str(unicodedata.decimal(c, c)) for c in fold(text.replace("،", " ").replace(",", " ")))
    words = re.sub(r"(?<=\d)(st|nd|rd|th|er)\b", "", words)
    names = _month_names(language)
    words = [names.get(word, word) for word in (word.strip(".") for word in words.split())]
    return " ".join(word for word in words if word not in {"of", "de"})


@lru_cache(maxsize=20)
def _month_names(language: str) -> dict[str, str]:
    """The English name of each month by all its names, long and short, in this language and in English."""
    with override("en"):
        english = {number: str(name) for number, name in NAMES.items()}
        names = {form: english[number] for number, form in _forms()}
    return names | {form: english[number] for number, form in _forms()}


def _forms() -> list[tuple[int, str]]:
    forms = (NAMES, MONTHS_3, MONTHS_AP, MONTHS_ALT)
    return [(number, fold(str(name)).strip(".")) for names in forms for number, name in names.items()]


def _first_match(words: str, formats: list[str]) -> dt.date | None:
    for form in formats:
        try:
            day = dt.datetime.strptime(words, form).date()
        except ValueError:
            continue
        if 1000 <= day.year < 9000:
            return day
    return None


def midnight(day, days: int = 0):
    """When this day begins in the site's time zone, or the one so many days later."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time.min))
