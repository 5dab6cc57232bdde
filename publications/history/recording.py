# Makes versions: who changes an item says so, and at the end of the change what it is then is kept, and what
# it was before if nobody had kept that. An import or a bulk update need not take part: the next change that does
# finds what they left.
import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from reversion.errors import RevertError
from reversion.models import Revision, Version

from publications.history.whole import FORMAT, plain, stored, versions_of, whole
from publications.history.words import changed_fields, changed_parts

BEFORE = "As it was before changes were recorded"
UNRECORDED = "Changed by a program that keeps no record"


@dataclass
class _Recording:
    by: object
    comments: list[str]
    began: datetime = field(default_factory=timezone.now)
    items: list[tuple] = field(default_factory=list)  # each with its version of before


_current: ContextVar[_Recording | None] = ContextVar("recording", default=None)


@contextmanager
def recording(by=None, comment="", *items):
    """Around a change of items, which is one transaction: `by` is the user who makes it, `comment` says what for.
    Items that become known only within are named to `record`. Within another recording it is a part of that."""
    outer = _current.get()
    with transaction.atomic():
        if outer:
            yield _record_all(items)
            outer.comments += [comment] * bool(comment)
            return
        here = _Recording(by if by and by.pk else None, [comment] * bool(comment))
        token = _current.set(here)
        try:
            yield _record_all(items)
            for item, before in here.items:
                _keep_new(item, before, here)
        finally:
            _current.reset(token)


def record(item) -> None:
    """To be called within `recording`, before the item changes or, when it is new, is first saved."""
    items = _current.get().items
    if not any(item is other or (item.pk and item == other) for other, _ in items):
        items.append((item, latest_version(item) if item.pk else None))


def latest_version(item) -> Version:
    """The version that is what is stored of the item now; it is made when there is none, or when the item was
    changed since without anybody recording it."""
    latest, item = versions_of(item).first(), stored(item)
    data = whole(item)
    if latest and _is(latest, data):
        return latest
    here = _current.get()
    now = here.began if here else timezone.now()
    if latest:
        return _keep(item, data, at=now, comments=[UNRECORDED])
    at, by = getattr(item, "changed_at", now), getattr(item, "changed_by", None)
    return _keep(item, data, at=at, by=by, comments=[BEFORE])


def _is(version, data) -> bool:
    try:
        return plain(version.serialized_data) == plain(data)
    except RevertError:  # then it must not stand in the way of the next one
        return False


def _record_all(items) -> None:
    for item in items:
        record(item)


def _keep_new(item, version, here) -> None:
    item = stored(item)
    if not item:  # it was deleted, or its making was refused
        return
    data = whole(item)
    before, after = version and plain(version.serialized_data), plain(data)
    if before != after:
        changed = _changed(before, after) if before else {}
        _keep(item, data, at=here.began, by=here.by, comments=here.comments, **changed)


def _changed(before, after) -> dict:
    return {"fields": changed_fields(before, after), "parts": changed_parts(before, after)}


def _keep(item, data, *, at, comments, by=None, fields=(), parts=()) -> Version:
    # The name is kept as well, because accounts get deleted.
    said = {
        "by": by.get_full_name() or by.get_username() if by else "",
        "comments": comments,
        "fields": list(fields),
        "parts": list(parts),
    }
    comment = json.dumps(said, ensure_ascii=False)
    return Version.objects.create(
        revision=Revision.objects.create(date_created=at, user=by, comment=comment),
        content_type=ContentType.objects.get_for_model(item),
        object_id=str(item.pk),
        db=item._state.db,
        format=FORMAT,
        serialized_data=data,
        object_repr=str(item),
    )


def said_of(version) -> dict:
    """Who made it ("by"), what for ("comments"), which "fields" changed, and in sentences what changed of its
    "parts"."""
    return json.loads(version.revision.comment)
