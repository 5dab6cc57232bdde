# What robots are told: which pages there are, when they changed, and who may come.
import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from publications.models import Publication
from publications.site import sitemaps
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
        dates = {
            entry.findtext("loc", namespaces=NAMES): entry.findtext("lastmod", namespaces=NAMES)
            for entry in read(client, "/sitemap.xml")
        }
    assert dates[f"{HUB}/sitemap-publications.xml"] == "2027-01-02T03:04:05+00:00"
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


def test_long_sitemaps_are_cut_into_files_that_miss_nothing(client, monkeypatch):
    monkeypatch.setattr(sitemaps.PublicationSitemap, "limit", 2)
    for number in range(5):
        make_publication(f"Item {number}")
    addresses = [loc.text for loc in read(client, "/sitemap.xml").findall("sitemap/loc", NAMES)]
    files = [address for address in addresses if "sitemap-publications" in address]
    assert [len(pages(client, address)) for address in files] == [2, 2, 1]
    assert len(set().union(*(pages(client, address) for address in files))) == 5
    assert client.get("/sitemap-publications.xml?p=4").status_code == 404
    assert client.get("/sitemap-publications.xml?p=x").status_code == 404
    assert client.get("/sitemap-nothing.xml").status_code == 404


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
