# Changes to live items in the admin: from the button that begins one to the one that makes it live.
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications.changes import steps
from publications.models import Change, LoggedStep, PreviewLink, Publication
from tests.factories import (
    make_draft,
    make_file,
    make_image,
    make_merged,
    make_person,
    make_publication,
    make_removed,
    make_role,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, submit

pytestmark = pytest.mark.django_db
ADMIN = "/admin/publications/publication/"


@pytest.fixture
def live():
    item = make_publication(
        "Tide tables",
        summary="In short.",
        body="<p>At length.</p>",
        topics=[make_topic("Coast")],
        authors=[make_person("Ada Corrow")],
        image=make_image(credit="Photo: A. Sorrel"),
        published_at=timezone.now().replace(microsecond=0) - timedelta(days=9),
    )
    make_file(item)
    return item


@pytest.fixture
def editor(client):
    return make_staff("Editor")


@pytest.fixture
def author(client):
    return make_staff("Author")


def form_of(item, page="change"):
    return f"{ADMIN}{item.pk}/{page}/"


def begin(client, live) -> Publication:
    response = client.post(form_of(live, "begin-change"))
    copy = fresh(live).working_copy
    assert response["Location"] == form_of(copy)
    return copy


def fresh(item) -> Publication:
    return Publication.with_copies.get(pk=item.pk)


def words_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_author_prepares_a_change_and_an_editor_makes_it_live(client, live, author, editor):
    client.force_login(author)
    assert "Prepare a change" in words_of(client.get(form_of(live)))
    copy = begin(client, live)
    form = words_of(client.get(form_of(copy)))
    assert "A change to a live item" in form and "Nothing differs from the live item yet." in form
    assert "published_at_0" not in form and "Make the change live now" not in form
    submit(client, form_of(copy), title="Tables of the tide", _step="send")
    assert fresh(copy).state == "in_review"
    form = words_of(client.get(form_of(live)))
    assert "A change is being prepared" in form and "Prepare a change" not in form
    client.force_login(editor)
    form = words_of(client.get(form_of(copy)))
    assert "Changed: Title." in form
    assert "Make the change live now" in form and "Publish now" not in form
    response = submit(client, form_of(copy), _step="go_live")
    assert response["Location"] == form_of(live)
    assert fresh(live).title == "Tables of the tide"
    history = words_of(client.get(form_of(live, "history")))
    assert "Change begun" in history and "Change made live" in history


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (make_scheduled, "readers do not see it yet"),
        (make_withdrawn, "for it is withdrawn"),
        (make_removed, "for it is removed"),
        (lambda **fields: make_merged(into=make_publication(), **fields), "for it leads to another item"),
        (make_draft, ""),
    ],
)
def test_what_is_not_published_says_why_no_change_is_prepared_beside_it(client, editor, make, why):
    item = make(notice="Wrong.", topics=[make_topic("Coast")])
    client.force_login(editor)
    form = words_of(client.get(form_of(item)))
    assert "Prepare a change" not in form
    assert why in form and ("No change can be prepared" in form) == bool(why)
    assert client.post(form_of(item, "begin-change"))["Location"] == form_of(item)
    client.force_login(make_role(make_topic("Coast two"), 2))  # who may begin none is told nothing
    assert "No change can be prepared" not in words_of(client.get(form_of(item)))


def test_the_line_ends_of_a_browser_are_no_difference(client, live, editor):
    Publication.objects.filter(pk=live.pk).update(key_findings="One.\nTwo.")
    client.force_login(editor)
    copy = begin(client, live)
    submit(client, form_of(copy), key_findings="One.\r\nTwo.", _continue="1")
    assert "Nothing differs from the live item yet." in words_of(client.get(form_of(copy)))


def test_the_difference_is_told_word_by_word(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    submit(client, form_of(copy), summary="In two words.", _continue="1")
    page = words_of(client.get(form_of(copy, "differences")))
    assert "Summary" in page and "short.</del>" in page and "two words.</ins>" in page


def test_what_is_needed_is_said_before_a_change_goes_live_and_nothing_typed_is_lost(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    response = submit(client, form_of(copy), title="New title", summary="", _step="go_live")
    page = words_of(client.get(response["Location"]))
    assert "Saved, but not live yet" in page and "It has no summary" in page
    assert fresh(copy).title == "New title" and fresh(live).title == "Tide tables"


def test_a_change_is_planned_and_shown_as_planned(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    response = submit(client, form_of(copy, "step/plan"), at_0="2020-01-01", at_1="09:00:00")
    assert "Choose a date and time to come." in words_of(response)
    response = submit(client, form_of(copy, "step/plan"), at_0="2099-01-01", at_1="09:00:00")
    assert response["Location"] == form_of(copy)
    form = words_of(client.get(form_of(copy)))
    assert "Scheduled" in form and "Do not make it live on 1 Jan 2099, 09:00" in form
    assert "It goes live from" in words_of(client.get(form_of(live)))
    submit(client, form_of(copy), _step="unplan")
    assert Change.objects.get().goes_live_at is None


def test_while_a_change_is_planned_the_item_itself_is_not_saved_and_nothing_typed_is_lost(
    client, live, editor
):
    client.force_login(editor)
    copy = begin(client, live)
    steps.plan(fresh(copy), editor, timezone.now() + timedelta(days=3))
    response = submit(client, form_of(live), title="Typed beside it", _save="1")
    page = words_of(response)
    assert response.status_code == 200 and "Typed beside it" in page
    assert "A change to this item goes live on" in page and f'href="../../{copy.pk}/change/"' in page
    assert fresh(live).title == "Tide tables"


def test_clashes_are_shown_and_chosen(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    submit(client, form_of(copy), title="From the change", summary="From the change.", _continue="1")
    submit(client, form_of(live), title="Directly", subtitle="Added directly", _save="1")
    form = words_of(client.get(form_of(copy)))
    assert "The item itself was changed meanwhile, at the same places." in form
    response = submit(client, form_of(copy), _step="go_live")
    assert response["Location"] == form_of(copy, "clashes")
    assert "Choose for each" in words_of(client.post(response["Location"]))
    client.post(response["Location"], {"choice-0": "live"})
    submit(client, form_of(copy), _step="go_live")
    now = fresh(live)
    assert (now.title, now.subtitle, now.summary) == ("Directly", "Added directly", "From the change.")
    assert not Change.objects.exists()


def test_what_was_written_for_a_change_that_went_live_meanwhile_becomes_a_new_change(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    sent = controls(client.get(form_of(copy)))
    name = "authorships-0-name_as_printed"
    other = make_staff("Editor")
    changed = fresh(copy)
    changed.summary = "From the first editor."
    changed.save()
    steps.go_live(fresh(copy), other)
    response = client.post(
        form_of(copy), sent | {"title": "From the second", name: "A. Corrow", "_save": "1"}
    )
    assert response.status_code == 302
    kept = fresh(live).working_copy
    assert (kept.title, kept.summary) == ("From the second", "From the first editor.")
    assert kept.authorships.get().name_as_printed == "A. Corrow"
    assert fresh(live).summary == "From the first editor."


def test_a_change_is_discarded_after_a_question(client, live, author):
    client.force_login(author)
    copy = begin(client, live)
    assert "Nothing of it is kept" in words_of(client.get(form_of(copy, "step/discard")))
    response = submit(client, form_of(copy, "step/discard"))
    assert response["Location"] == form_of(live)
    assert not Change.objects.exists() and fresh(live).title == "Tide tables"


def test_authors_cannot_touch_a_planned_change(client, live, author, editor):
    client.force_login(author)
    copy = begin(client, live)
    steps.plan(fresh(copy), editor, timezone.now() + timedelta(days=3))
    response = client.post(form_of(copy), {"title": "Late"})
    assert response.status_code == 403
    for page in ("step/plan", "step/discard"):
        client.post(form_of(copy, page), {"at_0": "2099-01-01", "at_1": "09:00:00"})
    assert Change.objects.get().goes_live_at.year == timezone.now().year


def test_nobody_without_rights_begins_or_sees_a_change(client, live, django_user_model, editor):
    copy = steps.begin(live, editor)
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    for page in ("begin-change", "differences", "clashes", "change"):
        assert client.post(form_of(copy, page)).status_code in {403, 404, 405}, page
        assert client.get(form_of(copy, page)).status_code in {403, 404, 405}, page


def test_a_change_that_could_not_go_live_is_on_the_front_page_with_its_reason(client, live, editor):
    copy = steps.begin(live, editor)
    steps.plan(copy, editor, timezone.now() + timedelta(days=3))
    Publication.objects.filter(pk=live.pk).update(state="withdrawn", notice="Wrong.")
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        client.force_login(editor)
        page = words_of(client.get("/admin/"))
        assert "Could not go live" in page and form_of(copy) in page
        assert "The item itself is Withdrawn" in words_of(client.get(form_of(copy)))
    assert LoggedStep.objects.filter(step="fail").count() == 1


def test_staff_see_a_change_as_readers_will(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    submit(client, form_of(copy), title="Tables of the tide", slug="tables-of-the-tide", _continue="1")
    form = client.get(form_of(copy)).content.decode()
    address = f"/publications/tables-of-the-tide/?change={copy.pk}"
    assert f'href="{address}"' in form
    page = words_of(client.get(address))
    assert "Tables of the tide" in page and "The change as readers will see it" in page
    client.logout()
    assert client.get(address).status_code == 404
    assert fresh(live).title == "Tide tables"


def test_a_preview_link_shows_a_change_with_its_files_to_people_without_an_account(client, live, editor):
    client.force_login(editor)
    copy = begin(client, live)
    submit(client, form_of(copy), title="Tables of the tide", _continue="1")
    make_file(fresh(copy), b"%PDF-1.7 data", label="Data")
    assert f"/admin/publications/previewlink/add/?publication={copy.pk}" in words_of(
        client.get(form_of(copy))
    )
    add = f"/admin/publications/previewlink/add/?publication={copy.pk}"
    assert submit(client, add, label="Reviewers").status_code == 302
    link = PreviewLink.objects.get()
    client.logout()
    page = words_of(client.get(link.get_absolute_url()))
    assert "Tables of the tide" in page and "Preview, not for circulation." in page
    file = client.get(link.within + live.get_absolute_url().removeprefix("/") + "data.pdf")
    assert b"".join(file) == b"%PDF-1.7 data"
    assert "Tables of the tide" not in words_of(client.get(live.get_absolute_url()))
    assert client.get(f"{live.get_absolute_url()}data.pdf").status_code == 404
    assert PreviewLink.objects.get().times_opened == 1
