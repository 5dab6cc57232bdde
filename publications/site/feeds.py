# What is new, for feed readers: every list of publications as Atom and as JSON Feed, under the filters of
# its page. A feed tells what any reader may see, whoever asks for it.
import datetime as dt
from collections.abc import Iterable
from itertools import batched
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponsePermanentRedirect, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page

from publications import clock
from publications.addresses import SUBJECTS, open_list
from publications.listing.attached import (
    attach_bylines,
    attach_corrections,
    attach_files,
    attach_topics,
)
from publications.listing.entries import EntryList
from publications.listing.prepared import Prepared, a_key, a_moment, some_keys
from publications.models import Publication
from publications.models.slugs import address_root
from publications.search.finding import NEWEST, OLDEST
from publications.site import atom as atom_document
from publications.site.absolute import absolute_for
from publications.site.entries import Entry, make_entry, make_id, make_withdrawal, writable
from publications.site.frame import get_frame
from publications.site.markup.words import gettext as _

ENTRIES = 30
WITHDRAWALS_SHOWN = dt.timedelta(days=30)  # so long subscribers are told that an item was withdrawn
MOST_WITHDRAWN = 1_000  # that are looked at, the latest
AT_ONCE = 64  # of these; for more PostgreSQL would read a full list
KEPT_FOR = 300  # seconds
NOTHING_YET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # when an empty feed changed: a date is required
NAMES = ("feed.atom", "feed.json")
KINDS = {"topics": "topic", "people": "person", "types": "type"}
_last_changed = Prepared(lambda now: Publication.objects.last_changed(now), now=a_moment)
# Few, so that their keys are asked for first: to find out which lists they stood in costs no more for a full list
# then, and can be planned once for all.
_withdrawn_lately = Prepared(
    lambda now, since: (
        Publication.objects.withdrawn(now)
        .filter(withdrawn_at__gte=since)
        .order_by("-withdrawn_at", "-pk")
        .values_list("pk")[:MOST_WITHDRAWN]
    ),
    now=a_moment,
    since=a_moment,
)


def _latest_of(keys, rows, now):
    """Those of these keys that would be among these rows, had they not been withdrawn; the latest first. Which of them
    are still withdrawn is asked again: they may have changed since the keys were read."""
    rows = rows.withdrawn(now).filter(pk__in=keys).order_by("-withdrawn_at", "-pk")
    return rows.defer("body", "key_findings")[:ENTRIES]


def _withdrawals(publications_of) -> Prepared:
    return Prepared(
        lambda subject, keys, now: _latest_of(keys, publications_of(subject), now),
        subject=a_key,
        keys=some_keys,
        now=a_moment,
    )


_withdrawn_from = {kind: _withdrawals(subject.publications) for kind, subject in SUBJECTS.items()}
_withdrawn_anywhere = _withdrawals(lambda subject: Publication.objects.all())


class Feed(NamedTuple):
    id: str
    title: str
    address: str
    page: str
    home: str
    updated: dt.datetime
    entries: list[Entry]
    logo: str = ""
    icon: str = ""
    changed: dt.datetime | None = None  # when any item was, where that is known already


class FeedLinks(NamedTuple):
    """Where a page's list can be followed."""

    title: str
    atom: str
    json: str


def feed_links(listing=None, subject=None) -> FeedLinks:
    """Those of a list under its filters, or of everything. Who follows wants the newest first, and an
    address that leads to a list: so without the order, and without filters that were not understood."""
    path = listing.path if listing else address_root("publications:publication-list")
    page = (
        listing.url(sort=NEWEST if listing.values.get("q") else "", state="")
        if listing and listing.is_valid
        else path
    )
    return FeedLinks(_title(listing, subject), *(_form_of(page, path, name) for name in NAMES))


@conditional_page
def atom(request, kind="", slug=""):
    return _answer(request, kind, slug, "feed.atom", write_atom)


@conditional_page
def json(request, kind="", slug=""):
    return _answer(request, kind, slug, "feed.json", write_json)


def guessed(request, rest="", section="", slug=""):
    """One of the addresses where feed readers look first."""
    name = "feed.json" if "json" in rest else "feed.atom"
    listing, subject = open_list({}, clock.now(), KINDS.get(section, ""), slug, suffix=name)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{listing.path}{name}?{query}" if query else listing.path + name)


def _answer(request, kind, slug, name, write):
    """The validator is made from all that is sent, so that whatever changes a feed, and be it the clock,
    changes its validator too."""
    listing, subject = open_list(request.GET, clock.now(), kind, slug, suffix=name)
    if not listing.is_valid:
        sentences = [sentence for messages in listing.filterset.errors.values() for sentence in messages]
        return HttpResponseBadRequest(" ".join(sentences) + "\n", content_type="text/plain; charset=utf-8")
    return send(_make_feed(request, listing, kind, subject, name), write)


def send(feed: Feed, write) -> HttpResponse:
    """What left a feed changed it too, though no entry tells of it: so Last-Modified is as late as the last
    change of any item that readers could ever see."""
    response = write(feed)
    changed = max(feed.updated, feed.changed or Publication.objects.last_change() or NOTHING_YET)
    response["Last-Modified"] = http_date(changed.timestamp())
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response


def _make_feed(request, listing, kind, subject, name) -> Feed:
    absolute = absolute_for(request)
    latest = next(iter(_last_changed(now=listing.now)), None)
    withdrawn = _withdrawn(listing, kind, subject)
    entries = [make_withdrawal(publication, absolute) for publication in withdrawn]
    entries += [make_entry(publication, absolute) for publication in _rows(listing)]
    whose = f"{subject._meta.model_name} {subject.pk}" if subject else "everything"
    return Feed(
        id=make_id(f"{request.get_host()} {whose} {listing.parameters}"),
        title=writable(_title(listing, subject)),
        address=absolute(_form_of(listing.url(), listing.path, name)),
        page=absolute(listing.url()),
        home=absolute("/"),
        updated=max((entry.updated for entry in entries), default=NOTHING_YET),
        entries=entries,
        changed=latest and latest.changed_at,
        **images_of_site(request),
    )


def images_of_site(request) -> dict[str, str]:
    """The logo and the icon that every feed of the site bears."""
    look = get_frame(request).row
    paths = {"logo": look.logo_url, "icon": look.icon_url}
    return {name: request.build_absolute_uri(path) for name, path in paths.items() if path}


def _withdrawn(listing, kind, subject) -> Iterable[Publication]:
    lately = _withdrawn_lately(now=listing.now, since=listing.now - WITHDRAWALS_SHOWN)
    keys = [key for (key,) in lately]
    if keys and listing.is_filtered:
        return _latest_of(keys, listing.filterset.filter_queryset(listing.everything), listing.now)
    find, found = _withdrawn_from[kind] if subject else _withdrawn_anywhere, []
    for some in batched(keys, AT_ONCE):
        found += find(subject=subject and subject.pk, keys=set(some), now=listing.now)
        if len(found) >= ENTRIES:
            break
    return found[:ENTRIES]


def _rows(listing) -> list[Publication]:
    source = listing.source
    if isinstance(source, EntryList):
        rows = source.whole(0, ENTRIES, oldest_first=listing.sort == OLDEST)
    else:
        rows = listing.slice(0, ENTRIES).select_related("content_type", "image").defer("notice")
    return attach_corrections(attach_files(attach_topics(attach_bylines(list(rows)))))


def _title(listing, subject) -> str:
    site = settings.TOPICHUB_SITE_NAME
    name = getattr(subject, "plural", "") or str(subject or _("Publications"))
    filters = _(", ").join(words for words, address in listing.chips) if listing and listing.is_valid else ""
    return f"{name}: {filters} | {site}" if filters else f"{name} | {site}"


def _form_of(page: str, path: str, name: str) -> str:
    """The address of a list's page turned into that of another form of the same list."""
    return f"{path}{name}{page.removeprefix(path)}"


def write_atom(feed: Feed) -> HttpResponse:
    document = atom_document.write(feed, settings.TOPICHUB_SITE_NAME, get_language())
    return HttpResponse(document, content_type=atom_document.MEDIA_TYPE)


def write_json(feed: Feed) -> JsonResponse:
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": get_language(),
        "authors": [{"name": settings.TOPICHUB_SITE_NAME, "url": feed.home}],
        "items": [_json_item(entry) for entry in feed.entries],
    }
    if feed.icon:
        content |= {"icon": feed.icon, "favicon": feed.icon}
    return JsonResponse(
        content, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False}
    )


def _json_item(entry: Entry) -> dict:
    text = {"content_html": entry.content} if entry.content else {"content_text": entry.summary}
    optional = {
        "external_url": entry.elsewhere,
        "summary": entry.summary,
        "image": entry.picture,
        "language": entry.language,
        "authors": [{"name": name, "url": address} for name, address in entry.authors],
        "attachments": [
            {
                "url": enclosure.address,
                "mime_type": enclosure.media_type,
                "title": enclosure.title,
                "size_in_bytes": enclosure.size,
            }
            for enclosure in entry.files
        ],
    }
    return {
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        **text,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "tags": [category.name for category in entry.categories],
        **{key: value for key, value in optional.items() if value},
    }
