# The kinds of publication.
from django.contrib import admin

from publications.admin.base import HubModelAdmin
from publications.admin.display import kind
from publications.admin.history import Versioned
from publications.models import ContentType


@admin.register(ContentType)
class ContentTypeAdmin(Versioned, HubModelAdmin):
    list_display = ["marked_name", "plural", "citation_family", "position"]
    list_display_links = ["marked_name"]
    search_fields = ["name", "plural"]
    fieldsets = [
        ("Name", {"fields": [("name", "plural")]}),
        ("In lists", {"fields": [("mark", "position")]}),
        ("For machines", {"fields": ["citation_family"]}),
        ("Address", {"fields": ["slug"]}),
    ]

    @admin.display(description="name", ordering="name")
    def marked_name(self, content_type):
        return kind(content_type)
