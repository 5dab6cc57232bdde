# Makes and keeps the pages that readers are answered with while nothing they show has changed: one query asks the
# database for its generation (publications/listing/generation.py says why that is enough). Staff, previews and
# other moments pass by, and nothing of theirs is kept. publications/site/front.py answers before Django does.
import datetime as dt
from contextlib import contextmanager
from threading import RLock
from time import time

from django.conf import settings
from django.db import Error
from django.http.request import HttpRequest

from publications.changes.due import apply_due
from publications.listing.changes import unchanged_until
from publications.listing.generation import read_present
from publications.listing.kept import reading_under
from publications.models.preview_link import WHERE
from publications.reading import SIGNED_IN, has_replica, stay_with_primary
from publications.site import kept_pages
from publications.site.feeds import WITHDRAWALS_SHOWN
from publications.site.stored_page import StoredPage, answer_conditions, make_page, may_be_stored

LONGEST_ADDRESS = 500  # characters of path and query; whoever invents longer ones is not served from memory
SAFE = {"GET", "HEAD"}
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_makers = [RLock() for _ in range(64)]  # one for each page that is being made, nearly always
_planned = ("", None, None)  # a generation, and from when until when it changes nothing by the clock


class PageCacheMiddleware:
    """Stands before everything that costs a reader time or adds to a page, so that what is kept is the whole
    answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        generation = _generation()
        # Who writes may change what is kept for this generation, and ask for it then.
        with reading_under(generation if request.method in SAFE else ""):
            return self._answer(request, generation)

    def _answer(self, request, generation):
        if not generation or not _may_be_answered(request):
            return self.get_response(request)
        address, now = _address(request), time()
        if page := _recall(address, generation, now):
            return page.answer(request, now)
        if request.method == "HEAD":
            return self.get_response(request)
        with _makers[hash(address) % len(_makers)]:
            return self._made_meanwhile(request, address, generation) or self._make(
                request, address, generation
            )

    def _made_meanwhile(self, request, address, generation):
        """By whoever was here first, so that a page that many ask for after a change is made once."""
        page, now = kept_pages.recall(address), time()
        return page.answer(request, now) if page and page.is_current(generation, now) else None

    def _make(self, request, address, generation):
        """The whole page, whatever the browser has of it, so that it can be kept."""
        now = time()
        with _without_conditions(request):
            response = self.get_response(request)
        if not may_be_stored(response):
            return answer_conditions(request, response) if response.status_code == 200 else response
        page = make_page(response, generation, now, _unchanged_until(generation, now))
        if not has_replica() or _generation() == generation:
            # Else a page that saw half of a change could be shown where that has not arrived yet.
            kept_pages.keep(address, page, page.until - now)
        return page.answer(request, now)


def _may_be_answered(request: HttpRequest) -> bool:
    meta = request.META
    query = meta.get("QUERY_STRING", "")
    return (
        settings.TOPICHUB_PAGE_CACHE
        and request.method in SAFE
        and request.path.isascii()  # beyond that, servers and Django spell paths differently
        and len(request.path) + len(query) <= LONGEST_ADDRESS
        and "HTTP_AUTHORIZATION" not in meta
        and not ("HTTP_COOKIE" in meta and request.COOKIES.keys() & set(SIGNED_IN))
        and not request.path_info.startswith(WHERE)
        and not (query and "at" in request.GET)
    )


def _address(request: HttpRequest) -> str:
    """As `front.address_of` has it. All that an address says, as it was sent: the order of a query can matter."""
    return f"{request.scheme}://{request.get_host()}{request.path}?{request.META.get('QUERY_STRING', '')}"


def _recall(address: str, generation: str, now: float) -> StoredPage | None:
    page = kept_pages.recall(address)
    if page and page.is_current(generation, now):
        return page
    page = kept_pages.recall_shared(address)
    if page and page.is_current(generation, now):
        kept_pages.remember(address, page)
        return page
    return None


def _generation() -> str:
    """Empty where the database does not tell; the page that cannot be made then says so itself. Whatever is asked
    for, changes whose time has come go live first; while one waits for the database, nothing is kept that would
    keep it waiting."""
    try:
        present = read_present()
        if present.is_due:
            stay_with_primary()
            apply_due()
            present = read_present()
    except Error:
        return ""
    return "" if present.is_due else present.generation


def _unchanged_until(generation: str, now: float) -> float:
    """Asked once for each generation."""
    global _planned
    known, since, until = _planned
    if known != generation or not since <= now < until:
        moment = dt.datetime.fromtimestamp(now, dt.UTC)
        until = unchanged_until(moment, WITHDRAWALS_SHOWN).timestamp()
        _planned = (generation, now, until)
    return until


@contextmanager
def _without_conditions(request: HttpRequest):
    conditions = {name: request.META.pop(name) for name in CONDITIONS if name in request.META}
    try:
        yield
    finally:
        request.META.update(conditions)
