# The rows and counts of a list under words, where the index of the search finds them.
import datetime as dt
from collections import Counter
from functools import cached_property

from publications.listing.entries import EntryList
from publications.listing.facets import fullest_topics
from publications.listing.kept import MOST_KEPT, KeptAnswers
from publications.listing.prepared import Prepared, a_moment, a_text, some_keys
from publications.listing.tables import TableList
from publications.listing.topics import listed_in
from publications.models import Publication
from publications.querysets import DATE, midnight
from publications.richtext import plain_text
from publications.search.finding import (
    BEST,
    MOST_FOUND,
    NEWEST,
    OLDEST,
    Among,
    Found,
    among_keys,
    in_order_of,
    match,
    meant,
    text_of_keys,
)
from publications.search.highlighting import Text, stems_of
from publications.search.query import Query, parse
from publications.search.spelling import correct
from publications.statements import ask

# The filters that say what is looked for; who looks is for all of them together.
NARROWING = ("type", "topic", "state", "from", "to")

FEW = 20  # looked at to learn whether another spelling finds anything
BEGINNING, END = (moment.replace(tzinfo=dt.UTC) for moment in (dt.datetime.min, dt.datetime.max))

_cards = Prepared(lambda keys: Publication.objects.filter(pk__in=keys).for_cards(), keys=some_keys)
_public_cards = Prepared(
    lambda now, keys: Publication.objects.published(now).filter(pk__in=keys).for_cards(),
    now=a_moment,
    keys=some_keys,
)
_texts = Prepared(
    lambda keys: Publication.objects.filter(pk__in=keys).values_list("pk", "key_findings", "body"),
    keys=some_keys,
)
_public = Prepared(
    lambda now, start, end, keys: (
        Publication.objects.published(now)
        .alias(date=DATE)
        .filter(Among(keys), date__gte=start, date__lt=end)
        .newest_first()
        .values_list("pk", "content_type_id")
    ),
    one_plan=False,
    now=a_moment,
    start=a_moment,
    end=a_moment,
    keys=a_text,
)


_ends = KeptAnswers(MOST_KEPT)


class FoundList(TableList):
    """The publications that hold the words of a filter form, under its other filters. At most a thousand
    are looked at: where there are more, the list `is_cut`, and its counts are no totals.

    Rows and counts under the same filters are taken from one question to the index and one look at the tables,
    `_passed`. `base` gives the rows among which is looked, as a queryset that most searches need not build; where it
    is all that readers see, `without_words` gives the same list without its words and a filter.
    """

    def __init__(self, filterset, base, types, without_words=None):
        super().__init__(self._matching, types)
        self.filterset, self.base, self.without_words = filterset, base, without_words
        values = filterset.values
        self.text, self.sort = values["q"], values.get("sort") or BEST
        self.narrowed_by = frozenset(name for name in NARROWING if values.get(name))
        self._found: dict[tuple[Query, frozenset], Found] = {}
        self._ends = _ends()
        self._types: dict[frozenset, dict[int, int]] = {}

    @cached_property
    def query(self) -> Query:
        """As it is meant: when nothing holds the words as they were typed, under whatever filters, the last one may
        be the beginning of a word."""
        return meant(parse(self.text), self._finds_anything)

    def _finds_anything(self, query: Query) -> bool:
        """The list itself is asked first, since it is what is shown."""
        everywhere = self.filterset.within(leaving_out=NARROWING)
        return bool(self._ask(query).newest or match(query, everywhere, 1, self._ends).rows)

    def found(self, leaving_out=()) -> Found:
        return self._ask(self.query, leaving_out)

    def _ask(self, query: Query, leaving_out=()) -> Found:
        """Asked once for each set of filters, however many counts are taken under them. What is only counted needs
        no texts, by which the best are found."""
        narrowed_by = self.narrowed_by.difference(leaving_out)
        if (query, narrowed_by) not in self._found:
            is_counted = self.sort == BEST and narrowed_by != self.narrowed_by
            within, order = self.filterset.within(leaving_out), NEWEST if is_counted else self.sort
            self._found[query, narrowed_by] = Found(query, within, order, self._ends)
        return self._found[query, narrowed_by]

    def _matching(self, leaving_out=()):
        found = self.found(leaving_out)
        return self._let_pass(found.newest if leaving_out else found.pks, leaving_out)

    def _let_pass(self, pks, leaving_out=()):
        """Those of these publications that stand under the filters. Which of them are of a topic is asked first: in
        one question, PostgreSQL would begin with all that the topic holds."""
        if self.filterset.values.get("topic") and "topic" not in leaving_out:
            pks = _within_topics(pks, self.filterset.topics_within)
        rows = self.filterset.filter_queryset(self.base(), {*leaving_out, "q", "topic"})
        return rows.filter(Among(text_of_keys(pks)))

    def _is_uncounted(self, found: Found) -> bool:
        """Where the best of too many are listed, their number is told to nobody, and only those that are shown are put
        to the tables, by `cards`."""
        return bool(self.without_words) and self.sort == BEST and found.is_cut

    def _passed(self, leaving_out=()) -> dict[int, int]:
        """The type of each publication that was found and that the tables let pass."""
        narrowed_by = self.narrowed_by.difference(leaving_out)
        if narrowed_by not in self._types:
            self._types[narrowed_by] = self._look_at(self.found(leaving_out).pks, leaving_out)
        return self._types[narrowed_by]

    def _look_at(self, pks, leaving_out=()) -> dict[int, int]:
        """Those of these publications that stand under the filters, in the order of their dates, with their types."""
        if not self.without_words:
            rows = self._in_order(self._let_pass(pks, leaving_out))
            return dict(rows.values_list("pk", "content_type_id"))
        values = {name: value for name, value in self.filterset.values.items() if name not in leaving_out}
        start, end, types = values.get("from"), values.get("to"), values.get("type") and self.types
        rows = _public(
            now=self.filterset.now,
            start=midnight(start.first) if start else BEGINNING,
            end=midnight(end.last, days=1) if end else END,
            keys=text_of_keys(
                _within_topics(pks, self.filterset.topics_within) if values.get("topic") else pks
            ),
        )
        rows = [row for row in rows if row[1] in types] if types else rows
        return dict(reversed(rows) if self.sort == OLDEST else rows)

    @cached_property
    def kept(self) -> list[int]:
        """The keys of all rows in their order, from which the total and every page are taken."""
        found = self.found()
        if self._is_uncounted(found):
            return found.pks
        passed = self._passed()
        return [pk for pk in found.pks if pk in passed] if self.sort == BEST else [*passed]

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
        if others := self._beyond("type"):
            return others.type_counts
        found = self.found(["type"])
        if self._is_uncounted(found):
            return Counter(type_ for type_, topics in found.types_and_topics)
        return Counter(self._passed(["type"]).values())

    def count_topics(self):
        """By the marks of the documents, and of the topics above theirs."""
        if others := self._beyond("topic"):
            return others.count_topics()
        found = self.found(["topic"])
        read = found.types_and_topics
        if not self._is_uncounted(found):
            passed = self._passed(["topic"])
            read = [one for pk, one in zip(found.pks, read, strict=True) if pk in passed]
        find, counts = listed_in(), Counter()
        for topics, number in Counter(topics for type_, topics in read).items():
            for topic in find(topics):
                counts[topic] += number
        return fullest_topics(counts)

    def _beyond(self, name: str) -> EntryList | None:
        """Where the choices of a filter in use are taken from when too much is found without it for counts to stand beside
        them: the list without words, which costs a fraction."""
        if not (self.without_words and name in self.narrowed_by and self.is_cut([name])):
            return None
        others = self.without_words(name)
        return others if isinstance(others, EntryList) else None

    def rows(self, *, oldest_first: bool = False):
        if self.sort == BEST:
            return in_order_of(self.kept, self.base())
        return super().rows(oldest_first=oldest_first)

    def slice(self, start: int, length: int, *, oldest_first: bool = False):
        return in_order_of(self.kept[start : start + length], self.base())

    def cards(self, start: int, length: int, *, oldest_first: bool = False) -> list:
        keys = self.kept[start : start + length]
        cards = _public_cards(now=self.filterset.now, keys=keys) if self.without_words else _cards(keys=keys)
        cards = {card.pk: card for card in cards}
        rows = [cards[pk] for pk in keys if pk in cards]
        self.mark(rows)
        return rows

    def mark(self, rows) -> None:
        """Give each of these rows what a reader sees of the words: `marked_title`, and `passage`, from where
        most of those stand that are not in the title. One query for the texts of those that need it."""
        wanted = stems_of(self.query)
        missing = {}
        for row in rows:
            title, summary = Text(row.title), Text(row.summary)
            row.marked_title = title.marked(wanted)
            row.passage = summary.passage(wanted) if len(row.summary) > 400 else summary.marked(wanted)
            if lacking := wanted.difference(title.stems, summary.stems):
                missing[row.pk] = row, lacking
        for pk, findings, body in _texts(keys=[*missing]) if missing else ():
            row, lacking = missing[pk]
            text = Text(f"{findings} {plain_text(body)}")
            if not lacking.isdisjoint(text.stems):
                row.passage = text.passage(wanted)

    @property
    def correction(self) -> str | None:
        """What the words may have been meant to be, when that finds something under the same filters."""
        return correct(self.text, self._finds, lambda text: len(self._first_passing(text, MOST_FOUND)[0]))

    def _finds(self, text: str) -> bool:
        """Whether the newest pass, which is as good as certain; else one of all that are looked at."""
        some, are_cut = self._first_passing(text, FEW)
        return bool(some or (are_cut and self._first_passing(text, MOST_FOUND)[0]))

    def _first_passing(self, text: str, number: int) -> tuple[dict[int, int], bool]:
        hits = match(parse(text), self.filterset.within(), number, self._ends)
        return self._look_at(hits.pks) if hits.rows else {}, hits.are_cut

    def is_cut(self, leaving_out=()) -> bool:
        """Known without asking where these are too many already: under fewer filters there are no less."""
        return self.found().is_cut or self.found(leaving_out).is_cut


def _within_topics(pks, topics) -> list[int]:
    through = Publication.topics.through._meta.db_table
    conditions = f"{among_keys('publication_id')} AND {among_keys('topic_id')}"
    rows = ask(
        f"SELECT publication_id FROM {through} WHERE {conditions}", [text_of_keys(pks), text_of_keys(topics)]
    )
    return [pk for (pk,) in rows]
