# What changed between two snapshots of an item, in short sentences. Rows that are a part of it are told by their
# names: those of the moment, where a sentence is kept, so that what was said then stays true.
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst

from publications.models import Authorship, Correction, FeaturedItem, File, Person, Publication, Topic


class Part(NamedTuple):
    """A list in a snapshot: what one of it is called, by what it is known again, and how it is named."""

    model: type
    noun: str
    key: str
    names: Callable  # of keys, all at once, and of how to call a row
    told: dict[str, str] = {}  # what else to call a field; "" for one that follows from others
    has_order: bool = False

    def changed(self, old, new) -> list[str]:
        """What of one that stayed is another now, in words."""
        names = [name for name in new if old.get(name) != new[name]]
        words = [self.told.get(name, label(self.model, name).lower()) for name in names]
        return [word for word in words if word]


def changed_parts(before: dict, after: dict, name_of=str) -> list[str]:
    """In the order of the form: topics, authors, files, corrections, featured items. `name_of` says what to call a
    row that a part leads to."""
    sentences = []
    for name, part in PARTS.items():
        old, new = _rows(before, name, part), _rows(after, name, part)
        if list(old.items()) != list(new.items()):
            sentences += _part_changes(part, old, new, name_of)
    return sentences


def changed_fields(before: dict, after: dict) -> list[str]:
    old, new = before["fields"], after["fields"]
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]


def label(model, name: str) -> str:
    """As forms call a field; the bare name of one that there is no more."""
    known = {field.name: field.verbose_name for field in model._meta.fields}
    return capfirst(known.get(name, name.replace("_", " ")))


def _rows(snapshot, name, part) -> dict:
    """By what they are known by, in their order."""
    rows = snapshot.get(name, [])
    return {row[part.key]: row for row in rows} if part.key else {key: {} for key in rows}


def _part_changes(part, old, new, name_of):
    names = part.names({**old, **new}, name_of)
    moved = _moved(old, new) if part.has_order else []
    yield from (f"Added {part.noun} {names[key]}." for key in new if key not in old)
    yield from (f"Removed {part.noun} {names[key]}." for key in old if key not in new)
    for key, was, now in moved:
        yield f"Moved {part.noun} {names[key]} from {was} to {now}."
    for key in new:
        if key in old and (told := part.changed(old[key], new[key])):
            yield f"Changed {part.noun} {names[key]}: {', '.join(told)}."


def _moved(old, new):
    """(key, place before, place now) of the fewest rows that must have moved for the others to stand as they do."""
    places = {key: place for place, key in enumerate(old, 1)}
    kept = [key for key in new if key in places]
    staying = _longest_rise([places[key] for key in kept])
    now = {key: place for place, key in enumerate(new, 1)}
    return [(key, places[key], now[key]) for key in kept if places[key] not in staying]


def _longest_rise(numbers) -> set[int]:
    """The members of a longest rising run, not of neighbours, within these different numbers."""
    ends, before = [], {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    found, number = set(), ends[-1] if ends else None
    while number is not None:
        found.add(number)
        number = before[number]
    return found


def _stored_names(model):
    def names(keys, name_of=str):
        known = {row.pk: f"“{name_of(row)}”" for row in model._base_manager.filter(pk__in=keys)}
        return dict.fromkeys(keys, "that was deleted since") | known

    return names


def _labels(rows, name_of=str):
    return {key: f"“{row['label']}”" for key, row in rows.items()}


def _days(rows, name_of=str):
    return {key: f"of {date_format(parse_date(row['made_on']), 'j F Y')}" for key, row in rows.items()}


PARTS = {
    "topics": Part(Topic, "topic", "", _stored_names(Topic)),
    "authors": Part(Authorship, "author", "person", _stored_names(Person), has_order=True),
    "files": Part(
        File,
        "file",
        "name",
        _labels,
        {"checksum": "content", "file": "", "size": "", "replaced_at": ""},
        has_order=True,
    ),
    "corrections": Part(Correction, "correction", "id", _days),
    "featured": Part(
        FeaturedItem, "featured item", "publication", _stored_names(Publication), has_order=True
    ),
}
