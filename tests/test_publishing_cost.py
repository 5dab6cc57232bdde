# What publishing one item asks of the database, whatever the collection holds, and that all that follows from a step is
# as it would be made anew.
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import workflow
from publications.history import latest_version, snapshot, snapshot_of
from publications.listing import upkeep
from publications.models import Authorship, FeaturedItem, Publication, search_document
from publications.readiness import problems
from tests.factories import make_draft, make_image, make_person, make_publication, make_staff, make_topic
from tests.forms import controls

pytestmark = pytest.mark.django_db
MOST_OF_A_STEP, MOST_OF_A_FORM, MOST_TO_OPEN_IT = 13, 42, 16
MOST_WAITING = 9  # pages: 64 kB, and one that is begun


@pytest.fixture
def editor(client):
    user = make_staff("Editor", username="ines")
    client.force_login(user)
    return user


def make_whole(**fields):
    """A draft as an editor leaves it: two topics, two authors, a picture, and a version of it."""
    water = make_topic("Water")
    topics = [make_topic("Coast", parent=water), make_topic("Cities")]
    item = make_draft("Tide", topics=topics, image=make_image(), summary="In short.", **fields)
    for position, name in enumerate(("Ines Corrow", "Ada Marsh")):
        Authorship.objects.create(publication=item, person=make_person(name), position=position)
    search_document.index([item.pk])
    latest_version(item)
    return Publication.objects.get(pk=item.pk)


def everything_is_as_made_anew() -> bool:
    return not [*upkeep.differences(), *search_document.differences()] and search_document.is_sound()


def told(asked, most: int) -> str:
    """What was too much. Savepoints are left out: within a test, a transaction is one."""
    questions = [each["sql"][:200] for each in asked if "SAVEPOINT" not in each["sql"]]
    return "\n".join([f"{len(questions)}:", *questions]) if len(questions) > most else ""


def test_a_step_costs_a_few_statements(editor):
    item = make_whole(body="<p>At length.</p>")
    passing = [problem.words for problem in problems(item)]
    item = Publication.objects.get(pk=item.pk)
    with CaptureQueriesContext(connection) as asked:
        workflow.publish(item, editor, passing)
    assert told(asked, MOST_OF_A_STEP) == ""
    assert everything_is_as_made_anew()


def test_a_form_that_is_saved_and_publishes_indexes_and_lists_once(client, editor):
    item = make_whole(body="<p>At length.</p>")
    passing = [problem.words for problem in problems(item)]
    address = f"/admin/publications/publication/{item.pk}/change/"
    client.get(address)  # what is remembered for good is looked up
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert told(asked, MOST_TO_OPEN_IT) == ""
    sent = controls(page) | {"summary": "In other words.", "_step": "publish", "_passing": passing}
    with CaptureQueriesContext(connection) as asked:
        client.post(address, sent)
    assert told(asked, MOST_OF_A_FORM) == ""
    for table in ("publications_searchdocument", "publications_entry"):
        assert sum(f'INSERT INTO "{table}"' in each["sql"] for each in asked) == 1
    assert Publication.objects.get(pk=item.pk).state == "published"
    assert everything_is_as_made_anew()


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=13))])
def test_index_follows_each_step_to_another_state_or_date(editor, zone):
    make_publication("Other")
    words = '<p>See <a href="/publications/other/">the other</a>.</p>'
    item = make_whole(body=words, doi="10.5555/abc", report_number="TR-7")
    passing = [problem.words for problem in problems(item)]
    at = (timezone.now() + dt.timedelta(days=40)).replace(day=1, hour=2, microsecond=0).astimezone(zone)
    for take in (
        lambda: workflow.schedule(item, editor, at, passing),
        lambda: workflow.cancel(item, editor),
        lambda: workflow.publish(item, editor, passing),
        lambda: workflow.change_date(item, editor, dt.datetime(2001, 5, 1, 1, tzinfo=zone)),
        lambda: workflow.withdraw(item, editor, "It was wrong."),
        lambda: workflow.restore(item, editor, passing),
    ):
        take()
        item.refresh_from_db()
        assert everything_is_as_made_anew()
        assert snapshot_of(latest_version(item)) == snapshot(item)


def test_an_item_that_no_index_holds_is_indexed_by_a_step(editor):
    item = make_whole(body="<p>At length.</p>")
    search_document.SearchDocument.objects.filter(publication=item).delete()
    workflow.publish(item, editor, [problem.words for problem in problems(item)])
    assert everything_is_as_made_anew()


def test_a_document_that_somebody_else_moved_since_it_was_read_is_made_anew(editor):
    key = make_whole(body="<p>At length.</p>").pk
    seen, item = (
        Publication.objects.select_related("search_document").get(pk=key),
        Publication.objects.get(pk=key),
    )
    workflow.publish(item, editor, [problem.words for problem in problems(item)])
    seen.state, seen.published_at = "published", timezone.now() - dt.timedelta(days=400)
    for _ in range(2):
        seen.save(update_fields=["state", "published_at"])
        assert everything_is_as_made_anew()


def test_what_waits_to_be_taken_into_the_index_stays_short_whatever_is_published(editor):
    words = " ".join(f"tide{n} wave{n}" for n in range(200))
    item = make_whole(body=f"<p>{words}</p>")
    for days in range(40):
        item.state, item.published_at = "published", timezone.now() - dt.timedelta(days=days)
        item.save(update_fields=["state", "published_at"])
    if connection.vendor == "postgresql":  # SQLite has no list of what waits
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('publications_searchdocument_words')")
            assert cursor.fetchone()[0] <= MOST_WAITING
    assert everything_is_as_made_anew()


def test_a_page_that_asks_whether_to_delete_asks_as_much_whatever_belongs_to_the_item(client):
    client.force_login(make_staff(username="olga"))
    few, many = make_draft("Ebb"), make_whole()
    for position in range(2, 6):
        Authorship.objects.create(publication=many, person=make_person(), position=position)
    FeaturedItem.objects.create(publication=many, topic=many.topics.first())

    def ask(item) -> int:
        address = f"/admin/publications/publication/{item.pk}/delete/"
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert item.title in client.get(address).content.decode()
        return len(asked)

    assert ask(many) == ask(few)
