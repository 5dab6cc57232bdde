# What robots are told: which pages there are, when they changed, and who may come.
import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from publications.models import Publication
from tests.factories import (
    jpeg,
    make_draft,
    make_image,
    make_person,
    make_publication,
    make_scheduled,
    make_topic,
    make_withdrawn,
)
from topichub import environment

pytestmark = pytest.mark.django_db
HUB = "http://testserver"
NAMES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
}


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return ElementTree.fromstring(response.content)


def pages(client, address):
    """(address, date of change) of each page in a sitemap."""
    return {
        url.findtext("loc", namespaces=NAMES): url.findtext("lastmod", namespaces=NAMES)
        for url in read(client, address)
    }


def files(client, section=""):
    """(address, date of change) of each sitemap in the index."""
    found = {
        entry.findtext("loc", namespaces=NAMES): entry.findtext("lastmod", namespaces=NAMES)
        for entry in read(client, "/sitemap.xml")
    }
    return {address: changed for address, changed in found.items() if f"/sitemap-{section}" in address}


@pytest.fixture
def wall():
    coast = make_topic("Coast")
    make_topic("Without any item")
    return make_publication(
        "The wall",
        topics=[make_topic("Sea walls", parent=coast)],
        authors=[make_person("Ines Corrow")],
        published_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC),
        image=make_image(file=jpeg(1000, 700)),
    )


def test_index_leads_to_every_page_and_each_is_its_own_canonical_page(client, wall):
    found = {}
    for sitemap in read(client, "/sitemap.xml").findall("sitemap/loc", NAMES):
        assert sitemap.text.startswith(HUB)
        found |= pages(client, sitemap.text)
    paths = "/ /topics/ /publications/ /people/ /corrections/ /publications/the-wall/ /topics/coast/ /topics/sea-walls/"
    assert set(found) == {HUB + path for path in f"{paths} /people/ines-corrow/ /types/report/".split()}
    for address in found:
        html = client.get(address).content.decode()
        assert f'<link rel="canonical" href="{address}">' in html
        assert 'name="robots"' not in html


def test_dates_are_those_of_the_last_change(client, wall):
    moment = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    Publication.objects.update(changed_at=moment)
    with time_machine.travel(moment + timedelta(days=1), tick=False):
        assert pages(client, "/sitemap-publications.xml") == {
            f"{HUB}/publications/the-wall/": "2027-01-02T03:04:05+00:00"
        }
        assert set(pages(client, "/sitemap-topics.xml").values()) == {"2026-03-19T09:30:00+00:00"}
        assert set(pages(client, "/sitemap-people.xml").values()) == {"2026-03-19T09:30:00+00:00"}
        assert set(pages(client, "/sitemap-types.xml").values()) == {"2026-03-19T09:30:00+00:00"}
        dates = files(client)
    assert dates[f"{HUB}/sitemap-publications.xml?p={wall.pk // 1000 + 1}"] == "2027-01-02T03:04:05+00:00"
    assert dates[f"{HUB}/sitemap-topics.xml"] == "2026-03-19T09:30:00+00:00"
    assert dates[f"{HUB}/sitemap-pages.xml"] is None


def test_picture_of_a_publication_is_named(client, wall):
    make_publication("Plain")
    (picture,) = read(client, "/sitemap-publications.xml").findall("url/image:image/image:loc", NAMES)
    assert client.get(picture.text)["Content-Type"] == "image/jpeg"


def test_what_no_list_shows_is_in_no_sitemap_until_its_second(client):
    topic, person = make_topic("Coast"), make_person("Ada Zanzibar")
    for make in (make_draft, make_withdrawn):
        make("Zanzibar", topics=[topic], authors=[person])
    item = make_scheduled("Zanzibar soon", topics=[topic], authors=[person], type="tool")
    sections = [f"/sitemap-{name}.xml" for name in ("publications", "topics", "people", "types")]
    for address in sections:
        assert pages(client, address) == {}
    with time_machine.travel(item.published_at, tick=False):
        for address in sections:
            assert len(pages(client, address)) == 1


BASE = 7_000_000  # keys beyond those that other tests leave


def part(number):
    return f"{HUB}/sitemap-publications.xml?p={BASE // 1000 + number}"


def test_long_sitemaps_are_cut_into_files_that_miss_nothing(client):
    keys = [BASE, BASE + 999, BASE + 1000, BASE + 4000]
    for key in keys:
        make_publication(f"Item {key}", pk=key)
    found = {address: set(pages(client, address)) for address in files(client, "publications")}
    items = [f"{HUB}/publications/item-{key}/" for key in keys]
    assert found == {part(1): set(items[:2]), part(2): {items[2]}, part(5): {items[3]}}
    assert client.get(part(6)).status_code == 404
    assert client.get("/sitemap-publications.xml?p=x").status_code == 404
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_file_of_a_sitemap_changes_with_nothing_but_its_own_items(client):
    moments = [datetime(2026, day, day, 9, tzinfo=UTC) for day in (1, 2, 3)]
    for key, moment in zip((BASE, BASE + 1000, BASE + 2000), moments, strict=True):
        make_publication(f"Item {key}", pk=key, published_at=moment)
    Publication.objects.update(changed_at=moments[0])
    dates = [f"{moment:%Y-%m-%dT%H:%M:%S}+00:00" for moment in moments]
    expected = dict(zip(map(part, (1, 2, 3)), dates, strict=True))
    assert files(client, "publications") == expected
    Publication.objects.get(pk=BASE).delete()
    make_publication("Filed late", pk=BASE + 3000, published_at=moments[0])
    Publication.objects.filter(pk=BASE + 3000).update(changed_at=moments[1])
    del expected[part(1)]
    assert files(client, "publications") == {**expected, part(4): dates[1]}


def test_scheduled_item_changes_its_file_at_its_second(client):
    make_publication("Old", pk=BASE, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    Publication.objects.update(changed_at=datetime(2026, 1, 2, tzinfo=UTC))
    item = make_scheduled("Soon", pk=BASE + 1)
    assert files(client, "publications") == {part(1): "2026-01-02T00:00:00+00:00"}
    with time_machine.travel(item.published_at, tick=False):
        [changed] = files(client, "publications").values()
        assert datetime.fromisoformat(changed) == item.published_at
        assert set(pages(client, part(1)).values()) == {"2026-01-02T00:00:00+00:00", changed}


def test_addresses_of_files_that_robots_know_are_never_lost(client):
    make_publication("Item", pk=BASE + 1500)
    make_draft("Draft", pk=BASE + 3500)
    first = pages(client, part(2))
    assert list(first) == [f"{HUB}/publications/item/"]
    for known in ("/sitemap-publications.xml", "/sitemap-publications.xml?p=1"):
        assert pages(client, known) == first
    assert list(files(client, "publications")) == [part(2)]
    assert pages(client, part(3)) == pages(client, part(4)) == {}


def test_people_are_cut_into_files_that_miss_nothing(client):
    keys = [BASE, BASE + 49, BASE + 50, BASE + 500]
    for key in keys:
        make_publication(authors=[make_person(f"Person {key}", pk=key)])
    make_person("Without any item", pk=BASE + 1000)
    found = [list(pages(client, address)) for address in files(client, "people")]
    people = [f"{HUB}/people/person-{key}/" for key in keys]
    assert found == [people[:2], people[2:3], people[3:]]


def rules(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


PUBLIC = [
    "/",
    "/topics/coast/",
    "/publications/wall/full-report.pdf",
    "/static/site.css",
    "/publications/feed.atom",
]


def test_robots_may_read_all_that_is_public(client):
    robots = rules(client)
    assert all(robots.can_fetch(name, path) for path in PUBLIC for name in ("Googlebot", "GPTBot"))
    assert not robots.can_fetch("Googlebot", "/admin/")
    assert robots.site_maps() == [f"{HUB}/sitemap.xml"]


def test_robots_that_train_models_can_be_kept_out_alone(client, settings):
    settings.TOPICHUB_ROBOTS = "no-training"
    robots = rules(client)
    assert not any(
        robots.can_fetch(name, path) for path in PUBLIC for name in ("GPTBot", "ClaudeBot", "CCBot")
    )
    allowed = ("Googlebot", "OAI-SearchBot", "ChatGPT-User", "Claude-User")
    assert all(robots.can_fetch(name, path) for path in PUBLIC for name in allowed)
    assert robots.site_maps() == [f"{HUB}/sitemap.xml"]


def test_all_robots_can_be_kept_out(client, settings):
    settings.TOPICHUB_ROBOTS = "none"
    robots = rules(client)
    assert not any(robots.can_fetch("Googlebot", path) for path in PUBLIC)


def test_setting_for_robots_is_one_of_three_words(monkeypatch):
    choices = ["allow", "no-training", "none"]
    assert environment.choice("TOPICHUB_ROBOTS", choices) == "allow"
    monkeypatch.setenv("TOPICHUB_ROBOTS", " None ")
    assert environment.choice("TOPICHUB_ROBOTS", choices) == "none"
    monkeypatch.setenv("TOPICHUB_ROBOTS", "some")
    with pytest.raises(
        ImproperlyConfigured, match="^TOPICHUB_ROBOTS is “some”. Write allow, no-training or none.$"
    ):
        environment.choice("TOPICHUB_ROBOTS", choices)


def test_assistants_find_the_site_in_short(client, wall, settings):
    settings.TOPICHUB_SITE_NAME = "Skerry Institute"
    make_publication("Odd", topics=[make_topic("A [b] *c*\nd", slug="odd", description="One sentence.")])
    response = client.get("/llms.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[:3] == ["# Skerry Institute", "", "> Everything we publish, free to read."]
    assert f"- [Sea walls]({HUB}/topics/sea-walls/index.md)" in lines
    assert rf"- [A \[b\] \*c\* d]({HUB}/topics/odd/index.md): One sentence." in lines
    assert "Without any item" not in response.content.decode()
    for address in re.findall(r"\]\((.*?)\)", response.content.decode()):
        assert client.get(address).status_code == 200, address
