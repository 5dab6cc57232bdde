# Waiting for others that write: whoever answers a reader does so briefly.
from contextlib import contextmanager

from django.db import connection, transaction

LONGEST = 1000  # milliseconds


@contextmanager
def brief_transaction():
    """A transaction that gives up with an OperationalError rather than wait for others that hold what it needs."""
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        _execute(f"PRAGMA busy_timeout = {LONGEST}")
    try:
        with transaction.atomic():
            if not is_sqlite:
                _execute(f"SET LOCAL lock_timeout = {LONGEST}")
            yield
    finally:
        if is_sqlite:
            usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
            _execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")


def _execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
