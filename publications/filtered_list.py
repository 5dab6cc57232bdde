# One list under the filters of a query string. A page, a feed and an export of the same query string show
# the same rows and the same count, because all of them ask a FilteredList.
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import get_language_bidi, gettext as _

from publications import clock
from publications.dates import Period
from publications.filters import STATES, PublicationFilter
from publications.listing import facets, histogram
from publications.listing.paging import Page, get_page, page_count, page_numbers, read_page_number
from publications.models import Topic


class FilteredList:
    """A queryset of publications under the filters of a query string.

    `fixed` names the filters the page itself decides (a topic's page has no topic filter). When the
    query string cannot be understood, `is_valid` is False, `errors` says why and the list is empty.
    """

    PARAMETERS = ("q", "type", "topic", "from", "to", "state", "sort")

    def __init__(self, queryset, params, *, path="", user=None, now=None, fixed=()):
        self.now = now or clock.now()
        self.path = path
        self.base = queryset.visible_to(user, self.now)
        self.filterset = PublicationFilter(params, self.base, user=user, now=self.now, fixed=fixed)
        self.form = self.filterset.form
        self.is_valid = self.form.is_valid()
        self.values = self.form.cleaned_data  # of an invalid form: the fields that could be understood
        self.parameters = self._clean_parameters()
        self.page_text = params.get("page", "").strip()

    @property
    def errors(self) -> dict[str, list[str]]:
        errors = {name: list(messages) for name, messages in self.form.errors.items()}
        if not self.page_number:
            errors["page"] = [_("“%(text)s” is not a page number.") % {"text": self.page_text}]
        return errors

    # Rows

    def matching(self, leaving_out=()):
        return self.filterset.filter_queryset(self.base, leaving_out)

    @cached_property
    def ordered(self):
        rows = self.matching() if self.is_valid else self.base.none()
        return rows.oldest_first() if self.values.get("sort") == "oldest" else rows.newest_first()

    @cached_property
    def total(self) -> int:
        """Summed from the counts beside the types where the page shows these, so it costs no query."""
        if not self.is_valid:
            return 0
        if "type" not in self.filterset.filters:
            return self.matching().count()
        chosen = {content_type.pk for content_type in self.values.get("type") or []}
        return sum(row.count for row in self.type_counts if not chosen or row.content_type.pk in chosen)

    @cached_property
    def page_number(self) -> int | None:
        return read_page_number(self.page_text)

    @property
    def page_exists(self) -> bool:
        return not self.page_number or self.page_number <= page_count(self.total)

    @cached_property
    def page(self) -> Page:
        if not self.is_valid or not self.page_number:
            return Page(1, 1, 0, [])
        return get_page(self.ordered.for_cards(), self.page_number, self.total)

    @property
    def numbers(self) -> list[tuple[int | None, str]]:
        """(page number, its address) for the pager; None for a gap."""
        numbers = page_numbers(self.page.number, self.page.pages)
        return [(number, self.url(page=number) if number else "") for number in numbers]

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page.number - 1) if self.page.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page.number + 1) if self.page.number < self.page.pages else ""

    # Counts beside the filters: each under all filters but its own

    @cached_property
    def type_counts(self) -> list[facets.TypeCount]:
        return facets.count_types(self.matching(leaving_out=["type"]))

    @property
    def topic_choices(self) -> list[tuple]:
        """(topic, count, whether chosen), the chosen first, then the fullest."""
        chosen = {topic.pk: topic for topic in self.values.get("topic") or []}
        counts = {topic.pk: topic.count for topic in self.topic_counts}
        rest = [(topic, topic.count, False) for topic in self.topic_counts if topic.pk not in chosen]
        return [(topic, counts.get(pk, 0), True) for pk, topic in chosen.items()] + rest

    @property
    def state_choices(self) -> list[tuple]:
        return [(state, name, self.state_counts.get(state, 0)) for state, name in STATES]

    @property
    def type_choices(self) -> list[tuple]:
        """(type, count, whether chosen) of each type that occurs here, and of each that is chosen."""
        chosen = {content_type.pk: content_type for content_type in self.values.get("type") or []}
        rows = [(row.content_type, row.count, row.content_type.pk in chosen) for row in self.type_counts]
        found = {content_type.pk for content_type, *rest in rows}
        return rows + [(chosen[pk], 0, True) for pk in chosen if pk not in found]

    @cached_property
    def year_counts(self) -> dict[int, int]:
        return facets.count_years(self.matching(leaving_out=["from", "to"]))

    @cached_property
    def topic_counts(self) -> list[Topic]:
        return facets.count_topics(self.matching(leaving_out=["topic"]))

    @cached_property
    def state_counts(self) -> dict[str, int]:
        return facets.count_states(self.matching(leaving_out=["state"]), self.now)

    @property
    def first_year(self) -> int | None:
        """The earliest year of the whole list, where the years are those of the whole list."""
        narrowed = any(key in {"q", "type", "topic", "state"} for key, _ in self.parameters)
        return None if narrowed else min(self.year_counts, default=None)

    @cached_property
    def histogram(self):
        return histogram.draw(
            self.year_counts,
            self._chosen_years(),
            lambda year: self.url(**{"from": year, "to": year}),
            mirrored=get_language_bidi(),
        )

    def _chosen_years(self) -> tuple[int, int] | None:
        start, end = self.values.get("from"), self.values.get("to")
        if not (start or end) or not self.year_counts:
            return None
        first = start.first.year if start else min(self.year_counts)
        return first, end.last.year if end else max(self.year_counts)

    @property
    def date_fields(self) -> list[dict]:
        """Each date filter as its field shows it: as it was understood, or as it was typed with the error."""
        return [
            {
                "name": name,
                "label": self.form[name].label,
                "text": self._date_as_typed(name),
                "errors": self.form.errors.get(name, []),
            }
            for name in ("from", "to")
        ]

    def _date_as_typed(self, name) -> str:
        period = self.values.get(name)
        return period.in_short if period else self.form[name].value() or ""

    # Addresses

    def _clean_parameters(self) -> list[tuple[str, str]]:
        """The query in its one canonical form: known keys in a fixed order, no blanks, no page."""
        values = self.values
        pairs = [("q", " ".join((values.get("q") or "").split()))]
        pairs += [("type", content_type.slug) for content_type in values.get("type") or []]
        pairs += [("topic", topic.slug) for topic in values.get("topic") or []]
        pairs += [("from", str(values.get("from") or "")), ("to", str(values.get("to") or ""))]
        pairs += [("state", state) for state in values.get("state") or []]
        pairs += [("sort", values.get("sort") or "")]
        return [(key, value) for key, value in pairs if value]

    @property
    def is_filtered(self) -> bool:
        return any(key != "sort" for key, _ in self.parameters)

    def url(self, *, without: tuple[str, str] | None = None, page: int = 1, **changes) -> str:
        """The address of this list with parameters replaced (`changes`) or one taken out (`without`)."""
        pairs = [pair for pair in self.parameters if pair[0] not in changes and pair != without]
        pairs += [(key, value) for key, value in changes.items() if value]
        pairs.sort(key=lambda pair: self.PARAMETERS.index(pair[0]))
        if page > 1:
            pairs.append(("page", page))
        if moment := clock.other_moment():
            pairs.append(("at", clock.write_moment(moment)))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def query(self) -> str:
        """The end of the address of another form of this list: “?type=report”, or nothing."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def canonical_url(self) -> str:
        return self.url(page=self.page.number)

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """(words, address without it) for each filter in use."""
        words = {("q", dict(self.parameters).get("q")): _("“%(words)s”") % {"words": self.values.get("q")}}
        for content_type in self.values.get("type") or []:
            words["type", content_type.slug] = content_type.name
        for topic in self.values.get("topic") or []:
            words["topic", topic.slug] = topic.name
        for key, sentence in (("from", _("From %(date)s")), ("to", _("To %(date)s"))):
            if isinstance(period := self.values.get(key), Period):
                words[key, str(period)] = sentence % {"date": period.in_words}
        words |= {("state", state): str(dict(STATES)[state]) for state in self.values.get("state") or []}
        return [(words[pair], self.url(without=pair)) for pair in self.parameters if pair in words]
