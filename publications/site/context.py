# What every page's frame needs. It runs for every page, the admin's and errors included, so what needs a
# query is a function, called where a template uses it.
from django.conf import settings

from publications.site.frame import get_frame


def site(request):
    return {
        "site_name": settings.TOPICHUB_SITE_NAME,
        "site_tagline": settings.TOPICHUB_TAGLINE,
        "site_description": settings.TOPICHUB_DESCRIPTION,
        "own_stylesheet": settings.TOPICHUB_STYLESHEET,
        "look": lambda: get_frame(request).row,
        "main_menu": lambda: [_link(entry, request.path) for entry in get_frame(request).main],
        "footer_menu": lambda: [_link(entry, request.path) for entry in get_frame(request).footer],
    }


def _link(entry, path: str) -> dict:
    url = entry.url
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return {"name": entry.name, "url": url, "rel": entry.rel, "current": current}
