# A page as the page cache keeps it: made once, compressed once, and sent in the form a browser takes.
import datetime as dt
import gzip
import hashlib
from typing import NamedTuple

import brotli
from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import parse_http_date_safe

from publications.site.compression import TEXTS

LARGEST = 512 * 1024  # bytes; what is larger costs more to keep than to make
WORTH_COMPRESSING = 500  # bytes
GZIP_LEVEL, BROTLI_QUALITY = 6, 5


class StoredPage(NamedTuple):
    generation: str
    made_at: dt.datetime
    until: dt.datetime
    headers: dict[str, str]
    bodies: dict[str, bytes]  # by the name of their encoding; the plain one has none

    def is_current(self, generation: str, now: dt.datetime) -> bool:
        """Made from what the database holds, and before what the clock changes next. A clock that was set
        back shows no page of the future."""
        return self.generation == generation and self.made_at <= now < self.until

    def answer(self, request, now: dt.datetime) -> HttpResponse:
        encoding = _choose_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), self.bodies)
        response = HttpResponse(self.bodies[encoding], headers=self.headers)
        response["Content-Length"] = str(len(self.bodies[encoding]))
        if encoding:
            # Other bytes than the plain ones, for the same page: by a weak validator they are the same.
            response["Content-Encoding"] = encoding
            response["ETag"] = "W/" + response["ETag"].removeprefix("W/")
        if "Cache-Control" not in response:
            _say_how_long(response, self.until - now)
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


def make_page(response, generation: str, made_at: dt.datetime, until: dt.datetime) -> StoredPage:
    body = response.content
    response.headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    bodies = {"": body}
    if len(body) >= WORTH_COMPRESSING and response["Content-Type"].startswith(TEXTS):
        # Nothing in a public page is secret, so its compressed length may be seen.
        bodies["br"] = brotli.compress(body, quality=BROTLI_QUALITY)
        bodies["gzip"] = gzip.compress(body, GZIP_LEVEL, mtime=0)
        patch_vary_headers(response, ["Accept-Encoding"])
    if settings.TOPICHUB_CDN_SECONDS:
        _share(response)
    return StoredPage(generation, made_at, until, dict(response.headers), bodies)


def answer_conditions(request, response):
    """304 where the browser has this page already."""
    etag, modified = response.get("ETag"), response.get("Last-Modified")
    if not etag and not modified:
        return response
    return get_conditional_response(
        request, etag=etag, last_modified=modified and parse_http_date_safe(modified), response=response
    )


def _say_how_long(response, left: dt.timedelta) -> None:
    """Browsers ask each time. What stands between may answer for as long as the setting says, but never
    beyond the next moment at which something is planned to change."""
    control = {"public": True, "max_age": 0}
    if allowed := settings.TOPICHUB_CDN_SECONDS:
        left = int(left.total_seconds())
        control["s_maxage"] = min(allowed, left)
        control["stale_while_revalidate"] = min(allowed, left - control["s_maxage"])
    patch_cache_control(response, **control)


def _share(response) -> None:
    """A network in between passes on whoever has signed in (docs/operators.md), so pages need not vary."""
    varies = [name for name in response.get("Vary", "").split(", ") if name and name != "Cookie"]
    response.headers.pop("Vary", None)
    patch_vary_headers(response, varies)


def _choose_encoding(accepted: str, bodies: dict[str, bytes]) -> str:
    """The smallest of those a browser takes. Whoever names a weight of nought does not want it."""
    if len(bodies) == 1 or not accepted:
        return ""
    wanted = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        wanted[name] = weight.strip("0.") != "" or not weight
    return next((name for name in ("br", "gzip") if name in bodies and wanted.get(name, False)), "")
