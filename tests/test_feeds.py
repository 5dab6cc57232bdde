# What is new, as feed readers read it: the same rows as the page, under ids that never change.
import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
import time_machine
from django.utils import timezone
from django.utils.html import escape

from publications import richtext
from publications.models import Publication, Topic
from tests.factories import (
    jpeg,
    make_draft,
    make_file,
    make_image,
    make_person,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
)
from tests.lists import list_shown

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FILTERS = [
    "",
    "?type=report",
    "?type=tool&type=report",
    "?from=2020&to=2021",
    "?type=report&to=March+2021&sort=oldest",
    "?from=2031",
]


@pytest.fixture
def coast():
    """14 items of two types over five years, four of them at one moment."""
    topic = make_topic("Coast")
    for number in range(14):
        moment = datetime(2018 + max(0, number - 4) // 2, 3, 19, 12, tzinfo=UTC)
        kind = "tool" if number % 3 == 0 else "report"
        make_publication(
            f"Item {number}", topics=[topic], published_at=moment, type=kind, summary="In short."
        )
    return topic


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def read_json(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/feed+json"
    return json.loads(response.content)


# The rows of the page


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("path", ["/topics/coast/", "/publications/"])
def test_feeds_hold_the_rows_of_the_page_in_its_order(client, coast, path, query):
    rows = list_shown(client, path + query).page.rows
    expected = [(row.title, f"http://testserver{row.get_absolute_url()}") for row in rows]
    atom = read(client, f"{path}feed.atom{query}")
    assert [(entry.title, entry.link) for entry in atom.entries] == expected
    assert [entry.published for entry in atom.entries] == [
        timezone.localtime(row.published_at).isoformat() for row in rows
    ]
    items = read_json(client, f"{path}feed.json{query}")["items"]
    assert [(item["title"], item["url"]) for item in items] == expected
    assert [item["id"] for item in items] == [entry.id for entry in atom.entries]
    assert [item["date_published"] for item in items] == [entry.published for entry in atom.entries]
    assert len({item["id"] for item in items}) == len(rows)


def test_every_list_has_feeds_that_its_page_links_to(client, coast):
    person = make_person("Ines Corrow")
    make_publication("The wall", authors=[person], topics=[coast])
    for path, title in [
        ("/topics/coast/", "Coast | topichub"),
        ("/people/ines-corrow/", "Ines Corrow | topichub"),
        ("/types/report/", "Reports | topichub"),
        ("/publications/", "Publications | topichub"),
    ]:
        html = client.get(path).content.decode()
        for name, media_type in (
            ("feed.atom", "application/atom+xml"),
            ("feed.json", "application/feed+json"),
        ):
            link = f'<link rel="alternate" type="{media_type}" title="{title}" href="{path}{name}">'
            assert link in html
            assert f'<a href="{path}{name}">' in html
        assert read(client, path + "feed.atom").feed.title == title
        assert read_json(client, path + "feed.json")["title"] == title
    assert 'href="/publications/feed.atom"' in client.get("/").content.decode()


def test_page_under_filters_links_to_the_feed_under_these_filters(client, coast):
    html = client.get("/topics/coast/?utm_source=x&to=2021&type=report&sort=oldest&page=1").content.decode()
    assert html.count('href="/topics/coast/feed.atom?type=report&amp;to=2021"') == 2
    assert 'title="Coast: Report, To 2021 | topichub" href="/topics/coast/feed.json?type=report' in html


def test_page_whose_filters_cannot_be_understood_links_to_the_feed_of_the_whole_list(client, coast):
    html = client.get("/topics/coast/?type=report&from=soon").content.decode()
    assert 'href="/topics/coast/feed.atom"' in html


def test_feed_holds_the_thirty_newest(client):
    for number in range(32):
        make_publication(f"Item {number}", published_at=datetime(2020, 1, 1 + number // 2, tzinfo=UTC))
    titles = [entry.title for entry in read(client, "/publications/feed.atom").entries]
    assert titles == [f"Item {number}" for number in range(31, 1, -1)]


def test_feed_of_an_empty_list_is_a_feed(client):
    make_topic("Coast")
    first = client.get("/topics/coast/feed.atom")
    assert read(client, "/topics/coast/feed.atom").entries == []
    assert read_json(client, "/topics/coast/feed.json")["items"] == []
    assert client.get("/topics/coast/feed.atom").content == first.content


# What an entry tells


@pytest.fixture
def wall():
    topics = [make_topic("Coast"), make_topic("Water & walls", slug="walls")]
    authors = [make_person("Ines van der Corrow"), make_person("Skerry Institute", is_organisation=True)]
    wall = make_publication(
        "Who pays?",
        topics=topics,
        authors=authors,
        published_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC),
        summary="Cost & sharing, where 1 < 2.",
        key_findings="Towns pay.\nPorts <don't>.",
        body='<p>See <a href="/topics/coast/">the coast</a>, <a href="#s-method">below</a> and '
        '<a href="https://example.org/a?b=1&amp;c=2">there</a>.</p>',
        image=make_image(file=jpeg(1000, 700)),
        language="fr",
        external_url="https://elsewhere.example/wall",
    )
    make_file(wall, label="Full report", content=b"%PDF-1.7 words")
    return wall


def test_atom_entry_tells_all_that_the_page_shows(client, wall):
    entry = read(client, "/publications/feed.atom").entries[0]
    assert [author.name for author in entry.authors] == ["Ines van der Corrow", "Skerry Institute"]
    assert entry.authors[0].href == "http://testserver/people/ines-van-der-corrow/"
    assert [(tag.scheme, tag.term, tag.label) for tag in entry.tags] == [
        ("http://testserver/types/", "report", "Report"),
        ("http://testserver/topics/", "coast", "Coast"),
        ("http://testserver/topics/", "walls", "Water & walls"),
    ]
    assert entry.summary_detail.type == "text/plain"
    assert entry.summary == wall.summary
    assert entry.content[0].type == "text/html"
    assert entry.content[0].language == "fr"
    report, picture = entry.enclosures
    assert (report.href, report.type, report.length) == (
        "http://testserver/publications/who-pays/full-report.pdf",
        "application/pdf",
        "14",
    )
    assert (picture.type, client.get(picture.href)["Content-Type"]) == ("image/jpeg", "image/jpeg")
    assert [link.href for link in entry.links if link.rel == "related"] == ["https://elsewhere.example/wall"]


def test_json_item_tells_all_that_the_page_shows(client, wall):
    item = read_json(client, "/publications/feed.json")["items"][0]
    assert [author["name"] for author in item["authors"]] == ["Ines van der Corrow", "Skerry Institute"]
    assert item["tags"] == ["Report", "Coast", "Water & walls"]
    assert (item["summary"], item["language"]) == (wall.summary, "fr")
    assert item["external_url"] == "https://elsewhere.example/wall"
    assert item["attachments"] == [
        {
            "url": "http://testserver/publications/who-pays/full-report.pdf",
            "mime_type": "application/pdf",
            "title": "Full report",
            "size_in_bytes": 14,
        }
    ]
    assert client.get(item["image"]).status_code == 200


def test_text_in_feeds_is_whole_and_its_links_lead_somewhere_from_anywhere(client, wall):
    html = read_json(client, "/publications/feed.json")["items"][0]["content_html"]
    assert "<li>Towns pay.</li><li>Ports &lt;don&#x27;t&gt;.</li>" in html
    assert 'href="http://testserver/topics/coast/"' in html
    assert 'href="http://testserver/publications/who-pays/#s-method"' in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    document = ElementTree.fromstring(client.get("/publications/feed.atom").content)
    assert document.find(f"{ATOM}entry/{ATOM}content").text == html


def test_words_that_look_like_links_are_left_alone():
    text = '<p>Write href="/x" or <a title="a > b" href="/y">y</a>, <a href="http://[">z</a></p>'
    assert richtext.with_absolute_links(text, "https://hub.example/a/") == text.replace(
        '"/y"', '"https://hub.example/y"'
    )


def test_item_without_text_has_its_summary_for_text(client):
    make_publication("Short", summary="In short.")
    item = read_json(client, "/publications/feed.json")["items"][0]
    assert item["content_text"] == "In short."
    assert "content_html" not in item


TITLES = [
    'Quotes “and” "more" & <tags> &amp; entities',
    "Bell \x07 and escape \x1b and \ufffe",
    "مرافئ هادئة 12 مرفأ",
    "海岸 🌊 <!--",
    "]]> and {% braces %}",
]


@pytest.mark.parametrize("title", TITLES)
def test_any_title_makes_a_well_formed_feed(client, title):
    ines = make_person(f"Ines {title}", slug="ines")
    make_publication(title, slug="odd", summary=title, key_findings=title, authors=[ines], type="commentary")
    legible = "".join(c for c in title if c not in "\x07\x1b\ufffe")
    entry = ElementTree.fromstring(client.get("/publications/feed.atom").content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == legible
    assert entry.find(f"{ATOM}summary").text == legible
    assert entry.find(f"{ATOM}author/{ATOM}name").text == f"Ines {legible}"
    assert escape(legible) in entry.find(f"{ATOM}content").text
    assert read_json(client, "/publications/feed.json")["items"][0]["title"] == legible
    assert read(client, "/people/ines/feed.atom").feed.title == f"Ines {legible} | topichub"


# Ids and dates


def test_id_stays_when_title_slug_and_host_change(client, wall, settings):
    settings.ALLOWED_HOSTS = ["testserver", "hub.example"]
    before = read(client, "/publications/feed.atom").entries[0]
    wall.slug, wall.title = "another-address", "Another title"
    wall.save()
    after = feedparser.parse(client.get("/publications/feed.atom", headers={"host": "hub.example"}).content)
    assert after.entries[0].link == "http://hub.example/publications/another-address/"
    assert after.entries[0].id == before.id
    assert before.id.startswith("urn:uuid:")


def test_two_items_never_share_an_id_even_on_two_sites(client):
    first = make_publication("First")
    ids = {read_json(client, "/publications/feed.json")["items"][0]["id"]}
    Publication.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=3))
    ids.add(read_json(client, "/publications/feed.json")["items"][0]["id"])
    assert len(ids) == 2


def test_id_of_a_feed_tells_its_list_and_filters_apart(client, coast):
    addresses = ["/publications/feed.atom", "/topics/coast/feed.atom", "/topics/coast/feed.atom?type=report"]
    assert len({read(client, address).feed.id for address in addresses}) == 3
    before = read(client, "/topics/coast/feed.atom").feed.id
    coast.slug = "shore"
    coast.save()
    assert read(client, "/topics/shore/feed.atom").feed.id == before


def test_item_written_before_its_date_was_updated_on_its_date(client):
    moment = timezone.now() + timedelta(days=2)
    make_publication("Later", published_at=moment.replace(microsecond=0))
    with time_machine.travel(moment + timedelta(days=1), tick=False):
        entry = read(client, "/publications/feed.atom").entries[0]
    assert entry.updated == entry.published


def test_item_changed_after_its_date_says_when(client, wall):
    with time_machine.travel(datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC), tick=False):
        wall.save()
        feed = read(client, "/publications/feed.atom")
    assert feed.entries[0].published == "2026-03-19T09:30:00+00:00"
    assert feed.entries[0].updated == feed.feed.updated == "2027-01-02T03:04:05+00:00"


# Addresses


def test_feed_names_its_own_canonical_address_and_its_page(client, coast):
    feed = read(client, "/topics/coast/feed.atom?to=2021&utm_source=x&type=report").feed
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == "http://testserver/topics/coast/feed.atom?type=report&to=2021"
    assert links["alternate"] == "http://testserver/topics/coast/?type=report&to=2021"
    feed = read_json(client, "/topics/coast/feed.json?to=2021&type=report")
    assert feed["feed_url"] == "http://testserver/topics/coast/feed.json?type=report&to=2021"
    assert feed["home_page_url"] == "http://testserver/topics/coast/?type=report&to=2021"


@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_feed_at_a_former_address_leads_to_the_new_one(client, coast, name):
    coast.slug = "shore"
    coast.save()
    response = client.get(f"/topics/coast/{name}?type=report")
    assert response.status_code == 301
    assert response["Location"] == f"/topics/shore/{name}?type=report"


@pytest.mark.parametrize(
    "guess",
    "coast/feed coast/feed/ coast/rss coast/rss/ coast/rss.xml coast/atom.xml coast/feed.xml coast/index.xml "
    "coast.xml coast.rss coast.atom coast.feed.xml coast.xml/feed coast.html/feed".split(),
)
def test_guessed_feed_address_leads_to_the_atom_feed(client, guess):
    make_topic("Coast")
    response = client.get(f"/topics/{guess}?type=report")
    assert (response.status_code, response["Location"]) == (301, "/topics/coast/feed.atom?type=report")


def test_guesses_for_everything_for_json_and_for_former_addresses(client):
    for guess in "feed feed/ rss rss/ rss.xml atom.xml feed.xml feed.rss index.xml feed.atom".split():
        assert client.get(f"/{guess}")["Location"] == "/publications/feed.atom"
    assert client.get("/feed.json")["Location"] == "/publications/feed.json"
    topic = Topic.objects.create(name="Coast")
    assert client.get("/topics/coast.json")["Location"] == "/topics/coast/feed.json"
    topic.slug = "shore"
    topic.save()
    assert client.get("/topics/coast/rss")["Location"] == "/topics/shore/feed.atom"
    assert client.get("/topics/lake/rss").status_code == 404
    make_draft(authors=[make_person("Ada Zanzibar")])
    assert client.get("/people/ada-zanzibar/rss").status_code == 404


@pytest.mark.parametrize(
    "address", ["/publications/feed.atom?from=soon", "/publications/feed.json?from=soon"]
)
def test_filter_that_cannot_be_understood_is_answered_with_a_sentence(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "“soon” is not a date." in response.content.decode()


# Asking again


@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_feed_asked_for_again_is_sent_only_when_it_changed(client, coast, name):
    address = f"/topics/coast/{name}"
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Vary"] == "Accept-Encoding"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    again = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert again.status_code == 304
    Publication.objects.filter(title="Item 9").update(title="Item nine")
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("header", [("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")])
def test_scheduled_item_makes_the_feed_new_at_its_second(client, coast, header):
    asked, told = header
    item = make_scheduled("Soon", topics=[coast])
    seen = {asked: client.get("/topics/coast/feed.atom")[told]}
    with time_machine.travel(item.published_at - timedelta(seconds=1), tick=False):
        assert client.get("/topics/coast/feed.atom", headers=seen).status_code == 304
    with time_machine.travel(item.published_at, tick=False):
        response = client.get("/topics/coast/feed.atom", headers=seen)
    assert response.status_code == 200
    assert b"Soon" in response.content


# What must not be told


@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_feeds_tell_staff_no_more_than_readers(client, coast, name):
    for make in (make_draft, make_scheduled, make_removed):
        make("Zanzibar paper", topics=[coast])
    client.force_login(make_staff("Author"))
    for address in (f"/publications/{name}?state=draft", f"/topics/coast/{name}"):
        response = client.get(address)
        assert b"Item 9" in response.content
        assert b"Zanzibar" not in response.content
        assert "public" in response["Cache-Control"]
    page = client.get("/publications/?state=draft").content.decode()
    feeds = re.findall(r'<link rel="alternate" type="application/(?:atom|feed)[^>]*>', page)
    assert len(feeds) == 2 and "state=draft" not in "".join(feeds)
