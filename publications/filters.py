# Which filters a list of publications has, and what each of them takes.
from functools import cached_property

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _, gettext_noop, pgettext_lazy

from publications import clock
from publications.dates import Period, parse_period
from publications.listing.prepared import Prepared, some_keys, some_texts
from publications.listing.types import types_by_slug
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


SORTS = [
    (BEST, gettext_noop("Best match first")),
    (NEWEST, gettext_noop("Newest first")),
    (OLDEST, gettext_noop("Oldest first")),
]


_topics = Prepared(lambda slugs: Topic.objects.filter(slug__in=slugs), slugs=some_texts)
_topics_below = Prepared(
    lambda topics: TopicAncestry.objects.filter(ancestor__in=topics).values_list("topic"), topics=some_keys
)
MULTIPLE = {"type", "topic", "state"}


class PeriodField(forms.CharField):
    """A year, month or day as text, cleaned to a Period, or None."""

    def clean(self, value):
        text = value and value.strip()
        if not text:
            return None
        try:
            return parse_period(text)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error


class PeriodFilter(django_filters.Filter):
    field_class = PeriodField


class TypesField(forms.MultipleChoiceField):
    """Slugs, cleaned to types in their order."""

    def clean(self, value):
        types = types_by_slug()
        for slug in value:
            if slug not in types:
                raise _no_choice(self, slug)
        return [one for slug, one in types.items() if slug in value]


class TopicsField(forms.MultipleChoiceField):
    """Slugs, cleaned to topics in their order."""

    def clean(self, value):
        slugs = [slug for slug in value if "\x00" not in slug]
        found = _topics(slugs=slugs) if slugs else []
        known = {topic.slug for topic in found}
        for slug in value:
            if slug not in known:
                raise _no_choice(self, slug)
        return found


def _no_choice(field: forms.Field, value: str) -> forms.ValidationError:
    message = field.error_messages["invalid_choice"]
    return forms.ValidationError(message, code="invalid_choice", params={"value": value})


class TopicsFilter(django_filters.Filter):
    field_class = TopicsField


class TypesFilter(django_filters.Filter):
    field_class = TypesField


class PublicationFilter(django_filters.FilterSet):
    """q, type, topic, from, to, sort and, for staff, state. Each may be left out; type, topic and state
    may be given several times. An invalid value makes the whole of it invalid, never a wider list. Words
    are for a FoundList to look for.

    `values` are those that were given and understood, `errors` the sentences about the others, by name."""

    q = django_filters.CharFilter(method="leave")
    type = TypesFilter(method="filter_types")
    topic = TopicsFilter(method="filter_topics")
    state = django_filters.MultipleChoiceFilter(choices=STATES, method="filter_states")
    sort = django_filters.ChoiceFilter(choices=SORTS, method="leave")

    class Meta:
        model = Publication
        fields = []

    def __init__(self, data, *, user=None, now=None, fixed=()):
        """Not as a FilterSet begins: it copies its filters and makes a form of them, for every request, which
        takes ten times as long as their fields do, which are made once and hold nothing of a request."""
        self.data = data
        self.now = now or clock.now()
        self.shows_hidden = sees_hidden(user)
        left_out = {*fixed, *(() if self.shows_hidden else ("state",))}
        self.filters = {name: one for name, one in self.base_filters.items() if name not in left_out}
        self.values, self._errors = {}, {}
        for name, one in self.filters.items():
            if name in data:
                self._clean(name, one.field)

    def _clean(self, name: str, field: forms.Field) -> None:
        given = self.data.getlist(name) if name in MULTIPLE else self.data.get(name)
        try:
            self.values[name] = field.clean(given)
        except forms.ValidationError as error:
            self._errors[name] = error.messages

    @property
    def types(self) -> dict[str, ContentType]:
        """All types there are, by slug and in their order."""
        return types_by_slug()

    @property
    def errors(self) -> dict[str, list[str]]:
        return self._errors

    def is_valid(self) -> bool:
        return not self._errors

    def as_typed(self, name: str) -> str:
        """As its field shows it: a date as it was understood, or else as it was typed."""
        value = self.values.get(name)
        return value.in_short if isinstance(value, Period) else self.data.get(name, "")

    def filter_queryset(self, queryset, leaving_out=()):
        for name, value in self.values.items():
            if value and name not in leaving_out:
                narrowed = getattr(self, self.filters[name].method)
                queryset = narrowed(queryset, name, value)
        return queryset

    def within(self, leaving_out=()) -> Within:
        """The filters as the search index takes them, to the minute: it may let in what the queryset keeps
        out, never the other way round."""
        values = {name: value for name, value in self.values.items() if name not in leaving_out}
        last = None if self.shows_hidden else self.now
        states = ["published"] if not self.shows_hidden else values.get("state") or []
        states = {"published" if state == "scheduled" else state for state in states}
        groups = [
            [state_mark(state) for state in sorted(states)],
            [type_mark(content_type.pk) for content_type in values.get("type") or []],
            map(topic_mark, self.topics_within) if values.get("topic") else (),
        ]
        start, end = values.get("from"), values.get("to")
        if end:
            day_after = midnight(end.last, days=1)
            last = min(last or day_after, day_after)
        return Within(
            tuple(group for group in map(tuple, groups) if group),
            document_id(midnight(start.first)) if start else None,
            document_id(last) + ROOM_FOR_KEYS - 1 if last else None,
        )

    @cached_property
    def topics_within(self) -> list[int]:
        """The keys of the topics chosen and of those below them."""
        return sorted(
            {topic for (topic,) in _topics_below(topics=[topic.pk for topic in self.values["topic"]])}
        )

    def filter_types(self, queryset, name, content_types):
        return queryset.of_types(content_types)

    def filter_topics(self, queryset, name, topics):
        return queryset.in_any_topic(topics) if topics else queryset

    def filter_states(self, queryset, name, states):
        return queryset.in_states(states, self.now)

    def filter_from(self, queryset, name, period):
        return queryset.from_day(period.first)

    def filter_to(self, queryset, name, period):
        return queryset.until_day(period.last)

    def leave(self, queryset, name, value):
        return queryset


# Public names of query parameters, but no names for Python's class body.
PublicationFilter.base_filters["from"] = PeriodFilter(method="filter_from")
PublicationFilter.base_filters["to"] = PeriodFilter(method="filter_to")
