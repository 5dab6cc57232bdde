# For the admin of whatever has versions: every form that is saved is recorded, its history page tells of it, and any
# two versions are set beside each other.
from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from reversion.errors import RevertError

from publications.admin.choices import name_for
from publications.admin.display import moment_in_words
from publications.admin.timeline import lines_of, timeline
from publications.history import (
    compared,
    latest_version,
    record,
    recording,
    restore,
    said_of,
    snapshot,
    snapshot_of,
    tried,
    versions_of,
)

MOST_TO_CHOOSE = 200
OVERTAKEN = "Somebody changed it meanwhile, so nothing was restored yet. Below is what would change now."
RESTORED = "it is as it was on {}. What was there before stands in its history."


class Versioned:
    def get_urls(self):
        pages = [
            ("history/compare/", self.compare_view, "compare"),
            ("history/<int:version>/restore/", self.restore_view, "restore"),
        ]
        addresses = [
            path(
                f"<path:object_id>/{end}",
                self.admin_site.admin_view(transaction.atomic(view)),  # what is sent here locks its item
                name=self._named(name),
            )
            for end, view, name in pages
        ]
        return [*addresses, *super().get_urls()]

    def _named(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    # What is recorded

    def changeform_view(self, request, *args, **kwargs):
        with recording(request.user):
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        record(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with recording(request.user, "", obj):
            super().delete_model(request, obj)

    # What is shown

    @transaction.atomic
    def history_view(self, request, object_id, extra_context=None):
        page = super().history_view(request, object_id, extra_context)
        if item := getattr(page, "context_data", {}).get("object"):
            events = timeline(item, request.GET.get(PAGE_VAR), self.names_parts(request))
            page.context_data["events"] = events
            page.context_data["page_range"] = events.paginator.get_elided_page_range(events.number)
            page.context_data["compare_url"] = reverse(f"admin:{self._named('compare')}", args=[item.pk])
        return page

    def compare_view(self, request, object_id):
        """One version beside another, or beside what is stored now; without `from`, beside the one before."""
        item = self._item_to_look_at(request, object_id)
        new = self._version(item, request.GET["to"]) if request.GET.get("to") else None
        old = (
            self._version(item, request.GET.get("from"))
            if "from" in request.GET or not new
            else _before(item, new)
        )
        context = {
            "title": f"What changed: {item}",
            "old": old,
            "new": new,
            "choices": _choices(item, self.names_parts(request), old, new),
        }
        try:
            found = self._differences(request, snapshot_of(old), snapshot_of(new) if new else snapshot(item))
        except RevertError as error:
            found = {"unreadable": str(error)}
        context["may_restore"] = "fields" in found and self.may_change(request, item)
        return self._page(request, item, "admin/compare.html", context | found)

    def restore_view(self, request, object_id, version):
        """Says what restoring it would change, and does it when that is confirmed."""
        item = self._item_to_look_at(request, object_id)
        if not self.may_change(request, item):
            raise PermissionDenied
        version = self._version(item, str(version))
        if request.method == "POST":
            return self._restore(request, item, version)
        context = {"title": f"Restore a version: {item}", "version": version, "present": latest_version(item)}
        try:
            then, lost = tried(item, version, request.user)
            context |= {"lost": lost} | self._differences(request, snapshot(item), then)
        except RevertError as error:
            context["unreadable"] = str(error)
        return self._page(request, item, "admin/restore.html", context)

    def _restore(self, request, item, version):
        moment = moment_in_words(version.revision.date_created)
        if request.POST.get("present") != str(latest_version(item).pk):
            self.message_user(request, OVERTAKEN, messages.WARNING)
            return HttpResponseRedirect(request.path)
        try:
            lost = restore(item, version, request.user, f"Restored the version of {moment}")
        except RevertError as error:
            self.message_user(request, f"Nothing was restored. {error}", messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.message_user(request, f"Restored: {RESTORED.format(moment)}", messages.SUCCESS)
        for sentence in lost:
            self.message_user(request, sentence, messages.WARNING)
        return HttpResponseRedirect(reverse(f"admin:{self._named('change')}", args=[item.pk]))

    def may_change(self, request, item):
        return self.has_change_permission(request, item)

    def names_parts(self, request) -> bool:
        """Whether what was said of its parts, when they changed, is for this person to read."""
        return True

    def _differences(self, request, before, after):
        fields, parts = compared(self.model, before, after, partial(name_for, request.user))
        return {"fields": fields, "parts": parts}

    def _page(self, request, item, template, context):
        context = self.admin_site.each_context(request) | {"item": item, "opts": self.opts} | context
        return TemplateResponse(request, template, context)

    def _item_to_look_at(self, request, object_id):
        item = self.get_object(request, unquote(object_id))
        if not item:
            raise Http404
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return item

    def _version(self, item, key):
        version = versions_of(item).filter(pk=key).first() if (key or "").isdecimal() else None
        if not version:
            raise Http404
        return version


def _before(item, version):
    """The version before it; itself when it is the first."""
    older = versions_of(item).filter(revision_id__lt=version.revision_id)
    return older.first() or version


def _choices(item, names_parts, *chosen):
    """(key, words) of the newest versions, and of those that are chosen."""
    newest = versions_of(item).select_related("revision").defer("serialized_data")[:MOST_TO_CHOOSE]
    versions = {version.pk: version for version in newest} | {each.pk: each for each in chosen if each}
    return [
        (version.pk, _title(version, names_parts))
        for version in sorted(versions.values(), key=lambda one: -one.pk)
    ]


def _title(version, names_parts) -> str:
    said = said_of(version)
    words = [moment_in_words(version.revision.date_created), said["by"], lines_of(version, names_parts)[0]]
    return ", ".join(word for word in words if word)[:120]
