# Readers are served from a replica of the database where there is one, and editors from the first. The replica is
# here another connection to the same database, which may not write.
import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from publications import reading
from publications.models import Publication
from publications.site import kept_pages
from tests.factories import make_publication, make_staff, make_topic
from tests.forms import submit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PAGES = [
    "/",
    "/topics/coast/",
    "/publications/?q=wall",
    "/publications/wall/",
    "/publications/wall/cite.bib",
    "/topics/coast/feed.atom",
    "/topics/coast/export.csv",
    "/sitemap-publications.xml",
]
READ_ONLY = {
    "sqlite": {"init_command": "PRAGMA query_only=ON"},
    "postgresql": {"options": "-c default_transaction_read_only=on"},
}


@pytest.fixture
def world():
    coast = make_topic("Coast")
    return make_publication("Wall", topics=[coast])


@pytest.fixture
def replica(settings):
    here = connections.settings[DEFAULT_DB_ALIAS]
    options = here.get("OPTIONS", {}) | READ_ONLY[connection.vendor]
    name = connection.settings_dict["NAME"]
    connections.settings[reading.REPLICA] = here | {"NAME": name, "OPTIONS": options}
    settings.DATABASE_ROUTERS = ["publications.reading.ReplicaRouter"]
    # Opened here, since Django lets a test open no connection that it did not know when it began.
    connections[reading.REPLICA].connect()
    yield connections[reading.REPLICA]
    connections[reading.REPLICA].close()
    del connections[reading.REPLICA]
    del connections.settings[reading.REPLICA]
    reading.choose_database({"REQUEST_METHOD": "POST", "PATH_INFO": "/"})


def asked(client, address):
    """How many queries go to the first database and how many to the replica."""
    with (
        CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as first,
        CaptureQueriesContext(connections[reading.REPLICA]) as replica,
    ):
        response = client.get(address)
        b"".join(response)
    assert response.status_code == 200
    return len(first), len(replica)


@pytest.mark.parametrize("address", PAGES)
def test_readers_are_served_from_the_replica_alone(client, world, replica, address):
    first, second = asked(client, address)
    assert first == 0
    assert second > 0
    assert asked(client, address)[0] == 0  # and so is what is kept compared


@pytest.mark.parametrize("address", [*PAGES, "/admin/publications/publication/"])
def test_editors_are_served_from_the_first_database_alone(client, world, replica, address):
    client.force_login(make_staff())
    first, second = asked(client, address)
    assert first > 0
    assert second == 0


def test_an_editor_saves_and_sees_it_and_so_do_readers(client, world, replica):
    reader = client.__class__()
    assert reader.get("/publications/wall/").status_code == 200
    client.force_login(make_staff())
    submit(client, f"/admin/publications/publication/{world.pk}/change/", title="The new wall")
    assert "The new wall" in client.get("/publications/wall/").content.decode()
    assert "The new wall" in reader.get("/publications/wall/").content.decode()


def test_a_replica_that_does_not_answer_leaves_readers_to_the_first_database(
    client, world, replica, monkeypatch, caplog
):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(replica, "ensure_connection", refuse)
    monkeypatch.setattr(reading, "_left_alone_until", 0.0)  # as it is afterwards, too
    assert "Wall" in client.get("/topics/coast/").content.decode()
    assert "replica does not answer" in caplog.text
    assert "connection refused" in caplog.text


def test_a_replica_that_goes_and_stays_away_leaves_readers_to_the_first_database(
    client, world, replica, monkeypatch
):
    monkeypatch.setattr(replica, "is_usable", lambda: False)
    monkeypatch.setitem(replica.settings_dict, "NAME", "/no/such/database")
    monkeypatch.setattr(replica, "alias", "unknown to Django's tests, which let it connect")
    monkeypatch.setattr(reading, "_left_alone_until", 0.0)
    assert "Wall" in client.get("/topics/coast/").content.decode()


def test_page_that_fails_on_the_replica_is_made_by_the_first_database(client, world, replica):
    """It may go, or end what it was asked, in the middle of a page."""
    client.raise_request_exception = False
    asked_for = []

    def fail_in_the_middle(execute, sql, *rest):
        asked_for.append(sql)
        if len(asked_for) > 3:
            raise OperationalError("canceling statement due to conflict with recovery")
        return execute(sql, *rest)

    with replica.execute_wrapper(fail_in_the_middle):
        assert "Wall" in client.get("/topics/coast/").content.decode()
    assert len(asked_for) > 3


def test_page_that_saw_a_change_while_it_was_made_is_not_kept(client, world, replica):
    """Another replica, or this one for whoever comes after the first database, may be where the change is not."""
    changed = []

    def change_in_between(execute, sql, *rest):
        result = execute(sql, *rest)
        if "publications_publication" in sql and not changed:
            changed.append(Publication.objects.using(DEFAULT_DB_ALIAS).update(title="Tidings"))
        return result

    with replica.execute_wrapper(change_in_between):
        client.get("/publications/wall/")
    assert changed and kept_pages.count() == 0
    assert "Tidings" in client.get("/publications/wall/").content.decode()
    assert kept_pages.count() == 1
