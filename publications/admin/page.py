# The institute's own pages: about, accessibility, privacy and the like.
from django import forms
from django.contrib import admin

from publications.admin.base import HubForm, HubModelAdmin
from publications.admin.display import day, quiet, status_mark
from publications.admin.filters import ChoiceFilter
from publications.admin.history import Versioned
from publications.models import Page


class PageForm(HubForm):
    class Meta:
        widgets = {"state": forms.RadioSelect, "description": forms.Textarea(attrs={"rows": 2})}


class PageStateFilter(ChoiceFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return Page.State.choices

    def narrow(self, rows, value):
        return rows.filter(state=value)


@admin.register(Page)
class PageAdmin(Versioned, HubModelAdmin):
    form = PageForm
    list_display = ["title", "shown", "address", "for_machines", "reviewed", "changed"]
    list_filter = [PageStateFilter]
    search_fields = ["title"]
    search_help_text = "Part of the title."
    fieldsets = [
        ("The page", {"fields": ["title", "description", "body"]}),
        ("When readers see it", {"fields": ["state", "reviewed_on"]}),
        ("For machines", {"fields": ["role"]}),
        ("Address", {"fields": ["slug"]}),
    ]

    def get_object(self, request, object_id, from_field=None):
        """Remembers what is stored, for the head of the page: a form that is refused changes the object."""
        page = super().get_object(request, object_id, from_field)
        if page:
            page.stored_title, page.stored_status = page.title, page.status
        return page

    @admin.display(description="state", ordering="state")
    def shown(self, page):
        return status_mark(page)

    @admin.display(ordering="slug")
    def address(self, page):
        return page.get_absolute_url()

    @admin.display(description="role", ordering="role")
    def for_machines(self, page):
        return page.get_role_display() or ""

    @admin.display(description="last reviewed", ordering="reviewed_on")
    def reviewed(self, page):
        return page.reviewed_on or quiet("Not reviewed")

    @admin.display(description="last changed", ordering="changed_at")
    def changed(self, page):
        return day(page.changed_at)
