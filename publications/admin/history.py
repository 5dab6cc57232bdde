# For the admin of whatever has versions: every form that is saved is recorded, its history page tells of it, and any
# two versions are set beside each other.
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from publications.admin.display import moment_in_words
from publications.admin.timeline import lines_of, timeline
from publications.history import compared, record, recording, said_of, snapshot, snapshot_of, versions_of
from publications.history.blocks import NAMES

MOST_TO_CHOOSE = 200


class Versioned:
    def get_urls(self):
        view = self.admin_site.admin_view(self.compare_view)
        address = path("<path:object_id>/history/compare/", view, name=self._named("compare"))
        return [address, *super().get_urls()]

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

    def history_view(self, request, object_id, extra_context=None):
        page = super().history_view(request, object_id, extra_context)
        if item := getattr(page, "context_data", {}).get("object"):
            events = timeline(item, request.GET.get(PAGE_VAR))
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
        before, after = snapshot_of(old), snapshot_of(new) if new else snapshot(item)
        fields, parts = compared(self.model, before, after)
        context = self.admin_site.each_context(request) | {
            "title": f"What changed: {item}",
            "item": item,
            "opts": self.opts,
            "old": old,
            "new": new,
            "fields": fields,
            "parts": parts,
            "kinds": NAMES,
            "choices": _choices(item, old, new),
        }
        return TemplateResponse(request, "admin/compare.html", context)

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


def _choices(item, *chosen):
    """(key, words) of the newest versions, and of those that are chosen."""
    newest = versions_of(item).select_related("revision").defer("serialized_data")[:MOST_TO_CHOOSE]
    versions = {version.pk: version for version in newest} | {each.pk: each for each in chosen if each}
    return [(version.pk, _title(version)) for version in sorted(versions.values(), key=lambda one: -one.pk)]


def _title(version) -> str:
    said = said_of(version)
    words = [moment_in_words(version.revision.date_created), said["by"], lines_of(version)[0]]
    return ", ".join(word for word in words if word)[:120]
