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
CHUNK = 100


@dataclass
class _Recording:
    by: object
    comments: list[str]
    began: datetime | None = None  # when the first item was named, and so after waiting for its lock
    before: dict[tuple, str] = field(default_factory=dict)  # by model and key, as versions hold it
    made: list = field(default_factory=list)  # what had no key yet
    found: dict[type, dict] | None = None  # by model and key: what was read, where it is what is changed


_current: ContextVar[_Recording | None] = ContextVar("recording", default=None)


@contextmanager
def recording(by=None, comment="", *items, parts_stay=False):
    """Around a change of items, which is one transaction: `by` is the user who makes it, `comment` says what for.
    Items that become known only within are named to `record`. Within another recording it is a part of that.
    Many items at once cost no more queries than one, and fewer where `parts_stay`: where nothing changes but fields of
    the very items that `record` gives."""
    outer = _current.get()
    with transaction.atomic():
        if outer:
            yield record(*items)
            outer.comments += [comment] * bool(comment)
            return
        here = _Recording(by if by and by.pk else None, [comment] * bool(comment))
        here.found = {} if parts_stay else None
        token = _current.set(here)
        try:
            yield record(*items)
            _keep_changed(here)
        finally:
            _current.reset(token)


def record(*items) -> list:
    """To be called within `recording`, before the items change or, when they are new, are first saved. Returns those
    it had to read, as they are stored, with what belongs to them."""
    here = _current.get()
    here.began = here.began or (timezone.now() if items else None)
    here.made += [item for item in items if not item.pk]
    known = [item for item in items if item.pk and not any(item is other for other in here.made)]
    found = []
    for model, keys in _by_model(known).items():
        items = stored(model, [key for key in keys if (model, key) not in here.before])
        here.before |= {(model, key): data for key, data in _kept(model, items).items()}
        if here.found is not None:
            here.found.setdefault(model, {}).update(items)
        found += items.values()
    return found


def latest_version(item) -> Version:
    """The version that is what is stored of the item now; it is made when there is none, or when the item was
    changed since without anybody recording it."""
    _kept(type(item), stored(type(item), [item.pk]))
    return versions_of(item).select_related("revision")[0]


def _by_model(items) -> dict:
    keys = {}
    for item in items:
        keys.setdefault(type(item), []).append(item.pk)
    return keys


def _kept(model, items) -> dict[int, str]:
    """What versions hold of items as they are stored, by key; those that are missing are made."""
    here = _current.get()
    now = (here and here.began) or timezone.now()
    found, missing = {}, []
    for key, item in items.items():
        found[key] = data = whole(item)
        if item.newest_version is None:
            at, by = getattr(item, "changed_at", now), getattr(item, "changed_by", None)
            missing.append(_version(item, data, at=at, by=by, comments=[BEFORE]))
        elif changes := _changes_between(item.newest_version, data):
            missing.append(_version(item, data, at=now, comments=[UNRECORDED], **changes))
    _keep(missing)
    return found


def _keep_changed(here) -> None:
    """What was deleted meanwhile, or was not made after all, has no further version."""
    models = {model for model, _ in here.before} | {type(item) for item in here.made}
    for model in sorted(models, key=lambda model: model.__name__):
        keys = [key for its_model, key in here.before if its_model is model]
        keys += [item.pk for item in here.made if item.pk and type(item) is model]
        changed = []
        items = stored(model, keys) if here.found is None else here.found.get(model, {})
        for key, item in items.items():
            data, before = whole(item), here.before.get((model, key))
            changes = _changes_between(before, data) if before else {}
            if changes or not before:
                changed.append(
                    _version(item, data, at=here.began, by=here.by, comments=here.comments, **changes)
                )
        _keep(changed)


def _changes_between(before: str, after: str) -> dict | None:
    """None when nothing changed."""
    if before == after:
        return None
    try:
        before, after = plain(before), plain(after)
    except RevertError:  # then it must not stand in the way of the next one
        return {"fields": []}
    if before == after:
        return None
    return {"fields": changed_fields(before, after), "parts": changed_parts(before, after)}


def _version(item, data, *, at, comments, by=None, fields=None, parts=()) -> Version:
    # The name is kept as well, because accounts get deleted.
    said = {
        "by": by.get_full_name() or by.get_username() if by else "",
        "comments": comments,
        "fields": fields,
        "parts": list(parts),
    }
    comment = json.dumps(said, ensure_ascii=False)
    return Version(
        revision=Revision(date_created=at, user=by, comment=comment),
        content_type=ContentType.objects.get_for_model(item),
        object_id=str(item.pk),
        db=item._state.db,
        format=FORMAT,
        serialized_data=data,
        object_repr=str(item),
    )


def _keep(versions) -> None:
    """Each in a revision of its own, so that they are pruned each by its own age."""
    Revision.objects.bulk_create([version.revision for version in versions], batch_size=CHUNK)
    for version in versions:
        version.revision = version.revision  # which has its key only now
    Version.objects.bulk_create(versions, batch_size=CHUNK)


def said_of(version) -> dict:
    """Who made it ("by"), what for ("comments"), which "fields" changed (None: it is the first one), and in
    sentences what changed of its "parts"."""
    return json.loads(version.revision.comment)
