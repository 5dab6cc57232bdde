# Measures what publishing one item costs: a plain save of the same rows, the step, the form of the admin with its
# button, and how soon readers see it. Each is committed, as on a site, and all of it is taken away again, so that
# databases that are kept stay as they are.
import os
import random
import re
import sys
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from unittest.mock import patch

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import serializers
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topichub.settings")
django.setup()

from django.contrib.contenttypes.models import ContentType as Kind  # noqa: E402
from reversion.models import Revision, Version  # noqa: E402

from publications import statements, workflow  # noqa: E402
from publications.history import latest_version  # noqa: E402
from publications.models import Authorship, ContentType, Image, LoggedStep, Person, Publication  # noqa: E402
from publications.readiness import problems  # noqa: E402
from scripts.bench_corpus import BIG  # noqa: E402
from scripts.bench_site import Site  # noqa: E402
from tests.forms import controls  # noqa: E402

PLAIN, STEP, FORM, VISIBLE, EVERYWHERE = (
    "plain rows",
    "step",
    "admin's form, sent with the button",
    "step, and the topic's page made anew for a reader",
    "step, and both pages made anew for a reader",
)
TIMES = 3
WRITES = re.compile(r"\s*(WITH \w+ AS \()?(INSERT|UPDATE|DELETE)")
CHANCE = random.Random(7)
WHO = "bench"
TOPIC = f"/topics/topic-{BIG}/"
WARMING_UP = 6  # visits of both pages before: PostgreSQL plans some prepared statements anew five times
TOUCHED = "publication", "publication_topics", "authorship", "searchdocument", "entry", "tally", "loggedstep"


class Measured:
    def __init__(self):
        self.visits = []  # milliseconds, those of processor time, those in SQL
        self.statements = self.written = 0


def measure(size: int, results) -> None:
    """All of them in turn, each of a draft of its own with two topics, two authors, a picture and a version. Each is
    tried once unmeasured. In another order each time: the search index takes in what waits in its list after so many
    saves, which would fall to the same case again and again."""
    cases = {PLAIN: save_plainly, STEP: publish, FORM: send_form}
    cases |= {VISIBLE: publish_and_read, EVERYWHERE: partial(publish_and_read, with_item=True)}
    found = {name: results[name, size] for name in cases}  # in the order of the table, however they are tried
    take_away()  # what was left by a run that was ended from without
    try:
        with override_settings(TOPICHUB_PAGE_CACHE=False, ALLOWED_HOSTS=["*"]):
            warm_up()
            for time_ in range(TIMES + 1):
                for name, way in CHANCE.sample([*cases.items()], len(cases)):
                    way(make_draft(), found[name] if time_ else Measured())
    finally:
        take_away()
        vacuum()


def warm_up() -> None:
    for _ in range(WARMING_UP):
        for address in (TOPIC, an_item().get_absolute_url()):
            our_site().ask(address)


def an_item() -> Publication:
    return Publication.objects.filter(state="published").order_by("pk").first()


@transaction.atomic
def make_draft() -> Publication:
    by, _ = get_user_model().objects.get_or_create(
        username=WHO, defaults={"is_staff": True, "is_superuser": True}
    )
    kind, image = ContentType.objects.order_by("pk").first(), Image.objects.first()
    # Those of another item, so that the index learns no words that would stay in it.
    words = {name: getattr(an_item(), name) for name in ("title", "summary", "body")}
    draft = Publication(content_type=kind, image=image, created_by=by, changed_by=by, **words)
    draft.save()
    draft.topics.set([BIG, 102])
    for position, person in enumerate(Person.objects.order_by("pk")[:2]):
        Authorship.objects.create(publication=draft, person=person, position=position)
    draft.save()
    latest_version(draft)
    return Publication.objects.get(pk=draft.pk)


@transaction.atomic
def take_away() -> None:
    """All that was made here: it belongs to a person who is there for nothing else."""
    drafts = Publication.with_copies.filter(created_by__username=WHO)
    keys = [str(key) for key in drafts.values_list("pk", flat=True)]
    versions = Version.objects.get_for_model(Publication).filter(object_id__in=keys)
    revisions = Revision.objects.filter(pk__in=list(versions.values_list("revision", flat=True)))
    revisions.delete()  # and their versions with them
    QuerySet(LoggedStep).filter(publication__in=drafts).delete()
    drafts.delete()
    get_user_model().objects.filter(username=WHO).delete()


def vacuum() -> None:
    """Without a trace: left to itself, PostgreSQL spares the indexes few dead rows, and goes on reading what is around
    these."""
    tables = ", ".join(["reversion_version", *(f"publications_{name}" for name in TOUCHED)])
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute(
            f"VACUUM (INDEX_CLEANUP ON) {tables}" if is_postgresql else "PRAGMA wal_checkpoint(TRUNCATE)"
        )


@contextmanager
def listened(found: Measured):
    """Adds a visit, with what was asked of the database: through cursors, and by prepared statements past these. Of
    both all that lies below Django's own cursors is timed, so that what is asked stays as it is without a listener."""
    asked, seconds = [], 0.0

    def timed(ask):
        def note(through, sql, *rest):
            nonlocal seconds
            began = time.perf_counter()
            answer = ask(through, sql, *rest)  # nothing where it must go the other way
            seconds += time.perf_counter() - began
            asked.append(sql)
            return answer

        return note

    ways = (CursorWrapper, "_execute"), (CursorWrapper, "_executemany"), (statements, "_ask_session")
    with ExitStack() as open_ones:
        for where, name in ways:
            open_ones.enter_context(patch.object(where, name, timed(getattr(where, name))))
        started, spent = time.perf_counter(), time.process_time()
        yield
        took = time.perf_counter() - started, time.process_time() - spent, seconds
    found.visits.append(tuple(1000 * each for each in took))
    found.statements, found.written = len(asked), sum(map(bool, map(WRITES.match, asked)))


def save_plainly(draft, found) -> None:
    """What plain Django needs for the rows that editors write: the item, read under its lock and saved, and its rows
    in the log and among the versions, with its topics and authors in the version."""
    by, kind = draft.created_by, Kind.objects.get_for_model(draft)
    with listened(found), transaction.atomic():
        item = Publication.objects.select_for_update().get(pk=draft.pk)
        item.state, item.published_at, item.changed_at = "published", timezone.now(), timezone.now()
        item.save_base(update_fields=["state", "published_at", "changed_at"])  # past all that our models do
        data = serializers.serialize("json", [item, *item.authorships.all()])
        facts = {"title": item.title, "published_at": item.published_at, "by": by, "by_name": by.username}
        LoggedStep.objects.create(
            publication=item, step="publish", from_state="draft", to_state=item.state, **facts
        )
        revision = Revision.objects.create(date_created=timezone.now(), user=by, comment="")
        kept = {"object_id": str(item.pk), "content_type": kind, "object_repr": str(item), "db": "default"}
        Version.objects.create(revision=revision, format="json", serialized_data=data, **kept)


def publish(draft, found) -> None:
    passing = [problem.words for problem in problems(draft)]
    draft, by = Publication.objects.get(pk=draft.pk), draft.created_by
    with listened(found):
        workflow.publish(draft, by, passing)


def send_form(draft, found) -> None:
    client, passing = Client(), [problem.words for problem in problems(draft)]
    client.force_login(draft.created_by)
    address = f"/admin/publications/publication/{draft.pk}/change/"
    sent = controls(client.get(address)) | {"summary": draft.title, "_passing": passing}
    with listened(found):
        client.post(address, sent | {"_step": "publish"})
    client.logout()
    if not Publication.objects.filter(pk=draft.pk, state="published").exists():
        raise SystemExit("The form did not publish it.")


def publish_and_read(draft, found, with_item=False) -> None:
    passing, by, site = [problem.words for problem in problems(draft)], draft.created_by, our_site()
    item = draft.get_absolute_url()
    addresses = [TOPIC, item] if with_item else [TOPIC]
    site.ask(TOPIC)  # as it is before
    with listened(found):
        workflow.publish(draft, by, passing)
        pages = [site.ask(address).body for address in addresses]
    if not all(item in page for page in pages):
        raise SystemExit("A page does not show what was published.")


@cache
def our_site() -> Site:
    return Site()


def print_table(sizes, results) -> None:
    from scripts.bench import medians

    columns = ["publishing", "items", "statements", "of them writes", "plain", "SQL ms", "plain"]
    columns += ["ms", "growth", "cpu ms", "growth", "plain"]
    print(f"\n| {' | '.join(columns)} |")
    print("|" + " --- |" * len(columns))
    for name in dict.fromkeys(name for name, _ in results):
        for size in sizes:
            found, plain = results[name, size], results[PLAIN, size]
            took, spent, asked = medians(found.visits)
            first = medians(results[name, sizes[0]].visits)
            plain_spent, plain_asked = medians(plain.visits)[1:]
            cells = [name, f"{size:,}"]
            cells += [found.statements, found.written, _times(found.statements, plain.statements)]
            cells += [f"{asked:.1f}", _times(asked, plain_asked)]
            cells += [f"{took:.1f}", _times(took, first[0]), f"{spent:.1f}", _times(spent, first[1])]
            print(f"| {' | '.join(map(str, [*cells, _times(spent, plain_spent)]))} |")


def _times(now: float, before: float) -> str:
    return f"{now / before:.2f}x"


def main(sizes, rounds: int) -> None:
    """On databases that `scripts.bench` keeps."""
    from scripts import bench

    settings.SECURE_SSL_REDIRECT = settings.DEBUG = False
    names = bench.make_databases(sizes, settings.BASE_DIR / "var" / bench.KEPT, True)
    connection.close()
    results = defaultdict(Measured)
    try:
        for _ in range(rounds):
            for size, name in names.items():
                bench.speak_to(name)
                measure(size, results)
    finally:
        bench.hang_up()
    print(f"medians; load {os.getloadavg()[0]:.1f}")
    print_table(sizes, results)


if __name__ == "__main__":
    words = sys.argv[1:]
    main(sorted(int(word) for word in words if word.isdigit()), 1 if "once" in words else 5)
