# Which filters a list of publications has, and what each of them takes.
import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from publications import clock
from publications.dates import parse_period
from publications.models import ContentType, Publication, Topic
from publications.querysets import may_view_hidden
from publications.search import search

STATES = [
    ("draft", _("Draft")),
    ("in_review", _("In review")),
    ("scheduled", _("Scheduled")),
    ("published", pgettext_lazy("state", "Published")),
    ("withdrawn", _("Withdrawn")),
    ("removed", _("Removed")),
    ("merged", _("Merged")),
]


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


class PublicationFilter(django_filters.FilterSet):
    """q, type, topic, from, to, sort and, for staff, state. Each may be left out; type, topic and state
    may be given several times. An invalid value makes the whole form invalid, never a wider list."""

    q = django_filters.CharFilter(method="filter_words", label=_("Words"))
    type = django_filters.ModelMultipleChoiceFilter(
        queryset=ContentType.objects.all(), to_field_name="slug", method="filter_types", label=_("Type")
    )
    topic = django_filters.ModelMultipleChoiceFilter(
        queryset=Topic.objects.all(), to_field_name="slug", method="filter_topics", label=_("Topic")
    )
    state = django_filters.MultipleChoiceFilter(choices=STATES, method="filter_states", label=_("State"))
    sort = django_filters.ChoiceFilter(
        choices=[("oldest", _("Oldest first"))],
        empty_label=_("Newest first"),
        method="leave",
        label=_("Order"),
    )

    class Meta:
        model = Publication
        fields = []

    def __init__(self, data, queryset, *, user=None, now=None, fixed=()):
        super().__init__(data, queryset)
        self.now = now or clock.now()
        for name in {*fixed, *(() if may_view_hidden(user) else ("state",))}:
            del self.filters[name]

    def filter_queryset(self, queryset, leaving_out=()):
        for name, value in self.form.cleaned_data.items():
            if name not in leaving_out:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def filter_words(self, queryset, name, text):
        return search(queryset, text)

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
