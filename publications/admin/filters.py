# The filters above the admin lists. Each says in `chosen` what is in use, for the links that remove it.
from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib.admin import ListFilter, SimpleListFilter, site
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from publications.admin.display import kind, state_mark
from publications.admin.widgets import DateInput
from publications.filters import STATES
from publications.listing.facets import count_states
from publications.models import ContentType, Publication, Topic
from publications.querysets import state_rules


class ChoiceFilter(SimpleListFilter):
    """A row of links, whose subclass has `narrow(rows, value)`. A value that is no choice finds nothing,
    rather than everything."""

    template = "admin/filters/choices.html"

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        known = self.value() in dict(self.lookup_choices)
        return self.narrow(queryset, self.value()) if known else queryset.none()

    @property
    def chosen(self):
        if not self.value():
            return []
        words = dict(self.lookup_choices).get(self.value(), f"“{self.value()}” (unknown)")
        return [(f"{self.title.capitalize()}: {words}", [self.parameter_name])]


def states(now=None):
    """Each state that people speak of: its name in addresses here, its words and its rule."""
    rules = state_rules(now)
    return {state.replace("_", "-"): (words, rules[state]) for state, words in STATES}


def state_counts(rows, now=None) -> dict[str, int]:
    """How many rows are in each state, and in "everything": one query."""
    counts = {state.replace("_", "-"): number for state, number in count_states(rows, now).items()}
    return counts | {"everything": sum(counts.values())}


class StateFilter(ChoiceFilter):
    """Stands above the list as its summary: the numbers count what all other filters leave."""

    title = "state"
    parameter_name = "state"
    template = "admin/filters/states.html"
    stands_apart = True
    chosen = ()

    def lookups(self, request, model_admin):
        return [(key, words) for key, (words, _) in states().items()]

    def narrow(self, rows, value):
        return rows.filter(states()[value][1])

    def choices(self, changelist):
        rows = changelist.get_queryset(self.request, exclude_parameters=[self.parameter_name])
        counts = state_counts(rows)
        for key, words in [(None, "All"), *self.lookup_choices]:
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": state_mark(words) if key else words,
                "count": counts[key or "everything"],
            }


class TypeFilter(ChoiceFilter):
    title = "type"
    parameter_name = "type"

    def lookups(self, request, model_admin):
        self.types = list(ContentType.objects.all())
        return [(each.slug, each.name) for each in self.types]

    def narrow(self, rows, value):
        return rows.filter(content_type__slug=value)

    def choices(self, changelist):
        everything, *types = super().choices(changelist)
        yield everything
        for choice, each in zip(types, self.types, strict=True):
            yield choice | {"display": kind(each)}


class FormFilter(ListFilter):
    """Fields with an Apply button. What cannot be understood is explained beside the field and finds nothing."""

    form_class = None
    parameter_names = ()
    template = "admin/filters/form.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        typed = {name: params.pop(name)[-1] for name in self.parameter_names if name in params}
        self.used_parameters = {name: value for name, value in typed.items() if value}
        self.form = self.form_class(self.used_parameters, auto_id="filter_%s", label_suffix="")
        for name in self.form.errors:
            # A date field would hide what is no date; as text it can be seen and corrected.
            self.form.fields[name].widget.input_type = "text"

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.parameter_names)

    def choices(self, changelist):
        """The rest of the query string, which the form carries along."""
        return [pair for pair in changelist.params.items() if pair[0] not in self.parameter_names]

    def queryset(self, request, queryset):
        return self.form.narrow(queryset) if self.form.is_valid() else queryset.none()

    @property
    def chosen(self):
        return [(self._words(name), [name]) for name in self.used_parameters]

    def _words(self, name):
        value = self.form.cleaned_data.get(name) if self.form.is_bound and not self.form.errors else None
        return f"{self.form.fields[name].label}: {value or self.used_parameters[name]}"


IN_OUR_CALENDAR = [
    MinValueValidator(date(1000, 1, 1), "Choose a year from 1000 on."),
    MaxValueValidator(date(9000, 1, 1), "Choose a year up to 9000."),
]


class DateField(forms.DateField):
    widget = DateInput
    default_validators = IN_OUR_CALENDAR
    default_error_messages = {"invalid": "This is not a date. Write it as 2026-11-12."}


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


class TopicChooser(AutocompleteSelect):
    def optgroups(self, name, value, attr=None):
        """What is no number cannot be looked up as a topic; the field's error says so."""
        numbers = [each for each in value if each.isdecimal() and len(each) < 19]
        return super().optgroups(name, numbers, attr)


def topic_chooser(choices=()):
    """For looking: among all topics, as those are that a topic can lie in."""
    return TopicChooser(Topic._meta.get_field("parent"), site, choices=choices)


class Dates(forms.Form):
    """From the first day to the last, both included."""

    date_field = "published_at"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= {
            "from": DateField(required=False, label="From"),
            "to": DateField(required=False, label="To"),
        }

    def clean(self):
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", "The last day is before the first.")

    def narrow(self, rows):
        if first := self.cleaned_data.get("from"):
            rows = rows.filter(**{f"{self.date_field}__gte": midnight(first)})
        if last := self.cleaned_data.get("to"):
            rows = rows.filter(**{f"{self.date_field}__lt": midnight(last + timedelta(days=1))})
        return rows


class TopicAndDates(Dates):
    """Topic with its subtopics, and publication dates."""

    topic = forms.ModelChoiceField(
        Topic.objects.all(),
        required=False,
        label="Topic",
        help_text="With all topics below it.",
        error_messages={"invalid_choice": "There is no such topic."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].widget = topic_chooser(self.fields["topic"].choices)

    def narrow(self, rows):
        topic = self.cleaned_data.get("topic")
        return super().narrow(rows).in_topic(topic) if topic else super().narrow(rows)


class TopicAndDatesFilter(FormFilter):
    title = "topic and date"
    form_class = TopicAndDates
    parameter_names = ("topic", "from", "to")


def wants():
    """What a published item should have and may lack, with the rule that finds those without."""
    image = Q(image__isnull=False)
    return {
        "summary": ("No summary", Q(summary="")),
        "topics": ("No topic", Q(topics__isnull=True)),
        "alt": ("Picture not described", image & Q(image__alternative_text="", image__is_decorative=False)),
        "file": ("Picture file awaited", image & Q(image__file="")),
        "rights": ("Picture no longer usable", Q(image__usable_until__lt=timezone.localdate())),
    }


class AttentionFilter(ChoiceFilter):
    title = "needs attention"
    parameter_name = "lacks"

    def lookups(self, request, model_admin):
        return [(key, words) for key, (words, _) in wants().items()]

    def narrow(self, rows, value):
        return rows.filter(wants()[value][1], state=Publication.State.PUBLISHED)
