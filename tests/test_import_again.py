# Which item a row speaks of, in which order new ones stand, and what importing again may change.
from datetime import UTC, datetime

import pytest

from publications.exchange.importing import import_publications
from publications.models import FeaturedItem, Publication, Redirect, Topic
from tests.factories import make_publication
from tests.importing import only, row, run, take_in, write_json
from tests.searching import search

pytestmark = pytest.mark.django_db


def test_running_again_changes_nothing(tmp_path):
    rows = [row(f"Item {number}", authors=["Bo Reed"], body_html="Plain & simple") for number in range(3)]
    rows[0] |= {"id": "a", "featured_in": [{"topic": "Water", "position": 1}], "lead": "b"}
    rows[1] |= {"id": "b", "image": {"alt": "A gauge"}}
    path = write_json(tmp_path, *rows, topics=[{"name": "Water", "intro": "Of <b>rivers</b>"}])
    run(path)
    before = list(Publication.objects.values())

    again = run(path)

    assert (again.status, again.summary) == (0, "created 0, updated 0, unchanged 3, rejected 0")
    assert list(Publication.objects.values()) == before
    assert not [line for line in again.lines if line.startswith(("new", "changed"))]


def test_a_changed_row_updates_just_what_it_states(tmp_path):
    take_in(tmp_path, row(id="a", summary="Old", subtitle="Kept", doi="10.5555/a", authors=["Bo Reed"]))
    done = take_in(tmp_path, row(id="a", summary="New", doi=None))

    item = only()
    assert done.summary == "created 0, updated 1, unchanged 0, rejected 0"
    assert (item.summary, item.subtitle, item.doi) == ("New", "Kept", "")
    assert item.authors.get().name == "Bo Reed"
    assert search(Publication.objects.all(), "new").get() == item
    assert item.changed_at > item.created_at


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id": "a"}, {"id": "a", "title": "Renamed", "date": "2017-01-01"}),
        ({"doi": "10.5555/a"}, {"doi": "10.5555/a", "title": "Renamed"}),
        ({}, {"summary": "By title, date and type"}),
        ({}, {"id": "a", "type": "REPORT"}),
    ],
)
def test_an_item_is_known_by_id_or_doi_or_title_date_and_type(tmp_path, first, second):
    take_in(tmp_path, row(**first))
    done = take_in(tmp_path, row(**second))
    assert Publication.objects.count() == 1
    assert "created 0" in done.summary


def test_ids_tell_items_apart_that_look_alike(tmp_path):
    rows = row(id="house"), row(id="senate")
    assert take_in(tmp_path, *rows).summary.startswith("created 2,")
    assert "unchanged 2," in take_in(tmp_path, *rows).summary
    assert "2 items have this title, date and type" in take_in(tmp_path, row()).text


@pytest.mark.parametrize("same", [{"id": "a"}, {"doi": "10.5555/a"}, {"title": "Other", "id": "c"}])
def test_a_second_row_for_one_item_is_rejected_naming_the_first(tmp_path, same):
    first = row("Other", summary="first") if "title" in same else row("First", summary="first", **same)
    done = take_in(tmp_path, first, row(**{"title": "Second", "summary": "second"} | same))
    assert done.status == 1
    assert only().summary == "first"
    assert done.lines[-2].startswith("row 2: ") and "row 1" in done.lines[-2]


def test_rows_of_one_date_list_in_the_order_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.exchange.importing.writing.BATCH", 4)
    dates = ["2016-10-14", "2015-01-01", "2016-10-14T00:00:00"] * 7
    rows = [row(f"Item {number}", date=date) for number, date in enumerate(dates)]
    take_in(tmp_path, *rows)

    shown = list(Publication.objects.newest_first().values_list("title", flat=True))
    in_file = sorted(rows, key=lambda one: one["date"][:4], reverse=True)
    assert shown == [one["title"] for one in in_file]
    assert make_publication().pk > max(
        Publication.objects.filter(title__startswith="Item").values_list("pk", flat=True)
    )


def test_equal_titles_get_numbered_addresses(tmp_path):
    make_publication("Weekly note")
    rows = [row("Weekly note", date=f"2016-10-{day:02}") for day in range(1, 29)]
    take_in(tmp_path, *rows)
    slugs = {item.published_at.day: item.slug for item in Publication.objects.filter(published_at__year=2016)}
    assert slugs == {day: f"weekly-note-{day + 1}" for day in range(1, 29)}


def test_a_stated_address_must_be_free(tmp_path):
    taken = make_publication("Taken")
    Redirect.objects.create(slug="former", publication=taken)
    done = take_in(
        tmp_path,
        row("A", slug="mine"),
        row("B", slug="taken"),
        row("C", slug="former"),
        row("D", slug="mine"),
        row("E", slug="no good"),
        row("Mine"),
    )
    assert "created 2, updated 0, unchanged 0, rejected 4" in done.summary
    assert set(Publication.objects.exclude(pk=taken.pk).values_list("slug", flat=True)) == {"mine", "mine-2"}


def test_a_changed_address_leaves_a_redirect(tmp_path, client):
    take_in(tmp_path, row(id="a"))
    take_in(tmp_path, row(id="a", slug="tides"))
    assert client.get("/publications/on-tides/").headers["Location"] == "/publications/tides/"


def test_what_an_editor_took_back_stays_so_unless_the_row_states_its_state(tmp_path):
    take_in(tmp_path, row())
    Publication.objects.update(state="withdrawn")
    assert "unchanged 1," in take_in(tmp_path, row()).summary
    assert only().state == "withdrawn"
    take_in(tmp_path, row(state="published"))
    assert only().state == "published"


def test_a_time_that_an_editor_chose_on_the_day_stays(tmp_path):
    take_in(tmp_path, row())
    Publication.objects.update(published_at=datetime(2016, 10, 14, 9, 30, tzinfo=UTC))
    assert "unchanged 1," in take_in(tmp_path, row()).summary


def test_topics_of_an_item_become_those_of_its_row(tmp_path):
    take_in(tmp_path, row(topics=["Water", "Air"]))
    assert "updated 1," in take_in(tmp_path, row(topics=["Air", "Soil"])).summary
    assert {topic.name for topic in only().topics.all()} == {"Air", "Soil"}


def test_the_doi_of_another_item_is_refused(tmp_path):
    make_publication("Owner", doi="10.5555/a", import_id="x")
    done = take_in(tmp_path, row(doi="10.5555/a", id="b"))
    assert "row 1: doi: “10.5555/a” belongs to another item: “Owner”" in done.lines


def test_two_imports_at_once_take_in_all_rows(tmp_path):
    first, second = (write_json(tmp_path, row(f"Of {name}"), name=f"{name}.json") for name in ("one", "two"))
    taken = []

    def import_the_other(done, total):
        if not taken:
            taken.append(import_publications(second))

    assert import_publications(first, progress=import_the_other).problems == taken[0].problems == []
    assert Publication.objects.count() == 2
    assert make_publication().pk > max(
        Publication.objects.filter(title__startswith="Of").values_list("pk", flat=True)
    )


def test_what_is_deleted_before_rows_are_linked_is_named_and_the_other_links_are_made(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.exchange.importing.writing.BATCH", 1)
    links = {"lead": "main", "translation_of": "main", "replaced_by": "main"}
    rows = [
        row("Gone", **links, featured_in=["Water", "Air"]),
        row("Main", id="main"),
        row("Brief", **links, language="de", featured_in=["Water", "Air"]),
    ]

    def delete_some(done, total):
        if done == total:
            return
        Publication.objects.filter(title="Gone").delete()
        if Publication.objects.filter(title="Main").exists():
            Topic.objects.filter(name="Air").delete()

    report = import_publications(write_json(tmp_path, *rows), progress=delete_some)
    brief, main = Publication.objects.order_by("title")
    assert {brief.lead, brief.translation_of, brief.replaced_by} == {main}
    assert [place.publication for place in FeaturedItem.objects.all()] == [brief]
    gone = "somebody deleted the item meanwhile"
    assert [str(warning) for warning in report.warnings] == [
        f"row 1: lead: {gone}",
        f"row 1: translation_of: {gone}",
        f"row 1: replaced_by: {gone}",
        f"row 1: featured_in: {gone}",
        "row 3: featured_in: somebody deleted the topic meanwhile",
    ]
