# The publication form's words and rules. What holds on every way in is in the model; here is what only
# a form can do: offer the states this person may choose, complete a date, say kindly what is wrong.
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from publications.admin.base import HubForm, OrderedForm
from publications.models import Publication

State = Publication.State
STATES_OF_AUTHORS = {State.DRAFT, State.IN_REVIEW}
STATE_HELP = (
    "Draft and In review: only signed-in colleagues see it. Published: readers see it from the date below on. "
    "Withdrawn: its page stays and says why, and every list drops it. Removed: its page, files and pictures go, "
    "and its address explains why. Merged: its address leads to another item."
)
STATE_HELP_FOR_AUTHORS = "Only signed-in colleagues see it. Choose “In review” when an editor may look at it; an editor publishes it."
DOI_ADDRESS = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


class DoiField(forms.CharField):
    """Takes the address people copy from their browser for the name within it."""

    def to_python(self, value):
        return DOI_ADDRESS.sub("", super().to_python(value))


class PublicationForm(HubForm):
    may_publish = False

    class Meta:
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "title-field"}),
            "subtitle": forms.Textarea(attrs={"rows": 1}),
            "summary": forms.Textarea(attrs={"rows": 4}),
            "key_findings": forms.Textarea(attrs={"rows": 4}),
            "notice": forms.Textarea(attrs={"rows": 2}),
            "state": forms.RadioSelect,
        }
        field_classes = {"doi": DoiField}
        help_texts = {
            "title": "Heads its page and stands in every list.",
            "subtitle": "Below the title on its page.",
            "published_at": "Readers see it from this moment on, to the second. A moment to come schedules it. "
            "Left empty, publishing sets it to now.",
            "image": "On its page and in lists. An item without a picture is simply shorter.",
            "body": "The text of its page.",
            "report_number": "As printed on the cover.",
            "doi": "Such as 10.5555/abc-123; a pasted https://doi.org/ address is shortened.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "state" in self.fields:  # not while the item may only be read
            self._offer_states(self.fields["state"])

    def _offer_states(self, field):
        field.help_text = STATE_HELP if self.may_publish else STATE_HELP_FOR_AUTHORS
        if not self.may_publish:
            field.choices = [choice for choice in State.choices if choice[0] in STATES_OF_AUTHORS]

    def clean_title(self):
        return one_line(self.cleaned_data["title"])

    def clean_subtitle(self):
        return one_line(self.cleaned_data["subtitle"])

    def clean_import_id(self):
        return self._unused("import_id", "Another item has this name from the import already: “{}”.")

    def clean_doi(self):
        return self._unused("doi", "This DOI belongs to another item already: “{}”.")

    def _unused(self, field, message):
        value = self.cleaned_data[field]
        other = (
            Publication.objects.filter(**{field: value}).exclude(pk=self.instance.pk).first()
            if value
            else None
        )
        if other:
            raise ValidationError(message.format(other))
        return value

    def clean(self):
        cleaned = super().clean()
        publishes = cleaned.get("state") == State.PUBLISHED
        if publishes and cleaned.get("published_at") is None and "published_at" not in self.errors:
            cleaned["published_at"] = timezone.now().replace(microsecond=0)
        if "state" in self.changed_data and "withdrawn_at" not in self.changed_data:
            cleaned["withdrawn_at"] = None  # it is taken back anew, and dated when it is saved
        return cleaned


def one_line(text):
    """Titles wrap by themselves; a pasted line break must not end up in lists and citations."""
    return " ".join(text.split())


class FileForm(OrderedForm):
    class Meta(OrderedForm.Meta):
        widgets = {"pages": forms.NumberInput(attrs={"min": 1})}
