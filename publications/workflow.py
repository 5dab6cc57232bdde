# Every change of a publication's state: one function for each legal step. Each is one transaction that
# compares what is stored with what the person saw, moves the item and adds a row to the publish log.
# Forms save words; nothing but these functions moves an item from one state to another.
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from publications.models import LoggedStep, Publication
from publications.readiness import problems

State, Step = Publication.State, LoggedStep.Step
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
    Step.RESTORE: Rule(PUBLISH, frozenset({"withdrawn"})),
}


def stage(publication) -> str:
    """The state people speak of: a published item that waits for its time is "scheduled"."""
    waits = publication.state == State.PUBLISHED and publication.published_at > timezone.now()
    return "scheduled" if waits else publication.state


def may_take(step, publication, user) -> bool:
    rule = RULES[step]
    return stage(publication) in rule.stages and user.has_perm(rule.right)


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
    _refuse_unless(at and at > timezone.now(), "Choose a date and time to come.")
    _take(Step.SCHEDULE, publication, by, passing=passing, state=State.PUBLISHED, published_at=at)


def change_date(publication, by, at):
    """A scheduled item stays one, and a public one stays public."""
    _refuse_unless(at, "A published item needs its date and time.")
    if stage(publication) == "scheduled":
        _refuse_unless(at > timezone.now(), "That moment has passed. Choose one to come, or publish it now.")
    else:
        _refuse_unless(at <= timezone.now(), "Readers see it already, so its date cannot be one to come.")
    _take(Step.CHANGE_DATE, publication, by, published_at=at)


def cancel(publication, by):
    """It is a draft again, without a date: what was planned must not date it later."""
    _take(Step.CANCEL, publication, by, state=State.DRAFT, published_at=None)


def withdraw(publication, by, note):
    """Its page stays and says why; every list drops it."""
    _refuse_unless(note.strip(), "Say why: readers who come for it find this notice.")
    _take(Step.WITHDRAW, publication, by, note=note, state=State.WITHDRAWN, notice=note.strip())


def restore(publication, by, passing=()):
    """Readers see it again, under its former date."""
    _take(Step.RESTORE, publication, by, passing=passing, state=State.PUBLISHED, notice="")


def is_reviewed(publication, by) -> bool:
    """Whether somebody else than the person who publishes it stands behind it: who sent it to review or,
    without a review, who made it. Of imported items nobody is known, so the publisher is the second one."""
    if publication.state == State.IN_REVIEW:
        sent = publication.steps.filter(step=Step.SUBMIT).first()
        return not sent or sent.by_id != by.pk
    return publication.created_by_id != by.pk


@transaction.atomic
def _take(step, publication, by, *, note="", passing=(), **changes):
    before = _lock(publication)
    _refuse_unless(by.has_perm(RULES[step].right), "You may not do this.")
    _refuse_unless(stage(before) in RULES[step].stages, f"It is {before.status}, so this cannot be done.")
    bypassed = _bypassed(step, before, by, passing, changes.get("published_at"))
    for name, value in (changes | {"changed_by": by}).items():
        setattr(publication, name, value)
    publication.save(update_fields=[*changes, "changed_by", "changed_at"])
    LoggedStep.objects.create(
        step=step,
        publication=publication,
        title=publication.title,
        from_state=stage(before),
        to_state=stage(publication),
        published_at=publication.published_at,
        note=note,
        bypassed="\n".join(bypassed),
        by=by,
        by_name=by.get_full_name() or by.get_username(),
    )


def _lock(publication) -> Publication:
    """The stored row, which nobody else moves until this step is done. Refused when it is not what the person
    saw when they decided."""
    stored = Publication.objects.select_for_update().get(pk=publication.pk)
    unchanged = (stored.state, stored.published_at) == (publication.state, publication.published_at)
    _refuse_unless(unchanged, f"Somebody was faster: it is {stored.status} now.")
    return stored


def _bypassed(step, publication, by, passing, at) -> list[str]:
    """What is passed over when readers are to see it. NotReady when something stops it, or when a warning
    was not among those the person has seen and passed."""
    if step not in {Step.PUBLISH, Step.SCHEDULE, Step.RESTORE}:
        return []
    found = problems(publication, at)
    open_ones = [problem for problem in found if problem.stops or problem.words not in passing]
    if open_ones:
        raise NotReady(open_ones)
    alone = stage(publication) in {"draft", "in_review"} and not is_reviewed(publication, by)
    return [problem.words for problem in found] + [NOT_REVIEWED] * alone


def _now():
    return timezone.now().replace(microsecond=0)


def _refuse_unless(condition, sentence):
    if not condition:
        raise Refused(sentence)
