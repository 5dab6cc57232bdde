# Querysets that are compiled once and then asked with other values. To compile one takes Django several times as
# long as the database takes to answer it, and a page asks the same few all the time.
import datetime as dt
from collections.abc import Callable
from functools import cached_property
from itertools import count
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from publications.listing.counts import stored
from publications.listing.making import RowMaker
from publications.reading import connection
from publications.statements import ask

# Keys are repeated until there are so many, or a multiple, and where there are many until they are a power of two,
# since each number is another statement.
FEWER_TEXTS, MANY_KEYS = 8, 64
_numbers = count(1)


class SQL(NamedTuple):
    """A query of keys, with its values."""

    text: str
    values: list


# Stand-ins, which occur nowhere else: by them the places of values are found in the compiled query.
def a_moment() -> dt.datetime:
    return dt.datetime(1111, 11, 11, tzinfo=dt.UTC) + dt.timedelta(seconds=next(_numbers))


def a_key() -> int:
    return -1_111_000_000 - next(_numbers)


def some_keys() -> list[int]:
    return [a_key()]


def a_text() -> str:
    return f"stand-in {next(_numbers)}"


def some_texts() -> list[str]:
    return [a_text()]


def keys_of_sql() -> RawSQL:
    return RawSQL("%s", [a_key()])


class Prepared:
    """`make` gives the queryset for stand-ins, one for each of `values` by its name; called with the values
    themselves, gives its rows; of values alone, as the database gives them. `one_plan` as `ask` has it."""

    def __init__(self, make: Callable[..., QuerySet], *, one_plan=True, **values):
        self.makers: dict[str, Callable] = {}  # by the database
        self.one_plan = one_plan
        self.make, self.stand_ins = make, {name: new() for name, new in values.items()}

    def __call__(self, **values) -> list:
        return self.made(self.rows(**values))

    def made(self, rows: list[tuple]) -> list:
        """What they stand for."""
        return self._maker(connection.alias)(rows)

    def rows(self, **values) -> list[tuple]:
        """As the database gives them."""
        places, given = [], []
        for name, fixed in self._parameters:
            place, some = _placed(values[name]) if name else ("%s", [fixed])
            places.append(place)
            given += some
        first, *others = self._parts
        sql = first + "".join(f"{place}{part}" for place, part in zip(places, others, strict=True))
        return ask(sql, given, one_plan=self.one_plan)

    @cached_property
    def _compiled(self):
        queryset = self.make(**self.stand_ins)
        compiler = queryset.query.get_compiler(queryset.db)
        return compiler, *compiler.as_sql()

    @cached_property
    def _parts(self) -> list[str]:
        return self._compiled[1].split("%s")

    @cached_property
    def _parameters(self) -> list[tuple[str, object]]:
        """(name, None) for a value to be given, ("", value) for one that is always the same."""
        names = {_unique(stand_in): name for name, stand_in in self.stand_ins.items()}
        return [(name, None) if (name := names.get(one)) else ("", one) for one in self._compiled[2]]

    def _maker(self, alias: str) -> Callable:
        if alias not in self.makers:
            compiler = self._compiled[0]
            is_of_values = bool(compiler.query.values_select)
            self.makers[alias] = list if is_of_values else RowMaker(compiler, alias)
        return self.makers[alias]


def _unique(stand_in):
    if isinstance(stand_in, RawSQL):
        return stand_in.params[0]
    if isinstance(stand_in, dt.datetime):
        return stored(stand_in)
    return stand_in[0] if isinstance(stand_in, list) else stand_in


def _placed(value) -> tuple[str, list]:
    """What stands in the query for a value, and the parameters it has there."""
    if isinstance(value, SQL):
        return value.text, value.values
    if isinstance(value, dt.datetime):
        return "%s", [stored(value)]
    if isinstance(value, (list, set)):
        some = sorted(value) or [None]
        number = len(some)
        wanted = 1 << (number - 1).bit_length() if number > MANY_KEYS else number + -number % FEWER_TEXTS
        some += some[-1:] * (wanted - number)
        return ", ".join(["%s"] * len(some)), some
    return "%s", [value]
