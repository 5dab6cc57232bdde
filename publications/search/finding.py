# From words to publications: which ones, in which order, and how many at most.
import json
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from django.apps import apps
from django.db.models import BigIntegerField, F, Func
from django.db.models.expressions import RawSQL

from publications.reading import connection
from publications.search import postgresql, sqlite
from publications.search.documents import ROOM_FOR_KEYS, document_id, link_mark, number_mark, state_mark
from publications.search.query import Query, parse
from publications.search.ranking import score
from publications.search.spelling import endings

MOST_FOUND = 1_000
MOST_NUMBERED = 10
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


class Found:
    """The publications found, at most a thousand: of more, the best or the newest. `is_cut` tells when
    there are more. Which ones a user may see is for the caller's queryset to say."""

    def __init__(self, query: Query, within: Within = EVERYWHERE, order: str = BEST):
        self.query, self.within, self.order = query, within, order

    @cached_property
    def _hits(self) -> list[tuple[int, int]]:
        if not self.query:
            return []
        oldest = self.order == OLDEST
        return backend().match(self.query, self.within, MOST_FOUND + 1, oldest=oldest)

    @property
    def is_cut(self) -> bool:
        return len(self._hits) > MOST_FOUND

    @cached_property
    def pks(self) -> list[int]:
        """In the order asked for; among equally good ones the newest first."""
        if self.order != BEST:
            return [publication for _, publication in self._hits[:MOST_FOUND]]
        hits = dict(self._hits)
        if self.is_cut:  # else an older item of just this title would be missed
            titled = backend().match(self.query, self.within, MOST_FOUND // 2, in_title=True)
            hits = dict(islice((dict(titled) | hits).items(), MOST_FOUND))
        return _best(self.query, hits)

    def among(self, publications, *, best: bool):
        """Those of a queryset that were found. Of too many `best` means those that `pks` holds; else it is
        the newest, which cost less and serve where nothing is counted."""
        pks = (
            self.pks if best and self.is_cut else [publication for _, publication in self._hits[:MOST_FOUND]]
        )
        return publications.filter(pk__in=as_keys(pks))


def in_order_of(pks: list[int], publications):
    """Those of a queryset that have these keys, in the order of the keys."""
    return publications.filter(pk__in=pks).order_by(_Place(pks), "pk")


def as_keys(pks: list[int]) -> RawSQL:
    """These keys as one value: Django takes milliseconds over a condition with a thousand."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [pks])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(pks)])


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


def _best(query: Query, hits: dict[int, int]) -> list[int]:
    """The publications of these documents, the best first; among equally good ones the newest."""
    documents = apps.get_model("publications", "SearchDocument").objects.filter(pk__in=as_keys([*hits]))
    texts = documents.values_list("pk", "title", "head", "lead")
    scores = {pk: score(query, *rest) for pk, *rest in texts} if hits else {}
    return [hits[pk] for pk in sorted(scores, key=lambda pk: (-scores[pk], -pk))]


def settle(query: Query, within: Within = EVERYWHERE) -> Query:
    """The query as it is meant: when nothing holds the words as they were typed, the last one may be the
    beginning of a word."""
    if query.beginning and not exists(query, within):
        return query.with_endings(endings(query.beginning))
    return query


def exists(query: Query, within: Within = EVERYWHERE) -> bool:
    return bool(query and backend().match(query, within, 1))


def titles_like(text: str, now) -> list[int]:
    """Keys of public items in whose titles these words stand, the last of them begun, the best first."""
    query = parse(text)
    if query.beginning:
        query = query.with_endings(endings(query.beginning))
    within = public_until(now)
    hits = backend().match(query, within, MOST_TITLES, in_title=True) if query else []
    return _best(query, dict(hits))


def public_until(now) -> Within:
    """What is public at a moment, to its minute."""
    return Within(((state_mark("published"),),), None, document_id(now) + ROOM_FOR_KEYS - 1)


def publications_numbered(number: str) -> list[int]:
    """Keys of those whose DOI or report number this is, however it is punctuated."""
    return [pk for _, pk in backend().match(parse(""), Within(((number_mark(number),),)), MOST_NUMBERED)]


def published_linking_to(slugs) -> list[int]:
    """Keys of the newest published ones whose text seems to link to one of these addresses."""
    within = Within(((state_mark("published"),), tuple(map(link_mark, slugs))))
    return [pk for _, pk in backend().match(parse(""), within, MOST_LINKING)]


def find(text: str, within: Within = EVERYWHERE) -> Found:
    """The newest that hold the words; where none does, those in which the last word is the beginning of one."""
    found = Found(parse(text), within, NEWEST)
    if found.query.beginning and not found.pks and (others := endings(found.query.beginning)):
        return Found(found.query.with_endings(others), within, NEWEST)
    return found
