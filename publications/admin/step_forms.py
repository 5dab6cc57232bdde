# The steps that need words: what each asks for and says, on a page of its own and for several items at once.
from collections.abc import Callable
from typing import NamedTuple

from django import forms
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect

from publications import workflow
from publications.admin.change_steps import NoWords, PlanForm, plan
from publications.admin.choices import choosable
from publications.changes import steps
from publications.models import LoggedStep, Publication

Step = LoggedStep.Step


class AnotherItem(forms.ModelChoiceField):
    """One that this person may see."""

    def __init__(self, person, **kwargs):
        field = Publication._meta.get_field("replaced_by")
        rows = choosable(Publication.objects.all(), field, person)
        super().__init__(rows, widget=AutocompleteSelect(field, site), **kwargs)
        self.widget.choices = self.choices


class NoticeForm(forms.Form):
    notice = forms.CharField(
        label="Notice",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Why, in one to three sentences, for readers who come for it.",
        error_messages={"required": "Say why. Readers who come for it find this instead."},
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["instead"] = AnotherItem(
            person, label="Instead, see", required=False, help_text="The notice names it, once it is public."
        )


class MergeForm(forms.Form):
    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"] = AnotherItem(
            person, label="Merge into", help_text="The address leads to this item."
        )


class StepWithWords(NamedTuple):
    heading: str
    explanation: str
    button: str
    done: str
    leads_to: str  # where links to the item lead from then on
    form_class: type[forms.Form]
    take: Callable


WITH_WORDS = {
    Step.WITHDRAW: StepWithWords(
        "Withdraw",
        "For what does not hold any more. The page stays, with the notice; lists and searches drop it, feeds "
        "say that it was withdrawn, and its files are no longer offered.",
        "Withdraw it",
        "Withdrawn: its page shows the notice, and every list drops it.",
        "its page with the notice",
        NoticeForm,
        workflow.withdraw,
    ),
    Step.REMOVE: StepWithWords(
        "Remove",
        "For what should never have been published. Page, files and pictures go, and the address shows nothing "
        "but the notice.",
        "Remove it",
        "Removed: its address shows the notice and nothing else.",
        "the notice",
        NoticeForm,
        workflow.remove,
    ),
    Step.MERGE: StepWithWords(
        "Merge",
        "For what stands on the site twice, or has become part of something else. The address leads to the other "
        "item from now on.",
        "Merge it",
        "Merged: its address leads to the other item.",
        "the other item",
        MergeForm,
        workflow.merge,
    ),
    Step.PLAN: StepWithWords(
        "Make the change live at a time",
        "Nothing needs to run then. Until that moment readers see the item as it is, and it is not changed directly.",
        "Plan it",
        "Planned: readers see the change from that moment on.",
        "",
        PlanForm,
        plan,
    ),
    Step.DISCARD: StepWithWords(
        "Discard the change",
        "Nothing of it is kept. The live item stays as it is.",
        "Discard it",
        "Discarded. The item is as readers see it.",
        "",
        NoWords,
        steps.discard,
    ),
}
