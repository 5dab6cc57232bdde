# PostgreSQL for a site whose processes all run on one host (TOPICHUB_ONE_HOST). Before each commit a token changes
# in a file that all of them have in their memory, so that whoever sees the token they know need not ask the
# database whether anything has changed. How it is relied upon: publications/listing/glance.py.
import os
import re
from contextlib import contextmanager, nullcontext
from mmap import mmap

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

LENGTH = 8  # bytes: written and read in one, and never the same twice
READS = re.compile(r"\s*\(*\s*SELECT\b", re.IGNORECASE)
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|CALL|DO|EXECUTE)\b", re.IGNORECASE)


def _open() -> mmap:
    path = settings.DATA_DIR / "commits"
    try:
        with path.open("ab+") as file:  # made where it is not there yet, and left as it is where it is
            file.truncate(LENGTH)
            return mmap(file.fileno(), LENGTH)
    except OSError as error:
        raise ImproperlyConfigured(
            f"TOPICHUB_ONE_HOST needs {path}, which this user cannot write: {error.strerror}."
        ) from error


_file = _open()


def announced() -> bytes:
    """What was last announced by any process of the site."""
    return _file[:]


def announce() -> None:
    """To be called before a commit, by whoever holds a lock that shows that they have written."""
    _file[:] = os.urandom(LENGTH)


class DatabaseWrapper(base.DatabaseWrapper):
    announced = staticmethod(announced)

    def get_connection_params(self):
        return super().get_connection_params() | {"cursor_factory": Cursor}

    def _commit(self):
        announce()
        super()._commit()


class Cursor(base.Cursor):
    """A statement outside of a transaction would commit by itself, before anybody can announce it: one that may
    write gets a transaction of its own."""

    def execute(self, query, *args, **kwargs):
        with self._announced(query):
            return super().execute(query, *args, **kwargs)

    def executemany(self, query, *args, **kwargs):
        with self._announced(query):
            return super().executemany(query, *args, **kwargs)

    @contextmanager
    def copy(self, statement, *args, **kwargs):
        with self._announced(statement), super().copy(statement, *args, **kwargs) as copy:
            yield copy

    def _announced(self, query):
        return _own_transaction(self.connection) if self._commits_by_itself(query) else nullcontext()

    def _commits_by_itself(self, query) -> bool:
        session = self.connection
        return (
            session.autocommit
            and session.pgconn.transaction_status == TransactionStatus.IDLE
            and _may_write(query)
        )


@contextmanager
def _own_transaction(session):
    with session.transaction():
        yield
        announce()


def _may_write(query) -> bool:
    """By its words. Functions that write are not known by theirs; topichub has none but those of triggers."""
    return not isinstance(query, str) or (not READS.match(query) and bool(WRITES.search(query)))
