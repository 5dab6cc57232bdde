# The list and the form editors spend their day with. The steps from state to state are in steps.py.
from copy import copy

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.html import format_html

from publications import richtext, workflow
from publications.admin.base import Controls, HubModelAdmin, OrderedFormSet, OrderedInline
from publications.admin.bring_back import BringsBack
from publications.admin.bulk import BulkSteps
from publications.admin.changes import ChangesToLive
from publications.admin.columns import Columns
from publications.admin.display import day_and_time
from publications.admin.file_form import FileForm, use_first_page
from publications.admin.history import Versioned
from publications.admin.list_export import ListExport
from publications.admin.picture import PictureChoice
from publications.admin.publication_filters import PublicationFilter, StateFilter
from publications.admin.publication_form import CorrectionForm, PublicationForm
from publications.admin.publication_list import PublicationChangeList
from publications.admin.rights import PartRights
from publications.admin.saved_views import SavedViews
from publications.admin.several import KeepsSeveral
from publications.admin.steps import Steps, overtaken_by
from publications.models import Authorship, Correction, File, Publication, index, syncing_once
from publications.models.standing import TAKEN_BACK
from publications.search import find

STAGES_OF_AUTHORS = {"draft", "in_review", "change", "change in review"}


class AuthorFormSet(OrderedFormSet):
    known_by = "person"


class AuthorshipInline(OrderedInline):
    model = Authorship
    formset = AuthorFormSet
    verbose_name, verbose_name_plural = "author", "Authors"
    fields = ["position", ("person", "name_as_printed", "role")]
    autocomplete_fields = ["person"]
    stands_after_first_fieldset = True
    hint = "In the order of the byline."

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class FileInline(OrderedInline):
    model = File
    form = FileForm
    verbose_name, verbose_name_plural = "file", "Files"
    fields = ["position", ("file", "label"), ("name", "language", "pages"), "first_page"]
    hint = "The first file is offered beside the title, the others among the downloads."


class CorrectionInline(PartRights, Controls, admin.StackedInline):
    model = Correction
    form = CorrectionForm
    template = "admin/edit_inline/ordered.html"
    verbose_name, verbose_name_plural = "correction", "Corrections"
    fields = [("kind", "made_on"), "note", "changes_conclusions"]
    extra = 0
    hint = "Readers see them on its page, in lists, feeds and references, and at /corrections/."


@admin.register(Publication)
class PublicationAdmin(
    Columns,
    KeepsSeveral,
    SavedViews,
    ListExport,
    BringsBack,
    ChangesToLive,
    Steps,
    BulkSteps,
    PictureChoice,
    Versioned,
    HubModelAdmin,
):
    form = PublicationForm
    list_filter = [PublicationFilter, StateFilter]
    ordering = ["-changed_at", "-pk"]
    search_fields = ["title"]
    search_help_text = "Words of the text, authors, number or DOI. Case and accents do not count."
    autocomplete_fields = ["content_type", "topics", "image", "lead", "replaced_by", "translation_of"]
    inlines = [AuthorshipInline, FileInline, CorrectionInline]
    readonly_fields = ["picture_in_form", "body_as_shown", "history"]
    fieldsets = [
        ("Title and summary", {"fields": ["content_type", "title", "subtitle", "summary"]}),
        ("When readers see it", {"fields": ["published_at"]}),
        ("Topics", {"fields": ["topics"]}),
        ("Picture", {"fields": ["image", "picture_in_form"]}),
        ("Text", {"fields": ["key_findings", "body"]}),
        ("Language", {"fields": [("language", "translation_of")]}),
        ("Address", {"fields": ["slug"]}),
        (
            "Study, numbers and origin",
            {"fields": ["lead", ("report_number", "doi"), "external_url", "import_id"]},
        ),
        ("Record", {"fields": ["history"]}),
    ]

    @property
    def media(self):
        """With what the choosing fields in the list's filters need."""
        choosing = PublicationFilter.form_class.base_fields["topic"].widget.media
        return super().media + choosing + forms.Media(js=["admin_theme/columns.js"])

    # The list

    def get_changelist(self, request, **kwargs):
        return PublicationChangeList

    def get_search_results(self, request, queryset, search_term):
        """The list has looked already, under its filters."""
        if not search_term.strip():
            return queryset, False
        found = getattr(request, "found", None) or find(search_term)
        return found.among(queryset), False

    # The form

    def get_fieldsets(self, request, obj=None):
        """A new item has no record yet; one that may only be read shows its text and not its markup."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj and obj.state in TAKEN_BACK:
            notice = ("Taken back", {"fields": ["notice", ("replaced_by", "withdrawn_at")]})
            fieldsets = [*fieldsets[:1], notice, *fieldsets[1:]]
        if obj is None:
            return fieldsets[:-1]
        if self.has_change_permission(request, obj):
            return fieldsets
        shown = {"fields": ["key_findings", "body_as_shown"]}
        return [(name, shown if name == "Text" else options) for name, options in fieldsets]

    def get_inlines(self, request, obj):
        """What nobody has read yet is changed, not corrected. Corrections sent of an item that is gone stay with what
        is made of it."""
        inlines = super().get_inlines(request, obj)
        if obj is None and "corrections-TOTAL_FORMS" in request.POST:
            return inlines
        if obj is None or obj.is_working_copy or workflow.stage(obj) in {*STAGES_OF_AUTHORS, "scheduled"}:
            return [inline for inline in inlines if inline is not CorrectionInline]
        return inlines

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.person = request.user
        form.stage = workflow.stage(obj) if obj else "draft"
        form.step = request.POST.get("_step", "")
        if obj and request.POST.get("_opened_as", obj.as_opened) != obj.as_opened:
            form.overtaken = overtaken_by(obj, self.may_change(request, obj))
        return form

    @admin.display(description="Body")
    def body_as_shown(self, publication):
        return richtext.show(publication.body)

    @admin.display(description="Made and changed")
    def history(self, publication):
        return format_html(
            "Made on {}{}. Changed on {}{}.",
            day_and_time(publication.created_at),
            _by(publication.created_by),
            day_and_time(publication.changed_at),
            _by(publication.changed_by),
        )

    def changeform_view(self, request, *args, **kwargs):
        with transaction.atomic(), syncing_once():
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        files = [each for formset in formsets if formset.model is File for each in formset.forms]
        use_first_page(form.instance, files, request.user)
        if not change or "topics" in form.changed_data:
            Publication.relist([form.instance.pk])
            index([form.instance.pk])

    # Who may do what

    def may_change(self, request, obj=None):
        """Whoever may not publish may not touch what is public, scheduled or taken back either."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self._is_theirs(request, obj))

    def has_change_permission(self, request, obj=None):
        """A form that was opened in time is not refused outright, but shown again: see `PublicationForm`."""
        return self.may_change(request, obj) or (obj is not None and self._was_theirs(request, obj))

    def _was_theirs(self, request, obj):
        stage = request.POST.get("_opened_as", "").partition(" ")[0]
        if stage not in STAGES_OF_AUTHORS:
            return False
        as_opened = copy(obj)
        as_opened.state = stage
        return super().has_change_permission(request, as_opened)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self._is_theirs(request, obj))

    def _is_theirs(self, request, obj):
        return request.user.has_perm(workflow.PUBLISH, obj) or workflow.stage(obj) in workflow.UNREVIEWED


def _by(user):
    return f" by {user.get_full_name() or user.get_username()}" if user else ""
