# The rows and counts of a list under words, where the index of the search finds them.
from collections import Counter, defaultdict
from functools import cached_property
from itertools import chain

from publications.listing.facets import fullest_topics
from publications.listing.prepared import Prepared, some_keys
from publications.listing.tables import TableList
from publications.models import Publication, TopicAncestry
from publications.reading import connection
from publications.richtext import plain_text
from publications.search.finding import (
    BEST,
    NEWEST,
    OLDEST,
    Found,
    among_keys,
    as_keys,
    find,
    in_order_of,
)
from publications.search.highlighting import mark, passage, stems_in, stems_of
from publications.search.query import parse
from publications.search.spelling import correct

# The filters that say what is looked for; who looks is for all of them together.
NARROWING = ("type", "topic", "state", "from", "to")

_cards = Prepared(lambda keys: Publication.objects.filter(pk__in=keys).for_cards(), keys=some_keys)
_above = Prepared(lambda topics: TopicAncestry.objects.filter(topic__in=topics), topics=some_keys)


class FoundList(TableList):
    """The publications that hold the words of a filter form, under its other filters. At most a thousand
    are looked at: where there are more, the list `is_cut`, and its counts are no totals.

    Rows and counts under the same filters are taken from one look at the tables, `_passed`."""

    def __init__(self, filterset, base, types):
        super().__init__(self._matching, types)
        self.filterset, self.base = filterset, base
        values = filterset.values
        self.text, self.sort = values["q"], values.get("sort") or BEST
        self.narrowed_by = frozenset(name for name in NARROWING if values.get(name))
        self._found: dict[frozenset, Found] = {}
        self._types: dict[frozenset, dict[int, int]] = {}

    @cached_property
    def query(self):
        """As it is meant: when nothing holds the words as they were typed, the last one may be the beginning of
        a word."""
        query = parse(self.text)
        if not query.beginning:
            return query
        found = find(self.text, self.filterset.within(leaving_out=NARROWING), self.sort)
        self._found[frozenset()] = found
        return found.query

    def found(self, leaving_out=()) -> Found:
        """Asked once for each set of filters, however many counts are taken under them, and not at all where
        everything was found without filters."""
        query, narrowed_by = self.query, self.narrowed_by.difference(leaving_out)
        if narrowed_by not in self._found:
            within, everywhere = self.filterset.within(leaving_out), self._found.get(frozenset())
            is_known = everywhere and not everywhere.is_cut
            found = everywhere.narrowed(within) if is_known else Found(query, within, self.sort)
            self._found[narrowed_by] = found
        return self._found[narrowed_by]

    def _matching(self, leaving_out=()):
        found = self.found(leaving_out)
        return self._let_pass(found.newest if leaving_out else found.pks, leaving_out)

    def _let_pass(self, pks, leaving_out=()):
        """Those of these publications that stand under the filters. Which of them are of a topic is asked first: in
        one question, PostgreSQL would begin with all that the topic holds."""
        if self.filterset.values.get("topic") and "topic" not in leaving_out:
            pks = _within_topics(pks, self.filterset.topics_within)
        rows = self.filterset.filter_queryset(self.base, {*leaving_out, "q", "topic"})
        return rows.filter(pk__in=as_keys([*pks]))

    def _passed(self, leaving_out=()) -> dict[int, int]:
        """The type of each publication that was found and that the tables let pass. Of too many, counts are
        taken of the newest, and the list is the best."""
        narrowed_by = self.narrowed_by.difference(leaving_out)
        if narrowed_by not in self._types:
            found = self.found(leaving_out)
            pks = {*found.newest, *found.pks} if narrowed_by == self.narrowed_by else found.newest
            rows = self._in_order(self._let_pass(pks, leaving_out))
            self._types[narrowed_by] = dict(rows.values_list("pk", "content_type_id"))
        return self._types[narrowed_by]

    @cached_property
    def kept(self) -> list[int]:
        """The keys of all rows in their order, from which the total and every page are taken."""
        passed = self._passed()
        return [pk for pk in self.found().pks if pk in passed] if self.sort == BEST else [*passed]

    def _in_order(self, rows):
        if self.sort == BEST:
            return rows.order_by()
        return rows.oldest_first() if self.sort == OLDEST else rows.newest_first()

    @property
    def total(self) -> int:
        """Counted for itself: the counts beside the types may be taken of too many to be whole."""
        return len(self.kept)

    @cached_property
    def type_counts(self) -> Counter[int]:
        passed = self._passed(["type"])
        return Counter(passed[pk] for pk in self.found(["type"]).newest if pk in passed)

    def count_topics(self):
        """By the marks of the documents, and of the topics above theirs."""
        passed = self._passed(["topic"])
        together = Counter(topics for pk, topics in self.found(["topic"]).topics if pk in passed)
        above = defaultdict(set)
        for row in _above(topics=set(chain(*together))):
            above[row.topic_id].add(row.ancestor_id)
        counts = Counter()
        for topics, number in together.items():
            for topic in set().union(*(above[topic] for topic in topics)):
                counts[topic] += number
        return fullest_topics(counts)

    def rows(self, *, oldest_first: bool = False):
        if self.sort == BEST:
            return in_order_of(self.kept, self.base)
        return super().rows(oldest_first=oldest_first)

    def slice(self, start: int, length: int, *, oldest_first: bool = False):
        return in_order_of(self.kept[start : start + length], self.base)

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list:
        keys = self.kept[start : start + length]
        cards = {card.pk: card for card in _cards(keys=keys)}
        rows = [cards[pk] for pk in keys if pk in cards]
        self.mark(rows)
        return rows

    def mark(self, rows) -> None:
        """Give each of these rows what a reader sees of the words: `marked_title`, and `passage`, from where
        most of those stand that are not in the title. One query for the texts of those that need it."""
        wanted = stems_of(self.query)
        missing = {}
        for row in rows:
            row.marked_title = mark(row.title, wanted)
            row.passage = (
                passage(row.summary, wanted) if len(row.summary) > 400 else mark(row.summary, wanted)
            )
            if lacking := wanted - stems_in(f"{row.title} {row.summary}", wanted):
                missing[row.pk] = row, lacking
        texts = self.base.model.objects.filter(pk__in=missing).values_list("pk", "key_findings", "body")
        for pk, findings, body in texts if missing else ():
            row, lacking = missing[pk]
            text = f"{findings} {plain_text(body)}"
            if stems_in(text, lacking):
                row.passage = passage(text, wanted)

    @property
    def correction(self) -> str | None:
        """What the words may have been meant to be, when that finds something under the same filters."""
        return correct(self.text, self._count)

    def _count(self, text: str) -> int:
        return self._let_pass(Found(parse(text), self.filterset.within(), NEWEST).pks).count()

    def is_cut(self, leaving_out=()) -> bool:
        return self.found(leaving_out).is_cut


def _within_topics(pks, topics) -> list[int]:
    through = Publication.topics.through._meta.db_table
    conditions, values = zip(
        among_keys("publication_id", [*pks]), among_keys("topic_id", topics), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT publication_id FROM {through} WHERE {' AND '.join(conditions)}", values)
        return [pk for (pk,) in cursor.fetchall()]
