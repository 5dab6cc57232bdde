# The corrections of an item: read from a row, compared with those that are there, written.
import datetime as dt
from typing import NamedTuple

from django.utils import timezone

from publications.exchange.importing import values
from publications.exchange.importing.values import Refused, quoted
from publications.models import Correction

KEYS = ("date", "kind", "note", "conclusions_change")
KINDS = {kind.value: kind for kind in Correction.Kind}


class Note(NamedTuple):
    """What a correction says. Two that say the same are the same one."""

    made_on: dt.date
    kind: str
    note: str
    changes_conclusions: bool


def read_corrections(raw) -> list[Note]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise Refused("must be a list of objects with “date” and “note”")
    return list(dict.fromkeys(_read(number, entry) for number, entry in enumerate(raw, 1)))


def _read(number: int, entry: dict) -> Note:
    """Raises Refused with the number of the correction."""
    try:
        if unknown := next((key for key in entry if key not in KEYS and key != "x"), None):
            raise Refused(f"has a key {quoted(unknown)} (write one of {', '.join(KEYS)})")
        return Note(
            _day(entry.get("date")),
            _kind(entry.get("kind")),
            _note(entry.get("note")),
            values.switch(entry.get("conclusions_change")),
        )
    except Refused as error:
        raise Refused(f"number {number} {error}") from None


def _day(raw) -> dt.date:
    moment = values.moment(raw)
    if not moment:
        raise Refused("has no date")
    day = timezone.localdate(moment.at)
    if day > timezone.localdate():
        raise Refused(f"is dated {day}, which is yet to come")
    return day


def _kind(raw) -> str:
    name = values.line(raw).lower() or Correction.Kind.CORRECTION.value
    if name not in KINDS:
        raise Refused(f"is of the kind {quoted(name)} (write one of {', '.join(KINDS)})")
    return name


def _note(raw) -> str:
    if not (note := values.text(raw)):
        raise Refused("has no note")
    return note


def of(publication) -> list[Note]:
    return [_as_note(row) for row in publication.corrections.all()]


def latest(notes: list[Note]) -> dt.date | None:
    return max((note.made_on for note in notes), default=None)


def write(items) -> None:
    """Those that stay as they are keep their key, by which feeds know them. Three queries for all items."""
    wanted = {item.publication.pk: list(item.corrections) for item in items if item.corrections is not None}
    if not wanted:
        return
    gone = []
    for row in Correction.objects.filter(publication__in=wanted).order_by("pk"):
        if (note := _as_note(row)) in wanted[row.publication_id]:
            wanted[row.publication_id].remove(note)
        else:
            gone.append(row.pk)
    Correction.objects.filter(pk__in=gone).delete()
    Correction.objects.bulk_create(
        Correction(publication_id=pk, **note._asdict()) for pk, notes in wanted.items() for note in notes
    )


def _as_note(row: Correction) -> Note:
    return Note(row.made_on, row.kind, row.note, row.changes_conclusions)
