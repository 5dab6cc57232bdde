# One list under the filters of a query string. A page, a feed and an export of the same query string show
# the same rows and the same count, because all of them ask a FilteredList.
from collections.abc import Iterator
from functools import cached_property, partial
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import get_language_bidi, gettext as _

from publications import clock
from publications.filters import SORTS, STATES, PublicationFilter
from publications.found_list import FoundList
from publications.listing import facets, histogram, paging
from publications.listing.entries import EntryList
from publications.listing.paging import PER_PAGE, Page, in_batches, page_count, page_numbers, read_page_number
from publications.listing.several_topics import MOST_TOPICS, list_of_topics
from publications.listing.tables import ShortList, TableList
from publications.listing.with_hidden import HiddenRows, WithHidden
from publications.models import Publication, Topic
from publications.querysets import midnight
from publications.search.finding import BEST, NEWEST, OLDEST, as_keys
from publications.search.query import within_quotes


class FilteredList:
    """A queryset of publications, or a function that gives it, under the filters of a query string.

    `fixed` names the filters the page itself decides (a topic's page has no topic filter). `scope` is what
    EntryList calls the same list, for lists that have entries. When the query string cannot be understood,
    `is_valid` is False, `errors` says why and the list is empty.
    """

    PARAMETERS = ("q", "type", "topic", "from", "to", "state", "sort")

    def __init__(self, queryset, params, *, path="", user=None, now=None, fixed=(), scope=None):
        self._same_list = partial(
            FilteredList, queryset, path=path, user=user, now=now, fixed=fixed, scope=scope
        )
        self.now = now or clock.now()
        self.path = path
        self._queryset, self._user, self.scope = queryset, user, scope
        self.filterset = PublicationFilter(params, user=user, now=self.now, fixed=fixed)
        self.is_valid = self.filterset.is_valid()
        self.values = self.filterset.values  # those that were given and understood
        self.default_sort = BEST if self.values.get("q") else NEWEST
        self.sort = self.values.get("sort") or self.default_sort
        self.parameters = self._clean_parameters()
        self.page_text = params.get("page", "").strip()

    @cached_property
    def everything(self):
        return self._queryset() if callable(self._queryset) else self._queryset

    @cached_property
    def base(self):
        return self.everything.visible_to(self._user, self.now)

    @property
    def errors(self) -> dict[str, list[str]]:
        errors = dict(self.filterset.errors)
        if not self.page_number:
            errors["page"] = [_("“%(text)s” is not a page number.") % {"text": self.page_text}]
        return errors

    # Rows

    def matching(self, leaving_out=()):
        return self.filterset.filter_queryset(self.base, leaving_out)

    @cached_property
    def source(self) -> EntryList | TableList | FoundList:
        """Where rows and counts come from. Entries know topics, types and dates of what is public; the index
        of the search knows words."""
        words, topics, states = (self.values.get(name) for name in ("q", "topic", "state"))
        types = self.chosen_types if "type" in self.filterset.filters else None
        shows_hidden = self.filterset.shows_hidden
        if words:
            without_words = self.scope == {} and not shows_hidden and self._without_words
            return FoundList(self.filterset, lambda: self.base, types, without_words)
        first, last = self.values.get("from"), self.values.get("to")
        dates = {"start": first and midnight(first.first), "end": last and midnight(last.last, days=1)}
        if self.scope is None and not shows_hidden:
            return ShortList(self.matching, types, **dates)
        if self.scope is None or len(topics or ()) > MOST_TOPICS:
            return TableList(self.matching, types)
        scope = self.scope | dates | ({"types": types} if types else {})
        chosen = [topic.pk for topic in topics or ()]
        public = partial(list_of_topics, self.now, chosen, **scope)
        if not shows_hidden:
            return public()
        theirs = self.everything.theirs(self._user)
        hidden = HiddenRows(theirs, self.now, types=types, topics=chosen, states=states, **dates)
        return WithHidden(
            self.matching, types, public, hidden, shows_public=not states or "published" in states
        )

    def _without_words(self, name: str) -> EntryList | TableList:
        """This list without its words and a filter."""
        others = [pair for pair in self.parameters if pair[0] not in ("q", name)]
        return self._same_list(QueryDict(urlencode(others))).source

    @property
    def chosen_types(self) -> list[int]:
        return [content_type.pk for content_type in self.values.get("type") or []]

    @property
    def ordered(self):
        """All rows, as a queryset."""
        return self.source.rows(oldest_first=self.sort == OLDEST) if self.is_valid else self.base.none()

    def read(self, first: int, further: int, prepare) -> Iterator[list]:
        """All rows but what is hidden meanwhile, so many at first and so many at a time then, by queries that
        end at once. Keeps none that it has given."""
        keys = self.source.keys(oldest_first=self.sort == OLDEST) if self.is_valid else ()
        yield from filter(None, map(partial(self._read_some, prepare), in_batches(keys, first, further)))

    def _read_some(self, prepare, keys) -> list:
        # Without what makes them of this list, which is known: PostgreSQL would begin with all that it holds.
        rows = Publication.objects.visible_to(self._user, self.now).filter(pk__in=as_keys(keys)).order_by()
        found = {row.pk: row for row in prepare(rows)}
        return [found[key] for key in keys if key in found]

    def slice(self, start: int, length: int):
        """Some rows, as a queryset that does not read those before them. The start must be a row, or 0."""
        if not self.is_valid:
            return self.base.none()
        return self.source.slice(start, length, oldest_first=self.sort == OLDEST)

    @cached_property
    def total(self) -> int:
        return self.source.total if self.is_valid else 0

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
        start, oldest_first = (self.page_number - 1) * PER_PAGE, self.sort == OLDEST
        rows = self.source.cards(start, PER_PAGE, oldest_first=oldest_first) if start < self.total else []
        return Page(self.page_number, page_count(self.total), self.total, rows)

    @property
    def numbers(self) -> list[tuple[int | None, str]]:
        """(page number, its address) for the pager; None for a gap."""
        return [(n, self.url(page=n) if n else "") for n in page_numbers(self.page.number, self.page.pages)]

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page.number - 1) if self.page.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page.number + 1) if self.page.number < self.page.pages else ""

    # What words found

    @property
    def is_cut(self) -> bool:
        """Whether more was found than is listed: the total is then the number of those that are."""
        return isinstance(self.source, FoundList) and self.source.is_cut()

    @property
    def sort_choices(self) -> list[tuple[str, str]]:
        return [choice for choice in SORTS if choice[0] != BEST or self.values.get("q")]

    @cached_property
    def uncounted(self) -> list[str]:
        """The filters whose choices have no counts, since more was found than is looked at."""
        names = ["type", "topic", "state"] if isinstance(self.source, FoundList) else []
        return [name for name in names if self.source.is_cut([name])]

    # Counts beside the filters: each under all filters but its own

    @property
    def type_counts(self) -> list[facets.TypeCount]:
        """Of each type that occurs here, in the types' order."""
        counts = self.source.type_counts
        types = self.filterset.types.values()
        return [facets.TypeCount(one, counts[one.pk]) for one in types if counts.get(one.pk)]

    @property
    def topic_choices(self) -> list[tuple]:
        """(topic, count, whether chosen), the chosen first, then the fullest."""
        chosen = {topic.pk: topic for topic in self.values.get("topic") or []}
        counts = {topic.pk: topic.count for topic in self.topic_counts}
        rest = [(topic, topic.count, False) for topic in self.topic_counts if topic.pk not in chosen]
        return [(topic, counts.get(pk, 0), True) for pk, topic in chosen.items()] + rest

    @property
    def state_choices(self) -> list[tuple]:
        counts = self.source.count_states(self.now)
        return [(state, name, counts.get(state, 0)) for state, name in STATES]

    @cached_property
    def type_choices(self) -> list[tuple]:
        """(type, count, whether chosen) of each type that occurs here, and of each that is chosen."""
        chosen = {content_type.pk: content_type for content_type in self.values.get("type") or []}
        rows = [(row.content_type, row.count, row.content_type.pk in chosen) for row in self.type_counts]
        found = {content_type.pk for content_type, *rest in rows}
        return rows + [(chosen[pk], 0, True) for pk in chosen if pk not in found]

    @cached_property
    def year_counts(self) -> dict[int, int]:
        return self.source.count_years()

    @cached_property
    def topic_counts(self) -> list[Topic]:
        return self.source.count_topics()

    @property
    def first_year(self) -> int | None:
        """The earliest year of the whole list, where the years are those of the whole list."""
        narrowed = any(key in {"q", "type", "topic", "state"} for key, _ in self.parameters)
        return None if narrowed else min(self.year_counts, default=None)

    @cached_property
    def histogram(self):
        parts = self.url(**{"from": "YEAR", "to": "YEAR"}).rsplit("=YEAR", 2)  # once for all years
        return histogram.draw(
            self.year_counts,
            self._chosen_years(),
            lambda year: f"={year}".join(parts),
            mirrored=get_language_bidi(),
        )

    def _chosen_years(self) -> tuple[int, int] | None:
        start, end = self.values.get("from"), self.values.get("to")
        if not (start or end) or not self.year_counts:
            return None
        first = start.first.year if start else min(self.year_counts)
        return first, end.last.year if end else max(self.year_counts)

    # Addresses

    def _clean_parameters(self) -> list[tuple[str, str]]:
        """The query in its one canonical form: known keys in a fixed order, no blanks, no page."""
        values = self.values
        pairs = [("q", " ".join((values.get("q") or "").split()))]
        pairs += [("type", content_type.slug) for content_type in values.get("type") or []]
        pairs += [("topic", topic.slug) for topic in values.get("topic") or []]
        pairs += [("from", str(values.get("from") or "")), ("to", str(values.get("to") or ""))]
        pairs += [("state", state) for state in values.get("state") or []]
        pairs += [("sort", "" if self.sort == self.default_sort else self.sort)]
        return [(key, value) for key, value in pairs if value]

    @property
    def is_filtered(self) -> bool:
        return any(key != "sort" for key, _ in self.parameters)

    def url(self, *, without: tuple[str, str] | None = None, page: int = 1, **changes) -> str:
        """The address of this list with parameters replaced (`changes`) or one taken out (`without`)."""
        query = self.query
        if changes or without:
            pairs = [pair for pair in self.parameters if pair[0] not in changes and pair != without]
            if new := [(key, value) for key, value in changes.items() if value]:
                pairs = sorted(pairs + new, key=lambda pair: self.PARAMETERS.index(pair[0]))
            query = paging.write_query(pairs)
        if page > 1:
            query += f"{'&' if query else '?'}page={page}"
        return self.path + query

    def at(self, address: str) -> "FilteredList":
        """The same list under the filters of another of its addresses."""
        return self._same_list(QueryDict(address.partition("?")[2]))

    @cached_property
    def query(self) -> str:
        """The end of the address of another form of this list: “?type=report”, or nothing."""
        return paging.write_query(self.parameters)

    @property
    def canonical_url(self) -> str:
        return self.url(page=self.page.number)

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """(words, address without it) for each filter in use."""
        pairs = [pair for pair in self.parameters if pair[0] != "sort"]
        return [(self._in_words(*pair), self.url(without=pair)) for pair in pairs]

    def _in_words(self, name: str, value: str) -> str:
        if name == "q":
            return _("“%(words)s”") % {"words": within_quotes(value)}
        if name in ("from", "to"):
            sentence = _("From %(date)s") if name == "from" else _("To %(date)s")
            return sentence % {"date": self.values[name].in_words}
        if name == "state":
            return str(dict(STATES)[value])
        return next(one.name for one in self.values[name] if one.slug == value)
