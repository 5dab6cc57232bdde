# From words to publications: which ones, in which order, and how many at most.
from functools import cached_property
from typing import NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import BigIntegerField, F, Func
from django.db.models.expressions import RawSQL

from publications.search import postgresql, sqlite
from publications.search.query import Query
from publications.search.ranking import score
from publications.search.spelling import endings

MOST_FOUND = 1_000
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
            hits |= dict(backend().match(self.query, self.within, MOST_FOUND, in_title=True))
        documents = apps.get_model("publications", "SearchDocument").objects.filter(pk__in=hits)
        scores = {
            pk: score(self.query, *texts)
            for pk, *texts in documents.values_list("pk", "title", "head", "lead")
        }
        best = sorted(scores, key=lambda pk: (-scores[pk], -pk))
        return [hits[pk] for pk in best[:MOST_FOUND]]

    def among(self, publications):
        """Those of a queryset that were found."""
        pks = self.pks if self.is_cut else [publication for _, publication in self._hits]
        return publications.filter(pk__in=pks)

    def best_first(self, publications):
        return publications.order_by(_Place(self.pks), "-published_at", "-pk")


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


def settle(query: Query, within: Within = EVERYWHERE) -> Query:
    """The query as it is meant: when nothing holds the words as they were typed, the last one may be the
    beginning of a word."""
    if query.beginning and not exists(query, within):
        return query.with_endings(endings(query.beginning))
    return query


def exists(query: Query, within: Within = EVERYWHERE) -> bool:
    return bool(query and backend().match(query, within, 1))


def with_words(publications, query: Query):
    """All of a queryset that hold the query, however many. Costs time in proportion to what is found."""
    if not query:
        return publications.none()
    sql, params = backend().matching_sql(query)
    return publications.filter(pk__in=RawSQL(sql, params))
