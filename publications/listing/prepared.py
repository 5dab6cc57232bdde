# Querysets that are compiled once and then asked with other values. To compile one takes Django several times as
# long as the database takes to answer it, and a page asks the same few all the time.
import datetime as dt
from collections.abc import Callable
from functools import cached_property, partial
from itertools import count
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

from publications.listing.counts import stored
from publications.reading import connection

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


def keys_of_sql() -> RawSQL:
    return RawSQL("%s", [a_key()])


class Prepared:
    """`make` gives the queryset for stand-ins, one for each of `values` by its name; called with the values
    themselves, gives its rows."""

    def __init__(self, make: Callable[..., QuerySet], **values):
        self.makers: dict[str, Callable] = {}  # by the database
        self.make, self.stand_ins = make, {name: new() for name, new in values.items()}

    def __call__(self, **values) -> list:
        places, given = [], []
        for name, fixed in self._parameters:
            place, some = _placed(values[name]) if name else ("%s", [fixed])
            places.append(place)
            given += some
        first, *others = self._parts
        sql = first + "".join(f"{place}{part}" for place, part in zip(places, others, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        make, shared = self._maker(connection.alias), {}
        return [make(row, shared) for row in self._converted(rows)]

    @cached_property
    def _compiled(self):
        queryset = self.make(**self.stand_ins)
        compiler = queryset.query.get_compiler(queryset.db)
        return compiler, *compiler.as_sql(), queryset._fetch_mode

    @cached_property
    def _parts(self) -> list[str]:
        return self._compiled[1].split("%s")

    @cached_property
    def _parameters(self) -> list[tuple[str, object]]:
        """(name, None) for a value to be given, ("", value) for one that is always the same."""
        names = {_unique(stand_in): name for name, stand_in in self.stand_ins.items()}
        return [(name, None) if (name := names.get(one)) else ("", one) for one in self._compiled[2]]

    def _converted(self, rows):
        compiler = self._compiled[0]
        return compiler.apply_converters(rows, self._converters) if self._converters else rows

    @cached_property
    def _converters(self):
        compiler = self._compiled[0]
        return compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])

    def _maker(self, alias: str) -> Callable:
        """Makes instances of rows as a queryset does."""
        if alias not in self.makers:
            self.makers[alias] = self._new_maker(alias)
        return self.makers[alias]

    def _new_maker(self, alias: str) -> Callable:
        compiler, _, _, mode = self._compiled
        model, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
        names = [compiler.select[place][0].target.attname for place in fields]
        from_db = partial(model.from_db, alias, names, fetch_mode=mode)
        related = _related(compiler, alias, mode)
        annotations = compiler.annotation_col_map

        def make(row, shared):
            made = from_db(row[fields[0] : fields[-1] + 1])
            for populate in related:
                populate(row, made, shared)
            for name, place in annotations.items():
                setattr(made, name, row[place])
            return made

        return make


def _related(compiler, alias: str, mode) -> list[Callable]:
    """What gives an instance its related ones. Those that many point to are made once for all of them."""
    infos = compiler.klass_info.get("related_klass_infos", [])
    populators = get_related_populators(compiler.klass_info, compiler.select, alias, mode)
    return [
        partial(_alone, one)
        if info["reverse"] or one.related_populators
        else partial(_share, one, info["field"])
        for one, info in zip(populators, infos, strict=True)
    ]


def _share(populator, field, row, made, shared) -> None:
    key = populator, row[populator.cols_start + populator.pk_idx]
    if key in shared:
        field.set_cached_value(made, shared[key])
    else:
        populator.populate(row, made)
        shared[key] = field.get_cached_value(made)


def _alone(populator, row, made, shared) -> None:
    populator.populate(row, made)


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
        return ", ".join(["%s"] * len(some)), some
    return "%s", [value]
