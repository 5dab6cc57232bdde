# The history of items in the admin: what every way to change one leaves there, its page, comparing versions, and
# bringing one back.
import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publications import workflow
from publications.history import latest_version, recording, said_of, snapshot_of, versions_of
from publications.models import LoggedStep, Page, Publication
from tests.factories import (
    make_draft,
    make_featured,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_ready,
    make_staff,
    make_topic,
    make_type,
)
from tests.forms import submit
from tests.importing import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = make_staff("Editor", "ines", first_name="Ines", last_name="Corrow")
    client.force_login(user)
    return user


def address(item, page="change"):
    return reverse(f"admin:publications_{item._meta.model_name}_{page}", args=[item.pk])


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def history(client, item, **query):
    return words(client.get(address(item, "history"), query)).partition("What ")[2]


def change_often(item, times):
    for number in range(times):
        with recording(None, "", item):
            item.title = f"Title {number}"
            item.save()


# What is recorded


def test_saving_the_form_keeps_what_was_there_and_what_is_there_now(client, editor):
    item = make_draft("Before", topics=[make_topic("Coast")])
    water = make_topic("Water")
    submit(client, address(item), title="After", topics=[water.pk])
    after, before = versions_of(item)
    assert snapshot_of(before)["fields"]["title"] == "Before"
    assert snapshot_of(after)["fields"]["title"] == "After"
    assert snapshot_of(after)["topics"] == [water.pk]
    assert after.revision.user == editor
    text = history(client, item)
    assert "Ines Corrow Changed: Title. Added topic “Water”. Removed topic “Coast”." in text
    assert (text.count("See the change"), text.count("Compare")) == (1, 2)  # the first one changed nothing
    assert "As it was before changes were recorded" in text


def test_new_item_has_its_first_version_from_the_form(client, editor):
    make_person()
    submit(client, reverse("admin:publications_publication_add"), title="New", content_type=make_type().pk)
    item = Publication.objects.get(title="New")
    assert [snapshot_of(version)["fields"]["title"] for version in versions_of(item)] == ["New"]
    assert "Ines Corrow Made." in history(client, item)


def test_form_that_is_refused_leaves_no_version(client, editor):
    item = make_draft()
    submit(client, address(item), title="")
    assert versions_of(item).count() <= 1
    assert "Changed" not in history(client, item)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (make_topic, "name"),
        (make_page, "title"),
        (make_person, "name"),
        (make_image, "caption"),
        (make_type, "name"),
    ],
)
def test_everything_editors_write_has_a_history(client, make, field):
    item = make()
    client.force_login(make_staff(first_name="Ada", last_name="Lune"))  # types are an administrator's
    submit(client, address(item), **{field: "Other words"})
    assert versions_of(item).count() == 2
    assert re.search(rf"Ada Lune Changed: {field}", history(client, item), re.IGNORECASE)


def test_publishing_a_page_is_told(client, editor):
    page = make_page(state=Page.State.DRAFT)
    submit(client, address(page), state="published")
    assert "Changed: State." in history(client, page)


def test_featuring_an_item_is_told_in_the_history_of_the_topic(client, editor):
    topic, item = make_topic(), make_publication("Tides")
    with recording(editor, "", topic):
        make_featured(topic, item)
    assert "Added featured item “Tides”." in history(client, topic)


def test_step_with_words_is_one_line_that_leads_to_its_version(client, editor):
    item = make_publication()
    workflow.withdraw(item, editor, "Table 2 is wrong.")
    assert "why it was withdrawn" not in history(client, item).lower()
    assert versions_of(item).count() == 2
    assert snapshot_of(versions_of(item).first())["fields"]["notice"] == "Table 2 is wrong."


def test_steps_for_several_items_are_told_in_the_history_of_each(client, editor):
    items = [make_ready(), make_ready()]
    chosen = {"action": "submit_selected", "_selected_action": [item.pk for item in items]}
    client.post(reverse("admin:publications_publication_changelist"), chosen)
    assert all("Ines Corrow Submitted for review" in history(client, item) for item in items)


def test_import_leaves_no_version_of_what_it_makes_and_two_of_what_it_changes(client, editor, tmp_path):
    row = {"id": "a-1", "title": "Tides", "type": "Report", "date": "2026-03-01", "topics": ["Coast"]}
    other = row | {"id": "a-2", "title": "Walls"}
    take_in(tmp_path, row, other)
    item, untouched = Publication.objects.get(title="Tides"), Publication.objects.get(title="Walls")
    assert not versions_of(item)
    take_in(tmp_path, row | {"summary": "In short.", "topics": ["Water"]}, other)
    assert not versions_of(untouched)
    after, before = versions_of(item)
    assert (snapshot_of(before)["fields"]["summary"], snapshot_of(after)["fields"]["summary"]) == (
        "",
        "In short.",
    )
    text = history(client, item)
    assert "By an import. Changed: Summary. Added topic “Water”. Removed topic “Coast”." in text


def test_item_that_points_to_another_after_an_import_is_told(client, editor, tmp_path):
    report = {"id": "r", "title": "Tides", "type": "Report", "date": "2026-03-01"}
    brief = {"id": "b", "title": "Tides in brief", "type": "Brief", "date": "2026-03-02"}
    take_in(tmp_path, report, brief)
    take_in(tmp_path, report, brief | {"lead": "r"})
    item = Publication.objects.get(title="Tides in brief")
    assert said_of(versions_of(item).first())["fields"] == ["lead"]
    assert not versions_of(Publication.objects.get(title="Tides"))


# The page


def test_changes_noted_before_there_were_versions_are_still_told(client, editor):
    item = make_draft()
    submit(client, address(item), title="Noted")
    versions_of(item).delete()
    assert "Ines Corrow Changed Title." in history(client, item)


def test_history_is_paged_and_costs_as_much_whatever_its_length(client, editor):
    short, long = make_draft(), make_draft()
    change_often(short, 3)
    change_often(long, 120)
    client.get(address(short, "history"))

    def cost(item):
        with CaptureQueriesContext(connection) as queries:
            history(client, item)
        return len(queries)

    assert cost(long) == cost(short) <= 15
    assert history(client, long).count("Changed: Title.") == 50
    assert history(client, long, p=3).count("Changed: Title.") == 20
    assert "As it was before changes were recorded" in history(client, long, p=3)


def test_history_keeps_the_name_of_somebody_whose_account_is_gone(client, editor):
    item, author = make_draft(), make_staff("Author", first_name="Omar", last_name="Fell")
    with recording(author, "", item):
        item.title = "Other"
        item.save()
    author.delete()
    assert "Omar Fell Changed: Title." in history(client, item)


# What nobody may touch


def test_neither_log_nor_versions_can_be_changed_or_deleted_in_the_admin_by_anyone(client):
    root = make_staff()
    client.force_login(root)
    item = make_ready()
    workflow.submit(item, root)
    latest_version(item)
    step = LoggedStep.objects.get()
    for end in ("add/", f"{step.pk}/change/", f"{step.pk}/delete/", f"{step.pk}/"):
        for method in (client.get, client.post):
            assert method(f"/admin/publications/loggedstep/{end}").status_code == 404
    everything = {"action": "delete_selected", "_selected_action": [step.pk], "post": "yes"}
    client.post("/admin/publications/loggedstep/", everything)
    assert LoggedStep.objects.get() == step
    version = latest_version(item)
    assert not any(admin.site.is_registered(type(each)) for each in (version, version.revision))
    for name in ("version", "revision"):
        assert client.get(f"/admin/reversion/{name}/").status_code == 404


def test_deleting_an_item_keeps_its_log_and_its_versions(client, editor):
    item = make_ready("Gone")
    key = item.pk
    client.post(address(item, "delete"), {"post": "yes"})
    assert not Publication.objects.filter(pk=key).exists()
    item.pk = key
    assert [snapshot_of(version)["fields"]["title"] for version in versions_of(item)] == ["Gone"]
    assert LoggedStep.objects.filter(title="Gone", step="delete").exists()


# Two versions beside each other


def compare(client, item, **query):
    response = client.get(address(item, "compare"), query)
    return response, words(response).partition("Compare ")[2]


def version_of(item, place=0):
    return list(versions_of(item))[place]


@pytest.fixture
def changed(editor):
    """An item with a version of before and one of after."""
    item = make_draft(
        "The tide was high", topics=[make_topic("Coast")], body="<h2>Sums</h2><p>It was 13.</p>"
    )
    with recording(editor, "", item):
        item.title, item.body = "The tide was low", "<h2>Sums</h2><p>It was 31.</p>"
        item.image = make_image("A gauge")
        item.save()
        item.topics.set([make_topic("Water")])
    return item


def test_version_is_compared_with_what_is_stored_now_unless_another_is_chosen(client, changed):
    before = version_of(changed, 1)
    response, text = compare(client, changed, **{"from": before.pk})
    assert "Title The tide was taken away: high added: low" in text
    assert "Text Sums" not in text and "Body Sums It was taken away: 13. added: 31." in text
    assert "Picture taken away: Nothing added: “A gauge”" in text
    assert "Added topic “Water”. Removed topic “Coast”." in text
    assert "<ins>" in response.content.decode() and "<del>" in response.content.decode()
    _, text = compare(client, changed, **{"from": before.pk, "to": before.pk})
    assert "Nothing differs between them." in text
    _, text = compare(client, changed, **{"from": version_of(changed).pk})
    assert "Nothing differs between them." in text


def test_change_that_made_a_version_is_seen_beside_the_one_before(client, changed):
    _, text = compare(client, changed, to=version_of(changed).pk)
    assert "Title The tide was taken away: high added: low" in text
    _, text = compare(client, changed, to=version_of(changed, 1).pk)
    assert "Nothing differs between them." in text


def test_markup_of_a_text_is_never_shown_nor_obeyed(client, editor):
    item = make_draft("A & B", summary="<script>alert(1)</script>")
    with recording(editor, "", item):
        item.title, item.summary = "A < B", "<b>Bold</b>"
        item.save()
    page = compare(client, item, **{"from": version_of(item, 1).pk})[0].content.decode()
    assert "<script>alert" not in page and "<b>Bold" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_version_of_a_field_that_the_site_has_dropped_is_shown_all_the_same(client, changed):
    version = version_of(changed, 1)
    version.serialized_data = version.serialized_data.replace(
        '"fields": {', '"fields": {"old_notes": "Ebb", ', 1
    )
    version.save()
    _, text = compare(client, changed, **{"from": version.pk})
    assert "Old notes taken away: Ebb" in text


@pytest.mark.parametrize("key", ["", "x", "999999999", "-1", "1' or 1=1", "9" * 30])
def test_version_that_there_is_none_of_is_not_found(client, changed, key):
    assert client.get(address(changed, "compare"), {"from": key}).status_code == 404
    both = {"from": version_of(changed).pk, "to": key}
    assert client.get(address(changed, "compare"), both).status_code == (404 if key else 200)


def test_version_of_another_item_is_not_found(client, changed):
    other = make_draft()
    assert compare(client, changed, **{"from": latest_version(other).pk})[0].status_code == 404
    topic = make_topic()
    assert compare(client, changed, **{"from": latest_version(topic).pk})[0].status_code == 404


def test_featured_items_of_a_topic_are_compared_by_name(client, editor):
    topic, first, second = make_topic(), make_publication("Tides"), make_publication("Walls")
    make_featured(topic, first)
    with recording(editor, "", topic):
        topic.featured_items.all().delete()
        make_featured(topic, second)
    _, text = compare(client, topic, **{"from": version_of(topic, 1).pk})
    assert "Added featured item “Walls”. Removed featured item “Tides”." in text


def test_comparing_costs_as_much_whatever_the_history(client, editor):
    short, long = make_draft(), make_draft()
    change_often(short, 3)
    change_often(long, 60)

    def cost(item):
        with CaptureQueriesContext(connection) as queries:
            compare(client, item, **{"from": versions_of(item).last().pk})
        return len(queries)

    cost(short)
    assert cost(long) == cost(short) <= 20
