# Content as plain data (publications/history/whole.py) written into rows: of a new working copy, and of the live
# item when a change goes live.
from django.utils import timezone

from publications.history import snapshot
from publications.merging import IDENTITIES, Merge, merge
from publications.models import Authorship, File, Publication, Topic, index, syncing_once
from publications.models.file import delete_unused

# What readers are told of an item stays with it: a change has none of its own.
OF_THE_LIVE_ITEM = "corrections"


def content_of(item) -> dict:
    """Lines end in one way, whatever a browser sent, so that nothing differs that nobody changed."""
    content = {name: part for name, part in snapshot(item).items() if name != OF_THE_LIVE_ITEM}
    content["fields"] = {name: _plain_lines(value) for name, value in content["fields"].items()}
    return content


def _plain_lines(value):
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def put_together(live, copy) -> Merge:
    """The change and what was changed in the live item meanwhile."""
    return merge(copy.change.base, content_of(live), content_of(copy))


def write(item, content: dict, check=lambda item: None) -> None:
    """Make the stored item what the content says, rows that stay keeping their keys. Within a transaction that
    has locked it. `check` looks at its fields before they are stored."""
    present = content_of(item)
    with syncing_once():
        for name, value in content["fields"].items():
            if value != present["fields"].get(name):
                field = item._meta.get_field(name)
                setattr(item, field.attname, field.to_python(value))
        check(item)
        item.save()
        item.topics.set(Topic.objects.filter(pk__in=content["topics"]))
        _write_authors(item, content["authors"])
        _write_files(item, content["files"])
        item.relist([item.pk])
        index([item.pk])


def _write_authors(item, wanted):
    present = {row.person_id: row for row in item.authorships.all()}
    for position, values in enumerate(wanted):
        row = present.pop(values["person"], None) or Authorship(publication=item, person_id=values["person"])
        row.position, row.name_as_printed, row.role = position, values["name_as_printed"], values["role"]
        row.save()
    Authorship.objects.filter(pk__in=[row.pk for row in present.values()]).delete()


def _write_files(item, wanted):
    """A file keeps its address, and its row, as long as its name stays."""
    present = {row.name: row for row in item.files.all()}
    left = []
    for position, values in enumerate(wanted):
        row, values = present.pop(values["name"], None), values | {"position": position}
        if not item.is_working_copy:
            values["replaced_at"] = _replaced_at(row, values)
        if row is None:
            File.objects.bulk_create([File(publication=item, **values)])
        elif any(getattr(row, name) != value for name, value in values.items()):
            left += [row.file] * (row.checksum != values["checksum"])
            File.objects.filter(pk=row.pk).update(**values, changed_at=timezone.now())
    File.objects.filter(pk__in=[row.pk for row in present.values()]).delete()
    delete_unused([*left, *(row.file for row in present.values())])


def _replaced_at(row, values):
    """Readers are told when another content took the place of one that they could have had: that is now."""
    if row is None or row.checksum == values["checksum"]:
        return row and row.replaced_at
    return timezone.now().replace(microsecond=0)


def copy_of(live, by) -> Publication:
    """A new working copy with all content of the item; its files share what is stored."""
    copy = Publication.with_copies.create(
        working_copy_of=live,
        content_type=live.content_type,
        slug=live.slug,
        created_by=by,
        changed_by=by,
    )
    write(copy, content_of(live))
    return copy


def catch_up(copy, keeps_live: list[bool], by) -> None:
    """Put into the copy what was changed in the live item meanwhile. Where both changed the same, `keeps_live`
    says in the order of the clashes whether the item's stays, or the change's."""
    merge = put_together(copy.working_copy_of, copy)
    for clash, keeps in zip(merge.clashes, keeps_live, strict=True):
        _put(merge.merged, clash.where, clash.theirs if keeps else clash.mine)
    change, copy.changed_by = copy.change, by
    change.base = content_of(copy.working_copy_of)
    change.save(update_fields=["base"])
    write(copy, merge.merged)


def _put(content, where, value):
    """At the path of a clash: a value, a value of a row, a row or none, or the order of rows."""
    part, *rest = where
    if part == "fields":
        content[part][rest[0]] = value
        return
    key, rows = IDENTITIES[part], content[part]
    if not rest:
        places = {identity: place for place, identity in enumerate(value)}
        rows.sort(key=lambda row: places.get(row[key], len(places)))
        return
    found = [row for row in rows if row[key] == rest[0]]
    if len(rest) == 2:
        found[0][rest[1]] = value
    elif value is None:
        content[part] = [row for row in rows if row[key] != rest[0]]
    elif not found:
        rows.append(value)
    else:
        found[0].update(value)
