# How the site looks beyond its stylesheets: its colours, its logo and its icon.
import mimetypes

from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from publications.models import Frame
from publications.models.frame import LOGOS, MOST_CHROMA

YEAR = 365 * 24 * 3600
# A drawing may bring styles of its own, and nothing else.
DRAWING = {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "sandbox": True}


def theme(request, hue, chroma, greys):
    """The three numbers that tokens.css mixes all colours from. The address says all, so it may be kept."""
    if hue >= 360 or chroma > MOST_CHROMA or greys >= 360:
        raise Http404
    css = f":root {{ --accent-h: {hue}; --accent-c: {chroma / 1000}; --cool: {greys} }}\n"
    return _may_be_kept(HttpResponse(css, content_type="text/css; charset=utf-8"))


@csp_override(DRAWING)
def logo(request, name):
    """The logo or the icon of the site, as long as it is that."""
    row = get_object_or_404(Frame, Q(logo=LOGOS + name) | Q(icon=LOGOS + name))
    file = row.logo if row.logo.name == LOGOS + name else row.icon
    kind = mimetypes.guess_type(name)[0]
    try:
        content = file.storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    charset = "; charset=utf-8" if kind == "image/svg+xml" else ""
    return _may_be_kept(FileResponse(content, content_type=f"{kind}{charset}"))


def _may_be_kept(response):
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
