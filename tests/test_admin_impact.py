# What the admin says of an item before it appears: its place in lists, what it takes the place of, links.
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications.listing.paging import PER_PAGE
from tests.factories import (
    make_draft,
    make_featured,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


def address(item):
    return f"/admin/publications/publication/{item.pk}/impact/"


def told(client, item) -> str:
    html = client.get(address(item)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index('id="content-main"') :]).split())


def fill(topic, number=PER_PAGE):
    """The first one is the newest."""
    now = timezone.now()
    return [
        make_publication(f"Item {n}", topics=[topic], published_at=now - timedelta(days=n + 1))
        for n in range(number)
    ]


def test_new_item_comes_first_and_moves_the_last_of_the_page_to_the_second(editor):
    coast = make_topic("Coast")
    fill(make_topic("Walls", parent=coast))
    text = told(editor, make_draft(topics=[coast]))
    assert f"Coast Number 1 on the first page. “Item {PER_PAGE - 1}” moves to the second." in text


def test_older_item_takes_the_place_its_date_gives_it(editor):
    coast = make_topic("Coast")
    fill(coast, 5)
    two_are_newer = make_draft(topics=[coast], published_at=timezone.now() - timedelta(days=2, hours=12))
    assert "Coast Number 3 on the first page." in told(editor, two_are_newer)
    fill(coast)
    all_are_newer = make_draft(topics=[coast], published_at=timezone.now() - timedelta(days=900))
    assert "Coast Beyond the first page" in told(editor, all_are_newer)


def test_what_the_page_says_is_what_readers_find_then(editor, client):
    coast = make_topic("Coast")
    fill(coast)
    make_scheduled("In between", topics=[coast], days=2)
    item = make_scheduled("To come", topics=[coast], days=3)
    text = told(editor, item)
    assert f"Coast Number 1 on the first page. “Item {PER_PAGE - 2}” moves to the second." in text
    client.logout()
    with time_machine.travel(item.published_at + timedelta(seconds=1)):
        first = client.get("/topics/coast/").content.decode()
        second = client.get("/topics/coast/?page=2").content.decode()
    assert first.index("To come") < first.index("In between") < first.index("Item 0")
    assert f">Item {PER_PAGE - 2}</a>" in second and f">Item {PER_PAGE - 2}</a>" not in first


def test_featured_places_are_named(editor):
    coast, water = make_topic("Coast", slots=2), make_topic("Water", slots=2, tops_up=True)
    full = make_topic("Walls", slots=1, tops_up=True)
    make_featured(full, make_publication())
    item = make_draft(topics=[coast, water, full])
    make_featured(coast, item)
    text = told(editor, item)
    assert re.search(r"Coast Number 1 on the first page\. It is among the featured items", text)
    assert re.search(r"Water Number 1 on the first page\. It fills an empty place", text)
    assert "Walls Number 1 on the first page. In feeds" in text


def test_links_that_begin_to_work_and_feeds_are_named(editor):
    item = make_draft("Tides", topics=[make_topic()], authors=[make_person(), make_person()])
    link = f'<p><a href="{item.get_absolute_url()}">x</a></p>'
    make_publication("Points to it", body=link)
    make_draft("Hidden", body=link)
    text = told(editor, item)
    assert "Links to it begin to work in: Points to it" in text
    assert "Hidden" not in text
    assert "of all publications, of its type, of 1 topic, of 2 people." in text.lower()


def test_form_leads_to_it_while_the_item_is_to_come(editor):
    draft, public = make_draft(), make_publication()
    form = "/admin/publications/publication/{}/change/"
    assert address(draft) in editor.get(form.format(draft.pk)).content.decode()
    assert address(public) not in editor.get(form.format(public.pk)).content.decode()
    assert editor.get(address(public)).status_code == 404


def test_it_is_for_staff_who_may_see_the_item(client):
    item = make_draft()
    assert client.get(address(item)).status_code == 302
    user = make_staff("Author")
    user.groups.clear()
    client.force_login(user)
    assert client.get(address(item)).status_code == 403


def test_it_costs_no_more_for_many_topics(editor):
    few, many = make_draft(topics=[make_topic()]), make_draft(topics=[make_topic() for _ in range(20)])

    def cost(item):
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(address(item)).status_code == 200
        return len(queries)

    assert cost(many) <= cost(few) + 7 <= 25
    assert "And in 12 more topics" in told(editor, many)
