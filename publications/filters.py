# Which filters a list of publications has, and what each of them takes.
from functools import cached_property

from django import forms
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from publications import clock
from publications.dates import Period, parse_period
from publications.listing.kept import Kept
from publications.listing.prepared import Prepared
from publications.models import ContentType, Topic, TopicAncestry
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


_types_in_order = Prepared(ContentType.objects.all)
_types = Kept(
    lambda: {one.slug: one for one in _types_in_order()}
)  # all there are, by slug and in their order


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


class TypesField(forms.MultipleChoiceField):
    """Slugs, cleaned to types in their order. `types` are all there are, by slug."""

    def __init__(self, types, **kwargs):
        super().__init__(**kwargs)
        self.types = types

    def valid_value(self, value):
        return value in self.types

    def clean(self, value):
        chosen = super().clean(value)
        return [one for slug, one in self.types.items() if slug in chosen]


NAMES = ("q", "type", "topic", "state", "sort", "from", "to")
MULTIPLE = {"type", "topic", "state"}
FIELDS = {
    "q": forms.CharField(required=False),
    "topic": forms.ModelMultipleChoiceField(Topic.objects.all(), to_field_name="slug", required=False),
    "state": forms.MultipleChoiceField(choices=STATES, required=False),
    "sort": forms.ChoiceField(choices=SORTS, required=False),
    "from": PeriodField(required=False),
    "to": PeriodField(required=False),
}
NARROWED_BY = {
    "type": lambda rows, types, now: rows.of_types(types),
    "topic": lambda rows, topics, now: rows.in_any_topic(topics),
    "state": lambda rows, states, now: rows.in_states(states, now),
    "from": lambda rows, period, now: rows.from_day(period.first),
    "to": lambda rows, period, now: rows.until_day(period.last),
}


class PublicationFilter:
    """q, type, topic, from, to, sort and, for staff, state. Each may be left out; type, topic and state
    may be given several times. An invalid value makes the whole of it invalid, never a wider list. Words
    are for a FoundList to look for.

    `values` are those that were given and understood, `errors` the sentences about the others, by name. It is no
    form: one is made anew for every request, which takes ten times as long."""

    def __init__(self, data, *, user=None, now=None, fixed=()):
        self.data = data
        self.now = now or clock.now()
        self.shows_hidden = sees_hidden(user)
        self.names = [name for name in NAMES if name not in fixed and (name != "state" or self.shows_hidden)]
        self.values, self.errors = {}, {}
        for name in self.names:
            if name in data:
                self._clean(name)

    def _clean(self, name: str) -> None:
        field = TypesField(self.types, required=False) if name == "type" else FIELDS[name]
        given = self.data.getlist(name) if name in MULTIPLE else self.data.get(name)
        try:
            self.values[name] = field.clean(given)
        except forms.ValidationError as error:
            self.errors[name] = error.messages

    @cached_property
    def types(self) -> dict[str, ContentType]:
        return _types()

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def as_typed(self, name: str) -> str:
        """As its field shows it: a date as it was understood, or else as it was typed."""
        value = self.values.get(name)
        return value.in_short if isinstance(value, Period) else self.data.get(name, "")

    def filter_queryset(self, queryset, leaving_out=()):
        for name, narrowed in NARROWED_BY.items():
            if (value := self.values.get(name)) and name not in leaving_out:
                queryset = narrowed(queryset, value, self.now)
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
        chosen = TopicAncestry.objects.filter(ancestor__in=self.values["topic"])
        return [topic_mark(pk) for pk in chosen.order_by("topic").values_list("topic", flat=True).distinct()]
