# Rows into items: what a file states is what the site has; what is refused, and how.
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from publications.models import ContentType, FeaturedItem, Person, Publication, Redirect, Topic
from tests.factories import make_person, make_topic
from tests.importing import only, row, take_in
from tests.searching import search

pytestmark = pytest.mark.django_db


def test_a_row_becomes_an_item_with_all_it_states(tmp_path):
    done = take_in(
        tmp_path,
        row(
            "  On\n tides ",
            subtitle="A study",
            summary="Short.",
            body_html='<p onclick="x()">Long</p><script>bad()</script>',
            key_findings=["One", "Two"],
            authors=["Ines Corrow", "Bo Reed"],
            doi="https://doi.org/10.5555/tides",
            url="https://example.org/tides",
            number=2207,
            id=17,
            language="fr",
        ),
    )

    item = only()
    assert (done.status, done.summary) == (0, "created 1, updated 0, unchanged 0, rejected 0")
    assert (item.title, item.subtitle, item.summary) == ("On tides", "A study", "Short.")
    assert (item.slug, item.state, item.content_type.slug) == ("on-tides", "published", "report")
    assert (item.doi, item.report_number, item.import_id, item.language) == (
        "10.5555/tides",
        "2207",
        "17",
        "fr",
    )
    assert item.external_url == "https://example.org/tides"
    assert (item.body, item.findings) == ("<p>Long</p>", ["One", "Two"])
    assert [one.printed_name for one in item.authorships.all()] == ["Ines Corrow", "Bo Reed"]
    assert [topic.name for topic in item.topics.all()] == ["Water"]
    assert search(Publication.objects.all(), "tides long").get() == item
    assert "<script> may not stand in a text" in done.text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2016-10-14", datetime(2016, 10, 13, 22, tzinfo=UTC)),
        ("2016-10-14T09:30", datetime(2016, 10, 14, 7, 30, tzinfo=UTC)),
        ("2016-10-14 09:30:05+00:00", datetime(2016, 10, 14, 9, 30, 5, tzinfo=UTC)),
    ],
)
def test_dates_are_in_the_time_zone_of_the_site(tmp_path, settings, written, meant):
    settings.TIME_ZONE = "Europe/Oslo"
    take_in(tmp_path, row(date=written))
    assert only().published_at == meant


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"date": "2016-13-40"}, "row 2: date: “2016-13-40” is not a date (write 2016-10-14)"),
        ({"date": "14 Oct"}, "row 2: date: “14 Oct” is not a date (write 2016-10-14)"),
        ({"date": None}, "row 2: date: is missing; what is published or withdrawn needs one"),
        ({"title": " "}, "row 2: title: is missing"),
        ({"type": None}, "row 2: type: is missing"),
        ({"title": "x" * 401}, "row 2: title: Ensure this value has at most 400 characters (it has 401)."),
        ({"url": "javascript:alert(1)"}, "row 2: url: Enter a valid URL."),
        ({"topics": {"name": "Water"}}, "row 2: topics: must be text, not an object"),
        (
            {"state": "gone"},
            "row 2: state: “gone” is not a state (write one of draft, in_review, published, withdrawn, "
            "removed, merged)",
        ),
        ({"featured_in": [{"position": 1}]}, "row 2: featured_in.topic: is missing"),
    ],
)
def test_a_bad_row_is_named_with_field_and_reason_and_good_ones_go_in(tmp_path, wrong, line):
    done = take_in(tmp_path, row("Good"), row("Bad") | wrong, row("Also good"))
    assert done.status == 1
    assert line in done.lines
    assert done.summary == "created 2, updated 0, unchanged 0, rejected 1"
    assert not Publication.objects.filter(title="Bad").exists()


def test_a_local_time_that_does_not_exist_is_rejected(tmp_path, settings):
    settings.TIME_ZONE = "Europe/Oslo"
    done = take_in(tmp_path, row(date="2016-03-27T02:30"))
    assert "row 1: date: “2016-03-27 02:30” does not exist in Europe/Oslo" in done.text


def test_a_date_in_the_future_is_scheduled_and_a_draft_needs_none(tmp_path):
    take_in(tmp_path, row("Soon", date="2999-01-01"), row("Idea", state="draft", date=None))
    assert Publication.objects.get(title="Soon").is_scheduled
    assert Publication.objects.get(title="Idea").published_at is None
    assert not Publication.objects.published().exists()


def test_unknown_types_topics_and_people_are_made_and_named(tmp_path):
    make_topic("WATER")
    make_person("Bo Reed")
    done = take_in(tmp_path, row(type="Atlas", topics=["water", "Air"], authors=["Bo Reed", "Ines Corrow"]))
    made = ContentType.objects.get(name="Atlas")
    assert (made.plural, made.mark) == ("Atlas", 8)
    assert {topic.name for topic in only().topics.all()} == {"WATER", "Air"}
    assert Person.objects.count() == 2
    assert Person.objects.get(name="Ines Corrow").sort_name == "Corrow, Ines"
    for line in ("new topics: Air", "new people: Ines Corrow"):
        assert line in done.lines
    assert "Atlas" in done.text


def test_topics_come_with_their_tree_in_the_order_of_the_file(tmp_path):
    topics = [
        {"name": "Rivers", "parent": "water", "description": "Of rivers."},
        {"name": "Water", "slug": "h2o", "intro": "<p>All of it</p><script>x</script>"},
        {"name": "Air", "parent": "Sky", "colour": "blue"},
    ]
    done = take_in(tmp_path, row(topics=["Rivers"]), topics=topics)
    rivers, water = Topic.objects.get(name="Rivers"), Topic.objects.get(name="Water")
    assert (rivers.parent, rivers.description) == (water, "Of rivers.")
    assert (water.slug, water.introduction) == ("h2o", "<p>All of it</p>")
    assert list(Publication.objects.in_topic(water)) == [only()]
    assert [topic.name for topic in Topic.objects.order_by("position")] == ["Rivers", "Water", "Air", "Sky"]
    assert not Redirect.objects.exists()
    assert "“colour” is not a key" in done.text

    again = take_in(
        tmp_path, row(topics=["Rivers"]), topics=[topics[1] | {"parent": "Rivers", "slug": "water"}]
    )
    assert again.status == 1
    assert "topic 1: parent:" in again.text
    assert Topic.objects.get(name="Water").slug == "water"
    assert Redirect.objects.get().slug == "h2o"


def test_featured_items_take_their_places_and_room_is_made(tmp_path):
    rows = [row(f"Item {n}", featured_in=[{"topic": "water", "position": n}]) for n in range(1, 9)]
    done = take_in(tmp_path, *rows)
    water = Topic.objects.get()
    assert [place.publication.title for place in water.featured_items.all()] == [
        f"Item {n}" for n in range(1, 7)
    ]
    assert water.slots == 6
    assert "“Water” now shows 6 featured items; it showed 3" in done.lines
    assert len([line for line in done.lines if "features 6 items of this file already" in line]) == 2

    moved = take_in(tmp_path, row("Item 1", featured_in=[{"topic": "Water", "position": 9}]))
    assert moved.summary == "created 0, updated 1, unchanged 0, rejected 0"
    assert FeaturedItem.objects.get(publication__title="Item 1").position == 9
    take_in(tmp_path, row("Item 1", featured_in=None))
    assert not FeaturedItem.objects.filter(publication__title="Item 1").exists()


def test_companions_find_their_main_item_wherever_it_stands(tmp_path):
    rows = [row("Brief", lead="main"), row("Tool", lead="10.5555/m"), row("Main", id="main", doi="10.5555/m")]
    take_in(tmp_path, *rows)
    main = Publication.objects.get(title="Main")
    assert {item.title for item in main.companions.all()} == {"Brief", "Tool"}
    assert "unchanged 3," in take_in(tmp_path, *rows).summary

    done = take_in(tmp_path, row("Lost", lead="nobody"), row("Main", id="main", lead="main"))
    assert "row 1: lead: there is no item with the id or DOI “nobody”" in done.text
    assert "row 2: lead: an item cannot be the main item of itself" in done.text
    assert Publication.objects.get(title="Lost").lead is None


def test_new_items_are_dated_to_the_moment_they_went_in(tmp_path):
    before = timezone.now()
    take_in(tmp_path, row())
    assert before <= only().created_at <= timezone.now()
