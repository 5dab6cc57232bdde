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
from types import SimpleNamespace

import psycopg
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.datetime import TimestamptzLoader

from publications.reading import database

PLACE = re.compile("%[s%]")
MOST_STATEMENTS = 300  # that one connection keeps prepared
ONE_PLAN, BEST_PLANS = b"force_generic_plan", b"auto"


class NotThisWay(Exception):
    """The question must go the usual way."""


def ask(sql: str, values, *, one_plan=False) -> list[tuple]:
    """The rows of a query whose text is one of a few. As Django's cursors give them; these are asked where somebody
    listens to them, and where the short way does not lead through: with a pool in between that keeps no statements,
    or after the tables were made anew. Within a transaction it is only taken where it leads through, since what
    fails there fails for good. `one_plan` where one plan is good for all values."""
    here = database()
    try:
        return _ask_session(here, sql, values, one_plan)
    except (NotThisWay, sqlite3.Error, psycopg.Error):
        with here.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()


def _ask_session(here, sql: str, values, one_plan: bool) -> list[tuple]:
    if here.connection is None or here.needs_rollback or here.queries_logged or here.execute_wrappers:
        raise NotThisWay
    if here.vendor == "sqlite":
        rows = here.connection.execute(_for_sqlite(sql), values).fetchall()
    elif here.in_atomic_block:
        if not _leads_through(here.connection):
            raise NotThisWay
        with here.wrap_database_errors:
            rows = _ask_postgresql(here.connection, sql, values, one_plan)
    else:
        rows = _ask_postgresql(here.connection, sql, values, one_plan)
    here.health_check_done = True  # it answers, so Django need not ask whether it does
    return rows


def _leads_through(session: psycopg.Connection) -> bool:
    """Whether a transaction is open, which psycopg begins with its own first statement, and the server's process is
    the one that this connection was opened to, and not one that a pool chose for this transaction."""
    if session.pgconn.transaction_status != TransactionStatus.INTRANS:
        return False
    known = vars(session)
    if "topichub_is_direct" not in known:
        process = session.pgconn.exec_(b"SELECT pg_backend_pid()").get_value(0, 0)
        known["topichub_is_direct"] = process == b"%d" % session.pgconn.backend_pid
    return known["topichub_is_direct"]


@lru_cache(maxsize=MOST_STATEMENTS)
def _for_sqlite(sql: str) -> str:
    return PLACE.sub(lambda found: "?" if found[0] == "%s" else "%", sql)


def _ask_postgresql(session: psycopg.Connection, sql: str, values, one_plan: bool) -> list[tuple]:
    result = execute_prepared(session, sql, [_written(value) for value in values], one_plan=one_plan)
    if not result.ntuples:
        return []
    transformer = vars(session).get("topichub_transformer") or _make_transformer(session)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def _make_transformer(session: psycopg.Connection) -> Transformer:
    """Django puts the zone of the session into each moment once more, and takes twice as long for it."""
    adapters = AdaptersMap(session.adapters)
    adapters.register_loader("timestamptz", TimestamptzLoader)
    session.topichub_transformer = Transformer(SimpleNamespace(adapters=adapters, connection=session))
    return session.topichub_transformer


def execute_prepared(
    session: psycopg.Connection, sql: str, values: Sequence[bytes | None] = (), *, one_plan=True
) -> PGresult:
    """What PostgreSQL answers to a query, prepared at its first use on this connection. psycopg's errors, and
    `NotThisWay` where it does not answer with rows."""
    names = statements_of(session)
    plans = ONE_PLAN if one_plan else BEST_PLANS
    name = names.get((plans, sql)) or _prepare(session, names, plans, sql)
    choose_plans(session, plans)
    return _checked(session.pgconn.exec_prepared(name, values), ExecStatus.TUPLES_OK)


def _checked(result: PGresult, wanted: ExecStatus) -> PGresult:
    if result.status == ExecStatus.FATAL_ERROR:
        raise psycopg.errors.error_from_result(result)
    if result.status != wanted:
        raise NotThisWay
    return result


def statements_of(session: psycopg.Connection) -> dict[tuple[bytes, str], bytes]:
    """The names of those that are prepared, by how they are planned and their text."""
    return vars(session).setdefault("topichub_statements", {})


def choose_plans(session: psycopg.Connection, plans: bytes) -> None:
    """By itself PostgreSQL plans anew for all values what it believes to cost more without knowing them, such as
    the first rows of a long list, whose plan is the same for all; and planning takes longer than to answer. Within a
    transaction this stays as it is, since a rollback would take it back."""
    is_idle = session.pgconn.transaction_status == TransactionStatus.IDLE
    if is_idle and vars(session).get("topichub_plans", BEST_PLANS) != plans:
        _checked(session.pgconn.exec_(b"SET plan_cache_mode = " + plans), ExecStatus.COMMAND_OK)
        session.topichub_plans = plans


def _prepare(session: psycopg.Connection, names, plans: bytes, sql: str) -> bytes:
    if len(names) >= MOST_STATEMENTS:
        raise NotThisWay
    statement = _for_postgresql(sql)
    # Behind a pool the name may be another client's statement: it must never be one with another text.
    name = b"topichub_" + sha1(plans + statement, usedforsecurity=False).hexdigest().encode()
    _checked(session.pgconn.prepare(name, statement), ExecStatus.COMMAND_OK)
    names[plans, sql] = name
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
