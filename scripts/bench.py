# Measures pages on collections of different sizes, beside plain Django lists over the same data, and prints one
# table. It reports and judges nothing. The site's own database is never touched.
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import django
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
django.setup()

from scripts import bench_corpus, bench_export, bench_publishing, bench_serving  # noqa: E402
from scripts.bench_cases import TOPIC, Case, cases, check_same_items  # noqa: E402
from scripts.bench_site import Site, unit, work_of  # noqa: E402

SIZES = [1000, 10_000]
ROUNDS = 10
TIMES = 4  # in each round every page is asked for so many times, one after the other, after once unmeasured
WARMING_UP = 6  # times unmeasured in the first round: PostgreSQL plans a prepared statement anew five times
SLOW = 500  # milliseconds: what takes as long is asked for once in each of the first rounds
SLOW_ROUNDS = 2
KEPT = "bench"  # the folder in var/ for databases on SQLite that are kept


class Measured:
    def __init__(self):
        self.ours, self.plain = [], []  # (milliseconds, those of processor time) of each visit
        self.queries, self.work = 0, 0

    def wants_plain(self, round_: int) -> bool:
        return round_ < SLOW_ROUNDS or min(self.plain)[0] < SLOW


_open = {}  # by the name of the database


def speak_to(name: str) -> None:
    """As `bench_corpus.use`, over a connection that stays open from round to round, as a server keeps its own."""
    settings_ = connections.databases[DEFAULT_DB_ALIAS]
    settings_ |= {"NAME": name, "CONN_MAX_AGE": None}
    if name not in _open:
        _open[name] = connections.create_connection(DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = _open[name]


def hang_up() -> None:
    for one in _open.values():
        one.close()
    _open.clear()


def measure(site, names: dict[int, str], round_: int, results) -> None:
    """Each page of all sizes, and then its plain ones, so that whatever else the machine does at that moment meets them
    all."""
    for same in zip(*cases_of(names), strict=True):
        sizes = [
            (case, name, results[case.name, size])
            for case, (size, name) in zip(same, names.items(), strict=True)
        ]
        shown = []
        for case, name, found in sizes:
            speak_to(name)
            shown.append(visit(site, case.address, round_, found.ours))
            if not found.queries:
                found.queries, found.work = work_of(partial(site.ask, case.address))
                if "export." in case.address:  # asked for again, all rows would be read
                    found.work = 0
        for (case, name, found), ours in zip(sizes, shown, strict=True):
            if case.plain and found.wants_plain(round_):
                speak_to(name)
                check_same_items(case, ours, visit(site, case.plain, round_, found.plain))


def cases_of(names: dict[int, str]) -> Iterator[list[Case]]:
    for size, name in names.items():
        speak_to(name)
        yield cases(size)


def visit(site, address: str, round_: int, visits: list) -> str:
    """The page, asked for until what it needs is at hand, and then measured; a slow one once each."""
    answer = site.ask(address)
    is_slow = answer.took[0] >= SLOW
    for _ in range(0 if is_slow or round_ else WARMING_UP - 1):
        site.ask(address)
    for _ in range(1 if is_slow else TIMES):
        visits.append(site.ask(address).took)
    return answer.body


def print_table(sizes, results, unit: str) -> None:
    columns = ["what", "items", "ms", "growth", "cpu ms", "growth", "queries", unit, "growth"]
    columns += ["plain ms", "plain / ours", "visits"]
    print(f"| {' | '.join(columns)} |")
    print("|" + " --- |" * len(columns))
    for name in dict.fromkeys(name for name, _ in results):
        least = results[name, sizes[0]]
        for size in sizes:
            found = results[name, size]
            print(f"| {' | '.join(_cells(name, size, found, least if found is not least else None))} |")


def _cells(name, size, found, least) -> list[str]:
    took, spent = medians(found.ours)
    plain = medians(found.plain)[0] if found.plain else None
    before = (*medians(least.ours), least.work) if least else (0, 0, 0)
    visits = f"{len(found.ours)} / {len(found.plain)}" if plain else str(len(found.ours))
    return [
        *(name, f"{size:,}"),
        *(f"{took:.1f}", _times(took, before[0])),
        *(f"{spent:.1f}", _times(spent, before[1])),
        *(str(found.queries), f"{found.work:,}" if found.work else "", _times(found.work, before[2])),
        *(f"{plain:.1f}" if plain else "", f"{plain / took:.1f}x" if plain else "", visits),
    ]


def _times(now: float, before: float) -> str:
    return f"{now / before:.2f}x" if before else ""


def medians(visits) -> tuple[float, ...]:
    return tuple(map(statistics.median, zip(*visits, strict=True)))


def make_databases(sizes, folder: Path, keep: bool) -> dict[int, str]:
    """The name of each by its size. Those that were kept and are as they would be made now are taken again."""
    names = {size: bench_corpus.name_of(connection.settings_dict, size, folder) for size in sizes}
    for size, name in names.items():
        if keep and bench_corpus.is_ready(name, size):
            continue
        started = time.perf_counter()
        bench_corpus.create(name)
        bench_corpus.fill(size)
        print(f"{size:,} publications made in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return names


def main(sizes, rounds: int, keep: bool) -> None:
    settings.ROOT_URLCONF, settings.SECURE_SSL_REDIRECT = "scripts.bench_plain", False
    settings.DEBUG = settings.TOPICHUB_PAGE_CACHE = False  # so that each page is made
    site = Site()
    folder = settings.BASE_DIR / "var" / KEPT
    results, publishing = defaultdict(Measured), defaultdict(bench_publishing.Measured)
    names = {}
    with nullcontext(folder) if keep else tempfile.TemporaryDirectory(prefix="topichub-bench-") as place:
        Path(place).mkdir(parents=True, exist_ok=True)
        try:
            names = make_databases(sizes, Path(place), keep)
            connection.close()
            for round_ in range(rounds):
                measure(site, names, round_, results)
            # Afterwards, since what is taken away leaves rows behind that pages would read.
            for _ in range(rounds):
                for size, name in names.items():
                    speak_to(name)
                    bench_publishing.measure(size, publishing)
            print(
                f"{os.cpu_count()} cores, {bench_corpus.versions()}, Python {sys.version.split()[0]}, "
                f"Django {django.__version__}; medians; load {os.getloadavg()[0]:.1f}\n"
            )
            print_table(sizes, results, unit())
            bench_publishing.print_table(sizes, publishing)
            for size, name in names.items():
                print(f"\n{size:,} items")
                address = bench_corpus.address_of(name)
                bench_serving.print_table(bench_serving.measure(address, TOPIC))
                bench_export.print_table(bench_export.measure(address, TOPIC))
        finally:
            hang_up()
            for name in names.values():
                if not keep:
                    bench_corpus.drop(name)


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        sorted(int(word) for word in words if word.isdigit()) or SIZES,
        1 if "once" in words else ROUNDS,
        "keep" in words,
    )
