# Measures the import, once more for the same file, and beside two kinds of plain bulk inserts, each in one transaction,
# nothing checked, no trigger of ours: `plain` makes the same publications, authors and topics, and a plain full text
# index that the database fills by itself; `rows` puts in the very rows that the import left in all tables
# (scripts/bench_rows.py). Each run is a process of its own, so that its memory is its own, too.
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import accumulate, batched
from pathlib import Path
from statistics import median
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
KINDS = ("plain", "import", "again", "rows")  # in this order: each finds what the one before it left
BATCH = 500
TOPICS, BIG = 200, 1  # as in bench_corpus: one of them holds three items in ten
TYPES = ("Report", "Commentary", "Testimony", "Tool")
ENDINGS = ("", "", "", "s", "ed", "ing", "ation", "ly", "ment")
SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en", "ou")]
VOCABULARY = 30_000
PLAIN_INDEX = {
    "postgresql": (
        "ALTER TABLE publications_publication ADD COLUMN words tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', subtitle), 'B') || "
        "setweight(to_tsvector('english', summary || ' ' || key_findings), 'C') || "
        "setweight(to_tsvector('english', body), 'D')) STORED",
        "CREATE INDEX plain_words ON publications_publication USING gin (words)",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE plain_words USING fts5(title, subtitle, summary, key_findings, body, "
        "content='publications_publication', content_rowid='id', tokenize='porter unicode61')",
        "CREATE TRIGGER plain_words_added AFTER INSERT ON publications_publication BEGIN "
        "INSERT INTO plain_words(rowid, title, subtitle, summary, key_findings, body) VALUES "
        "(new.id, new.title, new.subtitle, new.summary, new.key_findings, new.body); END",
    ),
}


class Run(NamedTuple):
    seconds: float
    own: float  # processor time of the process that imports
    served: float  # processor time of the database's process for it, where there is one and it can be seen
    peak: int  # most memory at once, in MB
    rows: int

    @property
    def spent(self) -> float:
        return self.own + self.served


def measure(size: int, rounds: int = 1) -> dict[str, Run]:
    """The medians of each kind, taken in turn on the database that DATABASE_URL names."""
    from django.db import connection

    from scripts import bench_corpus

    found = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="topichub-bench-") as folder:
        file = write_file(Path(folder) / "items.json", size)
        name = bench_corpus.name_of(connection.settings_dict, size, Path(folder))
        for _ in range(rounds):
            for kind in KINDS:
                into, source = (f"{name}_rows", name) if kind == "rows" else (name, file)
                if kind != "again":
                    bench_corpus.create(into)
                bench_corpus.use(into)
                connection.close()
                found[kind].append(_in_own_process(kind, source, bench_corpus.address_of(into)))
        for used in (name, f"{name}_rows"):
            bench_corpus.drop(used)
    return {kind: Run(*map(median, zip(*runs, strict=True))) for kind, runs in found.items()}


def print_table(results: dict[int, dict[str, Run]]) -> None:
    print("| items | what | seconds | cpu seconds | own | database | MB | the import beside it | by cpu |")
    print("|" + " --- |" * 9)
    for size, runs in results.items():
        ours = runs["import"]
        for kind, run in runs.items():
            ratios = f"{ours.seconds / run.seconds:.2f}x | {ours.spent / run.spent:.2f}x"
            spent = f"{run.spent:.1f} | {run.own:.1f} | {run.served:.1f}"
            print(
                f"| {size:,} | {kind} | {run.seconds:.1f} | {spent} | {run.peak:.0f} | {ratios} |", flush=True
            )


def write_file(path: Path, size: int) -> Path:
    """Always the same for the same size: titles of five words, summaries of 330 letters, texts of 1,100; two authors,
    one topic or two."""
    chance = random.Random(size)
    words = [
        "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3))) + chance.choice(ENDINGS)
        for _ in range(VOCABULARY)
    ]
    weights = list(accumulate(1 / (rank + 8) for rank in range(VOCABULARY)))
    people = [
        f"{chance.choice(words).title()} {chance.choice(words).title()}" for _ in range(max(50, size // 10))
    ]

    def text(number):
        return " ".join(chance.choices(words, cum_weights=weights, k=number)).capitalize()

    def item(number):
        topics = {f"Topic {BIG}"} if number % 10 < 3 else set()
        topics |= {f"Topic {2 + int(chance.random() ** 3 * (TOPICS - 2))}" for _ in range(1 + number % 2)}
        day = f"{chance.randint(1990, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        return {
            "id": f"a-{number}",
            "title": text(5),
            "type": TYPES[number % len(TYPES)],
            "topics": sorted(topics)[:2],
            "date": day,
            "authors": chance.sample(people, 2),
            "summary": f"{text(50)}.",
            "body_html": "".join(f"<p>{text(33)}.</p>" for _ in range(5)),
            **({"doi": f"10.5555/a-{number}"} if number % 3 == 0 else {}),
        }

    with path.open("w", encoding="utf-8") as file:
        topics = [
            {"name": f"Topic {n}"} | ({"parent": f"Topic {n - 100}"} if n > 101 else {})
            for n in range(1, TOPICS + 1)
        ]
        file.write(f'{{"topics": {json.dumps(topics)}, "publications": [\n')
        for number in range(size):
            file.write(("," if number else "") + json.dumps(item(number)) + "\n")
        file.write("]}\n")
    return path


def _in_own_process(kind, file, address) -> Run:
    command = [sys.executable, "-m", "scripts.bench_import", kind, str(file)]
    done = subprocess.run(
        command, env=os.environ | {"DATABASE_URL": address}, stdout=subprocess.PIPE, check=True
    )
    return Run(*json.loads(done.stdout))


def _run(kind, file) -> Run:
    from django.db import connection

    from publications.listing.generation import unwatch_tables
    from publications.models import Publication
    from scripts import bench_rows

    take = {"plain": _take_plainly, "rows": bench_rows.put_in}.get(kind, _take_in)
    if kind in ("plain", "rows"):
        unwatch_tables()
    if kind == "plain":
        _make_plain_index()
    connection.ensure_connection()
    began, own, served = time.perf_counter(), time.process_time(), _spent_by_database(connection)
    aside = take(file) or bench_rows.Aside()
    seconds, own = time.perf_counter() - began - aside.seconds, time.process_time() - own - aside.spent
    served = _spent_by_database(connection) - served
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(seconds, own, served, peak, Publication.objects.count())


def _spent_by_database(connection) -> float:
    """Processor time of the server's process for this connection, if it runs on this machine."""
    if connection.vendor != "postgresql":
        return 0
    try:
        fields = (
            Path(f"/proc/{connection.connection.info.backend_pid}/stat")
            .read_text()
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _take_in(file) -> None:
    from publications.exchange.importing import import_publications

    report = import_publications(file)
    if report.problems:
        raise SystemExit(str(report.problems[0]))


def _make_plain_index() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in PLAIN_INDEX[connection.vendor]:
            cursor.execute(statement)


def _take_plainly(file) -> None:
    """As one would write it in a shell."""
    from django.db import transaction
    from django.utils import timezone
    from django.utils.text import slugify

    from publications.models import Authorship, ContentType, Person, Publication, Topic, TopicAncestry
    from scripts import bench_rows

    Plain = bench_rows.bare(Publication)
    data = json.loads(Path(file).read_text(encoding="utf-8"))
    rows, used = data["publications"], Counter()
    zone = timezone.get_default_timezone()

    def slug(text):
        used[base := slugify(text)[:70]] += 1
        return base if used[base] == 1 else f"{base}-{used[base]}"

    with transaction.atomic():
        types = dict(ContentType.objects.values_list("name", "pk"))
        topics = {
            one["name"]: Topic(pk=n, name=one["name"], slug=slugify(one["name"]))
            for n, one in enumerate(data["topics"], 1)
        }
        for one in data["topics"]:
            topics[one["name"]].parent = topics.get(one.get("parent"))
        Topic.objects.bulk_create(topics.values())
        TopicAncestry.rebuild()
        names = dict.fromkeys(name for row in rows for name in row["authors"])
        people = {
            name: Person(name=name, slug=slug(name), sort_name=name, search_name=name) for name in names
        }
        Person.objects.bulk_create(people.values(), batch_size=BATCH)
        used.clear()
        for some in batched(rows, BATCH):
            made = Plain.objects.bulk_create(
                Plain(
                    title=row["title"],
                    slug=slug(row["title"]),
                    content_type_id=types[row["type"]],
                    summary=row["summary"],
                    body=row["body_html"],
                    published_at=dt.datetime.fromisoformat(row["date"]).replace(tzinfo=zone),
                    state="published",
                    import_id=row["id"],
                    doi=row.get("doi", ""),
                )
                for row in some
            )
            pairs = list(zip(made, some, strict=True))
            Topic.publications.through.objects.bulk_create(
                Topic.publications.through(publication_id=one.pk, topic_id=topics[name].pk)
                for one, row in pairs
                for name in row["topics"]
            )
            Authorship.objects.bulk_create(
                Authorship(publication_id=one.pk, person_id=people[name].pk, position=position)
                for one, row in pairs
                for position, name in enumerate(row["authors"])
            )


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] in KINDS:
        print(json.dumps(_run(*sys.argv[1:])))
    else:
        print_table({size: measure(size) for size in map(int, sys.argv[1:])})
