# A page as the page cache keeps it: made once, compressed once, and sent in the form a browser takes.
import gzip
import hashlib
from functools import lru_cache
from typing import NamedTuple

import brotli
from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe

from publications.site.compression import TEXTS

LARGEST = 512 * 1024  # bytes; what is larger costs more to keep than to make
WORTH_COMPRESSING = 200  # bytes, as in publications/site/compression.py
GZIP_LEVEL, BROTLI_QUALITY = 6, 5
ASK_EACH_TIME = "public, max-age=0"  # to browsers
OF_UNCHANGED = {"Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Last-Modified", "Vary"}


class Form(NamedTuple):
    """The page in one encoding."""

    headers: list[tuple[str, str]]
    unchanged: list[tuple[str, str]]  # those of them that say that a browser has it already
    body: bytes


class StoredPage(NamedTuple):
    generation: str
    made_at: float  # both as `time.time` tells the time, since it is compared with each request
    until: float
    etag: str  # without the mark of a weak one
    # Seconds for which what stands between may answer by itself; 0 where its headers say how long.
    shared_for: int
    forms: dict[str, Form]  # by the name of their encoding; the plain one has none

    def is_current(self, generation: str, now: float) -> bool:
        """Made from what the database holds, and before what the clock changes next. A clock that was set
        back shows no page of the future."""
        return self.generation == generation and self.made_at <= now < self.until

    def form(self, accepted: str) -> Form:
        return self.forms[_choose_encoding(accepted, len(self.forms) > 1)]

    def how_long(self, now: float) -> list[tuple[str, str]]:
        """Never beyond the next moment at which something is planned to change."""
        if not self.shared_for:
            return []
        left = int(self.until - now)
        shared = min(self.shared_for, left)
        stale = min(self.shared_for, left - shared)
        return [("Cache-Control", f"{ASK_EACH_TIME}, s-maxage={shared}, stale-while-revalidate={stale}")]

    def answer(self, request, now: float) -> HttpResponse:
        form = self.form(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(form.body, headers=dict(form.headers + self.how_long(now)))
        return answer_conditions(request, response)


def may_be_stored(response) -> bool:
    """A whole public page, the same for everybody."""
    control = response.get("Cache-Control", "")
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in control
        and "private" not in control
        and "Content-Encoding" not in response
        and "'nonce-" not in response.get("Content-Security-Policy", "")
        and len(response.content) <= LARGEST
    )


def make_page(response, generation: str, made_at: float, until: float) -> StoredPage:
    body = response.content
    response.headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    bodies = {"": body}
    if len(body) >= WORTH_COMPRESSING and response["Content-Type"].startswith(TEXTS):
        # Nothing in a public page is secret, so its compressed length may be seen.
        bodies["br"] = brotli.compress(body, quality=BROTLI_QUALITY)
        bodies["gzip"] = gzip.compress(body, GZIP_LEVEL, mtime=0)
        patch_vary_headers(response, ["Accept-Encoding"])
    shared_for = 0 if "Cache-Control" in response else settings.TOPICHUB_CDN_SECONDS
    if settings.TOPICHUB_CDN_SECONDS:
        _share(response)
    if not shared_for:
        response.headers.setdefault("Cache-Control", ASK_EACH_TIME)
    forms = {encoding: _form(dict(response.headers), encoding, form) for encoding, form in bodies.items()}
    return StoredPage(generation, made_at, until, response["ETag"].removeprefix("W/"), shared_for, forms)


def _form(headers: dict[str, str], encoding: str, body: bytes) -> Form:
    headers["Content-Length"] = str(len(body))
    if encoding:
        # Other bytes than the plain ones, for the same page: by a weak validator they are the same.
        headers["Content-Encoding"] = encoding
        headers["ETag"] = "W/" + headers["ETag"].removeprefix("W/")
    headers = list(headers.items())
    return Form(headers, [header for header in headers if header[0] in OF_UNCHANGED], body)


def answer_conditions(request, response):
    """304 where the browser has this page already."""
    etag, modified = response.get("ETag"), response.get("Last-Modified")
    if not etag and not modified:
        return response
    return get_conditional_response(
        request, etag=etag, last_modified=modified and parse_http_date_safe(modified), response=response
    )


def _share(response) -> None:
    """A network in between passes on whoever has signed in (docs/operators.md), so pages need not vary."""
    varies = [name for name in response.get("Vary", "").split(", ") if name and name != "Cookie"]
    response.headers.pop("Vary", None)
    patch_vary_headers(response, varies)


@lru_cache(maxsize=500)  # browsers send one of a few dozen
def _choose_encoding(accepted: str, is_compressed: bool) -> str:
    """The smallest of those a browser takes. Whoever names a weight of nought does not want it."""
    if not is_compressed or not accepted:
        return ""
    wanted = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        wanted[name] = weight.strip("0.") != "" or not weight
    return next((name for name in ("br", "gzip") if wanted.get(name, False)), "")
