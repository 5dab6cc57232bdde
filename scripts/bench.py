# Measures pages on collections of different sizes, beside plain Django lists over the same data, and prints one
# table. It reports and judges nothing. The site's own database is never touched.
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
ROUNDS, TIMES = 5, 2  # in each round every page is asked for so many times, after once unmeasured
BIG_TOPIC = "/topics/topic-1/"
CASES = {
    "topic, first page": BIG_TOPIC,
    "topic, page in the middle": f"{BIG_TOPIC}?page={{middle}}",
    "topic, last page": f"{BIG_TOPIC}?page={{last}}",
    "topic, one type": f"{BIG_TOPIC}?type=report&page=2",
    "topic, three types": f"{BIG_TOPIC}?type=report&type=tool&type=testimony&page=2",
    "topic, two years": f"{BIG_TOPIC}?from=2015&to=2016",
    "topic, type and days": f"{BIG_TOPIC}?type=report&from=2015-03-14&to=2016-10-09",
    "topic, oldest first": f"{BIG_TOPIC}?sort=oldest",
    "small topic": "/topics/topic-199/",
    "everything": "/publications/",
    "topics": "/topics/",
    "home": "/",
    "item": "/publications/item-{item}/",
    "Atom feed of a topic": f"{BIG_TOPIC}feed.atom",
    "sitemap, first part": "/sitemap-publications.xml",
    "CSV of a topic, first rows": f"{BIG_TOPIC}export.csv",
}
BESIDE_PLAIN = {name for name in CASES if name.startswith("topic,")} | {"small topic", "everything"}
SEARCHES = {
    "search, common word": "/publications/?q=tides",
    "search, rare word": "/publications/?q=17",
    "search, phrase": '/publications/?q="tides and rivers"',
    "search, filtered": "/publications/?q=tides&type=report&topic=topic-1",
}


class Measured:
    def __init__(self):
        self.times, self.plain, self.queries, self.buffers = [], [], 0, None


def ask(handler, address: str) -> tuple[float, float]:
    """Milliseconds from the request to the last byte (to the first rows, where a file is streamed), and those of
    processor time among them."""
    from django.test import RequestFactory

    environ = RequestFactory(headers={"host": "localhost"}).get(address).environ
    started, spent = time.perf_counter(), time.process_time()
    answer = []
    response = handler(environ, lambda status, headers: answer.append(status))
    for part, _ in enumerate(response):
        if part and "export." in address:  # the first part is the heading
            break
    took, spent = (time.perf_counter() - started) * 1000, (time.process_time() - spent) * 1000
    response.close()
    if not answer[0].startswith("200"):
        raise SystemExit(f"{address} answers {answer[0]}")
    return took, spent


@contextmanager
def recorded():
    statements = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def buffers_of(statements) -> int | None:
    """Pages of 8 KB that PostgreSQL reads for these statements, from memory or disk."""
    if connection.vendor != "postgresql":
        return None
    total = 0
    with connection.cursor() as cursor:
        for sql, params in statements:
            if sql.lstrip().upper().startswith(("SELECT", "WITH", "(")):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


def address_of(pattern: str, total: int, size: int) -> str:
    last = max(1, -(-total // 20))
    return pattern.format(middle=max(1, last // 2), last=last, item=size // 2)


def measure(handler, size: int, cases, results, with_plain: bool) -> None:
    from publications.models import Tally

    total = sum(Tally.objects.filter(topic=1, period=0).values_list("n", flat=True))
    for name, pattern in cases.items():
        address, found = address_of(pattern, total, size), results[name, size]
        plain = f"/plain{address}" if with_plain and name in BESIDE_PLAIN else ""
        ask(handler, address)
        if plain:
            ask(handler, plain)
        for _ in range(TIMES):
            found.times.append(ask(handler, address))
            if plain:
                found.plain.append(ask(handler, plain))
        if found.buffers is None and not found.queries:
            with recorded() as statements:
                ask(handler, address)
            found.queries, found.buffers = len(statements), buffers_of(statements)


def measure_publishing(size: int, results) -> None:
    """Save a draft as published, with two topics: written side, lists and search index, then undone."""
    from publications.models import ContentType, Publication, index, syncing_once

    kind = ContentType.objects.first()
    for number in range(TIMES):
        with transaction.atomic():
            item = Publication.objects.create(title=f"New {number}", content_type=kind, summary="In short.")
            item.topics.set([1, 5])
            started, spent = time.perf_counter(), time.process_time()
            with recorded() as statements, syncing_once():
                item.state, item.published_at = "published", item.created_at
                item.save()
            index([item.pk])
            found = results["publish one item", size]
            found.times.append(((time.perf_counter() - started) * 1000, (time.process_time() - spent) * 1000))
            found.queries = len(statements)
            transaction.set_rollback(True)


def print_table(sizes, results) -> None:
    smallest = sizes[0]
    widths = {
        "what": -28,
        "items": 9,
        "ms": 8,
        "plain ms": 8,
        "ratio": 6,
        "cpu ms": 8,
        "plain cpu": 9,
        "ratio cpu": 9,
    }
    widths |= {"growth": 6, "queries": 7, "buffers": 7}
    print("| " + " | ".join(f"{name:{'<' if n < 0 else '>'}{abs(n)}}" for name, n in widths.items()) + " |")
    print("|" + "|".join(" --- " for _ in widths) + "|")
    for name in dict.fromkeys(name for name, _ in results):
        for size in sizes:
            found = results[name, size]
            took, spent = _medians(found.times)
            plain, plain_spent = _medians(found.plain) if found.plain else (None, None)
            growth = spent / _medians(results[name, smallest].times)[1]
            cells = [
                f"{name:28}",
                f"{size:>9,}",
                f"{took:8.1f}",
                f"{plain:8.1f}" if plain else " " * 8,
                f"{plain / took:5.1f}x" if plain else " " * 6,
                f"{spent:8.1f}",
                f"{plain_spent:9.1f}" if plain else " " * 9,
                f"{plain_spent / spent:8.1f}x" if plain else " " * 9,
                f"{growth:5.2f}x" if size != smallest else " " * 6,
                f"{found.queries:>7}",
                f"{found.buffers:>7,}" if found.buffers is not None else " " * 7,
            ]
            print("| " + " | ".join(cells) + " |")


def _medians(times) -> tuple[float, float]:
    return tuple(map(statistics.median, zip(*times, strict=True)))


def main(sizes, rounds, with_search, with_plain):
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    from scripts import bench_corpus, bench_serving

    settings.ROOT_URLCONF, settings.SECURE_SSL_REDIRECT = "scripts.bench_plain", False
    settings.DEBUG = settings.TOPICHUB_PAGE_CACHE = False  # so that each page is made
    results = defaultdict(Measured)
    with tempfile.TemporaryDirectory(prefix="topichub-bench-") as folder:
        names = {size: bench_corpus.name_of(connection.settings_dict, size, Path(folder)) for size in sizes}
        try:
            for size, name in names.items():
                started = time.perf_counter()
                bench_corpus.create(name)
                bench_corpus.fill(size)
                if with_search:
                    from publications.models import search_document

                    search_document.rebuild()
                print(f"{size:,} publications made in {time.perf_counter() - started:.0f} s", file=sys.stderr)
            handler = WSGIHandler()
            for _ in range(rounds):  # all sizes in turn, so that what else the machine does meets them all
                for size, name in names.items():
                    bench_corpus.use(name)
                    measure(handler, size, CASES | (SEARCHES if with_search else {}), results, with_plain)
                    measure_publishing(size, results)
            print(
                f"{os.cpu_count()} cores, {bench_corpus.versions()}, Python {sys.version.split()[0]}, Django {django.__version__}; "
                f"medians of {TIMES * rounds}; load {os.getloadavg()[0]:.1f}\n"
            )
            print_table(sizes, results)
            serving = bench_serving.measure(bench_corpus.address_of(names[sizes[0]]), BIG_TOPIC)
            bench_serving.print_table(serving)
        finally:
            for name in names.values():
                bench_corpus.drop(name)


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = sorted(int(word) for word in words if word.isdigit()) or [1000, 10_000]
    main(numbers, 1 if "once" in words else ROUNDS, "search" in words, "alone" not in words)
