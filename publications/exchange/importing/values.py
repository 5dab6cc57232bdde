# Turns single raw values into clean ones. Raises Refused with a reason that reads well after "row 3: date: ".
import datetime as dt
import re
from typing import NamedTuple

from django.utils import timezone

from publications.models import Publication

BREAK = re.compile(r"\s*[\n\t\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
STATES = {state.value: state for state in Publication.State}


class Refused(Exception):
    """The value cannot be used; the message is the reason."""


class Moment(NamedTuple):
    """A day of the calendar, or a moment; `at` is the start of the day where only the day is given."""

    at: dt.datetime
    is_day: bool


def text(value) -> str:
    """With line breaks as they are, save that they are all of one kind. Nothing at all is empty text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"must be text, not {_kind(value)}")
    if not value.isascii() or "\0" in value:
        value = UNSTORABLE.sub("", value)
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def line(value) -> str:
    found = text(value)
    return found if found.isprintable() else BREAK.sub(" ", found)


def names(value) -> list[str]:
    """A list of names, or one name; blank and repeated ones are dropped."""
    if not isinstance(value, list):
        value = [value]
    return list(dict.fromkeys(name for name in map(line, value) if name))


def findings(value) -> str:
    """One finding a line, from a list or from lines."""
    return "\n".join(map(line, value)) if isinstance(value, list) else text(value)


def doi(value) -> str:
    return re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", line(value), flags=re.IGNORECASE)


def state(value) -> str:
    name = line(value).lower().replace(" ", "_")
    if name and name not in STATES:
        raise Refused(f"{quoted(value)} is not a state (write one of {', '.join(STATES)})")
    return name


def switch(value) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Refused("must be true or false")


def whole_number(value, largest: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        number = int(value)
        if number <= largest:
            return number
    raise Refused(f"must be a whole number from 0 to {largest:,}")


def fraction(value) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= 1 or isinstance(value, bool):
        raise Refused("must be two numbers from 0 to 1")
    return number


def moment(value) -> Moment | None:
    """A day is the start of that day in the site's time zone, as is a time without a zone of its own."""
    written = line(value)
    if not written:
        return None
    try:
        if not DAY.match(written):
            raise ValueError
        at = dt.datetime.fromisoformat(written)
        if not 1000 <= at.year < 9999:  # beyond this, time zones and databases lose their way
            raise ValueError
    except ValueError:
        raise Refused(f"{quoted(written)} is not a date (write 2016-10-14)") from None
    is_day = bool(DAY.fullmatch(written))
    if at.tzinfo is None:
        at = _on_the_clock(at, is_day)
    return Moment(at.astimezone(dt.UTC), is_day)


def instant(value) -> dt.datetime | None:
    found = moment(value)
    return found and found.at


def _on_the_clock(at: dt.datetime, is_day: bool) -> dt.datetime:
    zone = timezone.get_default_timezone()
    aware = at.replace(tzinfo=zone)
    if not is_day and aware.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise Refused(
            f"{quoted(at.isoformat(' ', 'minutes'))} does not exist in {zone}: the clock is put forward then"
        )
    return aware


def quoted(value) -> str:
    if not isinstance(value, str):
        return _kind(value)
    shown = printable(value[:60])
    return f"“{shown}…”" if len(value) > 60 else f"“{shown}”"


def printable(value: str) -> str:
    """What a terminal may be sent of text that somebody else wrote."""
    return "".join(character if character.isprintable() else "�" for character in value)


def _kind(value) -> str:
    if value is None:
        return "nothing"
    return {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "that")
