# Four writers in processes of their own change the same few hundred items and topics by the ways that people and
# programs have, while somebody reads; then lists and search are compared with their definitions. It stops by itself,
# and the site's own database is never touched.
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

OPERATIONS, WRITERS, MINUTES = 10_000, 4, 60
RESTS = 4  # times as long as a page took, the reader waits for the next
ITEMS, TOPICS = 300, 12  # few, so that writers meet often
ADMIN = "/admin/publications"
PAGES = [
    "/",
    "/publications/",
    "/topics/",
    "/topics/topic-1/",
    "/topics/topic-1/?type=report",
    "/topics/topic-2/feed.atom",
]


class Writer:
    """One person or program. What they are told is no fault: that somebody was faster, or that what they change or
    name is gone, in an error that says so and leaves nothing half done. Any other error is."""

    def __init__(self, seed: int, folder: str):
        from django.contrib.auth import get_user_model
        from django.test import Client

        self.random, self.folder, self.taken_in = random.Random(seed), Path(folder), 0
        self.seed, self.by = seed, get_user_model().objects.get(username=f"writer-{seed}")
        self.client = Client()
        self.client.force_login(self.by)
        self.ways = {
            self.save_form: 20,
            self.make: 8,
            self.publish: 14,
            self.plan: 6,
            self.withdraw_or_restore: 8,
            self.withdraw_several: 3,
            self.change_date: 6,
            self.delete: 4,
            self.delete_several: 1,
            self.move_topic: 3,
            self.make_and_delete_topic: 2,
            self.take_in: 6,
            self.correct: 5,
            self.change_live_item: 8,
        }

    def run(self, operations: int, until: float) -> dict:
        from django.core.exceptions import ObjectDoesNotExist, ObjectNotUpdated, ValidationError
        from django.db import DatabaseError
        from django.db.models import ProtectedError, RestrictedError

        from publications.workflow import Refused

        refusals = (
            Refused,
            ValidationError,
            ObjectDoesNotExist,
            ObjectNotUpdated,
            ProtectedError,
            RestrictedError,
        )
        done, told, faults = Counter(), Counter(), Counter()
        spent = time.process_time()
        for _ in range(operations):
            if time.time() > until:
                break
            way = self.random.choices(list(self.ways), list(self.ways.values()))[0]
            try:
                way()
            except refusals as answer:
                told[f"{way.__name__}: {type(answer).__name__}"] += 1
            except (DatabaseError, AssertionError) as error:
                faults[f"{way.__name__}: {type(error).__name__}: {str(error).splitlines()[0][:120]}"] += 1
            done[way.__name__] += 1
        spent = time.process_time() - spent
        return {"done": done, "told": told, "faults": faults, "spent": spent}

    # Choices

    def item(self, **rule):
        from publications.models import Publication

        keys = list(Publication.objects.filter(**rule).order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise Publication.DoesNotExist
        return Publication.objects.get(pk=self.random.choice(keys))

    def topics(self, number):
        from publications.models import Topic

        return self.random.sample(list(Topic.objects.order_by("pk")), number)

    def moment(self):
        from django.utils import timezone

        now = timezone.now().replace(microsecond=0)
        return now - timedelta(days=self.random.randrange(4000), seconds=self.random.randrange(86400))

    # Ways to write

    def send(self, address, **changes):
        """Opens a form, changes fields and sends it, as a browser does."""
        from tests.forms import controls

        page = self.client.get(address)
        if page.status_code == 200:
            answer = self.client.post(address, controls(page) | changes)
            assert answer.status_code in {200, 302, 403}, f"{address} answers {answer.status_code}"

    def save_form(self):
        topics = [str(topic.pk) for topic in self.topics(self.random.randrange(3))]
        changes = self.random.choice([{"topics": topics}, {"summary": f"It is {self.random.random()}."}])
        self.send(f"{ADMIN}/publication/{self.item().pk}/change/", **changes)

    def make(self):
        title = f"Made {self.seed} {self.random.random()}"
        topics = [str(topic.pk) for topic in self.topics(2)]
        kind = str(self.item().content_type_id)
        words = {"summary": "In short.", "body": "<p>At length.</p>"}
        self.send(f"{ADMIN}/publication/add/", title=title, content_type=kind, topics=topics, **words)

    def publish(self):
        from publications import workflow
        from publications.readiness import problems

        item = self.item(state="draft")
        workflow.publish(item, self.by, passing=[each.words for each in problems(item)])

    def plan(self):
        from publications import workflow
        from publications.readiness import problems

        item = self.item(state="draft")
        workflow.schedule(
            item, self.by, _soon(self.random.randrange(1, 60)), [each.words for each in problems(item)]
        )

    def withdraw_or_restore(self):
        from publications import workflow

        if self.random.random() < 0.5:
            workflow.withdraw(self.item(state="published"), self.by, "It was wrong.")
        else:
            workflow.restore(self.item(state="withdrawn"), self.by)

    def withdraw_several(self):
        keys = [str(self.item(state="published").pk) for _ in range(4)]
        sent = {
            "action": "withdraw_selected",
            "_selected_action": keys,
            "_confirmed": "1",
            "notice": "It was wrong.",
        }
        answer = self.client.post(f"{ADMIN}/publication/", sent)
        assert answer.status_code in {200, 302}, f"the list answers {answer.status_code}"

    def change_date(self):
        from publications import workflow

        workflow.change_date(self.item(state="published"), self.by, self.moment())

    def delete(self):
        from publications import workflow

        workflow.delete(self.item(), self.by)

    def delete_several(self):
        from publications.models import Publication

        Publication.objects.filter(pk__in=[self.item().pk for _ in range(2)]).delete()

    def move_topic(self):
        topic, parent = self.topics(2)
        self.send(f"{ADMIN}/topic/{topic.pk}/change/", parent=self.random.choice(["", str(parent.pk)]))

    def make_and_delete_topic(self):
        from publications.models import Topic

        made = Topic.objects.create(name=f"Topic of {self.seed}", parent=self.topics(1)[0])
        self.send(f"{ADMIN}/publication/{self.item().pk}/change/", topics=[str(made.pk)])
        self.client.post(f"{ADMIN}/topic/{made.pk}/delete/", {"post": "yes"})

    def take_in(self):
        """New rows, and rows of items that are there."""
        from publications.exchange.importing import import_publications

        rows = []
        for _ in range(5):
            self.taken_in += 1
            number = (
                self.taken_in if self.random.random() < 0.7 else self.random.randrange(1, self.taken_in + 1)
            )
            topics = [topic.name for topic in self.topics(2)]
            at = self.moment().isoformat()
            rows.append(
                {
                    "id": f"{self.seed}-{number}",
                    "title": f"Imported {self.seed} {number}",
                    "type": "Report",
                    "topics": topics,
                    "date": at,
                }
            )
        file = self.folder / f"rows-{self.seed}.json"
        file.write_text(json.dumps(rows))
        import_publications(file)

    def correct(self):
        from django.db import transaction
        from django.utils import timezone

        from publications.models import Correction

        item = self.item(state="published")
        with transaction.atomic():
            Correction.objects.create(
                publication=item, made_on=timezone.localdate(), note="A figure was wrong."
            )
            item.date_correction()

    def change_live_item(self):
        from publications.changes import steps

        copy = steps.begin(self.item(state="published"), self.by)
        copy.summary = f"It is {self.random.random()}."
        copy.save()
        chosen = self.random.choice(["live", "plan", "discard"])
        if chosen == "live":
            steps.go_live(copy, self.by, _problems_of(copy))
        elif chosen == "plan":
            steps.plan(copy, self.by, _soon(self.random.randrange(1, 20)), _problems_of(copy))
        else:
            steps.discard(copy, self.by)


def _soon(seconds):
    from django.utils import timezone

    return timezone.now().replace(microsecond=0) + timedelta(seconds=seconds)


def _problems_of(item):
    from publications.readiness import problems

    return [each.words for each in problems(item)]


def read(writers) -> Counter:
    """Pages, until all writers are done: in a fifth of the time of one core, so that most is left to them."""
    from django.test import Client

    client, answers = Client(), Counter()
    while any(writer.poll() is None for writer in writers):
        for address in PAGES:
            began = time.perf_counter()
            answers[client.get(address, headers={"host": "localhost"}).status_code] += 1
            time.sleep(RESTS * (time.perf_counter() - began))
    return answers


def what_differs() -> list[str]:
    """Lists, pages and the search index, compared with what is written."""
    from django.http import QueryDict
    from django.utils import timezone

    from publications.addresses import open_list
    from publications.listing.upkeep import differences
    from publications.models import Publication, Topic, search_document

    found = list(differences())
    found += [f"search: publication {pk}" for pk in search_document.differences()]
    found += [] if search_document.is_sound() else ["search: the index is not sound"]
    now = timezone.now()
    for topic in Topic.objects.order_by("pk"):
        listing, _ = open_list(QueryDict(), now, "topic", topic.slug)
        plain = Publication.objects.published(now).in_topic(topic).newest_first().values_list("pk", flat=True)
        if [item.pk for item in listing.ordered] != list(plain):
            found.append(f"page: {topic}")
    return found


def main(operations: int) -> None:
    from django.contrib.auth import get_user_model
    from django.db import connection

    from publications.models import Topic, search_document
    from scripts import bench_corpus

    with tempfile.TemporaryDirectory(prefix="topichub-stress-") as folder:
        name = bench_corpus.name_of(connection.settings_dict, ITEMS, Path(folder)) + "_stress"
        bench_corpus.create(name)
        try:
            bench_corpus.fill(ITEMS)
            for last in (100, TOPICS):  # those below others first
                Topic.objects.filter(pk__gt=last).delete()
            search_document.rebuild()
            for seed in range(WRITERS):
                get_user_model().objects.create_superuser(f"writer-{seed}")
            began, until = time.time(), time.time() + MINUTES * 60
            command = [
                sys.executable,
                "-m",
                "scripts.stress_listing",
                "write",
                folder,
                str(operations // WRITERS),
                str(until),
            ]
            env = os.environ | {"DATABASE_URL": bench_corpus.address_of(name)}
            writers = [
                subprocess.Popen([*command, str(seed)], env=env, stdout=subprocess.PIPE)
                for seed in range(WRITERS)
            ]
            answers = read(writers)
            reports = [json.loads(writer.communicate()[0]) for writer in writers]
            for part in ("done", "told", "faults"):
                print(f"{part}: {dict(sum((Counter(report[part]) for report in reports), Counter()))}")
            total = sum(sum(report["done"].values()) for report in reports)
            took = time.time() - began
            spent = 1000 * sum(report["spent"] for report in reports) / total
            print(
                f"{total:,} changes in {took:.0f} s, {60 * total / took:.0f} a minute; "
                f"each took its writer {spent:.0f} ms of processor time"
            )
            print(f"pages read meanwhile, by status: {dict(answers)}")
            differ = what_differs()
            print("\n".join(differ[:20]) or "All lists, pages and the search index are as they should be.")
        finally:
            bench_corpus.drop(name)


def write(folder, operations, until, seed) -> None:
    print(json.dumps(Writer(int(seed), folder).run(int(operations), float(until))))


if __name__ == "__main__":
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
    django.setup()
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS, settings.DEBUG = False, ["*"], False
    if sys.argv[1:2] == ["write"]:
        write(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else OPERATIONS)
