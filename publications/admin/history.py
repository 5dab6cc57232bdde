# For the admin of whatever has versions: every form that is saved is recorded, and the history page tells of it.
from django.contrib.admin.views.main import PAGE_VAR

from publications.admin.timeline import timeline
from publications.history import record, recording


class Versioned:
    def changeform_view(self, request, *args, **kwargs):
        with recording(request.user):
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        record(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with recording(request.user, "", obj):
            super().delete_model(request, obj)

    def history_view(self, request, object_id, extra_context=None):
        page = super().history_view(request, object_id, extra_context)
        if item := getattr(page, "context_data", {}).get("object"):
            events = timeline(item, request.GET.get(PAGE_VAR))
            page.context_data["events"] = events
            page.context_data["page_range"] = events.paginator.get_elided_page_range(events.number)
        return page
