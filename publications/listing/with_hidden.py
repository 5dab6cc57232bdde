# The list of everything as staff have it: what readers see, out of the entries, and among it what readers do not see,
# which is read whole and counted here. So it costs what is hidden, and not what is public.
import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from functools import cached_property

from django.db.models import F, Q

from publications.listing.counts import MOMENT
from publications.listing.entries import EntryList
from publications.listing.facets import fullest_topics
from publications.listing.tables import Row, TableList
from publications.listing.topics import listed_in
from publications.models import Entry, Publication
from publications.models.entry import EVERYTHING
from publications.models.standing import State
from publications.search.finding import among_keys, text_of_keys
from publications.statements import ask

TOPICS = Publication.topics.through._meta.db_table
# What has no date yet stands before all that has one.
LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


class HiddenRows:
    """What readers do not see now of these publications, under filters. `types`, `topics` and `states` are those
    chosen, none for all of them; `start` is the first moment they may be dated, `end` the first that is too late."""

    def __init__(self, publications, now, *, types, topics, states, start, end):
        self.publications, self.now = publications, now
        tests: dict[str, Callable[[Row], bool]] = {
            "type": types and (lambda row: row.type in types),
            "topic": topics and (lambda row: not self.topics[row.key].isdisjoint(topics)),
            "state": states and (lambda row: row.state in states),
            "date": (start or end) and (lambda row: (start or row.date) <= row.date < (end or LATEST)),
        }
        self.tests = {name: test for name, test in tests.items() if test}

    @cached_property
    def everything(self) -> list[Row]:
        scheduled = Entry.objects.filter(topic=EVERYTHING, published_at__gt=self.now).values("publication")
        # One after the other: of all states at once SQLite believes that they are most of what there is.
        rules = [Q(pk__in=scheduled), *(Q(state=state) for state in State if state != State.PUBLISHED)]
        columns = "published_at", "pk", "content_type_id", "state"
        first, *others = (self.publications.filter(rule).order_by().values_list(*columns) for rule in rules)
        rows = first.union(*others, all=True)
        return [
            Row(date or LATEST, key, kind, "scheduled" if state == "published" else state)
            for date, key, kind, state in rows
        ]

    @cached_property
    def topics(self) -> dict[int, frozenset[int]]:
        """In which topics each is listed."""
        direct: dict[int, list[int]] = {row.key: [] for row in self.everything}
        condition, keys = among_keys("publication_id"), text_of_keys(direct)
        for key, topic in ask(f"SELECT publication_id, topic_id FROM {TOPICS} WHERE {condition}", [keys]):
            direct[key].append(topic)
        find = listed_in()
        return {key: find(tuple(topics)) for key, topics in direct.items()}

    def under(self, leaving_out: str = "") -> list[Row]:
        tests = [test for name, test in self.tests.items() if name != leaving_out]
        return [row for row in self.everything if all(test(row) for test in tests)]

    @cached_property
    def newest_first(self) -> list[Row]:
        return sorted(self.under(), reverse=True)

    @cached_property
    def type_counts(self) -> Counter[int]:
        return Counter(row.type for row in self.under("type"))

    def count_years(self) -> Counter[int]:
        return Counter(row.year for row in self.under("date") if row.date != LATEST)

    def count_by_topic(self) -> Counter[int]:
        return Counter(topic for row in self.under("topic") for topic in self.topics[row.key])

    def count_states(self) -> Counter[str]:
        return Counter(row.state for row in self.under("state"))


class WithHidden(TableList):
    """`matching` is the list as a queryset, `hidden` what readers do not see of it; `public` gives what they see, from a
    moment on or in all, under the same filters but that of states, of which those chosen may leave it out."""

    def __init__(
        self, matching, types, public: Callable[..., EntryList], hidden: HiddenRows, *, shows_public
    ):
        super().__init__(matching, types)
        self.public_from, self.hidden, self.shows_public = public, hidden, shows_public

    @cached_property
    def public(self) -> EntryList:
        return self.public_from()

    # Counts

    @cached_property
    def type_counts(self) -> Counter[int]:
        return self._with_public(self.hidden.type_counts, lambda: self.public.type_counts)

    def count_years(self) -> dict[int, int]:
        return dict(sorted(self._with_public(self.hidden.count_years(), self.public.count_years).items()))

    def count_topics(self):
        return fullest_topics(self._with_public(self.hidden.count_by_topic(), self.public.count_by_topic))

    def count_states(self, now) -> Counter[str]:
        return self.hidden.count_states() + Counter(published=self.public.total)

    def _with_public(self, counts: Counter, count_public) -> Counter:
        return counts + Counter(count_public()) if self.shows_public else counts

    # Rows

    def rows(self, *, oldest_first: bool = False):
        date = F("published_at")
        if oldest_first:
            return self.matching().order_by(date.asc(nulls_last=True), "pk")
        return self.matching().order_by(date.desc(nulls_first=True), "-pk")

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list[Publication]:
        if not oldest_first:
            return self._newest(start, length)
        # Newest first, counted from the other end.
        length = min(length, self.total - start)
        return self._newest(self.total - start - length, length)[::-1]

    def _newest(self, skipped: int, length: int) -> list[Publication]:
        hidden = self.hidden.newest_first
        first = bisect_left(range(min(len(hidden), skipped)), skipped, key=self._place)
        keys = [row.key for row in hidden[first : first + length]]
        cards = [*Publication.objects.filter(pk__in=keys).for_cards()] if keys else []
        if self.shows_public and skipped - first < self.public.total:
            cards += self.public.cards(skipped - first, length)
        return sorted(cards, key=lambda card: (card.published_at or LATEST, card.pk), reverse=True)[:length]

    def _place(self, number: int) -> int:
        """How many come before this one of the hidden rows: those of the hidden, and of the public the later ones and of
        the same moment those of higher keys."""
        date, key, *_ = self.hidden.newest_first[number]
        if not self.shows_public or date >= self.public.end:
            return number
        then = self.public_from(start=date, end=date + MOMENT).rows().filter(pk__gt=key)
        return number + self.public_from(start=date + MOMENT).total + then.count()
