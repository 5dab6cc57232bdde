# What the choosing fields answer while an editor types.
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import get_user_model
from django.db.models import Q

from publications.admin.choices import choosable
from publications.admin.display import short_date
from publications.models import Publication, Topic
from publications.visibility import sees_hidden

CHANGED_BY = Publication._meta.get_field("changed_by")


class HubAutocompleteView(AutocompleteJsonView):
    """Django's own, permission-checked, with the few words that tell two like names apart."""

    def process_request(self, request):
        term, *rest = super().process_request(request)
        return term.replace("\x00", ""), *rest

    def has_perm(self, request, obj=None):
        """Who changed an item stands in its history, so colleagues can be looked for by whoever works on items."""
        return sees_hidden(request.user) if self._is_for_colleagues else super().has_perm(request, obj)

    @property
    def _is_for_colleagues(self):
        return self.source_field == CHANGED_BY

    def get_queryset(self):
        """Only what may be chosen: a form would refuse the rest."""
        if self._is_for_colleagues:
            return colleagues(self.term)
        found = choosable(super().get_queryset(), self.source_field, self.request.user)
        return found.select_related("parent") if found.model is Topic else found

    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": words_for(obj)}


def colleagues(term):
    """By their names alone: addresses of mail are for those who look after accounts."""
    rows = get_user_model().objects.filter(is_staff=True).order_by("last_name", "first_name", "pk")
    for word in term.split():
        rows = rows.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
        )
    return rows


def words_for(obj) -> str:
    if isinstance(obj, get_user_model()):
        return obj.get_full_name() or obj.get_username()
    if isinstance(obj, Publication):
        return f"{obj} · {short_date(obj.published_at) if obj.is_public else obj.status}"
    if isinstance(obj, Topic) and obj.parent:
        return f"{obj} · in {obj.parent}"
    return str(obj)
