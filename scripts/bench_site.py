# The site as it is measured: within this process, from the request to the last byte, with all middleware, SQL and
# templates.
import time
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection
from django.test import RequestFactory

from publications.statements import ONE_PLAN, choose_plans, statements_of


class Answer(NamedTuple):
    took: tuple[float, float]  # milliseconds, and those of processor time among them
    body: str


class Site:
    def __init__(self):
        from topichub.wsgi import application

        self.application = application

    def ask(self, address: str) -> Answer:
        """To the last byte; to the first rows, where a file is streamed."""
        environ = RequestFactory(headers={"host": "localhost"}).get(address).environ
        started, spent = time.perf_counter(), time.process_time()
        began, parts = [], []
        response = self.application(environ, lambda status, headers: began.append(status))
        for part in response:
            parts.append(part)
            if len(parts) > 1 and "export." in address:  # the first part is the heading
                break
        took = time.perf_counter() - started, time.process_time() - spent
        response.close()
        if not began[0].startswith("200"):
            raise SystemExit(f"{address} answers {began[0]}")
        return Answer((took[0] * 1000, took[1] * 1000), b"".join(parts).decode())


def unit() -> str:
    return "buffers" if connection.vendor == "postgresql" else "steps"


def work_of(ask) -> tuple[int, int]:
    """How many queries are asked by what this calls, and what they cost the database: pages of 8 KB that PostgreSQL
    reads, from memory or disk, or steps of SQLite's virtual machine. Both are the same on any machine."""
    with recorded() as statements, steps_counted() as steps:
        ask()
    return len(statements), steps[0] if connection.vendor == "sqlite" else buffers_of(statements)


@contextmanager
def recorded():
    statements = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


@contextmanager
def steps_counted():
    """A list whose one number is how many steps SQLite has taken."""
    steps = [0]

    def step():
        steps[0] += 1

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.set_progress_handler(step, 1)
    yield steps
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(None, 0)


def buffers_of(statements) -> int:
    """Those that are planned once, before any values are known, by that plan: a page must have been asked for
    once over this connection."""
    total, names = 0, statements_of(connection.connection)
    with connection.cursor() as cursor:
        choose_plans(connection.connection, ONE_PLAN)
        for sql, params in statements:
            if sql.lstrip().upper().startswith(("SELECT", "WITH", "(")):
                if name := names.get((ONE_PLAN, sql)):
                    sql = f"EXECUTE {name.decode()}" + (
                        f"({', '.join(['%s'] * len(params))})" if params else ""
                    )
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total
