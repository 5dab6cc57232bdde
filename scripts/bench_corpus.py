# Makes databases of their own for measuring, filled with publications by the database itself: always the same
# ones for the same number.
import sqlite3
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, connections

TOPICS, BIG = 200, 1  # topics, and the one that holds three items in ten
WORDS = "harbours tides towns rivers rails winters budgets teachers bridges clinics".split()
SUMMARY = " ".join(["What it costs, who pays for it and what the figures of nine years say of it."] * 4)
BODY = "".join(
    f"<p>{' '.join(['It was counted by hand, twice, on both banks of the river.'] * 5)}</p>" for _ in range(4)
)
RENDITIONS = {
    "jpeg": {"name": "a-240.jpg", "width": 240, "height": 160},
    "width": 240,
    "height": 160,
    **{
        kind: [{"name": f"a-{width}.{kind}", "width": width} for width in (240, 480, 960)]
        for kind in ("avif", "webp")
    },
}
NUMBERS = "WITH RECURSIVE numbers(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < {n})"
# Twice as many items a month at the end as on average, one in ten filed long after its date; all at nine.
POSITION = "(CASE WHEN i % 10 = 7 THEN (i * 104729) % {n} ELSE i END * 1.0 / {n})"
SECONDS = (
    "631184400 + 86400 * CAST(13476 * (1.5 * {u} - 0.5 * {u} * {u}) AS INTEGER)"  # since 1970: from 1990
)
MOMENT = {"postgresql": "to_timestamp({})", "sqlite": "datetime({}, 'unixepoch')"}


def name_of(settings: dict, size: int, folder: Path) -> str:
    is_sqlite = settings["ENGINE"].endswith("sqlite3")
    return str(folder / f"bench-{size}.sqlite3") if is_sqlite else f"{settings['NAME']}_bench_{size}"


def use(name: str) -> None:
    """From now on Django speaks to this database."""
    connection.close()
    connections.databases["default"]["NAME"] = connection.settings_dict["NAME"] = name


def address_of(name: str) -> str:
    """As DATABASE_URL has it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    s = connection.settings_dict
    who = f"{s['USER']}:{s['PASSWORD']}@" if s["PASSWORD"] else f"{s['USER']}@"
    return f"postgres://{who}{s['HOST']}:{s['PORT']}/{name}"


def create(name: str) -> None:
    if connection.vendor == "postgresql":
        _on_server(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    use(name)
    call_command("migrate", verbosity=0)


def drop(name: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        _on_server(f'DROP DATABASE IF EXISTS "{name}"')


def _on_server(*statements) -> None:
    server = connection.get_connection_params() | {"dbname": "postgres"}
    wanted = {key: server[key] for key in ("host", "port", "user", "password", "dbname") if server.get(key)}
    with psycopg.connect(**wanted, autocommit=True) as session:
        for statement in statements:
            session.execute(statement)


def fill(size: int) -> None:
    from publications.listing.upkeep import rebuild
    from publications.models import Image, Topic, TopicAncestry

    # Saved as it is: a picture without a file would lose its renditions, and pages would show a stand-in.
    [image] = Image.objects.bulk_create(
        [Image(alternative_text="A gauge", renditions=RENDITIONS, width=240, height=160)]
    )
    Topic.objects.bulk_create(
        Topic(pk=n, name=f"Topic {n}", slug=f"topic-{n}", parent_id=n - 100 if n > 101 else None)
        for n in range(1, TOPICS + 1)
    )
    TopicAncestry.rebuild()
    numbers = NUMBERS.format(n=size)
    moment = MOMENT[connection.vendor].format(SECONDS.format(u=POSITION.format(n=size)))
    words = " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(WORDS))
    no, yes = ("0", "1") if connection.vendor == "sqlite" else ("false", "true")
    defaults = {
        "id": "i",
        "slug": "'item-' || i",
        "title": f"'Item ' || i || ' on ' || CASE i % 10 {words} END || ' and ' || CASE i / 10 % 10 {words} END",
        "content_type_id": "1 + (i * 31) % 17 % 7",
        "summary": f"'{SUMMARY}'",
        "body": f"'{BODY}'",
        "published_at": moment,
        "state": "'published'",
        "image_id": f"CASE WHEN i % 10 < 7 THEN {image.pk} END",
        "lead_id": "CASE WHEN i % 20 = 19 THEN i - 1 END",
        "created_at": moment,
        "changed_at": moment,
    }
    columns = defaults | {
        column: value for column, value in _other_columns(no, yes) if column not in defaults
    }
    _run(
        f"{numbers} INSERT INTO publications_publication ({', '.join(columns)}) "
        f"SELECT {', '.join(columns.values())} FROM numbers"
    )
    for topic, rows in (
        (str(BIG), "i % 10 < 3"),
        ("2 + (i * 7919) % 1000 * ((i * 7919) % 1000) * ((i * 7919) % 1000) / 5035369", "i % 20 > 0"),
    ):
        _run(
            f"{numbers} INSERT INTO publications_publication_topics (publication_id, topic_id) "
            f"SELECT i, {topic} FROM numbers WHERE {rows}"
        )
    rebuild()
    _tidy_up()


def _other_columns(no, yes):
    """Columns that may not be empty, with the plainest value each may have."""
    from publications.models import Publication

    for field in Publication._meta.local_concrete_fields:
        if not field.null and not field.primary_key:
            yield field.column, no if field.get_internal_type() == "BooleanField" else "''"


def _run(statement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _tidy_up() -> None:
    """What autovacuum does by and by."""
    statements = (
        ["VACUUM ANALYZE"]
        if connection.vendor == "postgresql"
        else ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"]
    )
    for statement in statements:
        _run(statement)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('publications_publication', 'id'), MAX(id)) FROM publications_publication"
            )


def versions() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
