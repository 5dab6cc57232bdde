# The generation as quickly as it can be had, for whoever answers with a page that is kept: past Django's cursors,
# and on a site whose processes all run on one host without asking the database.
#
# Why the latter is never late. There every process changes a token that all of them have in memory before it
# commits (topichub/one_host/base.py).
# 1. Whoever reads the token they know has missed no commit: it would have changed before.
# 2. A generation is remembered under a token that was read first, and only where after that nobody held a lock
#    on the table of generations. Whoever changes what pages show takes that lock before they announce, and the
#    database gives it back only once all see the commit. So of those who announced before the token was read
#    each had committed, or had failed, before the generation was asked for.
# 3. It is the database that holds the lock. If a process is killed while it commits, nobody remembers anything
#    until the database has done with it.
# Whoever writes past topichub, such as psql, announces nothing: so the database is asked every second as well.
import sqlite3
import time
from typing import NamedTuple

import psycopg

from publications.listing.generation import READ, TOKENS
from publications.reading import database
from publications.statements import NotThisWay, execute_prepared

LONGEST = 1.0  # seconds for which the database is not asked
NOBODY_WRITES = f"""
SELECT NOT EXISTS (
  SELECT FROM pg_locks WHERE relation = '{TOKENS}'::regclass AND mode <> 'AccessShareLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
IDLE = psycopg.pq.TransactionStatus.IDLE


class Known(NamedTuple):
    announced: bytes
    generation: str
    until: float


def glance_at_generation() -> str:
    """Over the connection that this thread has open. Empty where there is none, where it has served its time or
    does not answer: then ask by `read_present`."""
    here = database()
    session = here.connection
    if session is None or (here.close_at is not None and time.monotonic() >= here.close_at):
        return ""
    try:
        if here.vendor == "sqlite":
            return _ask_sqlite(session)
        announced = getattr(here, "announced", None)
        return _remembered(session, announced) if announced else _ask_postgresql(session, READ["postgresql"])
    except (NotThisWay, sqlite3.Error, psycopg.Error):
        return ""


def _remembered(session, announced) -> str:
    """By this thread, whose connection it is."""
    if session.pgconn.transaction_status != IDLE:  # which has changes that nobody else sees
        return _ask_postgresql(session, READ["postgresql"])
    token, now = announced(), time.monotonic()
    known = vars(session).get("topichub_known")
    if known and known.announced == token and now < known.until:
        return known.generation
    nobody_writes = _ask_postgresql(session, NOBODY_WRITES) == "t"
    generation = _ask_postgresql(session, READ["postgresql"])
    may_remember = nobody_writes and generation
    session.topichub_known = Known(token, generation, now + LONGEST) if may_remember else None
    return generation


def _ask_sqlite(session) -> str:
    row = session.execute(READ["sqlite"]).fetchone()
    return row[0] if row else ""


def _ask_postgresql(session, sql: str) -> str:
    return (execute_prepared(session, sql).get_value(0, 0) or b"").decode()
