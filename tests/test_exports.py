# Whole lists as files: the rows and the order of the page, however they are filtered.
import csv
import gc
import json
import random
import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
import rispy
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pybtex.database import parse_string

from publications.exchange.exports import CHUNK
from publications.models import Authorship, Publication
from tests.factories import (
    make_draft,
    make_file,
    make_person,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.importing import run
from tests.test_topic_pages import titles

pytestmark = pytest.mark.django_db
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.getvalue().decode()


def table(client, address):
    return list(csv.DictReader(text(client, address).removeprefix("\ufeff").splitlines(keepends=True)))


def titles_in(form, content):
    if form == "csv":
        return [row["title"] for row in csv.DictReader(content.removeprefix("\ufeff").splitlines(True))]
    if form == "bib":
        return [entry.fields["title"] for entry in parse_string(content, "bibtex").entries.values()]
    if form == "ris":
        return [record["title"] for record in rispy.loads(content)]
    return [item["title"] for item in json.loads(content)]


def on_all_pages(client, path, query):
    """Titles on all pages of the list, and the number the first page gives."""
    page, shown, total = 1, [], 0
    while True:
        response = client.get(f"{path}?{query}&page={page}")
        shown += titles(response)
        said = re.search(r"\d+–\d+ of (\d+)", response.content.decode())
        total = int(said[1]) if said else 0
        if page * 20 >= total:
            return shown, total
        page += 1


@pytest.fixture
def collection():
    """75 public items over five types, three topics, four people and six years, and some hidden ones."""
    coast, rivers = make_topic("Coast"), make_topic("Rivers")
    topics = [coast, rivers, make_topic("Harbours", parent=coast)]
    people = [make_person(name) for name in ("Ines Corrow", "Bram Osterley", "Åsa Lind")]
    people.append(make_person("Port Board", is_organisation=True))
    chance = random.Random(3)
    types = ["report", "commentary", "tool", "testimony", "news-release"]
    for number in range(75):
        make_publication(
            f"{chance.choice(['tide', 'wall', 'ferry'])} note {number}",
            type=chance.choice(types),
            topics=chance.sample(topics, chance.randint(0, 3)),
            authors=chance.sample(people, chance.randint(0, 3)),
            published_at=datetime(chance.randint(2019, 2024), chance.randint(1, 12), 9, tzinfo=UTC),
            summary="In short.",
        )
    for make in (make_draft, make_scheduled, make_removed):
        make("tide hidden", topics=topics, authors=people)
    long_ago = datetime(2024, 12, 31, tzinfo=UTC)  # feeds tell of it no more
    make_withdrawn("tide hidden", topics=topics, authors=people, withdrawn_at=long_ago)


def random_filter(chance):
    path = chance.choice(["/publications/", "/topics/coast/", "/people/ines-corrow/", "/types/report/"])
    pairs = [
        ("q", chance.choice(["tide", "note", "corrow wall", "note 1", "nothing", "åsa"])),
        ("type", chance.choice(["report", "tool", "commentary"])),
        ("type", chance.choice(["testimony", "report"])),
        ("topic", chance.choice(["coast", "rivers", "harbours"])),
        ("from", chance.choice(["2019", "2020-06", "3 Feb 2022"])),
        ("to", chance.choice(["2021", "2023-05", "2024-12-31"])),
        ("sort", chance.choice(["oldest", ""])),
        ("utm_source", "x"),
    ]
    return path, "&".join(f"{key}={value}" for key, value in chance.sample(pairs, chance.randint(0, 4)))


def test_page_exports_and_feeds_hold_the_same_rows_under_thirty_random_filters(client, collection, settings):
    settings.TOPICHUB_PAGE_CACHE = False  # a page that is kept has no template to look into
    chance, lengths = random.Random(7), []
    for _ in range(30):
        path, query = random_filter(chance)
        shown, total = on_all_pages(client, path, query)
        assert len(shown) == total
        assert "tide hidden" not in shown
        for form in MEDIA_TYPES:
            content = text(client, f"{path}export.{form}?{query}")
            assert titles_in(form, content) == shown, (path, query, form)
        atom = feedparser.parse(text(client, f"{path}feed.atom?{query}"))
        assert [entry.title for entry in atom.entries] == shown[:30], (path, query)
        items = json.loads(text(client, f"{path}feed.json?{query}"))["items"]
        assert [item["title"] for item in items] == shown[:30], (path, query)
        lengths.append(total)
    assert min(lengths) == 0
    assert max(lengths) > 20, "some lists are longer than one page"


def test_links_to_the_exports_carry_the_filters_of_the_page(client, collection):
    html = client.get("/topics/coast/?utm_source=x&to=2023&type=report&page=1").content.decode()
    for form in MEDIA_TYPES:
        assert f'rel="nofollow" href="/topics/coast/export.{form}?type=report&amp;to=2023"' in html
    assert 'href="/publications/export.csv"' in client.get("/publications/").content.decode()
    assert "export.csv" not in client.get("/publications/?q=nothing").content.decode()


def test_export_is_streamed_with_its_media_type_and_a_name(client, collection):
    for form, media_type in MEDIA_TYPES.items():
        response = client.get(f"/topics/coast/export.{form}?page=9")
        assert response.streaming
        assert response["Content-Type"] == media_type
        assert response["Content-Disposition"] == f'attachment; filename="coast.{form}"'
        assert response.getvalue()
        assert client.head(f"/topics/coast/export.{form}").getvalue() == b""
    assert client.get("/publications/export.csv")["Content-Disposition"].endswith('"publications.csv"')


def test_empty_list_is_an_empty_file_of_its_format(client):
    for form in MEDIA_TYPES:
        assert titles_in(form, text(client, f"/publications/export.{form}")) == []


@pytest.mark.parametrize("query", ["from=soon", "type=no-such", "sort=sideways", "from=2020&topic=%00"])
def test_filter_that_cannot_be_understood_exports_nothing_and_says_so(client, collection, query):
    for form in MEDIA_TYPES:
        response = client.get(f"/publications/export.{form}?{query}")
        assert response.status_code == 400
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.content.decode().startswith("Nothing is exported, because a filter could not be")
    assert "“soon” is not a date" in client.get("/publications/export.csv?from=soon").content.decode()


def test_unknown_list_or_format_is_not_found_and_a_former_address_leads_on(client, collection):
    assert client.get("/topics/no-such/export.csv").status_code == 404
    assert client.get("/publications/export.xml").status_code == 404
    topic = Publication.topics.rel.model.objects.get(slug="rivers")
    topic.slug = "streams"
    topic.save()
    response = client.get("/topics/rivers/export.ris?from=2020")
    assert response.status_code == 301
    assert response["Location"] == "/topics/streams/export.ris?from=2020"


def test_hidden_items_are_exported_to_staff_alone(client):
    make_draft("Draft")
    scheduled = make_scheduled("Scheduled")
    make_withdrawn("Withdrawn")
    for form in MEDIA_TYPES:
        assert titles_in(form, text(client, f"/publications/export.{form}?state=draft")) == []
    client.force_login(make_staff("Author"))
    response = client.get("/publications/export.csv")
    assert "no-store" in response["Cache-Control"]
    rows = {row["title"]: row for row in table(client, "/publications/export.csv")}
    assert {title: row["state"] for title, row in rows.items()} == {
        "Draft": "draft",
        "Scheduled": "published",
        "Withdrawn": "withdrawn",
    }
    assert datetime.fromisoformat(rows["Scheduled"]["date"]) == scheduled.published_at


def test_csv_names_what_each_row_is_and_where_it_lives(client):
    publication = make_publication(
        "Who pays?",
        subtitle="Twelve towns",
        type="research-brief",
        topics=[make_topic("Coast"), make_topic("Money")],
        authors=[make_person("Ines van der Corrow"), make_person("Port Board", is_organisation=True)],
        published_at=datetime(2026, 11, 12, 9, tzinfo=UTC),
        summary="One, “two”;\nthree.",
        key_findings="First.\nSecond.",
        report_number="SI-7",
        doi="10.5555/si.7",
        language="fr",
        external_url="https://example.org/x?a=1,2",
        import_id="rr-7",
    )
    content = text(client, "/publications/export.csv")
    assert content.startswith("\ufeffid,title,subtitle,type,topics,date,authors,")
    (row,) = csv.DictReader(content.removeprefix("\ufeff").splitlines(keepends=True))
    assert row == {
        "id": "rr-7",
        "title": "Who pays?",
        "subtitle": "Twelve towns",
        "type": "Research Brief",
        "topics": "Coast | Money",
        "date": "2026-11-12",
        "authors": "Ines van der Corrow | Port Board",
        "summary": "One, “two”;\nthree.",
        "key_findings": "First. | Second.",
        "number": "SI-7",
        "doi": "10.5555/si.7",
        "language": "fr",
        "url": "https://example.org/x?a=1,2",
        "state": "published",
        "slug": "who-pays",
        "x_corrected_on": "",
        "x_address": f"http://testserver{publication.get_absolute_url()}",
    }


@pytest.mark.parametrize("title", ["=1+1", "+1", "-40 degrees", "@here", '=cmd|"/c calc"!A1'])
def test_no_cell_is_a_formula(client, title):
    make_publication(title, summary=title)
    (row,) = table(client, "/publications/export.csv")
    assert (row["title"], row["summary"]) == (f"'{title}", f"'{title}")


def test_exported_csv_is_taken_in_again(client, tmp_path, collection):
    make_publication("-40 degrees", import_id="cold", subtitle="Ports, “ice” and 中文", key_findings="A.\nB.")
    Publication.objects.filter(title="tide hidden").delete()
    exported = text(client, "/publications/export.csv")
    (tmp_path / "list.csv").write_text(exported)
    assert run(tmp_path / "list.csv").summary == "created 0, updated 0, unchanged 76, rejected 0"
    Publication.objects.all().delete()
    assert run(tmp_path / "list.csv").summary == "created 76, updated 0, unchanged 0, rejected 0"
    assert text(client, "/publications/export.csv") == exported


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_export_costs_five_queries_for_each_chunk_of_rows(client, form, settings):
    settings.TOPICHUB_PAGE_CACHE = False
    person = make_person()
    content_type = make_publication("First", authors=[person], topics=[make_topic()]).content_type
    when = timezone.now() - timedelta(days=2)

    def count_queries():
        with CaptureQueriesContext(connection) as queries:
            text(client, f"/publications/export.{form}")
        return len(queries)

    for_one = count_queries()
    rows = Publication.objects.bulk_create(
        Publication(
            title=f"N {n}", slug=f"n-{n}", content_type=content_type, state="published", published_at=when
        )
        for n in range(2 * CHUNK)
    )
    Publication.relist(row.pk for row in rows)
    Authorship.objects.bulk_create(Authorship(publication=row, person=person) for row in rows)
    assert for_one <= 7  # among them the generation, with whether a planned change is due
    assert count_queries() == for_one + 2 * 5


@pytest.mark.parametrize("query", ["", "?sort=oldest", "?type=report", "?q=item", "?topic=coast&topic=water"])
def test_what_is_hidden_while_a_list_is_sent_is_left_out_and_the_rest_is_there_once(
    client, monkeypatch, query
):
    monkeypatch.setattr("publications.exchange.exports.FIRST", 1)
    monkeypatch.setattr("publications.exchange.exports.CHUNK", 2)
    monkeypatch.setattr("publications.listing.entries.STEP", 3)
    both = [make_topic("Coast"), make_topic("Water")]
    same = timezone.now().replace(microsecond=0) - timedelta(days=1)
    items = [make_publication(f"Item {number}", topics=both, published_at=same) for number in range(9)]
    response = client.get(f"/publications/export.csv{query}")
    parts = iter(response.streaming_content)
    sent = next(parts) + next(parts)
    hidden = next(item for item in (items[0], items[-1]) if item.title.encode() not in sent)
    hidden.state = "draft"
    hidden.save()

    sent += b"".join(parts)

    rows = list(csv.DictReader(sent.decode("utf-8-sig").splitlines()))
    wanted = [item.title for item in items if item != hidden]
    assert [row["title"] for row in rows] == (wanted if query == "?sort=oldest" else wanted[::-1])


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_rows_that_were_sent_are_gone_from_memory_at_once(client, monkeypatch, form):
    monkeypatch.setattr("publications.exchange.exports.FIRST", 2)
    monkeypatch.setattr("publications.exchange.exports.CHUNK", 2)
    topic, person = make_topic(), make_person()
    for _ in range(6):
        make_file(make_publication(topics=[topic], authors=[person]))
    response = client.get(f"/publications/export.{form}")
    gc.collect()
    gc.disable()
    try:
        kept = [_rows_in_memory() for _ in response.streaming_content]
    finally:
        gc.enable()
    assert len(kept) == 5
    assert kept == kept[:1] * 5


def _rows_in_memory() -> int:
    return sum(type(one) in (Publication, Authorship) for one in gc.get_objects())


def test_rows_of_a_file_are_looked_up_by_their_keys_and_not_out_of_all_that_the_list_holds(client):
    make_publication("Tide", topics=[make_topic("Coast")])
    with CaptureQueriesContext(connection) as queries:
        assert "Tide" in text(client, "/topics/coast/export.csv")
    [of_rows] = [query["sql"] for query in queries if '"publications_publication"."summary"' in query["sql"]]
    assert '"publications_publication_topics"' not in of_rows
