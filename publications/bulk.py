# Writes many new rows at once, past all that models do when they are saved: by COPY on PostgreSQL, by
# statements of many rows on SQLite. Constraints and triggers hold as for any rows. Knows no models.
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.expressions import RawSQL

READY = {str, int, bool, type(None)}  # what every database takes as it is
LEFT_OUT = 100  # keys between those given before and those reserved
RESERVING = 7_104_101  # the lock of those who reserve keys
# Of one statement on SQLite, or fewer. It takes 32,766 values at most, and keeps each statement of another length in
# memory.
ROWS = (500, 50)
FEW = 20  # rows that one statement takes in less time than COPY takes to begin


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Rows of values for these fields, as clean as the models would leave them; other fields take their defaults."""
    here = connections[DEFAULT_DB_ALIAS]
    fields = [model._meta.get_field(name) for name in names]
    others = [
        field for field in model._meta.local_concrete_fields if not (field in fields or field.primary_key)
    ]
    defaults = [field.get_db_prep_save(field.get_default(), here) for field in others]
    ready = READY | {dt.datetime} if here.vendor == "postgresql" else READY
    rows = [
        [
            value if type(value) in ready else field.get_db_prep_save(value, here)
            for field, value in zip(fields, row, strict=True)
        ]
        + defaults
        for row in rows
    ]
    columns = [field.column for field in [*fields, *others]]
    write_rows(model._meta.db_table, columns, rows)


def write_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence], on_conflict: str = "") -> None:
    """Values as the database takes them; with a clause for rows that are there already, numbers and texts."""
    if not rows:
        return
    here = connections[DEFAULT_DB_ALIAS]
    quoted = here.ops.quote_name
    into = f"{quoted(table)} ({', '.join(map(quoted, columns))})"
    places = f"({', '.join(['%s'] * len(columns))})"
    with here.cursor() as cursor:
        if here.vendor != "postgresql":
            # Before each statement that has triggers, SQLite writes down what it would take back if the statement
            # failed, and its text index ends a part, which is later merged with others.
            for some in _grouped(rows):
                cursor.execute(*_statement(f"INSERT INTO {into}", places, some, on_conflict))
        elif len(rows) <= FEW:
            cursor.execute(*_statement(f"INSERT INTO {into}", places, rows, on_conflict))
        elif on_conflict:
            cursor.execute(
                f"INSERT INTO {into} SELECT {', '.join(map(quoted, columns))} "
                f"FROM json_populate_recordset(NULL::{quoted(table)}, %s) {on_conflict}",
                [json.dumps([dict(zip(columns, row, strict=True)) for row in rows])],
            )
        else:
            with here.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _grouped(rows: Sequence) -> Iterator[Sequence]:
    """All of them, as many at once as `ROWS` has, and what is left together."""
    start = 0
    for number in ROWS:
        while start + number <= len(rows):
            yield rows[start : start + number]
            start += number
    if start < len(rows):
        yield rows[start:]


def _statement(insert: str, places: str, rows: Sequence[Sequence], on_conflict: str = "") -> tuple[str, list]:
    values = [value for row in rows for value in row]
    return f"{insert} VALUES {', '.join([places] * len(rows))} {on_conflict}", values


def insert_objects(objects: Sequence[models.Model]) -> None:
    """New objects of one model that have their keys, with what they hold now in all columns."""
    if objects:
        names = [field.attname for field in objects[0]._meta.local_concrete_fields]
        insert(type(objects[0]), names, map(itemgetter(*names), map(vars, objects)))


def any_of(values: Iterable, kind: str = "text") -> RawSQL:
    """These texts, or keys of the kind `bigint`, as one value for conditions with `in`: a thousand places for
    values take milliseconds to fill. One alone stands for itself, which is planned in half the time."""
    values = list(values)
    if len(values) == 1:
        return RawSQL("%s", values)
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [values])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(values)])


def analyze(*tables: type[models.Model]) -> None:
    """To be called when they have grown many times over: a database plans by what it knew of a table when it last looked
    at it, and reads all of a table for a few of its rows where it never did. PostgreSQL looks again by itself, in a
    minute or in several, and SQLite does not. Not within a transaction, until whose end nobody else could look at them."""
    here = connections[DEFAULT_DB_ALIAS]
    if not here.in_atomic_block:
        with here.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {here.ops.quote_name(table._meta.db_table)}")


def analyze_unwatched(*tables: type[models.Model]) -> None:
    """The same where the database never looks by itself; elsewhere nothing."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        analyze(*tables)


def reserve(model: type[models.Model], number: int) -> int:
    """Takes so many keys in a row that nobody else is given, now or later, and returns the one before the first.

    On PostgreSQL two who reserve at once come one after the other, and who takes a single key at that moment is
    given one of those that are left out between."""
    here = connections[DEFAULT_DB_ALIAS]
    table, column = model._meta.db_table, model._meta.pk.column
    highest = model._base_manager.aggregate(highest=models.Max("pk"))["highest"] or 0
    with transaction.atomic(), here.cursor() as cursor:
        if here.vendor == "postgresql":
            name = "pg_get_serial_sequence(%s, %s)"
            cursor.execute("SELECT pg_advisory_lock(%s)", [RESERVING])
            try:
                cursor.execute(
                    f"SELECT greatest(nextval({name}), %s) + %s", [table, column, highest, LEFT_OUT]
                )
                [before] = cursor.fetchone()
                cursor.execute(f"SELECT setval({name}, %s)", [table, column, before + number])
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [RESERVING])
            return before
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
        before = max(highest, given[0] if given else 0)
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, before + number])
        return before
