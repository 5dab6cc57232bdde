# What a version holds: the fields of an item, and in one piece with them all that belongs to it, so that one row
# is the whole item. Kept in the tables of django-reversion, in Django's own JSON with the rest beside the fields.
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from typing import NamedTuple

import reversion
from django.contrib.contenttypes.models import ContentType as ContentTypes
from django.core import serializers
from django.core.serializers.json import Deserializer, Serializer as JsonSerializer
from django.core.serializers.python import Serializer as PythonSerializer
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, Max, OuterRef
from reversion.errors import RevertError
from reversion.models import Version

from publications.listing.prepared import SQL, Prepared, a_key, a_text, some_keys
from publications.models import ContentType, Image, Page, Person, Publication, Topic

__all__ = ["Deserializer", "Serializer", "snapshot", "snapshot_of", "versions_of"]

FORMAT = "whole"
# Kept up by the code itself: no content.
NOT_CONTENT = {
    "created_at",
    "created_by",
    "changed_at",
    "changed_by",
    "working_copy_of",
    "corrected_on",
    "search_name",
    "width",
    "height",
    "checksum",
    "renditions",
}
# The workflow moves it, and the publish log tells of it. The state of a page is chosen in its form.
MOVED = {"publications.publication": {"state"}}
# Of rows: where they stand is told by their order, whose they are by where they are kept.
NOT_CONTENT_OF_ROWS = {"position", "created_at", "changed_at"}


class Belonging(NamedTuple):
    """Rows that are a part of an item, in their order: how it calls them, and whether they are known by key."""

    rows: str
    with_key: bool = False


BELONGINGS = {
    Publication: {
        "authors": Belonging("authorships"),
        "files": Belonging("files"),
        "corrections": Belonging("corrections", with_key=True),
    },
    Topic: {"featured": Belonging("featured_items")},
}
KEPT = (Publication, Topic, Page, Person, Image, ContentType)
READ_TOO = {Publication: ("image",)}  # what whoever changes it asks for next, in the same query
for model in KEPT:
    reversion.register(model, format=FORMAT)


class Serializer(JsonSerializer):
    internal_use_only = True  # no choice for dumps of the database

    def handle_field(self, obj, field):
        """A moment is written in one way, whatever the zone that somebody gave it in."""
        super().handle_field(obj, field)
        if isinstance(value := self._current[field.name], datetime):
            self._current[field.name] = value.astimezone(UTC)

    def handle_m2m_field(self, obj, field):
        if field.remote_field.through._meta.auto_created:
            self._current[field.name] = [other.pk for other in getattr(obj, field.name).all()]

    def get_dump_object(self, obj):
        return super().get_dump_object(obj) | {
            name: _rows_of(obj, belonging) for name, belonging in _belongings(type(obj)).items()
        }


def stored(model, keys) -> dict:
    """The items with these keys as they are stored, whatever is in memory, with all that belongs to them. What none
    of them has costs no query."""
    reading = _reading(model)
    rows = {row.pk: row for row in _answers(reading.rows, list(keys))}
    for name, (question, link) in reading.parts.items():
        having = [key for key, row in rows.items() if getattr(row, f"has_{name}")]
        parts = _answers(question, having)
        _put(rows, name, ((getattr(part, link.attname), part) for part in parts))
    for name, (question, field) in reading.joined.items():
        new = partial(field.related_model.from_db, DEFAULT_DB_ALIAS, [field.related_model._meta.pk.attname])
        _put(rows, name, ((key, new([other])) for key, other in _answers(question, list(rows))))
    return rows


def _answers(question: Prepared, keys: list) -> list:
    if len(keys) == 1:
        return question(keys=SQL("%s", keys))  # of one value, which is planned sooner
    return question(keys=keys) if keys else []


def _put(rows: dict, name: str, found: Iterable[tuple]) -> None:
    """Where Django puts what it has prefetched."""
    lists = {key: [] for key in rows}
    for key, one in found:
        lists[key].append(one)
    for key, row in rows.items():
        vars(row).setdefault("_prefetched_objects_cache", {})[name] = lists[key]


class _Reading(NamedTuple):
    """The questions by which items of a model are read: for themselves, for rows that belong to them, and for the
    keys of what they are joined with."""

    rows: Prepared
    parts: dict[str, tuple]
    joined: dict[str, tuple]


@cache
def _reading(model) -> _Reading:
    links = {each.rows: model._meta.get_field(each.rows).field for each in _belongings(model).values()}
    joins = [field for field in model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    has = {
        f"has_{name}": Exists(link.model._base_manager.filter(**{link.name: OuterRef("pk")}))
        for name, link in links.items()
    }
    rows = model._base_manager.order_by("pk").select_related(*READ_TOO.get(model, [None])).annotate(**has)
    return _Reading(
        _of_keys(rows, "pk"),
        {name: (_of_keys(link.model._default_manager, link.name), link) for name, link in links.items()},
        {field.name: (_joined(field), field) for field in joins},
    )


def _joined(field) -> Prepared:
    here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
    joins = field.remote_field.through._base_manager.order_by(there).values_list(here, there)
    return _of_keys(joins, here)


def _of_keys(rows, name: str) -> Prepared:
    return Prepared(lambda keys: rows.filter(**{f"{name}__in": keys}), keys=some_keys)


def whole(item) -> str:
    """All that a version of it holds."""
    return serializers.serialize(FORMAT, [item])


def snapshot(item) -> dict:
    """All content that is stored of an item now, as plain data:

    {"fields": {name: value}, "topics": [key], "authors": [{"person", "name_as_printed", "role"}],
    "files": [{"file", "label", "name", …}], "corrections": [{"id", "kind", "note", …}]}

    Keys stand for related rows, texts for dates and times; authors and files are in their order. A topic has
    "featured" instead. Equal to `snapshot_of` the version that was made of it."""
    return plain(whole(stored(type(item), [item.pk])[item.pk]))


def snapshot_of(version) -> dict:
    """The same of a version, with what the site has ceased to know since."""
    return plain(version.serialized_data)


def plain(data: str) -> dict:
    """Raises RevertError for what nobody can read any more."""
    try:
        return _plain(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RevertError("This version was kept in a way that can no longer be read.") from error


def _plain(data):
    (kept,) = json.loads(data)
    left_out = NOT_CONTENT | MOVED.get(kept["model"], set())
    fields = {name: value for name, value in kept.pop("fields").items() if name not in left_out}
    topics = {"topics": sorted(fields.pop("topics"))} if "topics" in fields else {}
    del kept["model"], kept["pk"]
    return {"fields": fields} | topics | kept


def versions_of(item):
    """The newest first."""
    # By the revision and not by the version's own key, since that is how the index stands.
    return Version.objects.get_for_object(item).order_by("-revision_id")


def newest_of(model, keys) -> dict:
    """The newest version of each of these items, by the item's key."""
    if len(keys) == 1:
        kind = ContentTypes.objects.get_for_model(model).pk
        return {key: version for key in keys for version in _newest_of_one(kind=kind, key=str(key))}
    versions = Version.objects.get_for_model(model).filter(object_id__in=[str(key) for key in keys])
    newest = versions.order_by().values("object_id").annotate(newest=Max("revision_id")).values("newest")
    rows = versions.filter(revision_id__in=newest).select_related("revision")
    return {model._meta.pk.to_python(version.object_id): version for version in rows}


_newest_of_one = Prepared(
    lambda kind, key: (
        Version.objects.filter(db=DEFAULT_DB_ALIAS, content_type=kind, object_id=key)
        .select_related("revision")
        .order_by("-revision_id")[:1]
    ),
    kind=a_key,
    key=a_text,
)


def all_versions_of(model):
    """Those of what was deleted too."""
    return Version.objects.get_for_model(model).order_by()


def _belongings(model) -> dict[str, Belonging]:
    return BELONGINGS.get(model, {})


def _rows_of(item, belonging) -> list[dict]:
    if not getattr(item, f"has_{belonging.rows}", True):
        return []
    rows = getattr(item, belonging.rows)
    left_out = NOT_CONTENT_OF_ROWS | {rows.field.name}
    names = [field.name for field in rows.model._meta.fields if field.name not in left_out]
    dumps = PythonSerializer().serialize(rows.all(), fields=names)
    return [({"id": row["pk"]} if belonging.with_key else {}) | row["fields"] for row in dumps]
