# Instances out of rows, as querysets make them, but without the checks that a constructor makes for each: rows come
# from a query that was compiled for them.
from collections.abc import Callable
from functools import partial

from django.db.models.base import ModelState


class Maker:
    """Makes instances of the model that a compiled query selects, each with those it points to."""

    def __init__(self, info: dict, compiler, alias: str):
        select, fields = compiler.select, info["select_fields"]
        self.model, self.alias = info["model"], alias
        self.new = partial(self.model.__new__, self.model)
        self.remember = getattr(self.model, "remember_stored", None)
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [select[place][0].target.attname for place in fields]
        self.key = self.start + self.names.index(self.model._meta.pk.attname)
        self.converted = list(_conversions(compiler, dict(zip(fields, self.names, strict=True))))
        self.related = [
            (Maker(one, compiler, alias), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", ())
        ]
        # Those that many point to are made once for all of them.
        self.is_shared = not self.related and not info.get("reverse", True)

    def make(self, row, shared: dict):
        """None where the row has none of them."""
        key = row[self.key]
        if key is None:
            return None
        if self.is_shared:
            made = shared.get((self, key))
            if made is None:
                made = shared[self, key] = self._make(row, shared)
            return made
        return self._make(row, shared)

    def _make(self, row, shared):
        made = self.new()
        values = made.__dict__
        values.update(zip(self.names, row[self.start : self.end], strict=True))
        for name, convert in self.converted:
            values[name] = convert(values[name])
        state = values["_state"] = ModelState()
        state.__dict__.update(adding=False, db=self.alias, fields_cache={})
        if self.remember:
            self.remember(made)
        for maker, point_there, point_back in self.related:
            other = maker.make(row, shared)
            point_there(made, other)
            if other is not None and not maker.is_shared:
                point_back(other, made)
        return made


class RowMaker:
    """The same for a query as a whole, with what it was annotated with."""

    def __init__(self, compiler, alias: str):
        self.maker = Maker(compiler.klass_info, compiler, alias)
        names = {place: name for name, place in compiler.annotation_col_map.items()}
        self.places = list(compiler.annotation_col_map.items())
        self.converted = list(_conversions(compiler, names))

    def __call__(self, rows) -> list:
        shared: dict = {}
        return [self._make(row, shared) for row in rows]

    def _make(self, row, shared):
        made = self.maker.make(row, shared)
        values = made.__dict__
        for name, place in self.places:
            values[name] = row[place]
        for name, convert in self.converted:
            values[name] = convert(values[name])
        return made


def _conversions(compiler, names: dict[int, str]):
    """(name, function) for those columns whose values come from the database in another form."""
    connection = compiler.connection
    columns = [column for column, *_ in compiler.select[: compiler.col_count]]
    for place, (functions, expression) in compiler.get_converters(columns).items():
        if place in names:
            for one in functions:
                yield names[place], _conversion(one, expression, connection)


def _conversion(function, expression, connection) -> Callable:
    return lambda value: function(value, expression, connection)
