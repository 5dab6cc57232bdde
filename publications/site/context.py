# What every page's frame needs. No queries here: it runs for every page, the admin's and errors included.
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

MENU = [(_("Topics"), "topic-list"), (_("Publications"), "publication-list"), (_("People"), "person-list")]


def site(request):
    return {
        "site_name": settings.TOPICHUB_SITE_NAME,
        "site_tagline": settings.TOPICHUB_TAGLINE,
        "site_description": settings.TOPICHUB_DESCRIPTION,
        "main_menu": [_entry(name, reverse(f"publications:{view}"), request.path) for name, view in MENU],
    }


def _entry(name: str, url: str, path: str) -> dict:
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return {"name": name, "url": url, "current": current}
