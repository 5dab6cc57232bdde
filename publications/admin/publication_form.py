# The publication form's words and rules. What holds on every way in is in the model; here is what only
# a form can do: mind what somebody else did while it was open, say kindly what is wrong.
import re

from django import forms
from django.core.exceptions import ValidationError

from publications import workflow
from publications.admin.base import HubForm
from publications.admin.choices import TheirChoices
from publications.models import Publication

WHEN_HELP = {
    "draft": "Left empty, it is the moment of publishing. To schedule it, choose a moment to come and press "
    "“Schedule”. An older item keeps a date that has passed.",
    "scheduled": "Readers see it from this moment on, to the second. Change it and save to choose another one.",
    "published": "Readers see it with this date.",
}
DOI_ADDRESS = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


class DoiField(forms.CharField):
    """Takes the address people copy from their browser for the name within it."""

    def to_python(self, value):
        return DOI_ADDRESS.sub("", super().to_python(value))


class PublicationForm(TheirChoices, HubForm):
    stage = "draft"  # of the stored item
    step = ""  # that is to be taken once the form is saved
    overtaken = ""  # by what somebody else did while this form was open

    class Meta:
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "title-field"}),
            "subtitle": forms.Textarea(attrs={"rows": 1}),
            "summary": forms.Textarea(attrs={"rows": 4}),
            "key_findings": forms.Textarea(attrs={"rows": 4}),
            "notice": forms.Textarea(attrs={"rows": 2}),
        }
        field_classes = {"doi": DoiField}
        help_texts = {
            "title": "Heads its page and stands in every list.",
            "subtitle": "Below the title on its page.",
            "image": "On its page and in lists. An item without a picture is simply shorter.",
            "body": "The text of its page.",
            "report_number": "As printed on the cover.",
            "doi": "Such as 10.5555/abc-123; a pasted https://doi.org/ address is shortened.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "published_at" in self.fields:  # not while the item may only be read
            stage = "draft" if self.stage == "in_review" else self.stage
            self.fields["published_at"].help_text = WHEN_HELP.get(stage, WHEN_HELP["published"])

    def clean_title(self):
        return one_line(self.cleaned_data["title"])

    def clean_subtitle(self):
        return one_line(self.cleaned_data["subtitle"])

    def clean_import_id(self):
        return self._unused("import_id", "Another item has this name from the import already: “%(other)s”.")

    def clean_doi(self):
        return self._unused("doi", "This DOI belongs to another item already: “%(other)s”.")

    def _unused(self, field, message):
        value = self.cleaned_data[field]
        other = (
            Publication.objects.filter(**{field: value}).exclude(pk=self.instance.original_pk).first()
            if value
            else None
        )
        if other:
            raise ValidationError(message, params={"other": other})
        return value

    def clean_published_at(self):
        """Steps that set or end a schedule do not mind what stands in the field of the one there is."""
        at = self.cleaned_data["published_at"]
        is_of_no_matter = self.stage == "scheduled" and self.step in {"cancel", "publish"}
        if self.instance.pk and (is_of_no_matter or "published_at" not in self.changed_data):
            return self.initial["published_at"]
        if wrong := workflow.why_not_on(self.stage, at):
            raise ValidationError(wrong)
        return at

    def clean(self):
        if self.overtaken:
            raise ValidationError(self.overtaken)
        return super().clean()


def one_line(text):
    """Titles wrap by themselves; a pasted line break must not end up in lists and citations."""
    return " ".join(text.split())


class CorrectionForm(HubForm):
    class Meta:
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
