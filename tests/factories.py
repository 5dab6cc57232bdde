# Builders of rows for tests: each makes one valid row, and takes any field by its name.
from datetime import date, timedelta
from io import BytesIO
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image as Picture

from publications.changes.content import content_of
from publications.models import (
    Authorship,
    Change,
    ContentType,
    Correction,
    FeaturedItem,
    File,
    Frame,
    Image,
    MenuEntry,
    Page,
    Person,
    Publication,
    Topic,
    TopicRole,
    index,
    syncing_once,
)

_number = count(1)


def make_type(**fields):
    number = next(_number)
    return ContentType.objects.create(
        **{"name": f"Type {number}", "plural": f"Type {number} items", "mark": 8} | fields
    )


def make_topic(name=None, **fields):
    return Topic.objects.create(name=name or f"Topic {next(_number)}", **fields)


def make_person(name=None, **fields):
    return Person.objects.create(name=name or f"Ada Number{next(_number)}", **fields)


def make_page(title=None, **fields):
    """Published unless told otherwise."""
    fields.setdefault("state", Page.State.PUBLISHED)
    return Page.objects.create(title=title or f"Page {next(_number)}", **fields)


def make_entry(place="footer", **fields):
    """An entry at the end of a menu."""
    frame = Frame.objects.get()
    return MenuEntry.objects.create(frame=frame, place=place, **{"position": 99} | fields)


def make_publication(title=None, *, topics=(), authors=(), type="report", **fields):
    """Published yesterday unless told otherwise. `type` is the slug of one of the default types."""
    fields.setdefault("state", Publication.State.PUBLISHED)
    fields.setdefault("published_at", timezone.now() - timedelta(days=1))
    if "content_type" not in fields:
        fields["content_type"] = ContentType.objects.get(slug=type)
    with transaction.atomic(), syncing_once():
        publication = Publication.objects.create(title=title or f"Publication {next(_number)}", **fields)
        publication.topics.set(topics)
        Publication.relist([publication.pk])
    index([publication.pk])
    for position, person in enumerate(authors):
        Authorship.objects.create(publication=publication, person=person, position=position)
    return publication


def make_draft(title=None, **fields):
    return make_publication(title, **{"state": Publication.State.DRAFT, "published_at": None} | fields)


def make_scheduled(title=None, *, days=1, **fields):
    return make_publication(title, published_at=timezone.now() + timedelta(days=days), **fields)


def make_ready(title=None, **fields):
    """A draft with all that publishing asks for."""
    return make_draft(
        title, **{"summary": "In short.", "body": "<p>At length.</p>", "topics": [make_topic()]} | fields
    )


def make_withdrawn(title=None, **fields):
    return make_publication(title, state=Publication.State.WITHDRAWN, **fields)


def make_removed(title=None, **fields):
    return make_publication(title, state=Publication.State.REMOVED, **fields)


def make_merged(title=None, *, into, **fields):
    return make_publication(title, state=Publication.State.MERGED, replaced_by=into, **fields)


def make_copy(live, **fields):
    """A change to a live item, prepared beside it."""
    kept = {name: getattr(live, name) for name in ("slug", "title", "published_at", "content_type", "doi")}
    copy = make_draft(**kept | {"working_copy_of": live, "topics": live.topics.all()} | fields)
    Change.objects.create(copy=copy, base=content_of(live))
    return copy


def make_correction(publication, note="Table 1 gave 31%. It is 13%.", **fields):
    fields.setdefault("made_on", date(2026, 11, 3))
    return Correction.objects.create(publication=publication, note=note, **fields)


def make_featured(topic, publication, **fields):
    return FeaturedItem.objects.create(topic=topic, publication=publication, **fields)


def jpeg(width=240, height=160, colour="teal", name="picture.jpg"):
    """An upload: a real JPEG of one colour."""
    content = BytesIO()
    Picture.new("RGB", (width, height), colour).save(content, "JPEG")
    return ContentFile(content.getvalue(), name=name)


def make_image(alternative_text="A tide gauge at low water", file=None, **fields):
    """With a real file and its renditions; `file=""` makes a picture that is still awaited."""
    return Image.objects.create(
        alternative_text=alternative_text, file=jpeg() if file is None else file, **fields
    )


def make_file(publication, content=b"%PDF-1.7 a report", filename="report.pdf", **fields):
    return File.objects.create(publication=publication, file=ContentFile(content, name=filename), **fields)


def make_staff(group=None, username=None, **fields):
    """Someone who may sign in to the admin: a member of the group of this name, else a superuser."""
    user = get_user_model().objects.create_user(
        username or f"staff{next(_number)}",
        password="tide and table",
        is_staff=True,
        **{"is_superuser": not group} | fields,
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_role(topic, role=1, group=None, **fields):
    """Someone of the staff with a role in a topic, and in a group or none: 1 author, 2 editor, 3 publisher."""
    user = make_staff(group, is_superuser=False, **fields)
    TopicRole.objects.create(topic=topic, user=user, role=role)
    return user
