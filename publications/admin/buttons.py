# The buttons below the form of a publication: one for each step this person may take now.
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timeuntil

from publications import workflow
from publications.admin import change_steps
from publications.admin.display import short_date
from publications.admin.step_forms import WITH_WORDS
from publications.clock import moment_in_words
from publications.models import LoggedStep

Step = LoggedStep.Step


class Button(NamedTuple):
    """A way to move an item: a button of the form, or a link to a page of its own."""

    step: str
    words: str
    address: str = ""


def buttons(item, user, all_the_same: str = "") -> list[Button]:
    """The steps this person may take now, in words that say what will happen. `all_the_same` names the step
    whose warnings were shown."""
    words = _words(item)
    may = [step for step in words if workflow.may_take(step, item, user)]
    if is_to_come(item):
        may.sort(key=lambda step: step != Step.SCHEDULE)
    return [
        Button(step, words[step] + ", all the same" * (step == all_the_same), _address(item, step))
        for step in may
    ]


def _words(item) -> dict:
    if item.is_working_copy:
        return change_steps.words(item)
    at = item.published_at
    to_come = is_to_come(item)
    return {
        Step.SUBMIT: "Submit for review",
        Step.TAKE_BACK: "Return to draft",
        Step.PUBLISH: f"Publish now, dated {short_date(at)}" if at and not to_come else "Publish now",
        Step.SCHEDULE: f"Publish on {moment_in_words(at)}, {in_a_while(at)}" if to_come else "Schedule",
        Step.CANCEL: "Cancel the schedule",
        Step.RESTORE: "Publish again",
        Step.WITHDRAW: "Withdraw…",
        Step.REMOVE: "Remove…",
        Step.MERGE: "Merge…",
    }


def is_to_come(item) -> bool:
    return bool(item.published_at and item.published_at > timezone.now())


def in_a_while(moment) -> str:
    days = (timezone.localdate(moment) - timezone.localdate()).days
    return f"in {days} days" if days > 1 else f"in {timeuntil(moment)}"


def _address(item, step) -> str:
    return reverse("admin:publications_publication_step", args=[item.pk, step]) if step in WITH_WORDS else ""
