# What an item should have before readers see it: what stops publishing, and what may be passed over.
# Drafts are saved without any of it.
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.dateformat import format as format_date

from publications import richtext
from publications.models import ContentType, Person, Publication, Redirect, Topic

MOST_LINKS = 200  # of one text
PAGES_OF = {
    "publication-detail": Publication,
    "file-detail": Publication,
    "topic-detail": Topic,
    "person-detail": Person,
    "type-detail": ContentType,
}


class Problem(NamedTuple):
    """`field` is where it is mended. What does not stop publishing may be passed over, and is then logged."""

    field: str
    words: str
    stops: bool = True


def problems(publication, at=None) -> list[Problem]:
    """What is wrong with a stored item that readers see from `at` on, or from now; what stops it first.
    Some ten queries at most, however long its text is."""
    at = max(at or timezone.now(), timezone.now())
    found = [*_missing(publication), *_picture(publication, at), *_dead_links(publication, at)]
    return sorted(found, key=lambda problem: not problem.stops)


def _missing(publication):
    if not publication.summary.strip():
        yield Problem("summary", "It has no summary. Lists and search engines show it.")
    if not publication.topics.all():
        yield Problem("topics", "It stands in no topic, so readers would not find it by one.")
    has_text = publication.body or publication.key_findings.strip() or publication.external_url
    if not has_text and not publication.files.all():
        yield Problem(
            "body", "There is nothing to read: no text, no file, no address elsewhere.", stops=False
        )


def _picture(publication, at):
    image = publication.image
    if not image:
        return
    if not image.has_text_alternative:
        yield Problem("image", "Its picture has no alternative text. Describe it, or mark it as decorative.")
    if not image.is_usable(at):
        until = format_date(image.usable_until, "j M Y")
        yield Problem("image", f"Its picture was usable until {until}. Readers do not see it.", stops=False)
    if not image.credit.strip() and not image.licence.strip():
        yield Problem(
            "image",
            "Its picture has neither credit nor licence, so readers cannot tell whose it is.",
            stops=False,
        )
    if image.is_usable(at) and not image.file:
        yield Problem("image", "The file of its picture is still awaited.", stops=False)


def _dead_links(publication, at):
    for model, links in _links_here(publication).items():
        rows = _rows_at(model, links) if model else {}
        for slug, link in links.items():
            if reason := _why_dead(rows.get(slug), at):
                yield Problem("body", f"The link to {link} leads to {reason}.", stops=False)


def _links_here(publication) -> dict:
    """The links of its text to pages of this site: as they are written, by model and slug. Those that fit no
    address stand under None."""
    found = {}
    for link in richtext.links(publication.body)[:MOST_LINKS]:
        if path := _path_here(link, publication):
            model, slug = _page_at(path)
            if model or not slug:
                found.setdefault(model, {})[slug or link] = link
    return found


def _path_here(link: str, publication) -> str:
    """The path of a link within this site; "" for others."""
    try:
        parts = urlsplit(urljoin(publication.get_absolute_url(), link))
        host = parts.hostname
    except ValueError:  # no address at all, such as http://[
        return ""
    hosts = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    is_here = validate_host(host, hosts) if host else not parts.scheme
    return unquote(parts.path) if is_here and parts.path != publication.get_absolute_url() else ""


def _page_at(path: str):
    """(model, slug) of the row whose page this is. A list or a feed has no model, a wrong address no slug."""
    try:
        match = resolve(path)
    except Resolver404:
        return None, ""
    return PAGES_OF.get(match.url_name), match.kwargs.get("slug") or "-"


def _rows_at(model, slugs) -> dict:
    """The rows that these slugs lead to, former ones too: two queries."""
    kind = model._meta.model_name
    former = Redirect.objects.filter(slug__in=slugs, **{f"{kind}__isnull": False}).select_related(kind)
    return {row.slug: row.target for row in former} | {
        row.slug: row for row in model.objects.filter(slug__in=slugs)
    }


def _why_dead(row, at) -> str:
    if row is None:
        return "no page of this site"
    if not isinstance(row, Publication) or (row.state == row.State.PUBLISHED and row.published_at <= at):
        return ""
    return f"an item that readers do not find: {row.status}"
