# A list of the admin at any size: it counts no further than its pages go, is sorted by what an index is in the
# order of, and says in words which filters are in use.
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.paginator import InvalidPage
from django.db.models import F, OrderBy
from django.utils.http import urlencode
from django.utils.text import capfirst


class HubChangeList(ChangeList):
    @property
    def heading(self) -> str:
        return capfirst(self.opts.verbose_name_plural)

    def get_filters(self, request):
        """Asked for several times in one request; the filters look their choices up once."""
        if not hasattr(self, "_filters"):
            self._filters = super().get_filters(request)
        return self._filters

    def get_queryset(self, request, exclude_parameters=None):
        return self.model_admin.for_list(super().get_queryset(request, exclude_parameters))

    def get_results(self, request):
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        if (counted := self.count_rows(request)) is not None:
            self.paginator.counted = counted
        try:
            self.result_list = self._of_page(self.paginator.page(self.page_num).object_list)
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.result_count = self.paginator.count
        self.multi_page = self.result_count > self.list_per_page
        self.show_admin_actions = True
        self.can_show_all = self.show_full_result_count = False
        self.full_result_count = None

    def _of_page(self, rows):
        """What the list counts of each row is not counted of those on the pages before it."""
        return self.queryset.filter(pk__in=rows.values("pk")) if rows.query.annotations else rows

    def count_rows(self, request) -> int | None:
        """Where the page knows it already, so that nobody counts again."""

    # Order: by one column, which the address names, since each may have chosen other columns.

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The column, and whether its largest comes first."""
        order = self.params.get(ORDER_VAR, "")
        return order.removeprefix("-"), order.startswith("-")

    def get_ordering(self, request, queryset):
        ordering = self._chosen_ordering()
        ordering = ordering or list(self.model_admin.get_ordering(request) or self._get_default_ordering())
        return ordering if queryset.order_by(*ordering).totally_ordered else [*ordering, "-pk"]

    def _chosen_ordering(self):
        name, is_reversed = self.sorted_by
        field = self.get_ordering_field(name) if self._is_sortable(name) else None
        if not field:
            return []
        orders = [field.copy() if isinstance(field, OrderBy) else F(field).asc(), F("pk").asc()]
        for order in orders if is_reversed else ():
            order.reverse_ordering()
        return orders

    def _is_sortable(self, name):
        return name in self.model_admin.all_columns and (self.sortable_by is None or name in self.sortable_by)

    def get_ordering_field_columns(self):
        if ORDER_VAR not in self.params:
            return super().get_ordering_field_columns()
        name, is_reversed = self.sorted_by
        if not self._is_sortable(name) or name not in self.list_display:
            return {}
        return {self.list_display.index(name): "desc" if is_reversed else "asc"}

    def get_query_string(self, new_params=None, remove=None):
        if new_params and new_params.get(ORDER_VAR) is not None:
            new_params = new_params | {ORDER_VAR: self._by_name(new_params[ORDER_VAR])}
        return super().get_query_string(new_params, remove)

    def _by_name(self, numbers: str) -> str | None:
        """Django's heads of columns say “-3.1”: by the fourth column, then by the second."""
        first = numbers.partition(".")[0]
        number = first.removeprefix("-")
        return f"{'-' * first.startswith('-')}{self.list_display[int(number)]}" if number else None

    # What is in use

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query string, without the page and what was left empty."""
        return [(name, value) for name, values in self.filter_params.items() for value in values if value]

    @property
    def pairs_beside_words(self):
        return [pair for pair in self.pairs if pair[0] != SEARCH_VAR]

    @property
    def chosen(self) -> list[tuple[str, tuple[str, str]]]:
        """(words, pair of the query string) of each filter in use."""
        return [choice for spec in self.filter_specs for choice in getattr(spec, "chosen", [])]

    @property
    def chips(self):
        """(words, address without it) of each filter in use."""
        return [(words, self.without(lambda pair, one=one: pair == one)) for words, one in self.chosen]

    @property
    def opens_filters(self) -> bool:
        """Whether all filters show, and not only the words of those in use."""
        return bool(self.chosen)

    @property
    def without_filters(self):
        names = {name for spec in self.filter_specs for name in spec.expected_parameters()}
        return self.without(lambda pair: pair[0] in names)

    def without(self, is_dropped) -> str:
        return "?" + urlencode([pair for pair in self.pairs if not is_dropped(pair)])

    def replaced(self, values: dict[str, str | None]) -> str:
        """The address with these in the place of whatever it says of them; without what is None."""
        kept = [pair for pair in self.pairs if pair[0] not in values]
        return "?" + urlencode([*kept, *(pair for pair in values.items() if pair[1])])
