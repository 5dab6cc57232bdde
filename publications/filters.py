# Which filters a list of publications has, and what each of them takes.
from functools import cached_property

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from publications import clock
from publications.dates import parse_period
from publications.listing.prepared import Prepared
from publications.models import ContentType, Publication, Topic, TopicAncestry
from publications.querysets import midnight
from publications.search.documents import ROOM_FOR_KEYS, document_id, state_mark, topic_mark, type_mark
from publications.search.finding import BEST, NEWEST, OLDEST, Within
from publications.visibility import sees_hidden

STATES = [
    ("draft", _("Draft")),
    ("in_review", _("In review")),
    ("scheduled", _("Scheduled")),
    ("published", pgettext_lazy("state", "Published")),
    ("withdrawn", _("Withdrawn")),
    ("removed", _("Removed")),
    ("merged", _("Merged")),
]


SORTS = [(BEST, _("Best match first")), (NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))]


_all_types = Prepared(ContentType.objects.all)


class PeriodField(forms.CharField):
    """A year, month or day as text, cleaned to a Period, or None."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_period(text)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error


class PeriodFilter(django_filters.Filter):
    field_class = PeriodField


class TypesField(forms.MultipleChoiceField):
    """Slugs, cleaned to types in their order. `types` gives all of them by slug, when there is something to clean."""

    def __init__(self, *, types, **kwargs):
        super().__init__(**kwargs)
        self.types = types

    def valid_value(self, value):
        return value in self.types()

    def clean(self, value):
        chosen = super().clean(value)
        return (
            [content_type for slug, content_type in self.types().items() if slug in chosen] if chosen else []
        )


class TypesFilter(django_filters.Filter):
    field_class = TypesField


class PublicationFilter(django_filters.FilterSet):
    """q, type, topic, from, to, sort and, for staff, state. Each may be left out; type, topic and state
    may be given several times. An invalid value makes the whole form invalid, never a wider list. Words
    are for a FoundList to look for."""

    q = django_filters.CharFilter(method="leave", label=_("Words"))
    type = TypesFilter(method="filter_types", label=_("Type"))
    topic = django_filters.ModelMultipleChoiceFilter(
        queryset=Topic.objects.all(), to_field_name="slug", method="filter_topics", label=_("Topic")
    )
    state = django_filters.MultipleChoiceFilter(choices=STATES, method="filter_states", label=_("State"))
    sort = django_filters.ChoiceFilter(
        choices=SORTS, empty_label=_("Default"), method="leave", label=_("Order")
    )

    class Meta:
        model = Publication
        fields = []

    def __init__(self, data, *, user=None, now=None, fixed=()):
        super().__init__(data, Publication.objects)
        self.now = now or clock.now()
        self.filters["type"].extra["types"] = lambda: self.types
        self.shows_hidden = sees_hidden(user)
        for name in {*fixed, *(() if self.shows_hidden else ("state",))}:
            del self.filters[name]

    @cached_property
    def types(self) -> dict[str, ContentType]:
        """All types there are, by slug and in their order: one query for all that lists want of them."""
        return {content_type.slug: content_type for content_type in _all_types()}

    def filter_queryset(self, queryset, leaving_out=()):
        for name, value in self.form.cleaned_data.items():
            if name not in leaving_out:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def within(self, leaving_out=()) -> Within:
        """The filters as the search index takes them, to the minute: it may let in what the queryset keeps
        out, never the other way round."""
        values = {name: value for name, value in self.form.cleaned_data.items() if name not in leaving_out}
        last = None if self.shows_hidden else self.now
        states = ["published"] if not self.shows_hidden else values.get("state") or []
        states = {"published" if state == "scheduled" else state for state in states}
        groups = [
            [state_mark(state) for state in sorted(states)],
            [type_mark(content_type.pk) for content_type in values.get("type") or []],
            self._topic_marks if values.get("topic") else (),
        ]
        start, end = values.get("from"), values.get("to")
        if end:
            day_after = midnight(end.last, days=1)
            last = min(last or day_after, day_after)
        return Within(
            tuple(tuple(group) for group in groups if group),
            document_id(midnight(start.first)) if start else None,
            document_id(last) + ROOM_FOR_KEYS - 1 if last else None,
        )

    @cached_property
    def _topic_marks(self) -> list[str]:
        chosen = TopicAncestry.objects.filter(ancestor__in=self.form.cleaned_data["topic"])
        return [topic_mark(pk) for pk in chosen.order_by("topic").values_list("topic", flat=True).distinct()]

    def filter_types(self, queryset, name, content_types):
        return queryset.of_types(content_types) if content_types else queryset

    def filter_topics(self, queryset, name, topics):
        return queryset.in_any_topic(topics) if topics else queryset

    def filter_states(self, queryset, name, states):
        return queryset.in_states(states, self.now) if states else queryset

    def filter_from(self, queryset, name, period):
        return queryset.from_day(period.first)

    def filter_to(self, queryset, name, period):
        return queryset.until_day(period.last)

    def leave(self, queryset, name, value):
        return queryset


# Public names of query parameters, but no names for Python's class body.
PublicationFilter.base_filters["from"] = PeriodFilter(
    method="filter_from", label=pgettext_lazy("date", "From")
)
PublicationFilter.base_filters["to"] = PeriodFilter(method="filter_to", label=pgettext_lazy("date", "To"))
