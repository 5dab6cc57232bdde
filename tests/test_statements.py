# Questions that pages ask past Django's cursors: the same answers, and a way out where the short way is closed.
import re
import socket
from contextlib import closing, contextmanager, suppress
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from publications.models import ContentType
from publications.statements import ask
from tests.factories import make_correction, make_featured, make_image, make_publication, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ADDRESSES = [
    "/topics/coast/",
    "/topics/coast/?page=2",
    "/topics/coast/?type=report&type=tool&from=2000-02-03&to=2030-04-05",
    "/topics/coast/?sort=oldest",
    "/publications/",
    "/publications/item-7/",
]


@pytest.fixture
def coast():
    topic = make_topic("Coast", tops_up=True, slots=4)
    make_topic("Walls", parent=topic)
    image, lead = make_image(), make_publication("Lead", topics=[topic])
    items = [
        make_publication(f"Item {n}", topics=[topic], image=image, lead=lead if n > 20 else None)
        for n in range(24)
    ]
    make_correction(items[3])
    make_featured(topic, items[5], image=image)
    return topic


def test_pages_are_the_same_by_prepared_statements_and_by_cursors(client, settings, coast):
    settings.TOPICHUB_PAGE_CACHE = False
    for address in ADDRESSES:
        short = [client.get(address).content for _ in range(2)]
        with CaptureQueriesContext(connection) as queries:
            assert short == [client.get(address).content] * 2, address
        assert len(queries) >= 4, "whoever listens hears all of them"
    if connection.vendor == "postgresql":  # SQLite tells nobody what it has prepared
        [[prepared]] = ask("SELECT COUNT(*) FROM pg_prepared_statements", [])
        assert prepared >= 6


def test_what_pages_of_a_topic_ask_is_planned_once_and_not_for_each_value(client, settings, coast):
    settings.TOPICHUB_PAGE_CACHE = False
    connection.close()
    for address in ADDRESSES[:4] * 3:
        assert client.get(address).status_code == 200
    if connection.vendor == "postgresql":
        times = ask("SELECT generic_plans, custom_plans FROM pg_prepared_statements", [], one_plan=True)
        assert len(times) >= 6
        assert {custom for _, custom in times} == {0}


def test_whose_best_plan_depends_on_the_values_is_planned_for_them(coast):
    ask("SELECT %s", [1], one_plan=True)
    question = "SELECT slug FROM publications_topic WHERE name = %s"
    assert ask(question, ["Coast"]) == [("coast",)]
    if connection.vendor == "postgresql":
        times = "SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
        assert ask(times, ["%WHERE name = $1"]) == [(1,)]


def test_tables_made_anew_are_asked_all_the_same():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE tides (height integer)")
        cursor.execute("INSERT INTO tides VALUES (3)")
        question = "SELECT * FROM tides WHERE height > %s"
        assert ask(question, [2]) == ask(question, [2]) == [(3,)]
        cursor.execute("ALTER TABLE tides ADD COLUMN port text")
        assert ask(question, [2]) == [(3, None)]
        cursor.execute("DROP TABLE tides")


def test_values_are_never_read_as_sql():
    hostile = "'; DROP TABLE publications_topic; --"
    assert ask("SELECT CAST(%s AS varchar(99))", [hostile]) == [(hostile,)]
    assert ask("SELECT CAST(%s AS varchar(99)), '%%s'", ["%s"]) == [("%s", "%s")]


def test_renamed_type_shows_on_the_next_page(client, settings, coast):
    settings.TOPICHUB_PAGE_CACHE = False
    assert ">Report<" in client.get("/topics/coast/").content.decode()
    ContentType.objects.filter(slug="report").update(name="Inquiry")
    html = client.get("/topics/coast/").content.decode()
    assert ">Report<" not in html and ">Inquiry<" in html


def test_name_of_a_statement_tells_its_text():
    """Behind a pool that hands a connection from client to client, a name of two texts would give wrong rows."""
    statements = set()
    for number in (1, 2):
        connection.close()
        connection.ensure_connection()
        assert ask(f"SELECT {number} + CAST(%s AS integer)", [1]) == [(number + 1,)]
        if connection.vendor == "postgresql":  # SQLite tells nobody what it has prepared, and has no pools
            statements |= set(ask("SELECT name, statement FROM pg_prepared_statements", []))
    names, texts = ({each[place] for each in statements} for place in (0, 1))
    assert len(names) == len(texts) >= (2 if connection.vendor == "postgresql" else 0)


def test_within_a_transaction_what_it_did_is_read_and_what_fails_is_told_as_by_a_cursor(coast):
    question = "SELECT slug FROM publications_topic WHERE name = %s"
    for _ in range(2):
        with transaction.atomic():
            type(coast).objects.filter(pk=coast.pk).update(name="Shore")
            assert ask(question, ["Shore"]) == [("coast",)]
            transaction.set_rollback(True)
        assert ask(question, ["Shore"]) == []
        with pytest.raises(DatabaseError, match="nowhere"), transaction.atomic():
            type(coast).objects.filter(pk=coast.pk).update(name="Shore")
            ask("SELECT * FROM nowhere", [])
    if connection.vendor == "postgresql":  # SQLite tells nobody what it has prepared
        prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
        assert ask(prepared, ["%WHERE name = $1"]) == [(1,)]


def test_behind_a_pool_nothing_is_prepared_within_a_transaction(coast):
    """It may give the next transaction to another process of the server, which knows no such statement."""
    question = "SELECT name FROM publications_topic WHERE slug = %s"
    with behind_a_pool(), transaction.atomic():
        assert [ask(question, ["coast"]) for _ in range(2)] == [[("Coast",)]] * 2
        if connection.vendor == "postgresql":
            assert ask("SELECT count(*) FROM pg_prepared_statements", []) == [(0,)]


@contextmanager
def behind_a_pool():
    """Something between client and server that says like a pool that the client talks to a process of its own."""
    if connection.vendor == "sqlite":  # which has no server
        yield
        return
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("HOST", "PORT")}
    with closing(socket.create_server(("127.0.0.1", 0))) as pool:
        Thread(target=_serve, args=(pool, *before.values()), daemon=True).start()
        connection.close()
        settings |= {"HOST": "127.0.0.1", "PORT": pool.getsockname()[1]}
        try:
            yield
        finally:
            connection.close()
            settings |= before


def _serve(pool, host, port):
    client, server = pool.accept()[0], socket.create_connection((host, port or 5432))
    Thread(target=_hand_on, args=(client, server), daemon=True).start()
    _hand_on(server, client, re.compile(rb"K\0\0\0\x0c....", re.S), b"K\0\0\0\x0c\0\0\0\1")


def _hand_on(source, target, said=re.compile(b"$^"), instead=b""):
    """Until either side has hung up."""
    with suppress(OSError):
        while sent := source.recv(65_536):
            target.sendall(said.sub(instead, sent))
    target.close()
