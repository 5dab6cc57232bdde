# What a form holds, as plain data that can be compared and merged: values by the names of their fields, and a
# list for each field of several choices and for each inline. As stored, as sent, and back into what is sent.
from django import forms
from django.forms.models import InlineForeignKeyField

NEW = "new upload"
MOST_ROWS = 1000
MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
OF_ROWS_ALONE = {"DELETE", "position"}  # where a row stands is told by the order of rows


# Controls


def control(field):
    """Without what the admin wraps around a choice of related rows."""
    return getattr(field.widget, "widget", field.widget)


def takes_several(field) -> bool:
    return isinstance(control(field), forms.SelectMultiple | forms.CheckboxSelectMultiple)


def stored_value(field, value):
    """What a browser sends for a field that nobody touches."""
    widget = control(field)
    if isinstance(widget, forms.CheckboxInput):
        return bool(value)
    if isinstance(widget, forms.FileInput):
        return value.name or "" if value else ""
    if isinstance(widget, forms.MultiWidget):
        parts = widget.decompress(value)
        return [
            _plain(each, each.format_value(part)) for each, part in zip(widget.widgets, parts, strict=True)
        ]
    value = widget.format_value(value)
    if takes_several(field):
        return [str(each) for each in value or []]
    return _plain(widget, value[0] if isinstance(value, list) and value else value)


def sent_value(field, name, data, files, untouched):
    widget = control(field)
    if isinstance(widget, forms.FileInput):
        return _sent_file(widget, name, data, files, untouched)
    value = widget.value_from_datadict(data, files, name)
    if isinstance(widget, forms.CheckboxInput):
        return bool(value)
    if isinstance(widget, forms.MultiWidget):
        return [_plain(each, part) for each, part in zip(widget.widgets, value, strict=True)]
    return [str(each) for each in value or []] if takes_several(field) else _plain(widget, value)


def _sent_file(widget, name, data, files, untouched):
    if name in files:
        return [NEW, files[name].name]
    is_cleared = isinstance(widget, forms.ClearableFileInput) and f"{name}-clear" in data
    return "" if is_cleared else untouched


def _plain(widget, text) -> str:
    text = ("" if text is None else str(text)).replace("\r\n", "\n").strip()
    is_short_time = isinstance(widget, forms.TimeInput) and len(text) == 5
    return f"{text}:00" if is_short_time else text


def write_value(field, name, value, data, files, upload=None):
    widget = control(field)
    if isinstance(widget, forms.FileInput):
        if upload and value == [NEW, upload.name]:
            files[name] = upload
        elif value == "" and isinstance(widget, forms.ClearableFileInput):
            data[f"{name}-clear"] = "on"
    elif isinstance(widget, forms.MultiWidget):
        for suffix, part in zip(widget.widgets_names, value, strict=True):
            data[name + suffix] = part
    elif takes_several(field):
        data.setlist(name, value)
    elif value is True:
        data[name] = "on"
    elif value is not False:
        data[name] = value


# Whole forms


def fields_of(form) -> dict:
    """Those that can be filled in. A disabled field may hold what no page should, such as a password's hash."""
    skipped = InlineForeignKeyField
    return {
        name: field
        for name, field in form.fields.items()
        if name not in OF_ROWS_ALONE and not field.disabled and not isinstance(field, skipped)
    }


def fields_of_rows(formset) -> dict:
    key = formset.model._meta.pk.name
    return {name: field for name, field in fields_of(formset.empty_form).items() if name != key}


def known_by(formset) -> str:
    return getattr(formset, "known_by", "id")


def stored_state(form, formsets) -> dict:
    """Of forms that nothing was sent to."""
    values = {name: stored_value(field, form[name].value()) for name, field in fields_of(form).items()}
    several = {name: values.pop(name) for name in list(values) if takes_several(form.fields[name])}
    rows = {
        formset.prefix: [_stored_row(formset, each) for each in formset.initial_forms] for formset in formsets
    }
    return {"fields": values} | several | rows


def _stored_row(formset, form) -> dict:
    row = {name: stored_value(form.fields[name], form[name].value()) for name in fields_of_rows(formset)}
    return {"id": str(form.instance.pk)} | row if known_by(formset) == "id" else row


def sent_state(form, rows, data, files, opened, stored) -> dict:
    """What somebody sends who opened the form when it was `opened`. What was no part of it then is as it is
    stored now: nobody can have changed it. `rows` has those of each inline, or None where none were sent."""
    state = {"fields": {}}
    for name, field in fields_of(form).items():
        part = state if takes_several(field) else state["fields"]
        before, now = (each if takes_several(field) else each.get("fields", {}) for each in (opened, stored))
        is_new = bool(opened) and name not in before
        part[name] = (
            now[name] if is_new else sent_value(field, name, data, files, before.get(name, now[name]))
        )
    for prefix, found in rows.items():
        is_sent = found is not None
        state[prefix] = [row for row, _ in found] if is_sent else opened.get(prefix, stored[prefix])
    return state


def sent_rows(formset, data, files, opened) -> list[tuple[dict, str]] | None:
    """The rows that are to stay, in their order, each with the beginning of its controls' names."""
    if f"{formset.prefix}-TOTAL_FORMS" not in data:
        return None
    fields, blank = fields_of_rows(formset), _stored_row(formset, formset.empty_form)
    before = {row.get("id"): row for row in opened.get(formset.prefix, [])}
    found = []
    for number in range(_number(data.get(f"{formset.prefix}-TOTAL_FORMS"))):
        start = f"{formset.prefix}-{number}-"
        key = data.get(f"{start}{formset.model._meta.pk.name}", "")
        untouched = before.get(key, {}) if known_by(formset) == "id" else {}
        row = {
            name: sent_value(field, start + name, data, files, untouched.get(name, ""))
            for name, field in fields.items()
        }
        is_empty = not key and all(row[name] == blank[name] for name in row)
        if not is_empty and f"{start}DELETE" not in data:
            row = {"id": key} | row if known_by(formset) == "id" else row
            found.append((_number(data.get(f"{start}position")), row, start))
    found.sort(key=lambda each: each[0])
    return [(row, start) for _, row, start in found]


def _number(text) -> int:
    return min(int(text), MOST_ROWS) if text and text.isdecimal() else 0


# Back


def write_state(form, formsets, state, stored, data, files, sent) -> None:
    """Make what was sent say `state`, for forms of what is `stored`. `sent` has the rows of each inline as
    they came."""
    uploads = files.copy()
    for name, field in fields_of(form).items():
        for each in (name, f"{name}-clear"):
            data.pop(each, None)
        files.pop(name, None)
        value = (state if takes_several(field) else state["fields"])[name]
        write_value(field, name, value, data, files, uploads.get(name))
    beginnings = tuple(f"{formset.prefix}-" for formset in formsets)
    for part in (data, files):  # before any is written: one prefix may begin with another
        for name in [name for name in part if name.startswith(beginnings) and "__prefix__" not in name]:
            del part[name]
    for formset in formsets:
        prefix = formset.prefix
        _write_rows(formset, state[prefix], stored[prefix], data, files, sent[prefix], uploads)


def _write_rows(formset, rows, stored, data, files, sent, uploads):
    """Those that are stored come first, as Django wants it; those that are not to stay are marked so."""
    prefix, key = formset.prefix, known_by(formset)
    starts = {row[key] or id(row): start for row, start in sent or []}
    staying, new = {}, []
    for place, row in enumerate(rows):
        is_stored = row[key] in (each[key] for each in stored) and row[key] not in staying
        if is_stored:
            staying[row[key]] = (place, row)
        else:
            new.append((place, row))
    lines = [staying.get(row[key], (None, row)) for row in stored] + new
    for number, (place, row) in enumerate(lines):
        start = f"{prefix}-{number}-"
        if number < len(stored):
            data[f"{start}{formset.model._meta.pk.name}"] = str(formset.initial_forms[number].instance.pk)
        if place is None:
            data[f"{start}DELETE"] = "on"
        data[f"{start}position"] = str(place or 0)
        source = starts.get(row[key] or id(row))
        for name, field in fields_of_rows(formset).items():
            write_value(field, start + name, row[name], data, files, uploads.get(f"{source}{name}"))
    counts = (len(lines), len(stored), 0, MOST_ROWS)
    data.update({f"{prefix}-{name}": str(number) for name, number in zip(MANAGEMENT, counts, strict=True)})
