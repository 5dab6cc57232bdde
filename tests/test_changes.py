# Changes to live items: begun beside them, put together with what changed meanwhile, and live in one piece.
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from publications.changes import steps
from publications.changes.due import apply_due
from publications.changes.steps import Clashing
from publications.models import Change, Correction, File, LoggedStep, Publication
from publications.workflow import NotReady, Refused
from tests.factories import (
    make_correction,
    make_file,
    make_image,
    make_person,
    make_publication,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db
SOON = timedelta(days=3)


@pytest.fixture
def editor():
    return make_staff("Editor")


@pytest.fixture
def author():
    return make_staff("Author")


@pytest.fixture
def live():
    item = make_publication(
        "Tide tables",
        summary="In short.",
        body="<p>At length.</p>",
        topics=[make_topic("Coast")],
        authors=[make_person("Ada Corrow"), make_person("Ben Sorrel")],
        image=make_image(credit="Photo: A. Sorrel"),
        doi="10.5555/tides",
        import_id="old-7",
        published_at=timezone.now().replace(microsecond=0) - timedelta(days=9),
    )
    make_file(item, b"%PDF-1.7 first", label="Full report")
    make_correction(item)
    return item


@pytest.fixture
def copy(live, author):
    return steps.begin(live, author)


def make_buoys(live):
    return make_publication("Buoys", summary="Short.", body="<p>Long.</p>", topics=live.topics.all())


def fresh(item):
    return Publication.with_copies.get(pk=item.pk)


def change(copy, **fields):
    """As the copy's form would."""
    copy = fresh(copy)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    return copy


def test_a_change_begins_with_all_that_the_item_is(live, copy):
    assert (copy.title, copy.slug, copy.doi, copy.image_id) == (
        live.title,
        live.slug,
        live.doi,
        live.image_id,
    )
    assert list(copy.topics.all()) == list(live.topics.all())
    assert [str(row.person) for row in copy.authorships.all()] == ["Ada Corrow", "Ben Sorrel"]
    assert copy.files.get().file.name == live.files.get().file.name
    assert not copy.corrections.exists(), "what readers were told stays with the item"
    assert (copy.state, copy.published_at) == ("draft", live.published_at)


def test_who_begins_a_change_again_gets_the_one_there_is(live, copy, editor):
    assert steps.begin(fresh(live), editor) == copy
    assert LoggedStep.objects.filter(step="begin").count() == 1


def test_a_change_is_live_in_one_piece(live, copy, editor, client):
    was = fresh(live)
    kept = live.files.get()
    copy = change(copy, title="Tables of the tide", summary="Shorter still.", slug="tables-of-the-tide")
    copy.topics.set([make_topic("Ports")])
    first, second = copy.authorships.all()
    first.delete()
    second.role = "editor"
    second.save()
    make_file(copy, b"%PDF-1.7 data", label="Data")
    steps.go_live(copy, editor)
    now = fresh(live)
    assert (now.title, now.summary, now.slug) == (
        "Tables of the tide",
        "Shorter still.",
        "tables-of-the-tide",
    )
    assert (now.state, now.published_at, now.created_at) == (was.state, was.published_at, was.created_at)
    assert [str(topic) for topic in now.topics.all()] == ["Ports"]
    assert [(str(row.person), row.role) for row in now.authorships.all()] == [("Ben Sorrel", "editor")]
    assert [file.label for file in now.files.all()] == ["Full report", "Data"]
    assert now.files.first().pk == kept.pk, "a file that stays keeps its row and address"
    assert Correction.objects.get().publication == live
    assert not Publication.with_copies.copies().exists()
    assert client.get("/publications/tide-tables/")["Location"] == "/publications/tables-of-the-tide/"
    assert "Tables of the tide" in client.get("/topics/ports/").content.decode()
    assert "tide" not in client.get("/topics/coast/").content.decode()
    assert "Tables of the tide" in client.get("/publications/?q=shorter").content.decode()
    assert LoggedStep.objects.filter(step="go_live", publication=live, by=editor).exists()


def test_a_file_replaced_in_the_change_keeps_its_address_and_is_dated_when_it_goes_live(
    live, copy, editor, client, django_capture_on_commit_callbacks
):
    former = live.files.get()
    file = copy.files.get()
    with django_capture_on_commit_callbacks(execute=True):
        file.file = ContentFile(b"%PDF-1.7 second", name="second.pdf")
        file.save()
    assert b"".join(client.get(former.get_absolute_url())) == b"%PDF-1.7 first", "in use still"
    with django_capture_on_commit_callbacks(execute=True):
        steps.go_live(fresh(copy), editor)
    assert b"".join(client.get(former.get_absolute_url())) == b"%PDF-1.7 second"
    assert live.files.get().replaced_on == timezone.localdate()
    assert not former.file.storage.exists(former.file.name)
    assert former.file.storage.exists(live.files.get().file.name)


def test_discarding_a_change_leaves_the_item_and_its_files_whole(
    live, copy, author, client, django_capture_on_commit_callbacks
):
    change(copy, title="Never")
    with django_capture_on_commit_callbacks(execute=True):
        steps.discard(fresh(copy), author)
    assert b"".join(client.get(live.files.get().get_absolute_url())) == b"%PDF-1.7 first"
    assert fresh(live).title == "Tide tables"
    assert not Change.objects.exists()


def test_what_was_changed_at_other_places_meanwhile_stays(live, copy, editor):
    change(copy, summary="From the change.")
    live = fresh(live)
    live.title = "Tide tables, revised"
    live.save()
    steps.go_live(fresh(copy), editor)
    assert (fresh(live).title, fresh(live).summary) == ("Tide tables, revised", "From the change.")


def test_what_was_changed_at_the_same_place_meanwhile_must_be_chosen(live, copy, editor):
    change(copy, title="From the change")
    live = fresh(live)
    live.title = "Directly"
    live.save()
    with pytest.raises(Clashing) as refusal:
        steps.go_live(fresh(copy), editor)
    assert [clash.where for clash in refusal.value.clashes] == [("fields", "title")]
    assert fresh(live).title == "Directly"


def test_what_must_not_be_public_does_not_go_live(live, copy, editor):
    copy = change(copy, summary="")
    with pytest.raises(NotReady):
        steps.go_live(copy, editor)
    assert fresh(live).summary == "In short."


def test_an_address_taken_meanwhile_stops_the_change(live, copy, editor):
    copy = change(copy, slug="buoys")
    make_publication("Buoys")
    with pytest.raises(Refused, match="belongs"):
        steps.go_live(copy, editor)


def test_authors_prepare_and_editors_decide(live, copy, author, editor):
    for step in (steps.go_live, lambda copy, by: steps.plan(copy, by, timezone.now() + SOON)):
        with pytest.raises(Refused, match="may not"):
            step(fresh(copy), author)
    steps.submit(copy, author)
    with pytest.raises(Refused):
        steps.submit(copy, author)
    steps.take_back(copy, author)
    steps.submit(copy, author)
    steps.go_live(copy, editor)
    assert not LoggedStep.objects.filter(step="go_live").exclude(bypassed="").exists()


def test_only_what_is_live_is_changed_beside_it(live, author, editor):
    live.state = "withdrawn"
    live.notice = "Wrong."
    live.save()
    with pytest.raises(Refused):
        steps.begin(live, author)


def test_a_change_to_what_was_withdrawn_meanwhile_does_not_go_live(live, copy, editor):
    live.state, live.notice = "withdrawn", "Wrong."
    live.save()
    with pytest.raises(Refused, match="Withdrawn"):
        steps.go_live(fresh(copy), editor)


# At a time


def planned(copy, editor, **fields):
    copy = change(copy, **fields)
    steps.plan(copy, editor, timezone.now().replace(microsecond=0) + SOON)
    return copy


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_a_planned_change_is_live_at_its_second_at_the_next_request(live, copy, editor, client):
    copy = planned(copy, editor, title="Tables of the tide")
    moment = copy.change.goes_live_at
    with at(moment - timedelta(seconds=1)):
        assert "Tables of the tide" not in client.get("/topics/coast/").content.decode()
    with at(moment):
        assert "Tables of the tide" in client.get("/topics/coast/").content.decode()
        assert "Tables of the tide" in client.get(live.get_absolute_url()).content.decode()
    log = LoggedStep.objects.get(step="go_live")
    assert (log.publication, log.by) == (live, editor)


def test_planned_changes_cost_readers_no_query(live, copy, editor, client, django_assert_num_queries):
    planned(copy, editor, title="Later")
    client.get("/topics/coast/")
    with django_assert_num_queries(1):
        client.get("/topics/coast/")


def test_a_change_that_cannot_go_live_says_why_and_keeps_nothing_waiting(live, copy, editor, client):
    copy = planned(copy, editor, title="From the change")
    other = steps.begin(make_buoys(live), editor)
    moment = planned(other, editor, title="Buoys of the coast").change.goes_live_at
    live = fresh(live)
    live.title = "Directly"
    live.save()
    with at(moment):
        html = client.get("/topics/coast/").content.decode()
        assert "Directly" in html and "From the change" not in html
        assert "Buoys of the coast" in html
    change_ = Change.objects.get()
    assert (change_.copy, change_.goes_live_at) == (copy, None)
    assert "changed at the same places" in change_.failure
    assert fresh(copy).title == "From the change"
    assert LoggedStep.objects.get(step="fail").publication == live


def test_a_plan_can_be_cancelled(live, copy, editor, client):
    copy = planned(copy, editor, title="Later")
    moment = copy.change.goes_live_at
    steps.unplan(copy, editor)
    with at(moment):
        assert "Later" not in client.get("/topics/coast/").content.decode()


def test_changes_of_several_times_go_live_in_their_order(live, copy, editor):
    copy = planned(copy, editor, slug="first")
    other = steps.begin(make_buoys(live), editor)
    other = change(other, slug="other")
    steps.plan(other, editor, copy.change.goes_live_at - timedelta(days=1))
    with at(copy.change.goes_live_at):
        assert apply_due() == (2, 0, 0)
    assert list(LoggedStep.objects.filter(step="go_live").order_by("pk").values_list("title", flat=True)) == [
        "Buoys",
        "Tide tables",
    ]


def test_operators_can_apply_what_is_due(live, copy, editor, capsys):
    copy = planned(copy, editor, title="Later")
    with at(copy.change.goes_live_at):
        call_command("apply_changes")
    assert capsys.readouterr().out == "1 went live, 0 could not, 0 wait.\n"
    assert fresh(live).title == "Later"


def test_staff_see_the_site_at_a_time_to_come_with_the_changes_of_then(live, copy, editor, client):
    copy = planned(copy, editor, title="Tables of the tide", slug="tables-of-the-tide")
    make_file(copy, b"%PDF-1.7 data", label="Data")
    moment = copy.change.goes_live_at
    query = "?at=" + moment.isoformat().replace("+00:00", "Z")
    before = "?at=" + (moment - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    client.force_login(editor)
    assert "Tables of the tide" in client.get(f"/topics/coast/{query}").content.decode()
    assert "Tables of the tide" not in client.get(f"/topics/coast/{before}").content.decode()
    assert "Data" in client.get(f"/publications/tables-of-the-tide/{query}").content.decode()
    assert b"Tables of the tide" in client.get(f"/publications/export.csv{query}").getvalue()
    assert fresh(live).title == "Tide tables"
    assert File.objects.filter(publication=live).count() == 1
    assert Change.objects.get().goes_live_at == moment
    assert not LoggedStep.objects.filter(step="go_live").exists()
