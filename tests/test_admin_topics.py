# Featured items in the admin: how many, in which order, and why one does not show.
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    make_draft,
    make_featured,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


@pytest.fixture
def topic():
    return make_topic("Water", slots=2)


def address(topic):
    return reverse("admin:publications_topic_change", args=[topic.pk])


def row(number, publication, **fields):
    """The fields of one more featured item, as the form names them."""
    values = {
        "position": number,
        "publication": publication.pk,
        "starts_at_0": "",
        "starts_at_1": "",
        "ends_at_0": "",
        "ends_at_1": "",
    }
    return {f"featured_items-{number}-{name}": str(value) for name, value in (values | fields).items()}


def feature(client, topic, *rows, **changes):
    fields = {"featured_items-TOTAL_FORMS": str(len(rows))}
    for each in rows:
        fields |= each
    return submit(client, address(topic), **fields, **changes)


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_featured_items_are_saved_in_the_order_of_their_numbers(editor, topic):
    first, second = make_publication("first"), make_publication("second")
    feature(editor, topic, row(0, first, position=9), row(1, second, position=4))
    kept = list(topic.featured_items.values_list("publication__title", "position"))
    assert kept == [("second", 0), ("first", 1)]


def test_more_than_the_topic_has_places_for_is_refused_and_stays_typed(editor, topic):
    chosen = [make_publication(f"Choice {number}") for number in range(3)]
    response = feature(editor, topic, *(row(number, item) for number, item in enumerate(chosen)))
    text = response.content.decode()
    assert "This topic shows 2 featured items at a time, and 3 are chosen" in text
    assert all(f">Choice {number}</option>" in text for number in range(3))
    assert not topic.featured_items.exists()


def test_one_place_fewer_than_items_is_refused_too(editor, topic):
    for number in range(2):
        make_featured(topic, make_publication(), position=number)
    response = submit(editor, address(topic), slots="1")
    assert "This topic shows one featured item at a time" in response.content.decode()


def test_seven_places_are_refused(editor, topic):
    response = submit(editor, address(topic), slots="7")
    assert "slots" in response.context["adminform"].form.errors


def test_items_that_follow_each_other_share_a_place(editor, topic):
    always, before, after = make_publication(), make_publication(), make_publication()
    ended = make_publication()
    response = feature(
        editor,
        topic,
        row(0, always),
        row(1, before, ends_at_0=day(5), ends_at_1="09:00:00"),
        row(2, after, starts_at_0=day(5), starts_at_1="09:00:00"),
        row(3, ended, ends_at_0=day(-5), ends_at_1="09:00:00"),
    )
    assert response.status_code == 302
    assert topic.featured_items.count() == 4


def test_items_whose_times_overlap_count_together(editor, topic):
    items = [make_publication() for _ in range(3)]
    response = feature(
        editor,
        topic,
        row(0, items[0]),
        row(1, items[1], ends_at_0=day(6), ends_at_1="09:00:00"),
        row(2, items[2], starts_at_0=day(5), starts_at_1="09:00:00"),
    )
    assert "3 are chosen for the same time" in response.content.decode()


def test_the_same_publication_twice_is_refused_in_words(editor, topic):
    item = make_publication()
    response = feature(editor, topic, row(0, item), row(1, item))
    assert "listed twice" in response.content.decode()


def test_end_before_start_is_refused_beside_the_field(editor, topic):
    times = {"starts_at_0": day(5), "starts_at_1": "09:00", "ends_at_0": day(4), "ends_at_1": "09:00"}
    response = feature(editor, topic, row(0, make_publication(), **times))
    assert "The end must be later than the start." in response.content.decode()


def test_form_says_what_shows_and_why_the_rest_does_not(editor):
    topic = make_topic(slots=6)
    now = timezone.now()
    make_featured(topic, make_publication())
    make_featured(topic, make_draft())
    make_featured(topic, make_scheduled())
    make_featured(topic, make_withdrawn())
    make_featured(topic, make_publication(), starts_at=now + timedelta(days=1))
    make_featured(topic, make_publication(), ends_at=now - timedelta(days=1))
    text = editor.get(address(topic)).content.decode()
    assert text.count('data-status="showing"') == 1
    assert text.count('data-status="not-showing"') == 5
    for reason in (
        "Draft: appears once",
        "Scheduled: appears on",
        "Withdrawn: appears",
        "Begins on",
        "Ended on",
    ):
        assert reason in text


def test_list_says_how_many_places_are_filled_now(editor, topic):
    make_featured(topic, make_publication())
    make_featured(topic, make_draft())
    assert "1 of 2 featured" in editor.get("/admin/publications/topic/").content.decode()


def test_author_may_look_at_featured_items_but_not_change_them(client, topic):
    make_featured(topic, make_publication("Shown first"))
    client.force_login(make_staff("Author"))
    assert "Shown first" in client.get(address(topic)).content.decode()
    assert client.post(address(topic), {"name": "Mine"}).status_code == 403
