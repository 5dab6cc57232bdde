# What others stored while somebody had a form open, and the form that was sent put together with it.
from copy import deepcopy
from functools import cached_property
from hashlib import sha256
from os.path import commonprefix
from pathlib import PurePosixPath
from typing import NamedTuple

from django import forms
from django.core import signing
from django.utils.text import get_text_list
from django_prose_editor.widgets import ProseEditorWidget

from publications.admin.form_state import (
    NEW,
    control,
    fields_of_rows,
    known_by,
    sent_rows,
    sent_state,
    stored_state,
    write_state,
)
from publications.history.blocks import blocks_of_html, blocks_of_lines
from publications.history.differences import Line, compare
from publications.merging import blocks, merge
from publications.richtext import plain_text

SALT = "an opened form"


def seal(state: dict, at: str) -> str:
    """What a form remembers of the item it was opened for, and when that was. Signed, so that what comes back
    is known to be what was sent."""
    return signing.dumps({"state": state, "at": at}, salt=SALT, compress=True)


def unseal(sealed: str) -> tuple[dict, str]:
    """Empty where it cannot be read: then nobody knows what was changed, and whatever differs is shown."""
    try:
        opened = signing.loads(sealed, salt=SALT)
    except signing.BadSignature:
        return {}, ""
    return opened["state"], opened["at"]


class Choice(NamedTuple):
    """A value that both changed, in words."""

    label: str
    name: str  # of the control that says which to keep
    answer: str
    was: str
    theirs: str
    mine: str
    # Of texts: what each changed of what was there, word by word.
    theirs_compared: list[Line]
    mine_compared: list[Line]


class Meanwhile:
    by = "somebody else"

    def __init__(self, form, formsets, names, opened, data, files):
        """Of forms that nothing was sent to, the names of their inlines, and what was sent."""
        self.form, self.formsets, self.names = form, formsets, names
        self.opened, self.stored = opened, stored_state(form, formsets.values())
        self.data, self.files, self.had_files = data, files, bool(files)

    @property
    def is_nothing(self) -> bool:
        return self.opened == self.stored

    def put_together(self) -> dict:
        """Make what was sent say what both wrote. Returns the state that it is now to be compared with: what
        is stored, but for values that still clash."""
        rows = {
            each.prefix: sent_rows(each, self.data, self.files, self.opened)
            for each in self.formsets.values()
        }
        mine = sent_state(self.form, rows, self.data, self.files, self.opened, self.stored)
        identities = {prefix: known_by(formset) for prefix, formset in self.formsets.items()}
        state, self.clashes = merge(self.opened, self.stored, mine, identities)
        self.choices = [self._choice(clash) for clash in self.clashes if _is_value(clash)]
        compared, seen = deepcopy(self.stored), deepcopy(self.stored)
        for clash in filter(_is_value, self.clashes):
            answer = self.data.get(_name(clash))
            if answer == "theirs":
                self._put(state, clash.where, clash.theirs)
            else:
                self._put(compared, clash.where, clash.base)
            if answer:
                self._put(seen, clash.where, clash.base)
        self.has_unseen = seen != self.opened
        write_state(self.form, self.formsets.values(), state, self.stored, self.data, self.files, rows)
        return compared

    @property
    def is_worth_telling(self) -> bool:
        """Not where only a step was taken, which the form says itself."""
        return bool(self.changed or self.choices)

    @property
    def is_settled(self) -> bool:
        """Whether somebody chose wherever both changed the same, and nothing else needs to be looked at."""
        return not self.notes and all(choice.answer for choice in self.choices)

    @cached_property
    def notes(self) -> list[str]:
        """What clashes and needs no choice, since the form shows it."""
        return [self._note(clash) for clash in self.clashes if not _is_value(clash)]

    @property
    def changed(self) -> list[str]:
        """What others changed, by its names in the form."""
        before = self.opened.get("fields", {})
        fields = [name for name, value in self.stored["fields"].items() if before.get(name, value) != value]
        parts = [
            name
            for name, part in self.stored.items()
            if name != "fields" and self.opened.get(name, []) != part
        ]
        return [self._label((name,)) for name in fields + parts]

    # Words

    @property
    def said(self) -> str:
        what = in_a_row([f"“{name}”" for name in self.changed])
        return f"While you were writing, {self.by} changed {what}." if what else ""

    def _choice(self, clash) -> Choice:
        field, name = self._field(clash.where), _name(clash)
        words = in_short(*(readable(field, value) for value in clash[1:]))
        compared = [_compared(field, clash.base, value) for value in (clash.theirs, clash.mine)]
        return Choice(
            self._label(clash.where[-1:], clash.where), name, self.data.get(name, ""), *words, *compared
        )

    def _note(self, clash) -> str:
        part = self.names[clash.where[0]].lower()
        if len(clash.where) == 1:
            return f"Both of you changed the order of the {part}. It stands as you have it."
        formset, row = self.formsets[clash.where[0]], clash.theirs or clash.mine
        who = "It was removed while you changed it" if clash.mine else "You removed it while it was changed"
        return f"{_row_name(formset, row)}, among the {part}: {who}. It is kept; remove it if it should go."

    def _label(self, name, where=()) -> str:
        if len(where) == 3:
            formset = self.formsets[where[0]]
            row = next(row for row in self.stored[where[0]] if row[known_by(formset)] == where[1])
            return (
                f"{self.names[where[0]]}, {_row_name(formset, row)}: {fields_of_rows(formset)[name[0]].label}"
            )
        return str(self.names.get(name[0]) or self.form.fields[name[0]].label)

    def _field(self, where):
        return (
            self.form.fields[where[1]]
            if len(where) == 2
            else fields_of_rows(self.formsets[where[0]])[where[2]]
        )

    def _put(self, state, where, value):
        part = state[where[0]]
        if len(where) == 3:
            key = known_by(self.formsets[where[0]])
            part = next(row for row in part if row[key] == where[1])
        part[where[-1]] = value


def _is_value(clash) -> bool:
    return len(clash.where) == 3 or clash.where[0] == "fields"


def _name(clash) -> str:
    """Of the control by which it is settled. Another one as soon as a third person changes the value again."""
    seen = repr((clash.where, clash.theirs))
    return f"_keep-{sha256(seen.encode()).hexdigest()[:12]}"


def _row_name(formset, row) -> str:
    shown = (
        readable(field, row[name])
        for name, field in fields_of_rows(formset).items()
        if not isinstance(control(field), forms.FileInput)
    )
    return f"“{next(filter(None, shown), '')[:80]}”"


def readable(field, value) -> str:
    """A value as a person reads it; "" for an empty one."""
    widget = control(field)
    if not value:
        return "No" if value is False else ""
    if value is True:
        return "Yes"
    if isinstance(widget, forms.FileInput):
        return f"{value[1]}, just chosen" if value[0] == NEW else PurePosixPath(value).name
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(field, forms.ModelChoiceField):
        chosen = field.queryset.filter(pk=value).first() if value.isdecimal() else None
        return field.label_from_instance(chosen) if chosen else "What was deleted since"
    if isinstance(widget, ProseEditorWidget):
        return "\n\n".join(filter(None, map(plain_text, blocks(value))))
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _compared(field, before, after) -> list[Line]:
    """Nothing where there was nothing before, or no words to compare."""
    widget = control(field)
    if not before or not after:
        return []
    if isinstance(widget, ProseEditorWidget):
        return compare(blocks_of_html(before), blocks_of_html(after))
    if isinstance(widget, forms.Textarea):
        return compare(blocks_of_lines(before), blocks_of_lines(after))
    return []


def in_short(*texts) -> list[str]:
    """Without the paragraphs at the beginning and at the end that are the same in all."""
    parts = [text.split("\n") for text in texts]
    first = len(commonprefix(parts))
    last = len(commonprefix([part[first:][::-1] for part in parts]))
    kept = [part[first : len(part) - last] for part in parts]
    return ["\n".join(["…"] * bool(first) + part + ["…"] * bool(last)) for part in kept]


def in_a_row(words) -> str:
    return get_text_list(words, "and")
