# Forms saved at the very moment at which somebody else deletes or locks what they need. SQLite has one writer at a
# time: there the other is always the earlier one.
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from publications.models import Topic
from tests.factories import make_draft, make_staff, make_topic
from tests.forms import controls

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def editor(transactional_db):
    client = Client()
    client.force_login(make_staff("Editor", username="maria"))
    return client


def address_of(item) -> str:
    return reverse(f"admin:publications_{item._meta.model_name}_change", args=[item.pk])


def saved(client, item, **typed):
    form = controls(client.get(address_of(item)))
    return client.post(address_of(item), form | typed | {"_save": "Save"}, follow=True)


def begun(function) -> Thread:
    """On a connection of its own."""

    def run():
        try:
            function()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@contextmanager
def just_before(sign: str, function):
    """Called before the first statement that has this sign in it; on SQLite before all."""
    left = [function]

    def watch(execute, sql, *rest):
        if left and sign in sql:
            left.pop()()
        return execute(sql, *rest)

    if connection.vendor == "sqlite":
        left.pop()()
    with connection.execute_wrapper(watch):
        yield


def test_topic_deleted_while_an_item_is_saved_with_it_is_named_and_nothing_typed_is_lost(editor):
    topic, item, deleted = make_topic("Water"), make_draft("Tide"), []

    def delete_it():
        deleted.append(topic)
        begun(Topic.objects.get(pk=topic.pk).delete).join()

    with just_before('INTO "publications_publication_topics"', delete_it):
        page = saved(editor, item, title="High tide", topics=[topic.pk])
    assert deleted and not Topic.objects.exists()
    html = page.content.decode()
    assert "High tide" in html
    assert "is not one of the available choices" in html
    assert "successfully" not in html
    item.refresh_from_db()
    assert item.title == "Tide"
    assert "successfully" in saved(editor, item, title="High tide").content.decode()


def test_who_saves_a_topic_holds_none_while_waiting_for_all(editor):
    first, second = make_topic("First"), make_topic("Second")
    if connection.vendor == "sqlite":
        saved(editor, second, parent=first.pk)
    else:
        with transaction.atomic():
            Topic.objects.select_for_update().get(pk=first.pk)
            saving, waiting = begun(lambda: saved(editor, second, parent=first.pk)), 0
            while saving.is_alive() and not waiting:
                with connection.cursor() as cursor:
                    [(waiting,)] = cursor.execute(WAITING).fetchall()
            assert Topic.objects.select_for_update(nowait=True).get(pk=second.pk)
        saving.join()
    second.refresh_from_db()
    assert second.parent == first


def test_topic_below_which_another_was_moved_meanwhile_is_not_deleted_and_the_page_says_why(transactional_db):
    client, above, below, moved = Client(), make_topic("Water"), make_topic("Rivers"), []
    client.force_login(make_staff("Administrator", username="ines"))

    def move_it():
        moved.append(below)
        below.parent = above
        begun(below.save).join()

    address = reverse("admin:publications_topic_delete", args=[above.pk])
    with just_before("FOR NO KEY UPDATE", move_it):
        page = client.post(address, {"post": "yes"})
    assert moved and page.status_code == 200
    assert "Rivers" in page.content.decode()
    assert Topic.objects.filter(pk=above.pk).exists()
