# The page of what a reader picked, to be printed, cited and handed around.
from typing import NamedTuple

from django.conf import settings
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from publications import clock
from publications.briefing import LONGEST_TITLE, MOST_ITEMS, Briefing
from publications.citing.reference import make_reference
from publications.citing.styles import STYLES
from publications.models import File, Publication
from publications.site.metadata import page_head
from publications.site.pages import show
from publications.site.social_cards import picture_of_page

EXPORTS = [("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL JSON"), ("csv", "CSV")]


class Item(NamedTuple):
    publication: Publication
    reference: str
    address: str
    files: list[File]
    earlier_url: str  # of the briefing with this item one place earlier; empty for the first
    later_url: str
    removed_url: str


def briefing(request):
    """Former names, ticks in a list and other ways to say the same lead to the one address of a briefing."""
    picked = Briefing(request.GET, clock.now())
    asked = {key: values for key, values in request.GET.lists() if key != "at"}
    if asked != picked.parameters and not picked.left_out:
        return redirect(picked.url())
    description = _("Publications of %(site)s, collected by a reader.") % {
        "site": settings.TOPICHUB_SITE_NAME
    }
    context = {
        "briefing": picked,
        "items": _items(picked, request.build_absolute_uri),
        "address": request.build_absolute_uri(picked.url()),
        "today": clock.today(),
        "styles": [(key, name) for key, (name, write) in STYLES.items()],
        "longest_title": LONGEST_TITLE,
        "most_items": MOST_ITEMS,
        "without_missing_url": picked.url(names=[str(item.pk) for item in picked.publications]),
        "exports": [(name, picked.url(suffix=f"export.{form}")) for form, name in EXPORTS],
        "head": page_head(request, _("Briefing"), description, picture_of_page("home"), is_indexed=False),
    }
    return show(request, "publications/briefing.html", context)


def _items(picked: Briefing, absolute) -> list[Item]:
    style, write = STYLES[picked.style]
    names = [str(publication.pk) for publication in picked.publications]
    return [
        Item(
            publication,
            write(make_reference(publication, absolute)),
            absolute(publication.get_absolute_url()),
            [] if publication.is_withdrawn else list(publication.files.all()),
            _swapped(picked, names, place - 1) if place else "",
            _swapped(picked, names, place) if place + 1 < len(names) else "",
            picked.url(names=[*names[:place], *names[place + 1 :], *picked.missing]),
        )
        for place, publication in enumerate(picked.publications)
    ]


def _swapped(picked: Briefing, names: list[str], place: int) -> str:
    """The address with this item and the next in each other's place."""
    swapped = [*names[:place], names[place + 1], names[place], *names[place + 2 :]]
    return picked.url(names=swapped + picked.missing)
