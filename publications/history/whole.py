# What a version holds: the fields of an item, and in one piece with them all that belongs to it, so that one row
# is the whole item. Kept in the tables of django-reversion, in Django's own JSON with the rest beside the fields.
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import NamedTuple

import reversion
from django.contrib.contenttypes.models import ContentType as ContentTypes
from django.core import serializers
from django.core.serializers.json import Deserializer, Serializer as JsonSerializer
from django.core.serializers.python import Serializer as PythonSerializer
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, Exists, OuterRef, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Cast
from reversion.errors import RevertError
from reversion.models import Version

from publications.listing.prepared import SQL, Prepared, a_key, some_keys
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
# What whoever changes it asks for next, in the same query, and what of that nobody asks for.
READ_TOO = {Publication: ("image", "search_document")}
LEFT_OUT = {Publication: [f"search_document__{name}" for name in ("title", "head", "lead", "body")]}
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
    """The items with these keys as they are stored, whatever is in memory, with all that belongs to them: where Django
    puts what it has prefetched. `newest_version` is what their newest version holds, if there is one. What none of
    them has costs no query."""
    reading, kind = _reading(model), ContentTypes.objects.get_for_model(model).pk
    rows = {row.pk: row for row in _answers(reading.rows, list(keys), kind=kind)}
    for row in rows.values():
        row._prefetched_objects_cache = {name: [] for name in reading.parts}
        for name, new in reading.joined.items():
            others = filter(None, (getattr(row, f"keys_of_{name}") or "").split(","))
            row._prefetched_objects_cache[name] = [new([key]) for key in sorted(map(int, others))]
    for name, (question, link) in reading.parts.items():
        for part in _answers(question, [key for key, row in rows.items() if getattr(row, f"has_{name}")]):
            rows[getattr(part, link.attname)]._prefetched_objects_cache[name].append(part)
    return rows


def _answers(question: Prepared, keys: list, **values) -> list:
    if len(keys) == 1:
        return question(keys=SQL("%s", keys), **values)  # of one value, which is planned sooner
    return question(keys=keys, **values) if keys else []


class _Reading(NamedTuple):
    """How items of a model are read: the questions for themselves, with the keys of what they are joined with, and for
    rows that belong to them; and what makes an instance of what they are joined with."""

    rows: Prepared
    parts: dict[str, tuple]
    joined: dict[str, Callable]


@cache
def _reading(model) -> _Reading:
    links = {each.rows: model._meta.get_field(each.rows).field for each in _belongings(model).values()}
    joins = [field for field in model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    has = {
        f"has_{name}": Exists(link.model._base_manager.filter(**{link.name: OuterRef("pk")}))
        for name, link in links.items()
    }
    joined = {f"keys_of_{field.name}": _joined_keys(field) for field in joins}
    rows = model._base_manager.select_related(*READ_TOO.get(model, [None])).annotate(**has, **joined)
    rows = rows.defer(*LEFT_OUT.get(model, [])).order_by("pk")
    return _Reading(
        Prepared(
            lambda keys, kind: rows.filter(pk__in=keys).annotate(newest_version=_newest_data(kind)),
            keys=some_keys,
            kind=a_key,
        ),
        {name: (_of_keys(link.model._default_manager, link.name), link) for name, link in links.items()},
        {field.name: _maker_of_key(field.related_model) for field in joins},
    )


def _of_keys(rows, name: str) -> Prepared:
    return Prepared(lambda keys: rows.filter(**{f"{name}__in": keys}), keys=some_keys)


def _joined_keys(field) -> Subquery:
    """With commas between them."""
    here, there = field.m2m_field_name(), Cast(field.m2m_reverse_field_name(), TextField())
    joins = field.remote_field.through._base_manager.order_by().filter(**{here: OuterRef("pk")})
    return Subquery(joins.values(here).annotate(keys=StringAgg(there, Value(","))).values("keys"))


def _newest_data(kind) -> Subquery:
    """What the newest version of an item holds."""
    versions = Version.objects.filter(
        db=DEFAULT_DB_ALIAS, content_type=kind, object_id=Cast(OuterRef("pk"), CharField())
    )
    return Subquery(versions.order_by("-revision_id").values("serialized_data")[:1])


def _maker_of_key(model) -> Callable:
    return partial(model.from_db, DEFAULT_DB_ALIAS, [model._meta.pk.attname])


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
