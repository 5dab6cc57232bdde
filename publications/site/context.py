# What every page's frame needs. It runs for every page, the admin's and errors included, so what needs a
# query is a function, called where a template uses it.
from collections.abc import Callable
from functools import partial

from django.conf import settings

from publications.site.frame import get_frame
from publications.site.markup import frame as markup
from publications.site.markup.words import gettext as _
from publications.surroundings import surroundings


def site(request):
    lazily = {name: partial(make, request) for name, make in FRAME.items()}
    return words() | lazily | {"look": lambda: get_frame(request).row}


def words() -> dict[str, str]:
    return {
        "site_name": settings.TOPICHUB_SITE_NAME,
        "site_tagline": _(settings.TOPICHUB_TAGLINE),
        "site_description": _(settings.TOPICHUB_DESCRIPTION),
        "own_stylesheet": settings.TOPICHUB_STYLESHEET,
    }


def frame_of(request, feeds=None) -> dict[str, str]:
    """The parts of the frame around a page, ready to be put down."""
    return {name: make(request) for name, make in FRAME.items()} | {"feed_links": markup.feed_links(feeds)}


def _assets(request) -> str:
    return _once(request, "assets", lambda row: markup.assets(row, settings.TOPICHUB_STYLESHEET, _name()))


def _brand(request) -> str:
    return _once(request, "brand", lambda row: markup.brand(row, _name()))


def _main_items(request) -> str:
    return markup.menu(get_menu(request, "main"), request.path)


def _footer_items(request) -> str:
    return markup.menu(get_menu(request, "footer"))


FRAME = {
    "assets": _assets,
    "brand": _brand,
    "main_items": _main_items,
    "footer_items": _footer_items,
}


def get_menu(request, place: str) -> list[tuple[str, str, str]]:
    """(name, address, relation) of each entry."""
    entries = getattr(get_frame(request), place)
    return _once(request, place, lambda row: [(entry.name, entry.url, entry.rel) for entry in entries])


def _once(request, name: str, make: Callable):
    """Made once for each frame, and for each preview link, behind which all addresses are others."""
    frame = get_frame(request)
    key = name, surroundings(), _name(), settings.TOPICHUB_STYLESHEET
    return frame.once(key, lambda: make(frame.row))


def _name() -> str:
    return settings.TOPICHUB_SITE_NAME
