# What a version holds: the fields of an item, and in one piece with them all that belongs to it, so that one row
# is the whole item. Kept in the tables of django-reversion, in Django's own JSON with the rest beside the fields.
import json
from typing import NamedTuple

import reversion
from django.core import serializers
from django.core.serializers.json import Deserializer, Serializer as JsonSerializer
from django.core.serializers.python import Serializer as PythonSerializer
from django.db.models import Exists, Max, OuterRef, Prefetch, prefetch_related_objects
from reversion.errors import RevertError
from reversion.models import Version

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

    def get_dump_object(self, obj):
        return super().get_dump_object(obj) | {
            name: _rows_of(obj, belonging) for name, belonging in _belongings(type(obj)).items()
        }


def stored(model, keys) -> dict:
    """The items with these keys as they are stored, whatever is in memory, with all that belongs to them. What none
    of them has costs no query."""
    parts = [belonging.rows for belonging in _belongings(model).values()]
    rows = _rows_with(model, keys).select_related(*READ_TOO.get(model, [None]))
    rows = list(rows.annotate(**{f"has_{part}": _any(model, part) for part in parts}))
    for part in parts:
        prefetch_related_objects([row for row in rows if getattr(row, f"has_{part}")], part)
    for field in model._meta.many_to_many:
        if field.remote_field.through._meta.auto_created:
            others = field.related_model._base_manager.only("pk").order_by("pk")
            prefetch_related_objects(rows, Prefetch(field.name, others))
    return {row.pk: row for row in rows}


def stored_again(model, found: dict) -> dict:
    """The same items as they are stored now, where nothing but their own fields can have changed since."""
    rows = {row.pk: row for row in _rows_with(model, list(found))}
    for key, row in rows.items():
        row.__dict__ |= {
            name: value for name, value in found[key].__dict__.items() if name.startswith("has_")
        }
        row._prefetched_objects_cache = getattr(found[key], "_prefetched_objects_cache", {})
    return rows


def _rows_with(model, keys):
    return model._base_manager.filter(pk__in=keys).order_by("pk")


def _any(model, part):
    """Whether an item has any rows of this part."""
    link = model._meta.get_field(part).field
    return Exists(link.model._base_manager.filter(**{link.name: OuterRef("pk")}))


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
    versions = Version.objects.get_for_model(model).filter(object_id__in=[str(key) for key in keys])
    newest = versions.order_by().values("object_id").annotate(newest=Max("revision_id")).values("newest")
    rows = versions.filter(revision_id__in=newest).select_related("revision")
    return {model._meta.pk.to_python(version.object_id): version for version in rows}


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
