# What filters above the admin lists are made of. Each says in `chosen` what is in use, for the links that remove
# it: the words, and the pair of the query string.
from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib.admin import ListFilter, SimpleListFilter, site
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from publications.admin.autocomplete import words_for
from publications.admin.widgets import DateInput


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
        return [(f"{self.title.capitalize()}: {words}", (self.parameter_name, self.value()))]


class FormFilter(ListFilter):
    """Fields with an Apply button. What cannot be understood is explained beside the field and finds nothing."""

    form_class = None
    parameter_names = ()
    template = "admin/filters/form.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        typed = {
            name: list(filter(None, params.pop(name))) for name in self.parameter_names if name in params
        }
        self.used_parameters = {name: values for name, values in typed.items() if values}
        self.form = self.form_class(
            MultiValueDict(self.used_parameters),
            auto_id="filter_%s",
            label_suffix="",
            use_required_attribute=False,
        )
        for name in self.form.errors:
            # A date field would hide what is no date; as text it can be seen and corrected.
            if isinstance(self.form.fields[name], DateField):
                self.form.fields[name].widget.input_type = "text"

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.parameter_names)

    def choices(self, changelist):
        """The rest of the query string, which the form carries along."""
        return [pair for pair in changelist.pairs if pair[0] not in self.parameter_names]

    def queryset(self, request, queryset):
        return self.form.narrow(queryset) if self.form.is_valid() else queryset.none()

    @property
    def chosen(self):
        pairs = [(name, value) for name, values in self.used_parameters.items() for value in values]
        return [
            (f"{self.form.fields[name].label}: {self._words(name, value)}", (name, value))
            for name, value in pairs
        ]

    def _words(self, name, value):
        field = self.form.fields[name]
        if isinstance(field, ChosenField):
            return next((str(each) for each in field.chosen if str(each.pk) == value), value)
        return dict(getattr(field, "choices", ())).get(value, value)


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


class Chooser(AutocompleteSelectMultiple):
    """Shows what its field looked up, and looks up nothing more."""

    chosen = ()

    def optgroups(self, name, value, attr=None):
        options = [
            self.create_option(name, each.pk, words_for(each), True, number)
            for number, each in enumerate(self.chosen)
        ]
        return [(None, options, 0)]


class ChosenField(forms.ModelMultipleChoiceField):
    """Several rows, found by typing, as in the form where `field` is filled in. Costs one query."""

    def __init__(self, queryset, field, unknown, **kwargs):
        errors = {"invalid_choice": unknown, "invalid_pk_value": unknown}
        widget = Chooser(field, site)
        super().__init__(queryset, required=False, widget=widget, error_messages=errors, **kwargs)

    @property
    def chosen(self):
        return self.widget.chosen

    def clean(self, value):
        self.widget.chosen = list(super().clean(value))
        return self.widget.chosen


class DateRange(forms.Form):
    """From the first day to the last, both included."""

    ranges = {"published_at": ("from", "to", "From", "To")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for first, last, *labels in self.ranges.values():
            for name, label in zip((first, last), labels, strict=True):
                self.fields[name] = DateField(required=False, label=label)

    def clean(self):
        for first, last, *_ in self.ranges.values():
            start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if start and end and end < start:
                self.add_error(last, "The last day is before the first.")

    def narrow(self, rows):
        for field, (first, last, *_) in self.ranges.items():
            if start := self.cleaned_data[first]:
                rows = rows.filter(**{f"{field}__gte": midnight(start)})
            if end := self.cleaned_data[last]:
                rows = rows.filter(**{f"{field}__lt": midnight(end + timedelta(days=1))})
        return rows
