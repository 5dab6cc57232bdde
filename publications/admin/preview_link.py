# Preview links: who outside may see which hidden item, and until when.
from django.contrib import admin
from django.utils.html import format_html

from publications.admin.base import HubModelAdmin
from publications.admin.display import day_and_time, quiet, state_mark
from publications.admin.filters import ChoiceFilter
from publications.models import PreviewLink


class WorksFilter(ChoiceFilter):
    title = "link"
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("works", "Works"), ("ended", "Ended")]

    def narrow(self, rows, value):
        working = rows.filter(pk__in=PreviewLink.objects.open())
        return working if value == "works" else rows.exclude(pk__in=PreviewLink.objects.open())


@admin.register(PreviewLink)
class PreviewLinkAdmin(HubModelAdmin):
    list_display = ["publication", "label", "state", "until", "by"]
    list_filter = [WorksFilter]
    list_select_related = ["publication", "created_by"]
    search_fields = ["label", "publication__title"]
    search_help_text = "Part of the label or of the title."
    ordering = ["-created_at", "-pk"]
    autocomplete_fields = ["publication"]
    fields = ["publication", "label", "expires_at", "is_ended", "address"]
    readonly_fields = ["address"]
    view_on_site = False

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:3]

    def get_readonly_fields(self, request, obj=None):
        """A link is for one item for good: whoever has it must not be shown another one."""
        return [*self.readonly_fields, "publication"] if obj else self.readonly_fields

    def get_object(self, request, object_id, from_field=None):
        if link := super().get_object(request, object_id, from_field):
            link.whole_address = request.build_absolute_uri(link.get_absolute_url())
        return link

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        """Links are ended, so that one can still see later who had one."""
        return False

    @admin.display(description="Address to send")
    def address(self, link):
        if not link.works:
            return quiet("This link has ended.")
        return format_html('<a href="{}">{}</a>', link.whole_address, link.whole_address)

    @admin.display(description="state")
    def state(self, link):
        return state_mark("Works" if link.works else "Ended")

    @admin.display(description="until", ordering="expires_at")
    def until(self, link):
        return day_and_time(link.expires_at)

    @admin.display(description="made by")
    def by(self, link):
        return link.created_by or ""
