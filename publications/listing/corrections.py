# Corrections and withdrawals as one list, the latest first.
import datetime as dt
from typing import NamedTuple

from django.db.models import F, Value
from django.db.models.functions import TruncDate

from publications import clock
from publications.listing.paging import Page, get_page
from publications.models import Correction, Publication

WITHDRAWAL, CORRECTION = 0, 1  # of one day, withdrawals come first


class Amendment(NamedTuple):
    """One correction of a publication or, where there is no correction, its withdrawal."""

    day: dt.date
    publication: Publication
    correction: Correction | None


def get_amendments(number: int) -> Page:
    """A page of all that readers may know of. Five queries."""
    now = clock.now()
    corrections = Correction.objects.public(now).order_by()
    withdrawals = Publication.objects.withdrawn(now).order_by()
    total = corrections.count() + withdrawals.count()
    corrections = corrections.annotate(day=F("made_on"), source=Value(CORRECTION), key=F("pk"))
    withdrawals = withdrawals.annotate(day=TruncDate("withdrawn_at"), source=Value(WITHDRAWAL), key=F("pk"))
    names = ("day", "source", "key")
    rows = corrections.values_list(*names).union(withdrawals.values_list(*names), all=True)
    page = get_page(rows.order_by("-day", "source", "-key"), number, total)
    return page._replace(rows=_load(page.rows))


def _load(rows) -> list[Amendment]:
    """Total order kept, with the publications they speak of."""
    keys = {source: [key for _, one, key in rows if one == source] for source in (WITHDRAWAL, CORRECTION)}
    corrections = Correction.objects.select_related("publication__content_type")
    corrections = corrections.defer("publication__body")
    corrections = corrections.in_bulk(keys[CORRECTION])
    publications = Publication.objects.select_related("content_type", "replaced_by")
    publications = publications.defer("body").in_bulk(keys[WITHDRAWAL])
    return [
        Amendment(day, corrections[key].publication, corrections[key])
        if source == CORRECTION
        else Amendment(day, publications[key], None)
        for day, source, key in rows
    ]
