# Changes to live items in the admin: begun from the item's form, written in a form of their own that says what they
# change, compared, and put together with what was changed in the item meanwhile.
from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Subquery
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse

from publications import workflow
from publications.admin.change_steps import STAGES, planned_words
from publications.admin.choices import name_for
from publications.admin.meanwhile import seal, unseal
from publications.admin.together import OPENED
from publications.changes import steps
from publications.changes.content import catch_up, content_of, put_together
from publications.history import compared, label
from publications.history.words import changed_fields, changed_parts
from publications.models import Change, LoggedStep, Publication
from publications.workflow import Refused

Step = LoggedStep.Step
BEGUN = "A change is prepared here, beside the live item. Readers see nothing of it until it goes live."
NOT_LIVE = {"When readers see it", "Record"}  # what a change has no part in
KEPT_AS_NEW = "The change was made live or discarded meanwhile. What you have written is a new change now."
# Why what was published, or is to be, has no button that begins a change. Drafts need no words.
WHY_NONE = {
    "scheduled": "No change can be prepared beside it: readers do not see it yet. It is changed in this form itself.",
    "withdrawn": "No change can be prepared beside it, for it is withdrawn. It is changed in this form itself, or "
    "published again first.",
    "removed": "No change can be prepared beside it, for it is removed. Publish it again first.",
    "merged": "No change can be prepared beside it, for it leads to another item. Change that one, or publish this one "
    "again first.",
}


class ChangesToLive:
    """For the admin of publications."""

    def get_urls(self):
        pages = [
            ("begin-change/", self.begin_change_view, "begin_change"),
            ("differences/", self.differences_view, "differences"),
            ("clashes/", self.clashes_view, "clashes"),
        ]
        addresses = [
            path(
                f"<path:object_id>/{end}",
                self.admin_site.admin_view(view),
                name=f"publications_publication_{name}",
            )
            for end, view, name in pages
        ]
        return [*addresses, *super().get_urls()]

    def get_queryset(self, request):
        """Lists and choices have the items alone; what is open may be a change to one."""
        rows = super().get_queryset(request)
        is_open = "object_id" in request.resolver_match.kwargs
        rows = Publication.with_copies.order_by(*self.get_ordering(request)) if is_open else rows
        return rows.readable_by(request.user)

    def get_object(self, request, object_id, from_field=None):
        item = super().get_object(request, object_id, from_field)
        if item and item.is_working_copy:
            item.stored_status = STAGES[workflow.stage(item)]
            item.stored_schedule = item.change.goes_live_at
        return item

    def view_on_site(self, obj):
        address = super().view_on_site(obj)
        return f"{address}?change={obj.pk}" if address and obj.is_working_copy else address

    def has_delete_permission(self, request, obj=None):
        """A change is discarded, which is a step."""
        return not (obj and obj.is_working_copy) and super().has_delete_permission(request, obj)

    # The forms

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with transaction.atomic():
            if object_id and request.method == "POST" and request.POST.get("_change_to"):
                object_id = self._still_there(request, unquote(object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _lock(self, key):
        """The item before the change to it, as all do who lock both."""
        live = Publication.with_copies.filter(pk=key).order_by().values("working_copy_of")
        Publication.with_copies.filter(pk__in=[key, Subquery(live)]).lock()

    def _still_there(self, request, object_id) -> str:
        """The change, or a new one with what was written for one that is gone."""
        if not object_id.isdecimal():
            return object_id
        self._lock(object_id)
        if Publication.with_copies.filter(pk=object_id).exists():
            return object_id
        live = Publication.objects.filter(pk=request.POST["_change_to"]).first()
        try:
            copy = steps.begin(live, request.user) if live else None
        except Refused:
            copy = None
        if not copy:
            return object_id
        request.POST = _moved_to(copy, request.POST.copy())
        self.message_user(request, KEPT_AS_NEW, messages.WARNING)
        return str(copy.pk)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj and obj.is_working_copy:
            return [fieldset for fieldset in fieldsets if fieldset[0] not in NOT_LIVE]
        return fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and request.method == "POST" and (planned := _planned_for(obj)):
            form.overtaken = planned_words(obj, planned)
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and not context["is_popup"]:
            about = _about_change(obj) if obj.is_working_copy else _about_live(obj, request.user)
            context |= about | {"is_change": obj.is_working_copy}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Pages

    def begin_change_view(self, request, object_id):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        with transaction.atomic():
            item = self._item_to_look_at(request, object_id)
            if not workflow.has_right(Step.BEGIN, item, request.user):
                raise PermissionDenied
            try:
                copy = steps.begin(item, request.user)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
                return HttpResponseRedirect(_form_of(item))
        self.message_user(request, BEGUN, messages.SUCCESS)
        return HttpResponseRedirect(_form_of(copy))

    def differences_view(self, request, object_id):
        """The live item and the change beside each other, word by word."""
        copy = self._change_to_look_at(request, object_id)
        before, after = content_of(copy.working_copy_of), content_of(copy)
        fields, parts = compared(Publication, before, after, partial(name_for, request.user))
        context = {"title": f"What the change differs in: {copy}", "fields": fields, "parts": parts}
        return self._page(request, copy, f"{TEMPLATES}/differences.html", context)

    def clashes_view(self, request, object_id):
        """What was changed in the item itself since the change was begun, and a choice where both changed the
        same."""
        with transaction.atomic():
            copy = self._change_to_look_at(request, object_id)
            if not self.has_change_permission(request, copy):
                raise PermissionDenied
            choices = _choices(copy, request.user)
            if request.method == "POST":
                answers = [request.POST.get(choice["name"]) for choice in choices]
                if all(answers):
                    catch_up(copy, [answer == "live" for answer in answers], request.user)
                    self.message_user(
                        request, "Put together. Look at it before it goes live.", messages.SUCCESS
                    )
                    return HttpResponseRedirect(_form_of(copy))
        context = {
            "title": f"Put together: {copy}",
            "choices": choices,
            "lines": _lines(copy.change.base, content_of(copy.working_copy_of)),
            "is_incomplete": request.method == "POST",
        }
        return self._page(request, copy, f"{TEMPLATES}/clashes.html", context)

    def _change_to_look_at(self, request, object_id):
        copy = self._item_to_look_at(request, object_id)
        if not copy.is_working_copy:
            raise Http404
        return copy


TEMPLATES = "admin/publications/publication"


def _form_of(item) -> str:
    return reverse("admin:publications_publication_change", args=[item.pk])


def _planned_for(live) -> Change | None:
    return Change.objects.filter(copy__working_copy_of=live.pk, goes_live_at__isnull=False).first()


def _about_live(live, user) -> dict:
    change = Change.objects.filter(copy__working_copy_of=live.pk).select_related("copy__created_by").first()
    return {
        "prepared": change,
        "may_begin": not change and workflow.may_take(Step.BEGIN, live, user),
        "why_none": workflow.has_right(Step.BEGIN, live, user) and WHY_NONE.get(workflow.stage(live), ""),
        "begin_address": reverse("admin:publications_publication_begin_change", args=[live.pk]),
    }


def _about_change(copy) -> dict:
    live = copy.working_copy_of
    present = content_of(live)
    clashes = put_together(live, copy).clashes
    return {
        "prepared": copy.change,
        "live": live,
        "differences": _lines(present, content_of(copy)),
        "meanwhile_in_live": _lines(copy.change.base, present),
        "has_clashes": bool(clashes),
    }


def _lines(before, after) -> list[str]:
    """What differs, in short."""
    labels = [label(Publication, name) for name in changed_fields(before, after)]
    return [f"Changed: {', '.join(labels)}."] * bool(labels) + list(changed_parts(before, after))


def _choices(copy, user) -> list[dict]:
    """Of each value that both changed: its name, and how it differs between the item and the change."""
    live = content_of(copy.working_copy_of)
    choices = []
    for number, clash in enumerate(put_together(copy.working_copy_of, copy).clashes):
        choice = {"name": f"choice-{number}"}
        if clash.where[0] == "fields":
            name = clash.where[1]
            one, other = ({"fields": {name: value}} for value in (clash.theirs, clash.mine))
            (field,), _ = compared(Publication, one, other, partial(name_for, user))
            choice |= {"label": field.label, "lines": field.lines}
        else:
            choice |= {
                "label": clash.where[0].capitalize(),
                "sentences": changed_parts(live, content_of(copy)),
            }
        choices.append(choice)
    return choices


def _moved_to(copy, data):
    """What was sent, with the keys of the rows that the new change has in place of the former ones."""
    known = {
        "authorships": ("person", {str(row.person_id): row.pk for row in copy.authorships.all()}),
        "files": ("name", {row.name: row.pk for row in copy.files.all()}),
    }
    for prefix, (name, keys) in known.items():
        for number in range(int(data.get(f"{prefix}-TOTAL_FORMS") or 0)):
            place = f"{prefix}-{number}"
            if data.get(f"{place}-id"):
                data[f"{place}-id"] = str(keys.get(data.get(f"{place}-{name}"), ""))
            data[f"{place}-publication"] = str(copy.pk)
    state, at = unseal(data.get(OPENED, ""))
    for row in state.get("files", []):
        row["id"] = str(known["files"][1].get(row["name"], row["id"]))
    data[OPENED] = seal(state, at)
    return data
