# Filters of a list: what they take, what they count, how they answer bad input.
import re
from datetime import UTC, datetime
from itertools import cycle

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications.models import Authorship, Person
from tests.factories import make_draft, make_person, make_publication, make_topic
from tests.test_topic_pages import titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    topic = make_topic("Tides")
    for year, kind in [(2014, "report"), (2015, "report"), (2015, "tool"), (2016, "commentary")]:
        published_at = datetime(year, 10, 14, 9, 30, tzinfo=UTC)
        make_publication(f"{kind} {year}", topics=[topic], type=kind, published_at=published_at)
    return topic


def counts(response):
    return dict(
        re.findall(r'data-mark="\d">([^<]+)</span>\s+<span class="count">(\d+)<', response.content.decode())
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["commentary 2016", "report 2015", "tool 2015", "report 2014"]),
        ("type=report", ["report 2015", "report 2014"]),
        ("type=report&type=tool", ["report 2015", "tool 2015", "report 2014"]),
        ("from=2015", ["commentary 2016", "report 2015", "tool 2015"]),
        ("to=2015", ["report 2015", "tool 2015", "report 2014"]),
        ("from=2015&to=2015", ["report 2015", "tool 2015"]),
        ("from=14 Oct 2015&to=2015-10-14", ["report 2015", "tool 2015"]),
        ("from=15 October 2015", ["commentary 2016"]),
        ("from=2015-10&to=Oct 2015&type=tool", ["tool 2015"]),
        ("sort=oldest", ["report 2014", "report 2015", "tool 2015", "commentary 2016"]),
        ("from=&to=&sort=&utm_source=x", ["commentary 2016", "report 2015", "tool 2015", "report 2014"]),
    ],
)
def test_list_holds_exactly_what_was_asked_for(client, topic, query, expected):
    response = client.get(f"/topics/tides/?{query}")
    assert sorted(titles(response)) == sorted(expected)
    assert [t.split()[1] for t in titles(response)] == [t.split()[1] for t in expected], "in order of date"


def test_counts_beside_types_ignore_the_choice_of_types_and_no_other(client, topic):
    response = client.get("/topics/tides/?type=tool&from=2015")
    assert counts(response) == {"Report": "1", "Tool": "1", "Commentary": "1"}
    assert "1–1 of 1, newest first" in response.content.decode()


def test_count_beside_a_type_is_the_length_of_the_list_it_leads_to(client, topic):
    for name, count in counts(client.get("/topics/tides/?from=2015")).items():
        slug = name.lower().replace(" ", "-")
        assert len(titles(client.get(f"/topics/tides/?from=2015&type={slug}"))) == int(count)


def test_bar_of_a_year_leads_to_as_many_items_as_it_says(client, topic):
    html = client.get("/topics/tides/?type=report&type=tool").content.decode()
    bars = re.findall(r'<a href="([^"#]+)#results" aria-label="(\d+): (\d+) publication', html)
    assert [(year, count) for _, year, count in bars] == [("2014", "1"), ("2015", "2")]
    for address, _, count in bars:
        assert len(titles(client.get(address.replace("&amp;", "&")))) == int(count)


def test_filters_in_use_are_links_that_take_them_away(client, topic):
    html = client.get("/topics/tides/?to=31 Dec 2015&type=report").content.decode()
    chips = re.findall(r'<li><a href="([^"]+)"><span class="vh">Remove filter: </span>([^<]+) <', html)
    assert chips == [
        ("/topics/tides/?to=2015-12-31#results", "Report"),
        ("/topics/tides/?type=report#results", "To 31 December 2015"),
    ]
    assert '<a class="all" href="/topics/tides/#results">Clear all</a>' in html


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=yesterday-ish", "“yesterday-ish” is not a date."),
        ("to=2016-13-40", "“2016-13-40” is not a date."),
        ("from=0000", "“0000” is not a date."),
        ("to=99999", "“99999” is not a date."),
        ("type=novel", "novel is not one of the available choices"),
        ("sort=sideways", "sideways is not one of the available choices"),
        ("page=two", "“two” is not a page number."),
        ("page=0", "“0” is not a page number."),
        ("page=-1", "“-1” is not a page number."),
        ("page=²", "“²” is not a page number."),
    ],
)
def test_bad_filter_is_answered_with_words_and_no_rows(client, topic, query, words):
    response = client.get(f"/topics/tides/?{query}")
    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert titles(response) == []
    assert '<meta name="robots" content="noindex">' in html


def test_bad_date_keeps_the_other_choices_and_names_its_field(client, topic):
    html = client.get("/topics/tides/?from=soon&type=report").content.decode()
    assert re.search(r'value="report" checked', html)
    assert re.search(
        r'name="from" [^>]*value="soon"[^>]* aria-invalid="true" aria-describedby="e-from"', html
    )
    assert 'id="e-from"' in html


def test_page_far_beyond_the_last_is_not_found(client, topic):
    assert client.get("/topics/tides/?page=2").status_code == 404
    assert client.get(f"/topics/tides/?page={'9' * 5000}").status_code == 404


def test_page_numbers_keep_the_filters(client, topic):
    for _ in range(25):
        make_publication(topics=[topic], type="report")
    html = client.get("/topics/tides/?type=report&utm_source=mail").content.decode()
    assert 'href="/topics/tides/?type=report&amp;page=2#results"' in html
    assert "utm_source" not in html


def test_finder_finds_by_words_whatever_their_case_and_accents(client):
    make_publication(
        "Élan vital: Ångström readings", summary="Of harbours.", authors=[make_person("Zoë Ñandú")]
    )
    make_publication("Something else")
    for words in ("elan", "ÉLAN", "angstrom harbours", "zoe", "nandu vital"):
        assert titles(client.get("/publications/", {"q": words})) == ["Élan vital: Ångström readings"], words
    assert titles(client.get("/publications/", {"q": "elan zebra"})) == []


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "\x00", "a" * 5000, " ", "((", "؟", "<script>"])
def test_finder_takes_any_words(client, words):
    make_publication("Plain")
    response = client.get("/publications/", {"q": words})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_finder_filters_by_topic_with_all_below_it(client):
    coast = make_topic("Coast")
    walls = make_topic("Walls", parent=coast)
    make_publication("Wall", topics=[walls])
    make_publication("Other", topics=[make_topic("Heat")])
    assert titles(client.get("/publications/?topic=coast")) == ["Wall"]
    assert sorted(titles(client.get("/publications/?topic=coast&topic=heat"))) == ["Other", "Wall"]


def test_person_and_type_pages_list_their_own(client):
    ines = make_person("Ines Corrow")
    make_publication("Hers", authors=[ines], type="tool")
    make_publication("Not hers")
    assert titles(client.get("/people/ines-corrow/")) == ["Hers"]
    assert titles(client.get("/types/tool/")) == ["Hers"]
    assert "Corrow, Ines" in client.get("/people/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?page=2",
        "?sort=oldest",
        "?type=tool",
        "?type=tool&type=report&from=2012&page=2",
        "?from=2012&to=2013",
    ],
)
def test_list_of_a_person_is_the_same_read_at_once_and_counted_row_by_row(
    client, monkeypatch, settings, query
):
    settings.TIME_ZONE = "Pacific/Auckland"  # where some are of another year
    settings.TOPICHUB_PAGE_CACHE = False
    ines = make_person("Ines Corrow")
    for number in range(60):
        year, kind = 2010 + number // 3 % 5, ("report", "tool", "testimony")[number % 3]
        date = datetime(year, 12, 31, 9 + number % 4, tzinfo=UTC)
        make_publication(f"Item {number}", authors=[ines], type=kind, published_at=date)
    make_draft("Hidden", authors=[ines])
    make_publication("Not hers")

    at_once = client.get(f"/people/ines-corrow/{query}").content
    monkeypatch.setattr("publications.listing.tables.FEW", 10)
    assert client.get(f"/people/ines-corrow/{query}").content == at_once
    assert b"60 publications" in at_once


def test_random_query_strings_never_break_a_list(client, topic):
    keys = ["q", "type", "topic", "from", "to", "state", "sort", "page", "x"]
    values = [
        "",
        "report",
        "tides",
        "2016",
        "9999",
        "0",
        "-1",
        "²",
        "%00",
        "[]",
        "14/10/2016",
        "draft",
        "é",
        "1e9",
    ]
    paths = cycle(["/topics/tides/", "/publications/", "/types/report/"])
    for key in keys:
        for value in values:
            address = f"{next(paths)}?{key}={value}&{key}={value}&page[]=1"
            assert client.get(address).status_code in {200, 404}, address


def test_people_are_filed_by_name_whatever_their_accents_and_case(client):
    for name in ("Søren Bækhøj", "Ana Árbol", "Bo Byrne", "Zed Abel", "Åsa Ask"):
        make_publication(authors=[make_person(name)])
    html = client.get("/people/").content.decode()
    names = ["Abel, Zed", "Árbol, Ana", "Ask, Åsa", "Bækhøj, Søren", "Byrne, Bo"]
    shown = re.findall(r"<span>([^<]+, [^<]+)</span>", html)
    assert shown == names
    assert re.findall(r'<h2 id="initial-\d">(.)</h2>', html) == ["A", "B"]


def test_people_are_shown_two_hundred_to_a_page(client):
    item = make_publication()
    people = Person.objects.bulk_create(
        Person(name=f"P {n}", slug=f"p-{n}", sort_name=f"P {n:03}", search_name=f"p {n:03}")
        for n in range(201)
    )
    Authorship.objects.bulk_create(Authorship(publication=item, person=person) for person in people)
    first, second = client.get("/people/"), client.get("/people/?page=2")
    assert first.content.decode().count('href="/people/p-') == 200
    assert re.findall(r'href="/people/p-(\d+)/"', second.content.decode()) == ["200"]
    assert 'href="/people/?page=2"' in first.content.decode()
    assert '<link rel="canonical" href="http://testserver/people/?page=2">' in second.content.decode()
    for wrong in ("3", "0", "x"):
        assert client.get(f"/people/?page={wrong}").status_code == 404


def test_works_are_counted_of_the_people_on_the_page_alone(client):
    item, last = make_publication(), make_person("Zed Zulu")
    make_publication(authors=[last])
    people = [make_person(f"P {n}") for n in range(200)]
    Authorship.objects.bulk_create(Authorship(publication=item, person=one) for one in (*people, last))
    with CaptureQueriesContext(connection) as captured:
        html = client.get("/people/?page=2").content.decode()
    assert re.findall(r'<span>([^<]+, [^<]+)</span> <span class="count">(\d+)<', html) == [("Zulu, Zed", "2")]
    [counting] = [query["sql"] for query in captured if 'AS "publication_count"' in query["sql"]]
    assert f'"publications_person"."id" IN ({last.pk})' in counting
