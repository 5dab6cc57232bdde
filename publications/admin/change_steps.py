# The steps of a change to a live item in its form: their words, and what each does.
from django import forms
from django.utils.html import format_html

from publications.admin.display import day_and_time, moment_in_words
from publications.admin.widgets import MomentField
from publications.changes import steps
from publications.changes.steps import Step
from publications.readiness import problems

STAGES = {"change": "Draft", "change in review": "In review", "planned change": "Scheduled"}
DONE = {
    Step.SEND: "Saved and submitted: the change waits for an editor.",
    Step.RETURN: "Saved, and the change is a draft again.",
    Step.GO_LIVE: "Live: readers see the change now.",
    Step.UNPLAN: "Saved. The change is not planned any more; readers see the item as it is.",
}
NOT_YET = "Saved, but not live yet: see below."
IN_FORM = {
    Step.SEND: lambda copy, request: steps.submit(copy, request.user),
    Step.RETURN: lambda copy, request: steps.take_back(copy, request.user),
    Step.GO_LIVE: lambda copy, request: steps.go_live(
        copy, request.user, passing=request.POST.getlist("_passing")
    ),
    Step.UNPLAN: lambda copy, request: steps.unplan(copy, request.user),
}


def words(copy) -> dict:
    at = copy.change.goes_live_at
    return {
        Step.GO_LIVE: "Make the change live now",
        Step.PLAN: "Make it live at a time…",
        Step.SEND: "Submit the change for review",
        Step.RETURN: "Return the change to draft",
        Step.UNPLAN: f"Do not make it live on {moment_in_words(at)}" if at else "",
        Step.DISCARD: "Discard the change…",
    }


class StepForm(forms.Form):
    """Offers everybody the same."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)


class PlanForm(StepForm):
    at = MomentField(
        label="Live from",
        help_text="Readers see the change from this moment on, to the second.",
        error_messages={"required": "Choose a date and time to come."},
    )
    all_the_same = forms.BooleanField(
        required=False,
        label="Pass over warnings",
        help_text="What is needed cannot be passed over. The publish log keeps what was.",
    )


class NoWords(StepForm):
    """Asks for nothing but to be sure."""


def plan(copy, by, at, all_the_same):
    passing = [problem.words for problem in problems(copy, at)] if all_the_same else []
    steps.plan(copy, by, at, passing)


def planned_words(live, change):
    """For those who are about to save the item itself meanwhile."""
    return format_html(
        "A change to this item goes live on {}. Until then the item stays as it is, and nothing of yours is "
        'saved. <a href="{}">Put it into the change</a>, or cancel its plan there first.',
        day_and_time(change.goes_live_at),
        f"../../{change.pk}/change/",
    )
