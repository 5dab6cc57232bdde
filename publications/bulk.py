# Writes many new rows at once, past all that models do when they are saved: by COPY on PostgreSQL, by one prepared
# statement on SQLite. Constraints and triggers hold as for any rows. Knows no models.
from collections.abc import Iterable, Sequence

from django.db import connection, models

FEW = 20  # rows that one statement takes in less time than COPY takes to begin


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Rows of values for these fields, as clean as the models would leave them; other fields take their defaults."""
    fields = [model._meta.get_field(name) for name in names]
    others = [
        field for field in model._meta.local_concrete_fields if not (field in fields or field.primary_key)
    ]
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    prepare = [field.get_db_prep_save for field in fields]
    rows = [
        [*(ready(value, connection) for ready, value in zip(prepare, row, strict=True)), *defaults]
        for row in rows
    ]
    fields += others
    quoted = connection.ops.quote_name
    into = f"{quoted(model._meta.db_table)} ({', '.join(quoted(field.column) for field in fields)})"
    places = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"INSERT INTO {into} VALUES {places}", rows)
        elif len(rows) > FEW:
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        elif rows:
            cursor.execute(
                f"INSERT INTO {into} VALUES {', '.join([places] * len(rows))}",
                [value for row in rows for value in row],
            )


def insert_objects(objects: Sequence[models.Model]) -> None:
    """New objects of one model that have their keys, with what they hold now in all columns."""
    if objects:
        names = [field.attname for field in objects[0]._meta.local_concrete_fields]
        insert(type(objects[0]), names, ([getattr(one, name) for name in names] for one in objects))
