# Where whole pages are kept: in the memory of this process and, where CACHE_URL names a cache for several servers,
# in that too. Asks nothing about whether a page is still right.
import hashlib
import logging
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches

from publications.site.stored_page import StoredPage

logger = logging.getLogger(__name__)
MOST_PAGES = 2_000  # in the memory of one process: usually some 40 KB each, all forms together
_pages: dict[str, StoredPage] = {}  # by address, those kept last at the end


def recall(address: str) -> StoredPage | None:
    """The page in the memory of this process."""
    return _pages.get(address)


def recall_shared(address: str) -> StoredPage | None:
    """The page that any server kept. Nothing where the cache does not answer: readers get theirs all the same."""
    try:
        return caches["pages"].get(_key(address))
    except Exception:
        logger.warning("The cache of pages cannot be read.", exc_info=True)
        return None


def remember(address: str, page: StoredPage) -> None:
    """In the memory of this process alone. When it is full, the third that lies there longest goes."""
    _pages.pop(address, None)
    if len(_pages) >= MOST_PAGES:
        for other in list(_pages)[: MOST_PAGES // 3 + 1]:
            _pages.pop(other, None)
    _pages[address] = page


def keep(address: str, page: StoredPage, seconds: float) -> None:
    remember(address, page)
    try:
        caches["pages"].set(_key(address), page, timeout=seconds)
    except Exception:
        logger.warning("The cache of pages cannot be written.", exc_info=True)


def forget() -> None:
    _pages.clear()
    caches["pages"].clear()


def count() -> int:
    return len(_pages)


def _key(address: str) -> str:
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
