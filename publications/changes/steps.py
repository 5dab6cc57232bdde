# The steps of a change to a live item: one function for each, as in publications/workflow.py. They are logged with the
# item, which is locked first and its copy then, so that nobody else moves either.
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from publications import workflow
from publications.changes.content import content_of, copy_of, put_together, write
from publications.history import recording
from publications.models import Change, LoggedStep, Publication
from publications.workflow import Refused, bypassed, check, refuse_unless, refuse_unless_legal

State, Step = Publication.State, LoggedStep.Step
GONE = "Somebody was faster: this change was made live or discarded."
WENT_LIVE = "A change went live."


class Clashing(Refused):
    """The live item was changed too, at the same places."""

    def __init__(self, clashes):
        super().__init__("The item itself was changed at the same places. Choose what it should say.")
        self.clashes = clashes


class Locked(NamedTuple):
    live: Publication
    copy: Publication


@transaction.atomic
def begin(live, by) -> Publication:
    """The working copy there is of the item, or a new one."""
    stored = workflow.lock(live)
    if copy := stored.working_copy:
        return copy
    refuse_unless_legal(Step.BEGIN, stored, by)
    copy = copy_of(stored, by)
    Change.objects.create(copy=copy, base=content_of(stored))
    _log(Step.BEGIN, stored, by)
    return copy


def submit(copy, by):
    """Ask an editor to look at it."""
    _take(Step.SEND, copy, by, state=State.IN_REVIEW)


def take_back(copy, by):
    """Return it to its authors."""
    _take(Step.RETURN, copy, by, state=State.DRAFT)


def plan(copy, by, at, passing=()):
    """It goes live at a moment to come; nothing needs to run then."""
    refuse_unless(at and at > timezone.now(), "Choose a date and time to come.")
    _take(Step.PLAN, copy, by, at=at, passing=passing)


def unplan(copy, by):
    _take(Step.UNPLAN, copy, by)


@transaction.atomic
def go_live(copy, by, passing=()):
    """Readers see it from now on, in place of what they saw."""
    live, stored = lock_both(copy)
    refuse_unless_legal(Step.GO_LIVE, stored, by)
    passed_over = bypassed(Step.GO_LIVE, stored, by, passing, None)
    put_live(live, stored, by)
    _log(Step.GO_LIVE, live, by, bypassed="\n".join(passed_over))


@transaction.atomic
def discard(copy, by):
    """Nothing of it stays but the log."""
    live, stored = lock_both(copy)
    refuse_unless_legal(Step.DISCARD, stored, by)
    stored.delete()
    _log(Step.DISCARD, live, by)


def put_live(live, copy, by, *, over_clashes=False) -> None:
    """The item becomes what the copy says, and the copy goes. Both must be locked. Refused where the item was
    changed at the same places, or must not be what it would be."""
    stands = workflow.stage(live) == "published"
    refuse_unless(stands, f"The item itself is {live.status}, so its text stays as it is.")
    merge = put_together(live, copy)
    if merge.clashes and not over_clashes:
        raise Clashing(merge.clashes)
    with recording(by, WENT_LIVE, live):
        live.changed_by = by or live.changed_by
        write(live, merge.merged, check)
    copy.delete()


@transaction.atomic
def _take(step, copy, by, *, at=None, passing=(), state=None):
    live, stored = lock_both(copy)
    refuse_unless_legal(step, stored, by)
    passed_over = bypassed(step, stored, by, passing, at)
    if at and (clashes := put_together(live, stored).clashes):
        raise Clashing(clashes)
    if state:
        stored.state, stored.changed_by = state, by
        stored.save(update_fields=["state", "changed_by", "changed_at"])
    change = stored.change
    change.goes_live_at, change.planned_by, change.failure = at, by if at else None, ""
    change.save()
    _log(step, live, by, published_at=at or live.published_at, bypassed="\n".join(passed_over))
    copy.state, copy.change = stored.state, change


def lock_both(copy) -> Locked:
    """Refused when either is not what the person saw when they decided."""
    both = Publication.with_copies.filter(pk__in=[copy.working_copy_of_id, copy.pk])
    rows = {row.pk: row for row in both.select_for_update().order_by("pk")}
    refuse_unless(copy.pk in rows, GONE)
    stored = rows[copy.pk]
    stored.working_copy_of = rows[stored.working_copy_of_id]
    unchanged = workflow.stage(stored) == workflow.stage(copy)
    refuse_unless(unchanged, f"Somebody was faster: it is a {workflow.stage(stored)} now.")
    return Locked(stored.working_copy_of, stored)


def _log(step, live, by, **words):
    left = workflow.stage(live)
    workflow.log(step, live, by, left=left, reached=left, **words)
