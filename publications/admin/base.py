# What all model admins share: calm defaults, folded search, and inline rows in an order.
from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.models import InlineForeignKeyField
from django.forms.utils import ErrorDict

from publications.admin.asked_again import AskedAgain
from publications.admin.changelist import HubChangeList
from publications.admin.choices import choosable
from publications.admin.counting import CappedPaginator
from publications.admin.deletion import Deletion
from publications.admin.presence import Presences
from publications.admin.rights import ObjectRights, PartRights
from publications.admin.together import Together
from publications.admin.widgets import DateInput, MomentField, MomentInput
from publications.folding import fold

MOST_WORDS = 12
TWICE = "The same one is listed twice. Remove one of the two."
SLUG_HELP = "Left empty, it is made from the {}. After a change the old address leads to the new one."


def folded_words(term: str) -> list[str]:
    """The words to search by, without case and accents; more than a dozen narrow nothing further."""
    return fold(term.replace("\x00", "")).split()[:MOST_WORDS]


class HubForm(forms.ModelForm):
    is_only_shown = False  # again, with what was typed, whether or not it could be saved

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def is_valid(self):
        return super().is_valid() and not self.is_only_shown


class Controls:
    view_on_site = False
    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.DateField: {"widget": DateInput},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and hasattr(field.widget, "can_delete_related"):
            # Deleting a topic from within a publication's form would be far too easy.
            field.widget.can_delete_related = field.widget.can_view_related = False
        if field and db_field.name == "slug":
            field.label, field.help_text = (
                "Last part of the address",
                SLUG_HELP.format(db_field.model.slug_source),
            )
        return field

    def get_field_queryset(self, db, db_field, request):
        """What this person may not see cannot be chosen."""
        rows = super().get_field_queryset(db, db_field, request)
        rows = db_field.related_model._default_manager.all() if rows is None else rows
        return choosable(rows, db_field, request.user)


class HubModelAdmin(AskedAgain, Deletion, ObjectRights, Presences, Together, Controls, admin.ModelAdmin):
    form = HubForm
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator
    empty_value_display = ""
    actions = None

    class Media:
        js = [
            "admin_theme/names.js",
            "admin_theme/picture.js",
            "admin_theme/presence.js",
            "admin_theme/prose.js",
        ]

    def get_changelist(self, request, **kwargs):
        return HubChangeList

    @property
    def all_columns(self):
        """Those a list may show, and be sorted by."""
        return self.list_display

    def for_list(self, rows):
        """What the list needs beside the rows themselves; the form does without."""
        return rows

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.slug else None  # emptied in a form that was refused


class OrderedFormSet(forms.BaseInlineFormSet):
    """Rows in the order of their `position`, counted anew from 0 on every save."""

    def save(self, commit=True):
        saved = super().save(commit=commit)
        if commit:
            self._number()
        return saved

    def _number(self):
        """Within the transaction of the save. What stays is in memory already, if there is any."""
        rows = self.get_queryset() if self.initial_forms else ()
        if self.has_changed():
            rows = self.model.objects.filter(**self._mine())
        for position, row in enumerate(rows):
            if row.position != position:
                row.position = position
                row.save(update_fields=["position"])

    def _mine(self):
        return {self.fk.name: self.instance}

    def get_unique_error_message(self, unique_check):
        return TWICE

    def get_form_error(self):
        return TWICE


class OrderedForm(HubForm):
    class Meta:
        error_messages = {NON_FIELD_ERRORS: {"unique_together": TWICE}}

    def has_changed(self):
        """A new row that was only moved about is still an empty row."""
        changed = set(self.changed_data)
        return bool(changed - {"position"} if self.instance._state.adding else changed)

    def full_clean(self):
        """A row that stays as it is stored needs no checks: they would ask for whatever it names."""
        if not self.is_bound or self.instance._state.adding or self.has_changed():
            return super().full_clean()
        self._errors, self.cleaned_data = ErrorDict(), dict(self._stored())

    def _stored(self):
        for name, field in self.fields.items():
            is_whole = isinstance(field, InlineForeignKeyField)
            yield name, field.parent_instance if is_whole else getattr(self.instance, name, None)


class OrderedInline(PartRights, Controls, admin.StackedInline):
    """Rows that editors put in order: by dragging, by buttons, or by number where there is no script."""

    form = OrderedForm
    formset = OrderedFormSet
    template = "admin/edit_inline/ordered.html"
    extra = 0
    stands_after_first_fieldset = False
    hint = ""

    class Media:
        js = ["admin_theme/ordering.js"]
