# The menus in the head and at the foot of every page, and who arranges them.
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from publications.listing.generation import read_generation
from publications.listing.kept import reading_under
from publications.models import ContentType, Frame, MenuEntry
from publications.site import frame
from tests.factories import make_entry, make_page, make_publication, make_staff, make_topic
from tests.forms import controls, submit

pytestmark = pytest.mark.django_db
MENUS = "/admin/publications/menus/"


def links(client, menu, address="/"):
    """(name, address) of each link in the menu with this label, as the page shows it."""
    html = client.get(address).content.decode()
    shown = re.search(rf'<nav[^>]* aria-label="{menu}">(.*?)</nav>', html, re.S)[1]
    return [(name, url) for url, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]*)</a>', shown)]


def test_menus_hold_the_lists_of_the_site_unless_told_otherwise(client):
    lists = [("Topics", "/topics/"), ("Publications", "/publications/"), ("People", "/people/")]
    assert links(client, "Main") == lists
    assert links(client, "Footer") == [*lists, ("Corrections", "/corrections/")]


def test_entry_leads_to_a_page_a_topic_a_type_or_an_address_elsewhere(client):
    make_entry("main", page=make_page("About us", slug="about"))
    make_entry("main", topic=make_topic("Coast"), label="The coast")
    make_entry("main", content_type=ContentType.objects.get(slug="tool"))
    make_entry("main", address="https://shop.example.org/", label="Shop")
    assert links(client, "Main")[3:] == [
        ("About us", "/about/"),
        ("The coast", "/topics/coast/"),
        ("Tools", "/types/tool/"),
        ("Shop", "https://shop.example.org/"),
    ]
    assert len(links(client, "Footer")) == 4


def test_entries_follow_what_they_lead_to(client):
    topic = make_topic("Coast")
    make_entry(topic=topic)
    topic.slug, topic.name = "shores", "Shores"
    topic.save()
    assert links(client, "Footer")[-1] == ("Shores", "/topics/shores/")
    topic.delete()
    assert len(links(client, "Footer")) == 4


def test_page_being_read_and_its_section_are_marked(client):
    make_entry("main", page=make_page("About us", slug="about"))
    assert '<a href="/about/" aria-current="page">' in client.get("/about/").content.decode()
    make_topic("Coast")
    assert '<a href="/topics/" aria-current="true">' in client.get("/topics/coast/").content.decode()


def test_draft_shows_in_no_menu_until_it_is_published(client):
    page = make_page("Funding", state="draft")
    make_entry(page=page)
    client.force_login(make_staff())
    assert len(links(client, "Footer")) == 4
    page.state = "published"
    page.save()
    assert links(client, "Footer")[-1] == ("Funding", "/funding/")


def test_link_to_the_privacy_page_says_so_to_machines(client):
    make_entry(page=make_page("Privacy", role="privacy"))
    make_entry(page=make_page("About", role="about"))
    html = client.get("/").content.decode()
    assert '<a href="/privacy/" rel="privacy-policy">Privacy</a>' in html
    assert '<a href="/about/">About</a>' in html


def test_menus_cost_one_query_however_long_they_are(client):
    for number in range(12):
        make_entry(page=make_page(f"Page {number}"), label=f"P{number}")
        make_entry("main", topic=make_topic(), label=f"T{number}")
    with CaptureQueriesContext(connection) as queries:
        client.get("/about-nothing-at-all/")
    asked = [query["sql"] for query in queries if "menuentry" in query["sql"]]
    assert len(asked) == 1
    assert "introduction" not in asked[0] and "body" not in asked[0]


def test_site_without_any_entry_or_row_still_shows_its_pages(client):
    MenuEntry.objects.all().delete()
    assert client.get("/").status_code == 200
    Frame.objects.all().delete()
    assert client.get("/topics/").status_code == 200


def test_fault_of_ours_is_shown_with_the_menus_of_the_page_before(
    client, django_assert_num_queries, settings
):
    settings.TOPICHUB_PAGE_CACHE = False
    make_entry("main", address="https://shop.example.org/", label="Shop")
    client.get("/")
    with override_settings(ROOT_URLCONF="tests.test_errors"), django_assert_num_queries(1):
        html = Client(raise_request_exception=False).get("/fails/").content.decode()
    assert ">Shop</a>" in html


def test_frame_stays_as_it_was_made_while_nothing_but_items_changes():
    def present():
        with reading_under(read_generation()):
            return frame.get_frame(RequestFactory().get("/"))

    first = present()
    make_publication()
    assert present() is first
    MenuEntry.objects.filter(place="main").update(label="All")
    assert {entry.name for entry in present().main} == {"All"}


def test_fault_is_shown_with_the_lists_of_the_site_when_no_page_was_made_yet(monkeypatch):
    monkeypatch.setattr(frame, "_latest", frame.BUILT_IN)
    with override_settings(ROOT_URLCONF="tests.test_errors"):
        html = Client(raise_request_exception=False).get("/fails/").content.decode()
    assert '<a href="/publications/">Publications</a>' in html


def test_page_for_a_fault_is_made_while_the_database_does_not_answer(monkeypatch):
    def refuse(*args):
        raise DatabaseError("The server closed the connection")

    with connection.execute_wrapper(refuse):
        response = Client(raise_request_exception=False).get("/topics/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


# What an entry may be


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "leads to one thing"),
        ({"list_name": "topic-list", "address": "https://example.org/", "label": "x"}, "leads to one thing"),
        ({"address": "https://example.org/"}, "needs a label"),
        ({"address": "http://example.org/", "label": "x"}, "valid URL"),
        ({"address": "javascript:alert(1)", "label": "x"}, "valid URL"),
        ({"list_name": "home"}, "not a valid choice"),
    ],
)
def test_entry_that_leads_nowhere_or_to_two_things_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        MenuEntry(frame=Frame.objects.get(), place="main", **fields).full_clean()


def test_database_refuses_an_entry_without_a_target_or_with_two():
    for fields in ({}, {"list_name": "topic-list", "topic": make_topic()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_entry(**fields)


# The admin


def form(client):
    return client.get(MENUS)["Location"]


def test_editor_adds_orders_and_removes_entries(client):
    client.force_login(make_staff("Editor"))
    page = make_page("About us", slug="about")
    response = submit(
        client,
        form(client),
        **{
            "entries-TOTAL_FORMS": "4",
            "entries-0-position": "2",
            "entries-1-DELETE": "on",
            "entries-3-position": "1",
            "entries-3-page": page.pk,
            "entries-3-list_name": "",
            "entries-2-0-label": "All topics",
        },
    )
    assert response.status_code == 302
    assert links(client, "Main") == [("About us", "/about/"), ("Topics", "/topics/"), ("People", "/people/")]
    assert links(client, "Footer")[0] == ("All topics", "/topics/")
    assert list(MenuEntry.objects.filter(place="main").values_list("position", flat=True)) == [0, 1, 2]


def test_refused_menu_says_why_and_keeps_what_was_typed(client):
    client.force_login(make_staff("Editor"))
    response = submit(
        client, form(client), **{"entries-0-address": "http://example.org/", "entries-0-label": "Elsewhere"}
    )
    html = response.content.decode()
    assert "Enter a valid URL." in html
    assert 'value="Elsewhere"' in html
    assert [entry.label for entry in MenuEntry.objects.all()] == [""] * 7


def test_main_menu_takes_eight_entries_at_most(client):
    client.force_login(make_staff("Editor"))
    added = {
        f"entries-{n}-{name}": value
        for n in range(3, 9)
        for name, value in {"list_name": "topic-list", "position": n}.items()
    }
    response = submit(client, form(client), **{"entries-TOTAL_FORMS": "9"} | added)
    assert "at most 8 forms" in response.content.decode()
    assert MenuEntry.objects.count() == 7


@pytest.mark.parametrize(("group", "status"), [("Author", 403), ("Editor", 200), ("Administrator", 200)])
def test_menus_are_for_editors(client, group, status):
    client.force_login(make_staff(group))
    address = f"{MENUS}{Frame.objects.get().pk}/change/"
    assert client.get(address).status_code == status
    assert client.get(f"{MENUS}add/").status_code == 403
    assert client.get(address.replace("change", "delete")).status_code == 403


def test_menus_can_be_arranged_where_the_row_was_lost(client):
    Frame.objects.all().delete()
    client.force_login(make_staff("Editor"))
    assert (
        submit(
            client,
            form(client),
            **{"entries-TOTAL_FORMS": "1", "entries-0-list_name": "topic-list", "entries-0-position": "0"},
        ).status_code
        == 302
    )
    assert links(client, "Main") == [("Topics", "/topics/")]
    assert "entries-0-list_name" in controls(client.get(form(client)))
