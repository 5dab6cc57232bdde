# Small files that browsers look for beside the pages: icons made from the site's mark, what a home screen is
# told, and how to search the site from a browser's address bar.
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from publications.site.frame import get_frame
from publications.social_cards import draw_icon

KEPT_FOR = 24 * 3600  # seconds
APPLE = 180  # pixels; the others are those of manifests
SIZES = (APPLE, 192, 512)
WHITE = "#ffffff"
LONGEST_SHORT_NAME = 16  # letters, says OpenSearch


def favicon(request):
    return _may_be_kept(
        HttpResponse(_draw(0, *get_frame(request).row.hue_and_chroma), content_type="image/x-icon")
    )


def icon(request, size=APPLE):
    if size not in SIZES:
        raise Http404
    return _may_be_kept(
        HttpResponse(_draw(size, *get_frame(request).row.hue_and_chroma), content_type="image/png")
    )


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
        "description": settings.TOPICHUB_DESCRIPTION,
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


@lru_cache(maxsize=16)
def _draw(size: int, hue: float, chroma: float) -> bytes:
    return draw_icon(size, hue, chroma) if size else draw_icon(0, hue, chroma, "ICO")


def _may_be_kept(response):
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response
