# Measures a whole file of a list, to its last row: how long it takes, and how much memory its process takes at most.
# Each is asked for in a process of its own, so that its memory is its own, too.
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
FORMS = ("csv", "ris")


class Export(NamedTuple):
    rows: int
    sent: float  # MB
    seconds: float
    peak: int  # MB


def measure(database: str, path: str) -> dict[str, Export]:
    """Of the list at a path, in each form, from the database at an address such as DATABASE_URL has."""
    # Unmeasured, so that no form finds less in the memory of the database than those after it.
    _in_own_process(database, f"{path}export.{FORMS[0]}")
    return {form: _in_own_process(database, f"{path}export.{form}") for form in FORMS}


def _in_own_process(database: str, address: str) -> Export:
    command = [sys.executable, "-m", "scripts.bench_export", address]
    environment = os.environ | {"DATABASE_URL": database, "TOPICHUB_HTTPS": "off"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return Export(*json.loads(done.stdout))


def _read(address: str) -> Export:
    started, sent, rows = time.perf_counter(), 0, 0
    row_ends = b"\r\n" if urlsplit(address).path.endswith(".csv") else b"ER  -"
    for number, part in enumerate(_ask(address)):
        sent += len(part)
        rows += part.count(row_ends) if number else 0  # the first part is the heading
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Export(rows, sent / 1e6, time.perf_counter() - started, peak)


def _ask(address: str) -> Iterator[bytes]:
    from django.test import RequestFactory

    from topichub.wsgi import application

    began: list[str] = []
    environ = RequestFactory(headers={"host": "localhost"}).get(address).environ
    response = application(environ, lambda status, headers: began.append(status))
    if not began[0].startswith("200"):
        raise SystemExit(f"{address} answers {began[0]}")
    yield from response


def print_table(found: dict[str, Export]) -> None:
    print("\n| whole file | rows | MB sent | s | rows/s | peak MB |")
    print("|" + " --- |" * 6)
    for form, (rows, sent, seconds, peak) in found.items():
        cells = [form, f"{rows:,}", f"{sent:.1f}", f"{seconds:.1f}"]
        print(f"| {' | '.join([*cells, f'{rows / seconds:,.0f}', str(peak)])} |")


if __name__ == "__main__":
    django.setup()
    print(json.dumps(_read(sys.argv[1])))
