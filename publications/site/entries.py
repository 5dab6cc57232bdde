# One publication as a feed tells it: plain data with absolute addresses, the same for every format.
import datetime as dt
import mimetypes
import re
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from publications import richtext
from publications.listing.attached import attached
from publications.models import Correction, File, Publication
from publications.surroundings import surroundings

# Part of every id that feed readers have stored: it must never change.
NAMESPACE = uuid.UUID("6d44a645-a5a0-4e02-9642-2b62a10d0b3c")
SETTLING = dt.timedelta(hours=1)  # an import and a first publication save a row more than once
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML, even when escaped


class Category(NamedTuple):
    scheme: str
    term: str
    name: str


class Enclosure(NamedTuple):
    address: str
    media_type: str
    title: str
    size: int


class Entry(NamedTuple):
    id: str
    address: str
    title: str
    summary: str  # plain text
    published: dt.datetime
    updated: dt.datetime
    language: str
    content: str = ""  # HTML; empty when the publication has no text of its own
    elsewhere: str = ""
    picture: str = ""
    authors: Sequence[tuple[str, str]] = ()  # name, address
    categories: Sequence[Category] = ()
    files: Sequence[Enclosure] = ()


def make_entry(publication: Publication, absolute: Callable[[str], str]) -> Entry:
    """Costs no query where authorships with their people, topics, files and corrections are loaded. `absolute` turns a
    path into an address."""
    address, picture = absolute(publication.get_absolute_url()), publication.preview
    zone = surroundings().zone
    return Entry(
        id=publication_id(publication),
        address=address,
        elsewhere=publication.external_url,
        title=writable(publication.title),
        summary=writable(publication.summary),
        content=writable(richtext.with_absolute_links(_text(publication), address)),
        published=publication.published_at.astimezone(zone),
        updated=updated_at(publication).astimezone(zone),
        language=publication.language,
        picture=absolute(picture["url"]) if picture else "",
        authors=[
            (writable(authorship.printed_name), absolute(authorship.person.get_absolute_url()))
            for authorship in attached(publication, "authorships")
        ],
        categories=[
            _category(row, absolute) for row in (publication.content_type, *attached(publication, "topics"))
        ],
        files=[_enclosure(file, absolute) for file in attached(publication, "files")],
    )


def make_withdrawal(publication: Publication, absolute: Callable[[str], str]) -> Entry:
    """The same entry once it is withdrawn: what readers have of it is to be replaced by the notice."""
    words = _withdrawn_on(timezone.localdate(publication.withdrawn_at), get_language())
    return Entry(
        id=publication_id(publication),
        address=absolute(publication.get_absolute_url()),
        title=writable(gettext("Withdrawn: %(title)s") % {"title": publication.title}),
        summary=writable(f"{words} {publication.notice}".strip()),
        published=timezone.localtime(publication.published_at),
        updated=timezone.localtime(max(updated_at(publication), publication.withdrawn_at)),
        language=publication.language,
    )


@lru_cache(maxsize=100)
def _withdrawn_on(day: dt.date, language: str) -> str:
    """Feeds tell of many within a few days."""
    return gettext("Withdrawn on %(date)s.") % {"date": date_format(day, gettext("j F Y"))}


def correction_text(correction: Correction) -> str:
    """The note, and whether it matters."""
    if correction.changes_conclusions:
        return f"{correction.note} {gettext('The conclusions change.')}"
    return f"{correction.note} {gettext('The conclusions do not change.')}"


def publication_id(publication: Publication) -> str:
    """The same for ever, whatever becomes of the title, the slug and the site's name. The moment the row
    was made tells it apart from the row with this key on another site."""
    made = publication.created_at.astimezone(dt.UTC).isoformat()
    return make_id(f"publication {publication.pk} {made}")


def make_id(name: str) -> str:
    return uuid.uuid5(NAMESPACE, name).urn


def updated_at(publication: Publication) -> dt.datetime:
    """What was written long before its date is new on that date."""
    return max(publication.published_at, publication.changed_at)


def modified_at(publication: Publication) -> dt.datetime | None:
    """When it was last changed after readers could see it here; at least the day of its latest correction."""
    if not publication.published_at:
        return None
    since = max(publication.published_at, publication.created_at)
    if publication.changed_at - since > SETTLING:
        return publication.changed_at
    day = publication.corrected_on
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day else None


def writable(text: str) -> str:
    """The text without the control characters that no XML can hold."""
    return UNWRITABLE.sub("", text)


def _text(publication: Publication) -> str:
    if not (publication.findings or publication.corrected_on):
        return publication.body
    findings = format_html_join("", "<li>{}</li>", ((finding,) for finding in publication.findings))
    head = format_html("<h2>{}</h2><ul>{}</ul>", gettext("Key findings"), findings) if findings else ""
    return _corrections(publication) + head + publication.body


def _corrections(publication: Publication) -> str:
    return format_html_join(
        "",
        "<p><strong>{}, {}.</strong> {}</p>",
        (
            (row.get_kind_display(), date_format(row.made_on, gettext("j F Y")), correction_text(row))
            for row in publication.known_corrections
        ),
    )


def _category(row, absolute) -> Category:
    above = row.get_absolute_url().removesuffix(f"{row.slug}/")
    return Category(absolute(above), row.slug, writable(row.name))


def _enclosure(file: File, absolute) -> Enclosure:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    title = file.label
    if file.replaced_on:
        date = date_format(file.replaced_on, gettext("j F Y"))
        title = gettext("%(file)s, replaced %(date)s") % {"file": title, "date": date}
    return Enclosure(absolute(file.get_absolute_url()), media_type, writable(title), file.size)
