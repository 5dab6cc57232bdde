# The list of publications: its states as a summary, the words that are looked for, and the way to a day.
from calendar import monthrange
from datetime import date
from urllib.parse import parse_qsl

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.dateformat import format as format_date
from django.utils.http import urlencode
from django.utils.text import capfirst

from publications.admin.changelist import HubChangeList
from publications.admin.columns import TITLE
from publications.admin.counting import MOST_COUNTED, count_some, first_rows, in_words
from publications.admin.display import state_mark
from publications.admin.publication_filters import PublicationFilter, StateFilter, states
from publications.admin.saved_views import set_up
from publications.search import find
from publications.search.finding import NEWEST, Found


class PublicationChangeList(HubChangeList):
    """One query finds the words, at most two more where only beginnings of words or too many were found;
    one counts the states, all rows and the years."""

    @property
    def panel(self) -> PublicationFilter:
        return next(spec for spec in self.filter_specs if isinstance(spec, PublicationFilter))

    @property
    def chosen_states(self) -> list[str]:
        return next(spec.chosen_states for spec in self.filter_specs if isinstance(spec, StateFilter))

    def __init__(self, request, *args, **kwargs):
        self.set_up = set_up(request)
        super().__init__(request, *args, **kwargs)

    def get_filters_params(self, params=None):
        """The view in use is no filter of rows."""
        params = super().get_filters_params(params)
        return {name: values for name, values in params.items() if name not in {"view", "columns"}}

    @property
    def pairs(self):
        return [pair for pair in super().pairs if pair[0] != "columns"]

    @property
    def query_string(self) -> str:
        return urlencode(self.pairs)

    @property
    def tabs(self):
        """(words, address, whether it is open) of everything and of each view."""
        shown = self.set_up.view
        views = [(view.name, view.address, view == shown) for view in self.set_up.views]
        return [("All", "?view=0", not shown), *views]

    @property
    def opens_filters(self):
        """For what no tab chose, neither a state's nor a view's, and for what cannot be understood."""
        by_tabs = set(parse_qsl(self.set_up.view.query)) if self.set_up.view else set()
        if len(self.chosen_states) == 1:
            by_tabs.add(("state", *self.chosen_states))
        return bool(self.panel.form.errors) or not by_tabs.issuperset(pair for _, pair in self.chosen)

    @property
    def column_choice(self):
        """Each column: its name, words, place, and whether it shows; the shown ones first."""
        shown = [name for name in self.list_display if name in self.model_admin.all_columns]
        rest = [name for name in self.model_admin.all_columns if name not in shown]
        return [
            {
                "name": name,
                "words": capfirst(self.model_admin.column_words(name)),
                "place": place,
                "shows": name in shown,
                "always": name == TITLE,
            }
            for place, name in enumerate([*shown, *rest], 1)
        ]

    @property
    def exports(self):
        """(words, address) of each file: the columns of the list, or all there are."""
        return [
            (f"{form.upper()}, {words}", f"export.{form}?{urlencode([*self.pairs, ('columns', columns)])}")
            for form in ("csv", "xlsx")
            for columns, words in (("shown", "these columns"), ("all", "all columns"))
        ]

    # Words

    def get_queryset(self, request, exclude_parameters=None):
        self.filter_specs = self.get_filters(request)[0]
        if self.query.strip():
            request.found = self._found(within_states=not exclude_parameters)
        return super().get_queryset(request, exclude_parameters)

    def _found(self, within_states) -> Found:
        """Under the filters the index knows; of too many the newest, which are then looked for in the
        chosen states alone."""
        if not hasattr(self, "_found_in_all"):
            self._found_in_all = find(self.query, self.panel.within(["state"]))
            self.found = self._found_in_all
        if within_states and self.chosen_states and self._found_in_all.is_cut:
            self.found = Found(self._found_in_all.query, self.panel.within(), NEWEST)
            return self.found
        return self._found_in_all

    @property
    def too_many_found(self) -> bool:
        return bool(self.query.strip()) and self.found.is_cut

    def get_results(self, request):
        """With the types the filters know already: a join would have some databases begin at the types."""
        self.queryset = self.model_admin.reading(self.queryset, self.list_display)
        super().get_results(request)
        types = {each.pk: each for each in self.panel.form.types.values()}
        for row in self.result_list:
            if row.content_type_id in types:
                row.content_type = types[row.content_type_id]

    # Numbers

    def count_rows(self, request):
        """All rows of the list; in passing the states, and the years there are."""
        self.state_counts = {}
        rules = {key: rule for key, (_, rule) in states().items()}
        dated = self.root_queryset.filter(published_at__isnull=False)
        years = [
            dated.order_by(order).values(year=ExtractYear("published_at"))[:1]
            for order in ("published_at", "-published_at")
        ]
        others = self.get_queryset(request, ["state"])
        counts_each = self._counts_each
        lists = [others.filter(rule) for rule in rules.values()] if counts_each else [self.queryset]
        *counts, first, last = count_some(*lists, beside=years)
        self.years = range(int(first), int(last) + 1) if first else range(0)
        if counts_each:
            self.state_counts = dict(zip(rules, counts, strict=True))
            return sum(self.state_counts.get(key, 0) for key in self.chosen_states or rules)
        if not self._is_guess:
            self._count_among_first(others, rules)
        return counts[0]

    @property
    def _counts_each(self) -> bool:
        """Whether each state can be counted by itself without reading on and on: of all items, by an index,
        and of the few that hold the words."""
        return not self._is_guess if self.query.strip() else not self.panel.narrows_beyond_states

    @property
    def _is_guess(self) -> bool:
        """The newest of what was found say nothing about the others."""
        return bool(self.query.strip()) and self._found_in_all.is_cut

    def _count_among_first(self, rows, rules):
        """All of them where there are no more than are counted; of more, nothing can be said of a state."""
        counts = first_rows(rows).aggregate(**{key: Count("pk", filter=rule) for key, rule in rules.items()})
        if sum(counts.values()) <= MOST_COUNTED:
            self.state_counts = counts

    @property
    def summary(self):
        """Each state with its number: what all other filters leave of it."""
        counts = self.state_counts
        everything = sum(counts.values()) if counts or not self.chosen_states else None
        of_each = [self._tab(state_mark(words), key, counts.get(key)) for key, (words, _) in states().items()]
        return [self._tab("All", None, everything), *of_each]

    def _tab(self, words, key, number):
        return {
            "display": words,
            "count": "" if number is None else in_words(number),
            "selected": self.chosen_states == ([key] if key else []),
            "query_string": self.replaced({"state": key}),
        }

    # Dates

    @property
    def days(self):
        """The way down to a day: (words, address) of the years, of the months of the year that is chosen,
        or of the days of the month."""
        first, last = (self.panel.form.cleaned_data.get(name) for name in ("from", "to"))
        if not first or not last or last < first:
            return [
                (str(year), self._between(date(year, 1, 1), date(year, 12, 31)))
                for year in reversed(self.years)
            ]
        if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
            months = [date(first.year, month, 1) for month in range(1, 13)]
            return [(format_date(day, "F"), self._between(day, _month_end(day))) for day in months]
        if first.day == 1 and last == _month_end(first):
            days = [first.replace(day=number) for number in range(1, last.day + 1)]
            return [(format_date(day, "j F"), self._between(day, day)) for day in days]
        return []

    def _between(self, first, last):
        return self.replaced({"from": first.isoformat(), "to": last.isoformat()})


def _month_end(day):
    return day.replace(day=monthrange(day.year, day.month)[1])
