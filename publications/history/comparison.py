# Two snapshots of an item beside each other, field by field, as people read them.
from typing import NamedTuple

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime

from publications.history.blocks import blocks_of_html, blocks_of_lines
from publications.history.differences import Line, Piece, compare
from publications.history.words import changed_fields, changed_parts, label
from publications.richtext import RichTextField

NOTHING = "Nothing"
ONLY_BLANKS = Line("same", pieces=(Piece("same", "Only blanks, line breaks or hidden marks differ."),))


class Compared(NamedTuple):
    label: str
    lines: list[Line]


def compared(model, before: dict, after: dict, name=str) -> tuple[list[Compared], list[str]]:
    """The fields that differ, in the order of the model, and in sentences what differs in its parts. `name` says
    what to call a row that a field or a part leads to."""
    differing = set(changed_fields(before, after))
    names = [field.name for field in model._meta.fields if field.name in differing]
    names += sorted(differing.difference(names))  # what the site has ceased to know
    old, new = before["fields"], after["fields"]
    fields = [
        Compared(label(model, each), _lines(model, each, old.get(each), new.get(each), name))
        for each in names
    ]
    return fields, changed_parts(before, after, name)


def _lines(model, name, old, new, name_of) -> list[Line]:
    field = next((field for field in model._meta.fields if field.name == name), models.TextField())
    if isinstance(field, RichTextField):
        return compare(blocks_of_html(old or ""), blocks_of_html(new or "")) or [ONLY_BLANKS]
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        return compare(blocks_of_lines(str(old or "")), blocks_of_lines(str(new or ""))) or [ONLY_BLANKS]
    return _exchanged(_in_words(field, old, name_of), _in_words(field, new, name_of))


def _exchanged(old, new) -> list[Line]:
    return [Line("changed", pieces=(Piece("gone", old), Piece("new", f" {new}")))]


def _in_words(field, value, name_of) -> str:
    """As a person reads a value that is no text."""
    if value in (None, ""):
        return NOTHING
    if field.is_relation:
        related = field.related_model._base_manager.filter(pk=value).first()
        return f"“{name_of(related)}”" if related else "One that was deleted since"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, models.DateTimeField):
        return date_format(localtime(parse_datetime(value)), "j F Y, H:i:s")
    if isinstance(field, models.DateField):
        return date_format(parse_date(value), "j F Y")
    return str(value)
