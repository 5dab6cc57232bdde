# Another process of the same site, which does what a test tells it, one thing after the other.
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = "publications_publication"


def environment_of(folder: Path, **more) -> dict[str, str]:
    """For processes that use the database of this test."""
    from django.db import connection

    there = connection.settings_dict
    name = f"{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    address = f"postgres://{name}" if connection.vendor == "postgresql" else f"sqlite:///{there['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": address,
        "DEBUG": "on",  # static files need not be collected
        "DJANGO_SETTINGS_MODULE": "topichub.settings",
        "TOPICHUB_DATA_DIR": str(folder),
        "TOPICHUB_PAGE_CACHE": "on",
    } | more


class Outsider:
    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.outsider"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, name, *arguments) -> None:
        self.process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self.process.stdin.flush()

    def do(self, name, *arguments):
        self.begin(name, *arguments)
        return json.loads(self.process.stdout.readline())


@contextmanager
def outsider(environment):
    started = Outsider(environment)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()
        started.process.stdin.close()
        started.process.stdout.close()


# What it can do


def glance() -> str:
    from publications.listing.glance import glance_at_generation

    return glance_at_generation()


def ask_only_when_told() -> str:
    """So that a test need not be faster than the question that is asked every second."""
    from publications.listing import glance as module

    module.LONGEST = 1e6
    return ask()


def ask() -> str:
    from publications.listing.generation import read_generation

    return read_generation()


def rename(way: str, pk: int, title: str) -> None:
    WAYS[way](pk, title)


def save_in_a_transaction(pk, title):
    from django.db import transaction

    with transaction.atomic():
        update(pk, title)


def save_within_savepoints(pk, title):
    from django.db import transaction

    with transaction.atomic():
        with transaction.atomic():
            update(pk, title)
        with transaction.atomic():
            transaction.set_rollback(True)


def update(pk, title):
    _publications().filter(pk=pk).update(title=title)


def bulk_update(pk, title):
    from publications.models import Publication

    Publication.objects.bulk_update([Publication(pk=pk, title=title)], ["title"])


def cursor(pk, title):
    _execute("execute", f"update {TABLE} set title = %s where id = %s", [title, pk])


def many(pk, title):
    _execute("executemany", f"UPDATE {TABLE} SET title = %s WHERE id = %s", [[title, pk]])


def common_table(pk, title):
    _execute(
        "execute",
        f"WITH wanted AS (SELECT %s AS title) UPDATE {TABLE} SET title = wanted.title FROM wanted WHERE id = %s",
        [title, pk],
    )


def common_table_that_writes(pk, title):
    sql = f"WITH done AS (UPDATE {TABLE} SET title = %s WHERE id = %s RETURNING 1) SELECT count(*) FROM done"
    _execute("execute", sql, [title, pk])


def without_autocommit(pk, title):
    from django.db import connection

    connection.set_autocommit(False)
    update(pk, title)
    connection.commit()
    connection.set_autocommit(True)


def command(pk, title):
    from django.core.management import call_command

    code = f"Publication.objects.filter(pk={pk}).update(title={title!r})"
    call_command("shell", command=f"from publications.models import Publication; {code}", no_imports=True)


def _publications():
    from publications.models import Publication

    return Publication.objects


def _execute(method, *arguments):
    from django.db import connection

    with connection.cursor() as there:
        getattr(there, method)(*arguments)


WAYS = {
    each.__name__: each
    for each in (
        save_in_a_transaction,
        save_within_savepoints,
        update,
        bulk_update,
        cursor,
        many,
        common_table,
        common_table_that_writes,
        without_autocommit,
        command,
    )
}


def copy_in() -> None:
    from django.db import connection

    with (
        connection.cursor() as there,
        there.copy("COPY publications_searchword (word, stem) FROM STDIN") as rows,
    ):
        rows.write_row(("tidings", "tiding"))


def save(pk: int, fields: dict) -> None:
    item = _publications().get(pk=pk)
    for name, value in fields.items():
        setattr(item, name, datetime.fromisoformat(value) if name.endswith("_at") else value)
    item.save()


def main():
    import django

    django.setup()
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(globals()[name](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
