# What the admin says of an item before it appears: its place in lists, what it takes the place of, links.
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications.listing.paging import PER_PAGE
from publications.models import ContentType, Publication
from tests.factories import (
    make_copy,
    make_draft,
    make_featured,
    make_merged,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
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
    assert re.search(r"Coast Number 1 on the first page\. It is featured item 1 of 2\.", text)
    assert re.search(r"Water Number 1 on the first page\. It fills an empty place", text)
    assert "Walls Number 1 on the first page. In feeds" in text


def test_place_among_the_featured_items_is_reckoned_for_the_moment_it_appears(editor):
    now = timezone.now()
    coast, water, front = make_topic("Coast"), make_topic("Water", tops_up=True), make_topic("Front")
    item = make_scheduled(topics=[coast, water], days=2)
    make_featured(coast, make_publication(), position=0, ends_at=now + timedelta(days=1))
    make_featured(coast, make_publication(), position=1)
    make_featured(coast, item, position=2)
    make_featured(water, item)
    make_featured(front, item, starts_at=now + timedelta(days=3))
    text = told(editor, item)
    assert "It is featured item 2 of 3. " in text
    assert "It is featured item 1 of 3. An item that filled an empty place leaves it." in text
    assert "Front It does not list there. It is featured from" in text


def test_links_that_begin_to_work_and_feeds_are_named(editor):
    item = make_draft("Tides", topics=[make_topic()], authors=[make_person(), make_person()])
    link = f'<p><a href="{item.get_absolute_url()}">x</a></p>'
    make_publication("Points to it", body=link)
    make_draft("Hidden", body=link)
    text = told(editor, item)
    make_publication("Points to a part of it", body=link.replace('/">', '/#findings">'))
    assert "Links to it begin to work in: Points to it" in text
    assert "Points to a part of it" in told(editor, item)
    assert "Hidden" not in text
    assert "of all publications, of its type, of 1 topic, of 2 people." in text.lower()


def test_former_addresses_and_addresses_with_a_host_count_as_links(editor):
    item = make_draft("Tides", topics=[make_topic()])
    former = item.get_absolute_url()
    item.slug = "tables-of-the-tide"
    item.save()
    make_publication("By a former one", body=f'<p><a href="{former}?x=1">x</a></p>')
    make_publication("In full", body=f'<p><a href="https://example.org{item.get_absolute_url()}">x</a></p>')
    make_publication("Nearly", body='<p><a href="/publications/tables-of-thetide/">x</a></p>')
    text = told(editor, item)
    assert "By a former one" in text and "In full" in text and "Nearly" not in text


def test_no_text_is_read_but_those_that_the_index_names(editor):
    item = make_draft("Tides", topics=[make_topic()])
    pointing = make_publication(body=f'<p><a href="{item.get_absolute_url()}">x</a></p>')
    make_publication(body="<p>Nothing</p>")
    with CaptureQueriesContext(connection) as queries:
        told(editor, item)
    reading = [
        query["sql"] for query in queries if '"body" LIKE' in query["sql"] or '"body"::' in query["sql"]
    ]
    assert reading and all(f'"id" IN ({pointing.pk})' in sql for sql in reading)


def test_what_a_change_enters_and_leaves_is_told_before_it_goes_live(editor):
    coast, water, shore = make_topic("Coast"), make_topic("Water"), make_topic("Shore")
    dune = make_topic("Dune", parent=shore)
    live = make_publication("Tides", topics=[coast, water], type="report", summary="s", body="<p>b</p>")
    make_featured(coast, live)
    fill(shore, 2)
    copy = make_copy(live, topics=[water, dune], summary="s", body="<p>c</p>", slug="tables")
    Publication.with_copies.filter(pk=copy.pk).update(content_type=ContentType.objects.get(slug="tool"))
    text = told(editor, copy)
    assert "Shore Number 2 on the first page." in text and "Dune Number 1 on the first page." in text
    assert "It leaves Coast" in text and "Water" not in text
    assert "from Report to Tool" in text
    assert "/publications/tables/" in text and "leads there" in text
    assert re.search(r"It is featured at the top of Coast ?, and stays there\.", text)
    live.refresh_from_db()
    assert live.slug == "tides" and set(live.topics.all()) == {coast, water}  # asking changes nothing


def test_a_change_of_words_alone_moves_the_item_nowhere(editor):
    live = make_publication("Tides", topics=[make_topic()], summary="s", body="<p>b</p>")
    text = told(editor, make_copy(live, title="Tide tables", summary="s", body="<p>b</p>"))
    assert "It stands in the same lists as before." in text


def test_items_that_are_joined_to_it_are_named_with_what_joins_them(editor):
    item = make_draft("Tides", lead=make_publication("Main report"))
    make_merged("Old tides", into=item)
    make_withdrawn("Wrong tides", notice="Wrong.", replaced_by=item)
    make_publication("Marées", translation_of=item, language="fr")
    make_draft("Hidden brief", lead=item)
    text = told(editor, item)
    for words in (
        "Main report Of the same study",
        "Old tides Its address leads here",
        "Wrong tides Its notice names this one",
        "Marées The same text in another language",
    ):
        assert words in text
    assert "Hidden brief" not in text


@pytest.mark.parametrize(
    ("step", "leads_to"),
    [("withdraw", "its page with the notice"), ("remove", "the notice"), ("merge", "the other item")],
)
def test_what_an_item_leaves_behind_is_told_before_it_is_taken_back(editor, step, leads_to):
    item = make_publication("Tides", topics=[make_topic("Coast")])
    make_featured(item.topics.get(), item)
    make_publication("Points to it", body=f'<p><a href="{item.get_absolute_url()}">x</a></p>')
    html = editor.get(f"/admin/publications/publication/{item.pk}/step/{step}/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert f"Their links will lead to {leads_to}: Points to it" in text
    assert "Among the featured items of “Coast” it leaves its place." in text


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
    assert client.get(address(item)).status_code == 404


def test_it_costs_no_more_for_many_topics(editor):
    few, many = make_draft(topics=[make_topic()]), make_draft(topics=[make_topic() for _ in range(20)])

    def cost(item, page="impact/"):
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(address(item).replace("impact/", page)).status_code == 200
        return len(queries)

    empty = make_draft()
    cost(empty)  # what is asked once
    page = cost(empty, "history/")
    assert cost(many) <= page + 12
    assert cost(many) == cost(few)
    assert "And in 12 more topics" in told(editor, many)
