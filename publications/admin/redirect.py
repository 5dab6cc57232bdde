# Former addresses: to look at. They are written when an address changes, and kept for good.
from django.contrib import admin
from django.utils.html import format_html

from publications.admin.base import HubModelAdmin
from publications.admin.display import day
from publications.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(HubModelAdmin):
    list_display = ["slug", "leads_to", "what", "since"]
    list_select_related = ["publication", "topic", "person", "contenttype", "page"]
    search_fields = ["slug"]
    search_help_text = "Part of the former address."
    ordering = ["-created_at", "-pk"]
    fields = ["slug", "leads_to", "what", "since"]
    readonly_fields = ["slug", "leads_to", "what", "since"]
    view_on_site = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="leads to")
    def leads_to(self, redirect):
        return format_html('<a href="{}">{}</a>', redirect.target.get_absolute_url(), redirect.target)

    @admin.display(description="kind")
    def what(self, redirect):
        return redirect.target._meta.verbose_name.capitalize()

    @admin.display(description="since", ordering="created_at")
    def since(self, redirect):
        return day(redirect.created_at)
