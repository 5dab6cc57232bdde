# The types of publications: a handful, kept like all that is the same on every page, so that a list need not look up
# the type of each of its rows.
from typing import NamedTuple

from publications.listing.kept import Kept
from publications.listing.prepared import Prepared
from publications.models import ContentType, Publication, Tally
from publications.models.entry import ALWAYS, EVERYTHING

_in_order = Prepared(ContentType.objects.all)


class Types(NamedTuple):
    by_slug: dict[str, ContentType]
    by_key: dict[int, ContentType]


def _make(rows) -> Types:
    types = _in_order.made(rows)
    return Types({one.slug: one for one in types}, {one.pk: one for one in types})


_types = Kept(_in_order.rows, _make)


def types_by_slug() -> dict[str, ContentType]:
    """All, in their order."""
    return _types().by_slug


class PreparedRows(Prepared):
    """A query of publications that is read without their types, which they are given out of those kept."""

    def __call__(self, **values) -> list[Publication]:
        return with_types(super().__call__(**values))


def with_types(rows: list[Publication]) -> list[Publication]:
    """A type that was made this moment is looked up where it is shown."""
    types = _types().by_key if rows else {}
    for row in rows:
        if content_type := types.get(row.content_type_id):
            row._state.fields_cache["content_type"] = content_type
    return rows


def share_of_types(types) -> tuple[int, int]:
    """How many items these types have in lists, and how many all have: with those whose time has not come."""
    numbers = dict(Tally.objects.filter(topic=EVERYTHING, period=ALWAYS).values_list("type", "n"))
    return sum(numbers.get(kind, 0) for kind in types), sum(numbers.values())
