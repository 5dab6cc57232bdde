# Answers readers with the page made before, while nothing it shows has changed: one query asks the database for
# its generation (publications/listing/generation.py says why that is enough). Staff, previews and other
# moments pass by, and nothing of theirs is kept.
import hashlib
import logging
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.db import Error
from django.http.request import HttpRequest
from django.utils import timezone

from publications.listing.changes import unchanged_until
from publications.listing.generation import read_generation
from publications.models.preview_link import WHERE
from publications.site.feeds import WITHDRAWALS_SHOWN
from publications.site.stored_page import StoredPage, answer_conditions, make_page, may_be_stored

logger = logging.getLogger(__name__)
LONGEST_ADDRESS = 500  # characters of path and query; whoever invents longer ones is not served from memory
SIGNED_IN = {settings.SESSION_COOKIE_NAME, "messages"}
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_planned = ("", None, None)  # a generation, and from when until when it changes nothing by the clock


class PageCacheMiddleware:
    """Stands before sessions and everything else that costs a reader time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        generation = _generation() if _may_be_answered(request) else ""
        if not generation:
            return self.get_response(request)
        key, now = _key(request), timezone.now()
        page = _recall(key)
        if page and page.is_current(generation, now):
            return page.answer(request, now)
        return self._make(request, key, generation, now)

    def _make(self, request, key, generation, now):
        """The whole page, whatever the browser has of it, so that it can be kept."""
        if request.method == "HEAD":
            return self.get_response(request)
        with _without_conditions(request):
            response = self.get_response(request)
        if not may_be_stored(response):
            return answer_conditions(request, response) if response.status_code == 200 else response
        page = make_page(response, generation, now, _unchanged_until(generation, now))
        _keep(key, page, now)
        return page.answer(request, now)


def _may_be_answered(request: HttpRequest) -> bool:
    meta = request.META
    query = meta.get("QUERY_STRING", "")
    return (
        settings.TOPICHUB_PAGE_CACHE
        and request.method in {"GET", "HEAD"}
        and len(meta["PATH_INFO"]) + len(query) <= LONGEST_ADDRESS
        and "HTTP_AUTHORIZATION" not in meta
        and not ("HTTP_COOKIE" in meta and SIGNED_IN & request.COOKIES.keys())
        and not request.path_info.startswith(WHERE)
        and not (query and "at" in request.GET)
    )


def _key(request: HttpRequest) -> str:
    """All that an address says, as it was sent: the order of a query can matter."""
    address = (
        f"{request.scheme}://{request.get_host()}{request.path_info}?{request.META.get('QUERY_STRING', '')}"
    )
    return hashlib.sha256(f"{_release()} {address}".encode()).hexdigest()


@cache
def _release() -> str:
    """What pages are made from besides the database, for a cache that outlives this process: the settings,
    and the content of code, templates, translations, static files and packages."""
    chosen = {name: str(getattr(settings, name)) for name in dir(settings) if name.startswith("TOPICHUB_")}
    digest = hashlib.sha256(f"{chosen} {settings.LANGUAGE_CODE} {settings.TIME_ZONE}".encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> list[Path]:
    root = settings.BASE_DIR
    found = [path for part in ("publications", "topichub") for path in (root / part).rglob("*.py")]
    found += [path for path in (root / "templates").rglob("*") if path.is_file()]
    found += [*(root / "locale").rglob("*.mo"), root / "uv.lock"]
    manifest = Path(staticfiles_storage.path(getattr(staticfiles_storage, "manifest_name", "none")))
    return [path for path in [*sorted(found), manifest] if path.is_file()]


def _generation() -> str:
    """Empty where the database does not tell; the page that cannot be made then says so itself."""
    try:
        return read_generation()
    except Error:
        return ""


def _unchanged_until(generation: str, now):
    """Asked once for each generation."""
    global _planned
    known, since, until = _planned
    if known != generation or not since <= now < until:
        until = unchanged_until(now, WITHDRAWALS_SHOWN)
        _planned = (generation, now, until)
    return until


def _recall(key: str) -> StoredPage | None:
    """Nothing where the cache does not answer: readers get their page all the same."""
    try:
        return caches["pages"].get(key)
    except Exception:
        logger.warning("The cache of pages cannot be read.", exc_info=True)
        return None


def _keep(key: str, page: StoredPage, now) -> None:
    try:
        caches["pages"].set(key, page, timeout=(page.until - now).total_seconds())
    except Exception:
        logger.warning("The cache of pages cannot be written.", exc_info=True)


@contextmanager
def _without_conditions(request: HttpRequest):
    conditions = {name: request.META.pop(name) for name in CONDITIONS if name in request.META}
    try:
        yield
    finally:
        request.META.update(conditions)
