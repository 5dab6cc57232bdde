# Changes to live items when several processes work on them, and when one of them dies.
import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from publications.changes import steps
from publications.changes.due import apply_due
from publications.models import Change, LoggedStep, Publication
from tests.factories import make_file, make_publication, make_staff, make_topic
from tests.forms import controls

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
# A process that applies what is due, and holds before the statement that is named on its command line.
HOLDING = """
import sys, django
django.setup()
from django.db import connection
from publications.changes.due import apply_due

def hold(execute, sql, params, many, context):
    if sql.startswith(sys.argv[1]):
        print("in the middle", flush=True)
        sys.stdin.read()
    return execute(sql, params, many, context)

with connection.execute_wrapper(hold):
    apply_due()
"""


@pytest.fixture
def editor():
    return make_staff("Editor")


@pytest.fixture
def copy(editor):
    live = make_publication(
        "Tide tables", summary="In short.", body="<p>At length.</p>", topics=[make_topic("Coast")]
    )
    make_file(live, b"%PDF-1.7 first", label="Full report")
    copy = steps.begin(live, editor)
    copy.title, copy.body = "Zanzibar tables", "<p>At greater length.</p>"
    copy.save()
    make_file(copy, b"%PDF-1.7 data", label="Data")
    return copy


def due(copy, editor):
    """Planned, and its time has come a second ago."""
    steps.plan(copy, editor, timezone.now() + timedelta(days=1))
    moment = timezone.now().replace(microsecond=0) - timedelta(seconds=1)
    Change.objects.filter(pk=copy.pk).update(goes_live_at=moment)
    return moment


def start_and_hold(statement) -> subprocess.Popen:
    name = connection.settings_dict["NAME"]
    server = os.environ.get("TEST_DATABASE_URL", "").rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{name}" if server else f"sqlite:///{name}",
        "DJANGO_SETTINGS_MODULE": "topichub.settings",
        "TOPICHUB_DATA_DIR": str(settings.DATA_DIR),
    }
    return subprocess.Popen(
        [sys.executable, "-c", HOLDING, statement],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE "publications_publication"',
        'INSERT INTO "publications_file"',
        'INSERT INTO "publications_loggedstep"',
    ],
    ids=["first", "between", "last"],
)
def test_a_process_killed_in_the_middle_leaves_the_former_version_whole_and_the_change_to_the_next(
    client, copy, editor, statement
):
    moment = due(copy, editor)
    process = start_and_hold(statement)
    assert process.stdout.readline() == "in the middle\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    address = copy.working_copy_of.get_absolute_url()
    with time_machine.travel(moment - timedelta(seconds=1), tick=False):
        for page in (address, "/topics/coast/", "/publications/", "/publications/feed.atom"):
            html = client.get(page).getvalue().decode()
            assert "Tide tables" in html and "Zanzibar" not in html, page
        assert "Tide tables" in client.get("/publications/?q=length").content.decode()
        assert "Tide tables" not in client.get("/publications/?q=Zanzibar").content.decode()
        assert b"".join(client.get(f"{address}full-report.pdf")) == b"%PDF-1.7 first"
        assert client.get(f"{address}data.pdf").status_code == 404
    assert Change.objects.get().goes_live_at == moment
    html = client.get("/topics/coast/").content.decode()
    assert "Zanzibar tables" in html and "Tide tables" not in html
    assert "Zanzibar tables" in client.get("/publications/?q=greater").content.decode()
    assert b"".join(client.get(f"{address}data.pdf")) == b"%PDF-1.7 data"
    assert LoggedStep.objects.filter(step="go_live").count() == 1


def at_once(*functions) -> list:
    """What each returns that begins together with the others."""
    barrier, results = Barrier(len(functions)), [None] * len(functions)

    def run(number, function):
        barrier.wait()
        try:
            results[number] = function()
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_several_that_apply_a_change_at_once_one_does(copy, editor):
    due(copy, editor)
    done = at_once(apply_due, apply_due, apply_due)
    assert sum(each.live for each in done) == 1
    assert sum(each.failed for each in done) == 0
    assert LoggedStep.objects.filter(step="go_live").count() == 1
    assert Publication.objects.get().title == "Zanzibar tables"


def test_what_one_editor_saves_while_another_makes_the_change_live_is_not_lost(copy, editor):
    client = Client()
    client.force_login(editor)
    form = f"/admin/publications/publication/{copy.pk}/change/"
    sent = controls(client.get(form)) | {"summary": "Typed meanwhile.", "_save": "1"}
    at_once(lambda: client.post(form, sent), lambda: _go_live(copy, make_staff("Editor")))
    live = Publication.objects.get()
    kept = [live.summary, *Publication.with_copies.copies().values_list("summary", flat=True)]
    assert "Typed meanwhile." in kept
    assert live.title == "Zanzibar tables"


def _go_live(copy, by):
    steps.go_live(Publication.with_copies.get(pk=copy.pk), by)
