# From words to publications: which ones, in which order, and how many at most.
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from django.db.models import BigIntegerField, F, Func, Lookup
from django.db.models.expressions import RawSQL

from publications.reading import connection
from publications.search import postgresql, sqlite
from publications.search.documents import (
    ROOM_FOR_KEYS,
    document_id,
    link_mark,
    number_mark,
    state_mark,
    types_and_topics,
)
from publications.search.query import Query, parse
from publications.search.ranking import best_first, holding_all
from publications.search.spelling import endings
from publications.search.words import stem

MOST_FOUND = 1_000
MOST_LOOKED_INTO = 4_000  # for a phrase
MOST_NUMBERED = 10
MOST_TITLED = 200  # of too many, those with the words in their title that are listed however old they are
MOST_TITLES = 50
MOST_LINKING = 200
BEST, NEWEST, OLDEST = "relevance", "newest", "oldest"


class Within(NamedTuple):
    """What narrows a search: one mark out of each group, and documents from `first` to `last`."""

    marks: tuple[tuple[str, ...], ...] = ()
    first: int | None = None
    last: int | None = None


EVERYWHERE = Within()


def backend():
    return postgresql if connection.vendor == "postgresql" else sqlite


class Hits(NamedTuple):
    """Rows of documents, in order, and whether there may be more than these."""

    rows: list[tuple]
    are_cut: bool

    @property
    def pks(self) -> list[int]:
        return [row[1] for row in self.rows]


def match(query: Query, within: Within, limit: int, ends=None, *, oldest=False, texts=False) -> Hits:
    """(document, publication, marks), and title, head and lead as `texts`, of the newest that hold the query. For
    phrases only so many of those that hold their words are looked into, which takes a while each. `ends` is what
    several questions of one moment share."""
    ends = {} if ends is None else ends
    if not query.has_phrases:
        rows = backend().match(query, within, limit + 1, ends, oldest=oldest, texts=texts)
        return Hits(rows[:limit], len(rows) > limit)
    rows, all_looked_into = backend().match_phrases(
        query, within, limit + 1, MOST_LOOKED_INTO, ends, oldest=oldest, texts=texts
    )
    return Hits(rows[:limit], len(rows) > limit or not all_looked_into)


class Found:
    """The publications found, at most a thousand: of more, the best or the newest. `is_cut` tells when there are
    more. Which ones a user may see is for the caller's queryset to say."""

    def __init__(self, query: Query, within: Within = EVERYWHERE, order: str = BEST, ends=None):
        self.query, self.within, self.order = query, within, order
        self.ends = {} if ends is None else ends

    @cached_property
    def _hits(self) -> Hits:
        if not self.query:
            return Hits([], False)
        is_best, is_oldest = self.order == BEST, self.order == OLDEST
        return match(self.query, self.within, MOST_FOUND, self.ends, oldest=is_oldest, texts=is_best)

    @property
    def is_cut(self) -> bool:
        return self._hits.are_cut

    @cached_property
    def rows(self) -> list[tuple]:
        """In the order asked for; among equally good ones the newest first."""
        rows = self._hits.rows
        if self.order != BEST:
            return rows
        if self.is_cut:  # else an older item of just this title would be missed
            titled = self._titled()
            known = {row[0] for row in titled}
            rows = [*titled, *(row for row in rows if row[0] not in known)][:MOST_FOUND]
        return best_first(self.query, rows)

    def _titled(self) -> list[tuple]:
        """The newest with the words in their title. Among what was found these are known; the others are older."""
        rows = self._hits.rows
        titled = self._with_title(rows)
        if len(titled) < MOST_TITLED:
            down_to = rows[-1][0] if rows else None
            older = backend().match_older_titles(
                self.query, self.within, MOST_TITLED - len(titled), self.ends, len(titled), down_to
            )
            titled += self._with_title(older)
        return titled

    def _with_title(self, rows: list[tuple]) -> list[tuple]:
        return [rows[place] for place in sorted(holding_all(self.query, (row[3] for row in rows)))]

    @cached_property
    def pks(self) -> list[int]:
        return [row[1] for row in self.rows]

    @property
    def newest(self) -> list[int]:
        """Of too many not the best, but the newest, which cost less and serve where nothing is counted."""
        return self._hits.pks

    @cached_property
    def types_and_topics(self) -> list[tuple[int, tuple[int, ...]]]:
        """Of each publication found, in the order of `pks`."""
        return types_and_topics([row[2] for row in self.rows])

    def among(self, publications):
        """Those of a queryset that were found."""
        return publications.filter(pk__in=as_keys(self.pks))


def in_order_of(pks: list[int], publications):
    """Those of a queryset that have these keys, in the order of the keys."""
    return publications.filter(pk__in=pks).order_by(_Place(pks), "pk")


def as_keys(pks: list[int]) -> RawSQL:
    """These keys as one value: Django takes milliseconds over a condition with a thousand."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [text_of_keys(pks)])
    return RawSQL("SELECT value FROM json_each(%s)", [text_of_keys(pks)])


def among_keys(column: str) -> str:
    """Whether a column holds one of some keys, in SQL; their value is `text_of_keys`."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def text_of_keys(pks) -> str:
    keys = ",".join(map(str, pks))
    return f"{{{keys}}}" if connection.vendor == "postgresql" else f"[{keys}]"


class Among(Lookup):
    """The same as a condition of a queryset, for keys in their one text. A lookup, since SQLite would compare the
    value of any other expression and use no index for it."""

    prepare_rhs = False

    def __init__(self, keys: str):
        super().__init__(F("pk"), keys)

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return among_keys(column), (*params, self.rhs)


class _Place(Func):
    """The place of a row's key in a list of keys: an order made elsewhere, for the database to follow."""

    output_field = BigIntegerField()

    def __init__(self, pks: list[int]):
        super().__init__(F("pk"))
        self.pks = pks

    def as_sqlite(self, compiler, connection):
        sql, params = compiler.compile(self.source_expressions[0])
        keys = f",{','.join(map(str, self.pks))},"
        return f"INSTR(%s, ',' || {sql} || ',')", (keys, *params)

    def as_postgresql(self, compiler, connection):
        sql, params = compiler.compile(self.source_expressions[0])
        return f"ARRAY_POSITION(%s::bigint[], {sql})", (self.pks, *params)


def titles_like(text: str, now) -> list[int]:
    """Keys of public items in whose titles these words stand, the last of them begun, the best first."""
    query = parse(text)
    if query.beginning:
        query = query.with_endings(endings(query.beginning))
    within = public_until(now)
    rows = backend().match_titles(query, within, MOST_TITLES, {}) if query else []
    return [row[1] for row in best_first(query, rows)]


def public_until(now) -> Within:
    """What is public at a moment, to its minute."""
    return Within(((state_mark("published"),),), None, document_id(now) + ROOM_FOR_KEYS - 1)


def publications_numbered(number: str) -> list[int]:
    """Keys of those whose DOI or report number this is, however it is punctuated."""
    return match(parse(""), Within(((number_mark(number),),)), MOST_NUMBERED).pks


def published_linking_to(slugs) -> list[int]:
    """Keys of the newest published ones whose text seems to link to one of these addresses."""
    within = Within(((state_mark("published"),), tuple(map(link_mark, slugs))))
    return match(parse(""), within, MOST_LINKING).pks


def find(text: str, within: Within = EVERYWHERE, order: str = NEWEST, ends=None) -> Found:
    as_typed = Found(parse(text), within, order, ends)
    query = meant(as_typed.query, lambda query: bool(as_typed.newest))
    return as_typed if query is as_typed.query else Found(query, within, order, as_typed.ends)


def meant(query: Query, finds: Callable[[Query], bool]) -> Query:
    """As it was typed; where that finds nothing, with the last word as the beginning of one."""
    others = endings(query.beginning) if query.beginning else []
    if not others or (stem(query.beginning) in others and finds(query)):  # else no text has that word
        return query
    return query.with_endings(others)
