# Authors: people and organisations whose names stand in bylines.
from django import forms
from django.contrib import admin

from publications.admin.base import HubForm, HubModelAdmin, folded_words
from publications.admin.counting import count_of, in_words
from publications.admin.display import quiet
from publications.admin.filters import ChoiceFilter
from publications.admin.history import Versioned
from publications.models import Authorship, Person, Publication
from publications.querysets import original_rule


class PersonForm(HubForm):
    class Meta:
        widgets = {"biography": forms.Textarea(attrs={"rows": 6})}
        labels = {"is_organisation": "This is an organisation"}
        help_texts = {
            "is_organisation": "It is then filed under its whole name.",
            "orcid": "Such as 0000-0002-1825-0097. Shown as a link on the person's page.",
        }


class SortFilter(ChoiceFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [("person", "People"), ("organisation", "Organisations")]

    def narrow(self, rows, value):
        return rows.filter(is_organisation=value == "organisation")


@admin.register(Person)
class PersonAdmin(Versioned, HubModelAdmin):
    form = PersonForm
    list_display = ["name", "filed_as", "works", "orcid"]
    list_filter = [SortFilter]
    search_fields = ["search_name"]
    search_help_text = "Words of the name. Case and accents do not count."
    fieldsets = [
        ("Name", {"fields": [("name", "sort_name"), "is_organisation"]}),
        ("On the person's page", {"fields": ["biography", "orcid"]}),
        ("Address", {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        works = Authorship.objects.filter(original_rule("publication__"))
        if not self.sees_all(request):
            works = works.filter(publication__in=Publication.objects.readable_by(request.user))
        return super().get_queryset(request).annotate(works=count_of(works, "person"))

    def get_search_results(self, request, queryset, search_term):
        for word in folded_words(search_term):
            queryset = queryset.filter(search_name__contains=word)
        return queryset, False

    @admin.display(description="filed as", ordering="sort_name")
    def filed_as(self, person):
        return person.sort_name

    @admin.display(description="publications", ordering="works")
    def works(self, person):
        if not person.works:
            return quiet("No publication")
        return f"{in_words(person.works)} publication{'s' if person.works != 1 else ''}"
