# Four people who change the same few publications and topics at the same time leave every list exact.
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from publications.listing import upkeep
from publications.models import ContentType, Entry, Publication, Topic, syncing_once
from tests.factories import make_publication, make_topic
from tests.test_upkeep import check

ROUNDS, WRITERS = 12, 4
# It was deleted meanwhile, or moved so that this move would make a circle.
FAULTS_OF_OTHERS = (Publication.DoesNotExist, Publication.NotUpdated, IntegrityError, ValidationError)


def change_state(choose, now):
    chosen = choose(Publication.objects.all(), 1)[0]
    with transaction.atomic():
        item = Publication.objects.select_for_update().get(pk=chosen.pk)
        item.state = "withdrawn" if item.state == "published" else "published"
        item.save()


def change_date_and_type(choose, now):
    item = choose(Publication.objects.all(), 1)[0]
    item.published_at = now - timedelta(days=choose(range(900), 1)[0])
    item.content_type = choose(ContentType.objects.all(), 1)[0]
    item.save()


def change_topics_of_several(choose, now):
    with transaction.atomic(), syncing_once():
        for item in sorted(choose(Publication.objects.all(), 4), key=lambda item: item.pk):
            item.save()
            item.topics.set(choose(Topic.objects.all(), 2))
            item.relist([item.pk])


def move_topic(choose, now):
    topic, parent = choose(Topic.objects.all(), 2)
    topic.parent = None if parent.is_within(topic) else parent
    topic.save()


def make_and_delete_topic(choose, now):
    topic = make_topic()
    item = choose(Publication.objects.all(), 1)[0]
    with transaction.atomic(), syncing_once():
        item.save()
        item.topics.add(topic)
        item.relist([item.pk])
    topic.delete()


def make_and_delete(choose, now):
    make_publication(topics=choose(Topic.objects.all(), 2), published_at=now)
    with transaction.atomic():
        Publication.objects.filter(pk=choose(Publication.objects.all(), 1)[0].pk).delete()


CHANGES = [change_state, change_date_and_type, move_topic, make_and_delete]


def write(changes, seed, start, now):
    chance = random.Random(seed)

    def choose(rows, number):
        return chance.sample(list(rows), number)

    start.wait()
    try:
        for _ in range(ROUNDS):
            with suppress(*FAULTS_OF_OTHERS):
                chance.choice(changes)(choose, now)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("another", [change_topics_of_several, make_and_delete_topic])
def test_four_writers_at_once_leave_every_list_exact(another):
    """And the database refuses nobody because of an order in which rows were locked."""
    now = timezone.now()
    topics = [make_topic() for _ in range(5)]
    for number in range(12):
        make_publication(topics=topics[number % 4 :][:2], published_at=now - timedelta(days=40 * number))
    before = set(Entry.objects.values_list("publication", "topic", "type", "published_at"))
    start = Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        for writer in [pool.submit(write, [*CHANGES, another], seed, start, now) for seed in range(WRITERS)]:
            writer.result()
    assert set(Entry.objects.values_list("publication", "topic", "type", "published_at")) != before
    assert check() == ""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_lists_are_made_anew_beside_writers_who_wait_for_a_part_at_most(monkeypatch):
    """Between two parts somebody else saves and is not kept waiting."""
    monkeypatch.setattr(upkeep, "PER_PART", 3)
    now = timezone.now()
    topics = [make_topic() for _ in range(4)]
    items = [make_publication(topics=topics[number % 3 :][:2], published_at=now) for number in range(9)]
    Entry.objects.filter(topic=topics[1].pk).delete()
    saved = []

    def save():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET lock_timeout = 2000")
        try:
            item = items[len(saved)]
            item.published_at -= timedelta(days=400)
            item.save()
            saved.append(item.pk)
        finally:
            connection.close()

    def look(execute, sql, params, many, context):
        if not connection.in_atomic_block and len(saved) < len(items):
            pool.submit(save).result()
        return execute(sql, params, many, context)

    with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(look):
        call_command("rebuild_listing", stdout=StringIO())
    assert len(saved) > 3
    assert check() == ""
