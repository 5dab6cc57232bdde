# Gives an item the content of one of its versions. What is stored is a version too, so nothing is lost by it. Who
# sees the item is none of it: state, date, notice and address stay. What was deleted is made anew as a draft.
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from reversion.errors import RevertError

from publications.history.recording import recording
from publications.history.whole import BELONGINGS, snapshot, snapshot_of, versions_of
from publications.history.words import PARTS, label
from publications.models import ContentType, File, Publication, Topic, index, syncing_once
from publications.roles import may_use_any_topic, roles_of

STAYS = {"state", "published_at", "notice", "replaced_by", "withdrawn_at", "slug", "import_id"}
STAYS_OF_PICTURES = {"file"}
CORRECTIONS_STAY = "Corrections stay as they are now, because readers have been told of them."


def restore(item, version, by, comment) -> list[str]:
    """Returns in sentences what could not come back. Raises RevertError with a sentence, and changes nothing, when
    the version cannot be restored."""
    wanted = snapshot_of(version)
    with recording(by, comment, item), syncing_once():
        stored = type(item)._base_manager.select_for_update().get(pk=item.pk)
        lost = _set_fields(stored, wanted["fields"])
        if hasattr(stored, "changed_by"):
            stored.changed_by = by
        stored.save()
        names = [name for name in BELONGINGS.get(type(stored), {}) if name != "corrections"]
        lost += _set_belongings(stored, wanted, names, by)
    return lost + _corrections_that_stay(stored, wanted)


def bring_back(key, by, comment) -> tuple[Publication, list[str]]:
    """A publication that was deleted, made anew out of its latest version, and in sentences what could not come
    back. It keeps its key, and with it its history. Raises RevertError with a sentence when nothing can."""
    item = Publication(created_by=by, changed_by=by, content_type=ContentType.objects.first())
    with recording(by, comment, item), syncing_once():
        item.pk = key
        version = versions_of(item).first()
        if not version:
            raise RevertError("No version of it is kept any more.")
        wanted = snapshot_of(version)
        lost = _set_fields(item, wanted["fields"]) + _set_what_stays(item, wanted["fields"])
        item.save(force_insert=True)
        lost += _set_belongings(item, wanted, BELONGINGS[Publication], by)
    return item, lost


def _set_what_stays(item, values) -> list[str]:
    """What a restoration leaves alone, of an item that is not there: its address and import id, where nobody took
    them, and a date that has passed. The step says where it stands."""
    lost = []
    if item.is_free(values["slug"]):
        item.slug = values["slug"]
    else:
        lost.append("Its address belongs to another item by now, so it gets a new one.")
    item.import_id = values.get("import_id") or ""
    if _wrong(item, ["import_id"]):
        lost.append("Its import id belongs to another item by now.")
        item.import_id = ""
    date = values.get("published_at") and parse_datetime(values["published_at"])
    item.published_at = date if date and date <= timezone.now() else None
    return lost


def tried(item, version, by) -> tuple[dict, list[str]]:
    """What would be stored then, and what could not come back: does it, and takes it back."""
    with transaction.atomic():
        lost = restore(item, version, by, "")
        then = snapshot(item)
        transaction.set_rollback(True)
    return then, lost


# Fields


def _set_fields(item, values) -> list[str]:
    stays = STAYS if isinstance(item, Publication) else STAYS_OF_PICTURES | {"slug"}
    present, lost = {}, []
    for name, value in values.items():
        if name in stays:
            continue
        if not (field := _field(item, name)):
            lost.append(f"“{label(type(item), name)}” is kept no more: it stood for “{value}”.")
        elif _points_nowhere(field, value):
            lost.append(
                f"{label(type(item), name)}: what it pointed to was deleted since, so it {_stays(item, field)}."
            )
        else:
            present[name] = getattr(item, field.attname)
            setattr(item, field.attname, field.to_python(value))
    return lost + _undo_what_is_wrong(item, present)


def _undo_what_is_wrong(item, present) -> list[str]:
    """What was right then may be wrong by now, such as a DOI that another item has."""
    sentences = []
    for name, reasons in _wrong(item, present).items():
        setattr(item, item._meta.get_field(name).attname, present[name])
        stays = _stays(item, item._meta.get_field(name))
        sentences.append(f"{label(type(item), name)} {stays}: {' '.join(reasons)}")
    if still_wrong := _wrong(item, present):
        reasons = [reason for several in still_wrong.values() for reason in several]
        raise RevertError(" ".join(reasons))
    return sentences


def _stays(item, field) -> str:
    if not item._state.adding:
        return "stays as it is now"
    value = getattr(item, field.name)
    return f"is “{value}” now" if value else "stays empty"


def _wrong(item, names) -> dict[str, list[str]]:
    """The messages by field; those of fields that stay as they are do not count."""
    found = {}
    try:
        item.full_clean(validate_constraints=False)
    except ValidationError as error:
        found |= error.message_dict
    for constraint in item._meta.constraints:  # one by one, to know the field
        try:
            constraint.validate(type(item), item)
        except ValidationError as error:
            found |= dict.fromkeys(getattr(constraint, "fields", names), error.messages)
    return {name: reasons for name, reasons in found.items() if name in names}


def _field(item, name):
    return next((field for field in item._meta.fields if field.name == name), None)


def _points_nowhere(field, value) -> bool:
    is_key = field.is_relation and value is not None
    return is_key and not field.related_model._base_manager.filter(pk=value).exists()


# What belongs to it


def _set_belongings(item, wanted, names, by) -> list[str]:
    lost = _set_topics(item, wanted["topics"], by) if "topics" in wanted else []
    for name in names:
        lost += _set_rows(item, name, wanted.get(name, []))
    if isinstance(item, Publication):
        Publication.relist([item.pk])
        index([item.pk])
    return lost


def _set_topics(item, keys, by) -> list[str]:
    found = set(Topic.objects.filter(pk__in=keys))
    gone = len(keys) - len(found)
    lost = [f"Topics that were deleted since do not come back: {gone}."] if gone else []
    if not may_use_any_topic(by):
        theirs, present = roles_of(by), set(item.topics.all())
        others = {topic for topic in found ^ present if topic.pk not in theirs}
        found ^= others
        lost += ["Topics that are not yours stay as they are now."] * bool(others)
    item.topics.set(found)
    return lost


def _set_rows(item, name, rows) -> list[str]:
    part, manager, lost = PARTS[name], getattr(item, BELONGINGS[type(item)][name].rows), []
    key = part.model._meta.get_field(part.key).attname
    present = {getattr(row, key): row for row in manager.all()}
    names = part.names({row[part.key]: row for row in rows})
    wanted = {row[part.key] for row in rows}
    for left in [row for known, row in present.items() if known not in wanted]:
        left.delete()
    for position, values in enumerate(rows):
        row = present.get(values[part.key]) or part.model(**{manager.field.name: item})
        row.position = position
        reason = _set_row(row, values)
        if reason:
            lost.append(f"{part.noun.capitalize()} {names[values[part.key]]} {reason}")
        if row.pk or not reason:
            row.save()
    return lost


def _set_row(row, values) -> str:
    """Why it cannot be what it was; "" when it is."""
    if isinstance(row, File) and (reason := _set_content(row, values)):
        return reason
    for name, value in values.items():
        field = _field(row, name)
        if not field or (isinstance(row, File) and name in CONTENT):
            continue
        if _points_nowhere(field, value):
            if field.null:
                continue
            return "does not come back: it was deleted since."
        setattr(row, field.attname, field.to_python(value))
    return ""


CONTENT = {"file", "size", "checksum", "replaced_at"}


def _set_content(file, values) -> str:
    if file.checksum == values["checksum"]:
        return ""
    if not File._meta.get_field("file").storage.exists(values["file"]):
        return (
            "stays as it is now: its content of then was deleted."
            if file.pk
            else "was deleted with its content."
        )
    if file.pk:
        file.replaced_at = timezone.now().replace(microsecond=0)
    file.file, file.size, file.checksum = values["file"], values["size"], values["checksum"]
    return ""


def _corrections_that_stay(item, wanted) -> list[str]:
    if "corrections" not in wanted:
        return []
    told = {row["id"] for row in wanted["corrections"]}
    return [CORRECTIONS_STAY] if told != set(item.corrections.values_list("pk", flat=True)) else []
