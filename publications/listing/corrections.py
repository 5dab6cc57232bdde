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
    return page._replace(rows=_load(page.rows, now))


def _load(rows, now) -> list[Amendment]:
    """Total order kept, with the publications they speak of. What is no longer public by now is left out."""
    keys = {source: [key for _, one, key in rows if one == source] for source in (WITHDRAWAL, CORRECTION)}
    corrections = Correction.objects.public(now).select_related("publication__content_type")
    corrections = corrections.defer("publication__body").in_bulk(keys[CORRECTION])
    publications = Publication.objects.withdrawn(now).select_related("content_type", "replaced_by")
    publications = publications.defer("body").in_bulk(keys[WITHDRAWAL])
    amendments = {(CORRECTION, key): (one.publication, one) for key, one in corrections.items()}
    amendments |= {(WITHDRAWAL, key): (one, None) for key, one in publications.items()}
    return [
        Amendment(day, *amendments[source, key]) for day, source, key in rows if (source, key) in amendments
    ]
