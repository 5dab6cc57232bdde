# What the choosing fields answer while an editor types.
from django.contrib.admin.views.autocomplete import AutocompleteJsonView

from publications.admin.choices import choosable
from publications.admin.display import short_date
from publications.models import Publication, Topic


class HubAutocompleteView(AutocompleteJsonView):
    """Django's own, permission-checked, with the few words that tell two like names apart."""

    def process_request(self, request):
        term, *rest = super().process_request(request)
        return term.replace("\x00", ""), *rest

    def get_queryset(self):
        """Only what may be chosen: a form would refuse the rest."""
        found = choosable(super().get_queryset(), self.source_field, self.request.user)
        return found.select_related("parent") if found.model is Topic else found

    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": words_for(obj)}


def words_for(obj) -> str:
    if isinstance(obj, Publication):
        return f"{obj} · {short_date(obj.published_at) if obj.is_public else obj.status}"
    if isinstance(obj, Topic) and obj.parent:
        return f"{obj} · in {obj.parent}"
    return str(obj)
