# Changes whose time has come: they go live at the next request of anyone, before any page is made. No page costs
# a query for it, since the question is asked together with the generation (publications/listing/generation.py).
import logging
import math
import time
from collections import Counter
from typing import NamedTuple

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from publications.changes.steps import Step, put_live
from publications.listing.locks import brief_transaction
from publications.models import Change, Publication
from publications.readiness import problems
from publications.workflow import NotReady, Refused, log, stage

logger = logging.getLogger(__name__)
PAUSE = 5  # seconds until this process tries again what had to wait, so that readers do not wait with it
_tried_at = -math.inf
EXPECTED = (Refused, IntegrityError, DataError)
AS_PLANNED = "As planned."
TAKEN = "Another item has its address, DOI or import id by now."
UNKNOWN = "Something went wrong. The log of the site says what."


class Applied(NamedTuple):
    """How many went live, could not, and wait for the database."""

    live: int
    failed: int
    waiting: int


def apply_due() -> Applied:
    """Each in a transaction of its own, in the order of their times. One that cannot go live keeps no other and
    no page waiting: it is planned no more, and says why."""
    global _tried_at
    now, found = timezone.now(), Counter()
    pause = time.monotonic() < _tried_at + PAUSE
    for pk in [] if pause else list(Change.objects.due(now).values_list("pk", flat=True)):
        found[_try(pk, now)] += 1
    if found["waiting"]:
        _tried_at = time.monotonic()
    return Applied(found["live"], found["failed"], found["waiting"])


def _try(pk, now) -> str:
    try:
        return "live" if apply(pk, now) else ""
    except OperationalError as error:
        # Somebody holds the item, or the database is busy: the next request tries again.
        reason = str(error).partition("\n")[0]
        logger.warning("A change that is due waits for the database: %s (%s)", pk, reason)
        return "waiting"
    except Exception as error:
        return "failed" if _fail(pk, now, error) else ""


def apply(pk, now) -> bool:
    """Not where another process was faster."""
    with brief_transaction():
        copy = _lock(pk, now)
        if not copy:
            return False
        live, change = copy.working_copy_of, copy.change
        if found := [problem for problem in problems(copy) if problem.stops]:
            raise NotReady(found)
        put_live(live, copy, change.planned_by)
        _log(Step.GO_LIVE, live, change, AS_PLANNED)
    return True


def _lock(pk, now):
    """None where it is due no more: another process was faster, or an editor."""
    rows = Publication.with_copies.filter(pk=pk).values_list("working_copy_of", flat=True)
    both = Publication.with_copies.filter(pk__in=[pk, *rows]).select_for_update().order_by("pk")
    found = {row.pk: row for row in both}
    if pk not in found or not Change.objects.due(now).filter(pk=pk).exists():
        return None
    found[pk].working_copy_of = found[found[pk].working_copy_of_id]
    return found[pk]


@transaction.atomic
def _fail(pk, now, error) -> bool:
    """Visible to editors, and never in the way of others again."""
    copy = _lock(pk, now)
    if not copy:
        return False
    if not isinstance(error, EXPECTED):
        logger.error("A change could not go live: %s", pk, exc_info=error)
    change = copy.change
    change.failure, change.goes_live_at = _words(error), None
    change.save()
    _log(Step.FAIL, copy.working_copy_of, change, change.failure)
    return True


def _words(error) -> str:
    if isinstance(error, Refused):
        return str(error)
    return TAKEN if isinstance(error, IntegrityError) else UNKNOWN


def _log(step, live, change, note):
    by, left = change.planned_by, stage(live)
    log(step, live, by, left=left, reached=left, note=note)
