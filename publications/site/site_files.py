# Small files that browsers look for beside the pages: icons, what a home screen is told, and how to search
# the site from a browser's address bar.
import hashlib
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from publications.site.frame import get_frame
from publications.site.markup.words import gettext as _
from publications.site.social_cards import look_of
from publications.social_cards import draw_favicon, draw_icon

KEPT_FOR = 24 * 3600  # seconds
APPLE = 180  # pixels; the others are those of manifests
SIZES = (APPLE, 192, 512)
WHITE = "#ffffff"
LONGEST_SHORT_NAME = 16  # letters, says OpenSearch


def favicon(request):
    return _may_be_kept(HttpResponse(_draw(draw_favicon, request), content_type="image/x-icon"))


def icon(request, size=APPLE):
    if size not in SIZES:
        raise Http404
    content = _draw(partial(draw_icon, size), request, size)
    return _may_be_kept(HttpResponse(content, content_type="image/png"))


def manifest(request):
    icons = [
        {
            "src": reverse("publications:icon", args=[size]),
            "sizes": f"{size}x{size}",
            "type": "image/png",
        }
        for size in SIZES[1:]
    ]
    content = {
        "name": settings.TOPICHUB_SITE_NAME,
        "short_name": settings.TOPICHUB_SITE_NAME,
        "description": _(settings.TOPICHUB_DESCRIPTION),
        "lang": get_language(),
        "id": "/",
        "start_url": "/",
        "display": "browser",
        "background_color": WHITE,
        "theme_color": WHITE,
        "icons": icons,
    }
    return _may_be_kept(JsonResponse(content, content_type="application/manifest+json"))


def opensearch(request):
    short_name = settings.TOPICHUB_SITE_NAME[:LONGEST_SHORT_NAME].strip()
    finder = request.build_absolute_uri(reverse("publications:publication-list"))
    context = {
        "short_name": short_name,
        "finder": finder,
        "address": request.build_absolute_uri(request.path),
        "icon": request.build_absolute_uri(reverse("publications:favicon")),
    }
    return _may_be_kept(
        render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")
    )


def _draw(draw, request, size: int = 0) -> bytes:
    """Remembered under what it is made from."""
    frame, name = get_frame(request).row, settings.TOPICHUB_SITE_NAME
    look, own = look_of(frame), frame.icon and frame.icon.name
    key = hashlib.sha256(f"{size} {look} {name} {own}".encode()).hexdigest()
    return cache.get_or_set(f"icon-{key}", lambda: draw(look, name, _read(frame.icon)), KEPT_FOR)


def _read(file) -> bytes:
    """Of the institute's icon; nothing of a drawing, which cannot be turned into pixels here."""
    if not file or file.name.endswith(".svg"):
        return b""
    try:
        with file.storage.open(file.name) as content:
            return content.read()
    except FileNotFoundError:
        return b""


def _may_be_kept(response):
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response
