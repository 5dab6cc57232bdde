# Every change of a publication's state: one function for each legal step. Each is one transaction that
# compares what is stored with what the person saw, moves the item and adds a row to the publish log. The steps of
# changes to live items stand on this: publications/changes/steps.py.
# Forms save words; nothing but these functions moves an item from one state to another.
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from reversion.errors import RevertError

from publications.history import bring_back as revived, record, recording
from publications.listing.prepared import Prepared, a_key
from publications.models import LoggedStep, Publication
from publications.models.standing import TAKEN_BACK
from publications.querysets import state_rules
from publications.readiness import problems

State, Step = Publication.State, LoggedStep.Step
ADD = "publications.add_publication"
WRITE, PUBLISH = "publications.change_publication", "publications.publish_publication"
NOT_REVIEWED = "Nobody but its author looked at it."


class Refused(Exception):
    """A step that is not taken, with a sentence for the person who asked for it."""


class NotReady(Refused):
    def __init__(self, found):
        super().__init__(" ".join(problem.words for problem in found))
        self.problems = found


class Rule(NamedTuple):
    """Who may take a step, and from which of the states that people speak of."""

    right: str
    stages: frozenset


RULES = {
    Step.SUBMIT: Rule(WRITE, frozenset({"draft"})),
    Step.TAKE_BACK: Rule(WRITE, frozenset({"in_review"})),
    Step.PUBLISH: Rule(PUBLISH, frozenset({"draft", "in_review", "scheduled"})),
    Step.SCHEDULE: Rule(PUBLISH, frozenset({"draft", "in_review"})),
    Step.CHANGE_DATE: Rule(PUBLISH, frozenset({"scheduled", "published"})),
    Step.CANCEL: Rule(PUBLISH, frozenset({"scheduled"})),
    Step.WITHDRAW: Rule(PUBLISH, frozenset({"published"})),
    Step.REMOVE: Rule(PUBLISH, frozenset({"published", "withdrawn"})),
    Step.MERGE: Rule(PUBLISH, frozenset({"published", "withdrawn"})),
    Step.RESTORE: Rule(PUBLISH, frozenset({"withdrawn", "removed", "merged"})),
    Step.DELETE: Rule("publications.delete_publication", frozenset(state_rules())),
    Step.BEGIN: Rule(WRITE, frozenset({"published"})),
    Step.SEND: Rule(WRITE, frozenset({"change"})),
    Step.RETURN: Rule(WRITE, frozenset({"change in review"})),
    Step.PLAN: Rule(PUBLISH, frozenset({"change", "change in review"})),
    Step.UNPLAN: Rule(PUBLISH, frozenset({"planned change"})),
    Step.GO_LIVE: Rule(PUBLISH, frozenset({"change", "change in review", "planned change"})),
    Step.DISCARD: Rule(WRITE, frozenset({"change", "change in review"})),
}
MAKE_PUBLIC = {Step.PUBLISH, Step.SCHEDULE, Step.RESTORE, Step.PLAN, Step.GO_LIVE}
UNREVIEWED = {"draft", "in_review", "change", "change in review"}


def stage(publication) -> str:
    """The state people speak of: a published item that waits for its time is "scheduled". A change to a live
    item has stages of its own: see publications/changes/."""
    if publication.is_working_copy:
        return _stage_of_change(publication)
    waits = publication.state == State.PUBLISHED and publication.published_at > timezone.now()
    return "scheduled" if waits else publication.state


def _stage_of_change(copy) -> str:
    if copy.change.goes_live_at:
        return "planned change"
    return "change in review" if copy.state == State.IN_REVIEW else "change"


def may_take(step, publication, user) -> bool:
    rule = RULES[step]
    return stage(publication) in rule.stages and has_right(step, publication, user)


def has_right(step, publication, user) -> bool:
    """A change is begun by whoever may change it, which need not be whoever may change the item itself."""
    changed = Publication(working_copy_of=publication) if step == Step.BEGIN else publication
    return user.has_perm(RULES[step].right, changed)


def submit(publication, by, note=""):
    """Ask an editor to look at it."""
    _take(Step.SUBMIT, publication, by, note=note, state=State.IN_REVIEW)


def take_back(publication, by, note=""):
    """Return it to its authors."""
    _take(Step.TAKE_BACK, publication, by, note=note, state=State.DRAFT)


def publish(publication, by, passing=()):
    """Readers see it from now on. A date that has passed stays, so that old items keep theirs."""
    now = _now()
    at = min(publication.published_at or now, now)
    _take(Step.PUBLISH, publication, by, passing=passing, state=State.PUBLISHED, published_at=at)


def schedule(publication, by, at, passing=()):
    """Readers see it from a moment to come on; nothing needs to run then."""
    refuse_unless(at and at > timezone.now(), "Choose a date and time to come.")
    _take(Step.SCHEDULE, publication, by, passing=passing, state=State.PUBLISHED, published_at=at)


def change_date(publication, by, at):
    """A scheduled item stays one, and a public one stays public."""
    wrong = why_not_on(stage(publication), at)
    refuse_unless(not wrong, wrong)
    _take(Step.CHANGE_DATE, publication, by, published_at=at)


def why_not_on(stage: str, at) -> str:
    """Why what is in this stage cannot have that publication date; "" when it can."""
    if stage in {"draft", "in_review"}:
        return ""
    if not at:
        return "A published item needs its date and time."
    if stage == "scheduled":
        return "" if at > timezone.now() else "That moment has passed. Choose one to come, or publish it now."
    return "" if at <= timezone.now() else "Readers see it already, so its date cannot be one to come."


def cancel(publication, by):
    """It is a draft again, without a date: what was planned must not date it later."""
    _take(Step.CANCEL, publication, by, state=State.DRAFT, published_at=None)


def withdraw(publication, by, notice, instead=None):
    """Its page stays and says why; every list drops it."""
    _take_away(Step.WITHDRAW, publication, by, state=State.WITHDRAWN, notice=notice, replaced_by=instead)


def remove(publication, by, notice, instead=None):
    """Its page, files and pictures go; its address says why."""
    _take_away(Step.REMOVE, publication, by, state=State.REMOVED, notice=notice, replaced_by=instead)


def merge(publication, by, into):
    """Its address leads to another item."""
    _take_away(Step.MERGE, publication, by, state=State.MERGED, replaced_by=into)


def restore(publication, by, passing=()):
    """Readers see it again, under its former date."""
    public = {"state": State.PUBLISHED, "notice": "", "replaced_by": None}
    _take(Step.RESTORE, publication, by, passing=passing, **public)


def delete(publication, by):
    """Nothing of it stays but the log."""
    with recording(by, Step.DELETE.label):
        stored = lock(publication)
        refuse_unless_legal(Step.DELETE, stored, by)
        record(stored)
        log(Step.DELETE, stored, by, left=stage(stored), reached="deleted", deleted_key=stored.pk)
        publication.delete()


@transaction.atomic
def bring_back(deletion, by) -> tuple[Publication, list[str]]:
    """What was deleted in this step of the log is a draft again. Says too what could not come back."""
    LoggedStep.objects.select_for_update().get(pk=deletion.pk)  # nobody else brings it back meanwhile
    refuse_unless(by.has_perm(ADD), "You may not do this.")
    is_there = Publication.with_copies.filter(pk=deletion.deleted_key).exists()
    refuse_unless(not is_there, "Somebody brought it back already.")
    try:
        item, lost = revived(deletion.deleted_key, by, Step.BRING_BACK.label)
    except RevertError as error:
        raise Refused(str(error)) from error
    log(Step.BRING_BACK, item, by, left="deleted", reached=stage(item))
    return item, lost


def is_reviewed(publication, by) -> bool:
    """Whether somebody else than the person who publishes it stands behind it: who sent it to review or,
    without a review, who made it. Of imported items nobody is known, so the publisher is the second one."""
    if publication.state == State.IN_REVIEW:
        item = publication.working_copy_of or publication
        sent = item.steps.filter(step__in=[Step.SUBMIT, Step.SEND]).first()
        return not sent or sent.by_id != by.pk
    return publication.created_by_id != by.pk


def _take_away(step, publication, by, **changes):
    """Dated anew, and only with the words and the replacement that the model asks for."""
    _take(step, publication, by, note=changes.get("notice", ""), **changes, withdrawn_at=None)


def _take(step, publication, by, *, note="", passing=(), **changes):
    with recording(by, step.label, parts_stay=True):
        stored = lock(publication)
        [stored] = record(stored) or [stored]
        refuse_unless_legal(step, stored, by)
        left = stage(stored)
        passed_over = bypassed(step, stored, by, passing, changes.get("published_at"))
        _move(stored, changes | {"changed_by": by})
        log(step, stored, by, left=left, reached=stage(stored), note=note, bypassed="\n".join(passed_over))
    _move_in_memory(publication, stored, [*changes, "changed_by", "changed_at", "withdrawn_at"])


def refuse_unless_legal(step, stored, by):
    refuse_unless(has_right(step, stored, by), "You may not do this.")
    if stage(stored) not in RULES[step].stages:
        raise Refused(f"It is {stored.status}, so this cannot be done.")


def log(step, stored, by, *, left, reached, **words):
    facts = {"publication": stored, "title": stored.title, "published_at": stored.published_at}
    facts |= {"by": by, "by_name": by.get_full_name() or by.get_username() if by else ""}
    LoggedStep.objects.create(step=step, from_state=left, to_state=reached, **facts | words)


def _move(stored, changes):
    """The one place where an item moves, whatever the step."""
    for name, value in changes.items():
        setattr(stored, name, value)
    if stored.state in TAKEN_BACK:
        check(stored)
    stored.save(update_fields=[*changes, "changed_at"])


def _move_in_memory(publication, stored, names):
    """The caller's object follows only now, so that a step that was refused leaves it as it was."""
    for name in names:
        setattr(publication, name, getattr(stored, name))


def check(publication):
    try:
        publication.clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def lock(publication) -> Publication:
    """The stored row, which nobody else moves until this step is done. Refused when it is not what the person
    saw when they decided."""
    [stored] = _locked(key=publication.pk or 0) or [None]
    refuse_unless(stored, "Somebody was faster: it is deleted.")
    if (stored.state, stored.published_at) != (publication.state, publication.published_at):
        raise Refused(f"Somebody was faster: it is {stored.status} now.")
    return stored


_locked = Prepared(lambda key: Publication.objects.select_for_update().filter(pk=key).order_by(), key=a_key)


def bypassed(step, publication, by, passing, at) -> list[str]:
    """What is passed over when readers are to see it. NotReady when something stops it, or when a warning
    was not among those the person has seen and passed."""
    if step not in MAKE_PUBLIC:
        return []
    found = problems(publication, at)
    open_ones = [problem for problem in found if problem.stops or problem.words not in passing]
    if open_ones:
        raise NotReady(open_ones)
    alone = stage(publication) in UNREVIEWED and not is_reviewed(publication, by)
    return [problem.words for problem in found] + [NOT_REVIEWED] * alone


def _now():
    return timezone.now().replace(microsecond=0)


def refuse_unless(condition, sentence):
    if not condition:
        raise Refused(sentence)
