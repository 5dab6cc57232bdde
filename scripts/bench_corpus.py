# Makes databases of their own for measuring, filled with publications by the database itself: always the same
# ones for the same number.
import sqlite3
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from scripts import bench_texts
from scripts.bench_texts import COMMON, PHRASE, RARE, SENTENCES, texts

TOPICS, BIG = 200, 1  # topics, and the one that holds three items in ten
SMALL, CROWDED = 199, 200  # the one of 150 items, and the one whose items are all of one second
FAR = 2_147_483_647  # a prime number beyond all items
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
IS_CROWDED = "i % 50 = 25"
THAT_SECOND = 1_559_379_600  # since 1970: a morning in June 2019
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
    else:
        Path(name).unlink(missing_ok=True)
    use(name)
    call_command("migrate", verbosity=0)


def is_ready(name: str, size: int) -> bool:
    """Whether this database is there, and was filled to this size as it would be filled now. Migrations that it
    lacks are applied."""
    use(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT made_by FROM bench_mark")
            is_ready = cursor.fetchall() == [(_mark(size),)]
    except DatabaseError:
        connection.close()
        return False
    executor = MigrationExecutor(connection)
    if is_ready and executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    if is_ready:
        _tidy_up()
    return is_ready


def _mark(size: int) -> str:
    sources = [Path(module.__file__).read_bytes() for module in (sys.modules[__name__], bench_texts)]
    return f"{size} {zlib.crc32(b''.join(sources))}"


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
    from publications.models import Image, Person, Topic, TopicAncestry, search_document

    # Saved as it is: a picture without a file would lose its renditions, and pages would show a stand-in.
    [image] = Image.objects.bulk_create(
        [Image(alternative_text="A gauge", renditions=RENDITIONS, width=240, height=160)]
    )
    Topic.objects.bulk_create(
        Topic(pk=n, name=f"Topic {n}", slug=f"topic-{n}", parent_id=n - 100 if n > 101 else None)
        for n in range(1, TOPICS + 1)
    )
    TopicAncestry.rebuild()
    people = size // 100
    Person.objects.bulk_create(
        Person(
            pk=n,
            name=f"Ada Person {n}",
            slug=f"person-{n}",
            sort_name=f"Person {n}, Ada",
            search_name=f"person {n} ada",
        )
        for n in range(1, people + 1)
    )
    with _texts():
        _insert("publications_publication", _publications(size, image.pk), size)
    for topic, rows in (
        (BIG, "i % 10 < 3"),
        ("2 + (i * 7919) % 1000 * ((i * 7919) % 1000) * ((i * 7919) % 1000) / 5090000", "i % 20 > 0"),
        (SMALL, f"i % {size // 150} = 1"),
        (CROWDED, IS_CROWDED),
    ):
        _insert("publications_publication_topics", {"publication_id": "i", "topic_id": topic}, size, rows)
    for position, rows in ((1, "true"), (2, "i % 3 = 0")):
        author = f"1 + (i * 104729 + {position} * 7) % {people}"
        authors = {
            "publication_id": "i",
            "person_id": author,
            "position": position,
            "name_as_printed": "''",
            "role": "''",
        }
        _insert("publications_authorship", authors, size, rows)
    rebuild()
    search_document.rebuild()
    _tidy_up()
    _run("CREATE TABLE bench_mark (made_by text)")
    _run(f"INSERT INTO bench_mark VALUES ('{_mark(size)}')")


def _publications(size: int, image: int) -> dict[str, str]:
    """What the columns of the i-th hold, in SQL."""
    moment = MOMENT[connection.vendor]
    late = f"CASE WHEN {IS_CROWDED} THEN {THAT_SECOND} ELSE {SECONDS.format(u=POSITION.format(n=size))} END"
    paragraphs = [" || ' ' || ".join(_drawn("sentence", 10 * n + m) for m in range(3)) for n in range(4)]
    given = {
        "id": "i",
        "slug": "'item-' || i",
        "title": f"{_drawn('start', 1)} || ' ' || CASE WHEN i % 29 = 5 THEN '{COMMON} ' ELSE '' END || {_drawn('rest', 2)}",
        "content_type_id": "1 + (i * 31) % 17 % 7",
        "summary": " || ' ' || ".join(_drawn("sentence", n) for n in range(60, 64))
        + f" || CASE WHEN i % {size // 10} = 1 THEN ' Of {RARE}.' ELSE '' END",
        "body": "".join(f"'<p>' || {paragraph} || '</p>' || " for paragraph in paragraphs)
        + f"CASE WHEN i % 13 < 3 THEN '<p>On the {COMMON} and what it costs.</p>' ELSE '' END"
        + f" || CASE WHEN i % 53 = 7 THEN '<p>Behind the {PHRASE} too.</p>' ELSE '' END",
        "published_at": moment.format(late),
        "state": "CASE WHEN i % 101 = 100 THEN 'draft' WHEN i % 499 = 498 THEN 'withdrawn' ELSE 'published' END",
        "notice": "CASE WHEN i % 499 = 498 THEN 'The figures were wrong.' ELSE '' END",
        "withdrawn_at": f"CASE WHEN i % 499 = 498 THEN {moment.format(late + ' + 864000')} END",
        "image_id": f"CASE WHEN i % 10 < 7 THEN {image} END",
        "lead_id": "CASE WHEN i % 20 = 19 THEN i - 1 END",
        "language": "CASE WHEN i % 50 = 31 THEN 'fr' ELSE '' END",
        "translation_of_id": "CASE WHEN i % 50 = 31 THEN i - 1 END",
        "created_at": moment.format(late),
        "changed_at": moment.format(late),
    }
    return {**_plainest_columns(), **given}


def _drawn(column: str, k: int) -> str:
    """A text in SQL: the k-th that the i-th item has."""
    draw = f"(i * {1_103_515_245 + 12_345 * k} + {k}) % {FAR} % {SENTENCES}"
    return f"(SELECT {column} FROM bench_texts WHERE n = {draw})"


@contextmanager
def _texts():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_texts (n bigint PRIMARY KEY, start text, rest text, sentence text)"
        )
        cursor.executemany("INSERT INTO bench_texts VALUES (%s, %s, %s, %s)", texts())
        yield
        cursor.execute("DROP TABLE bench_texts")


def _insert(table: str, columns: dict, size: int, rows: str = "true") -> None:
    """Of each i up to the size for which the condition holds."""
    _run(
        f"{NUMBERS.format(n=size)} INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {', '.join(map(str, columns.values()))} FROM numbers WHERE {rows}"
    )


def _plainest_columns() -> dict[str, str]:
    """Columns that may not be empty, with the plainest value each may have."""
    from publications.models import Publication

    no = "0" if connection.vendor == "sqlite" else "false"
    return {
        field.column: no if field.get_internal_type() == "BooleanField" else "''"
        for field in Publication._meta.local_concrete_fields
        if not field.null and not field.primary_key
    }


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
    from publications.models import Person, Publication, Topic

    for statement in connection.ops.sequence_reset_sql(no_style(), [Person, Publication, Topic]):
        _run(statement)


def versions() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
