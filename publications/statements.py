# Questions that are asked all the time, past Django's cursors: by a statement that the database has prepared. On
# PostgreSQL that spares planning it, which takes longer than to answer it, and most of the work in Python too.
# Knows no models.
import datetime as dt
import re
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha1
from itertools import count

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from publications.reading import database

PLACE = re.compile("%[s%]")
MOST_STATEMENTS = 300  # that one connection keeps prepared


class NotThisWay(Exception):
    """The question must go the usual way."""


def ask(sql: str, values) -> list[tuple]:
    """The rows of a query whose text is one of a few. As Django's cursors give them; these are asked where somebody
    listens to them, within transactions, and where the short way does not lead through: with a pool in between
    that keeps no statements, or after the tables were made anew."""
    here = database()
    try:
        return _ask_session(here, sql, values)
    except (NotThisWay, sqlite3.Error, psycopg.Error):
        with here.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()


def _ask_session(here, sql: str, values) -> list[tuple]:
    if here.connection is None or here.in_atomic_block or here.queries_logged or here.execute_wrappers:
        raise NotThisWay
    if here.vendor == "sqlite":
        rows = here.connection.execute(_for_sqlite(sql), values).fetchall()
    else:
        rows = _ask_postgresql(here.connection, sql, values)
    here.health_check_done = True  # it answers, so Django need not ask whether it does
    return rows


@lru_cache(maxsize=MOST_STATEMENTS)
def _for_sqlite(sql: str) -> str:
    return PLACE.sub(lambda found: "?" if found[0] == "%s" else "%", sql)


def _ask_postgresql(session: psycopg.Connection, sql: str, values) -> list[tuple]:
    result = execute_prepared(session, sql, [_written(value) for value in values])
    transformer = vars(session).get("topichub_transformer")
    if transformer is None:
        transformer = session.topichub_transformer = Transformer(session)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def execute_prepared(session: psycopg.Connection, sql: str, values: Sequence[bytes | None] = ()) -> PGresult:
    """What PostgreSQL answers to a query, prepared at its first use on this connection. `NotThisWay` where it
    does not answer with rows."""
    names = vars(session).setdefault("topichub_statements", {})
    name = names.get(sql) or _prepare(session, names, sql)
    result = session.pgconn.exec_prepared(name, values)
    if result.status != ExecStatus.TUPLES_OK:
        raise NotThisWay
    return result


def _prepare(session: psycopg.Connection, names: dict[str, bytes], sql: str) -> bytes:
    if len(names) >= MOST_STATEMENTS:
        raise NotThisWay
    statement = _for_postgresql(sql)
    # Behind a pool the name may be another client's statement: it must never be one with another text.
    name = b"topichub_" + sha1(statement, usedforsecurity=False).hexdigest().encode()
    if session.pgconn.prepare(name, statement).status != ExecStatus.COMMAND_OK:
        raise NotThisWay
    names[sql] = name
    return name


def _for_postgresql(sql: str) -> bytes:
    numbers = count(1)
    return PLACE.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql).encode()


def _written(value) -> bytes | None:
    """As the text of a parameter."""
    if value is None:
        return None
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, dt.datetime):
        return str(value).encode()
    if isinstance(value, str) and "\x00" not in value:
        return value.encode()
    raise NotThisWay
