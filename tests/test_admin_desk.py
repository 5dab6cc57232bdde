# The desk: the publish log, what the overview counts of it, the history of an item, steps for several items.
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import workflow
from publications.models import LoggedStep, Publication
from tests.factories import make_draft, make_publication, make_ready, make_scheduled, make_staff
from tests.forms import controls, submit

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"
LOG = "/admin/publications/loggedstep/"


@pytest.fixture
def editor(client):
    user = make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")
    client.force_login(user)
    return user


def stages(*items):
    return [workflow.stage(Publication.objects.get(pk=item.pk)) for item in items]


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


# The publish log


def listed(client, query=""):
    return {row.title for row in client.get(f"{LOG}{query}").context["cl"].result_list}


@pytest.mark.parametrize("group", ["Author", "Editor", "Administrator", None])
def test_nobody_adds_to_the_log_by_hand_changes_or_shortens_it(client, group):
    workflow.submit(make_ready(), make_staff("Author"))
    client.force_login(make_staff(group))
    row = LoggedStep.objects.get()
    assert client.get(LOG).status_code == 200
    for address in ("add/", f"{row.pk}/", f"{row.pk}/change/", f"{row.pk}/delete/", f"{row.pk}/history/"):
        assert client.get(LOG + address).status_code == 404, address
        assert client.post(LOG + address, {"post": "yes", "title": "Mine"}).status_code == 404, address
    client.post(LOG, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert LoggedStep.objects.get().title == row.title


def test_log_is_for_those_who_may_view_it(client):
    user = make_staff("Author")
    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="view_publication"))
    client.force_login(user)
    assert client.get(LOG).status_code == 403


def test_log_is_filtered_by_step_rule_person_and_day(client, editor):
    other = make_staff("Editor", username="tomas")
    with time_machine.travel("2027-03-01T09:00:00Z"):
        workflow.submit(make_ready("Early"), other)
    with time_machine.travel("2027-03-05T09:00:00Z"):
        workflow.publish(make_ready("Own", created_by=editor), editor)
        workflow.publish(make_ready("Reviewed"), editor)
    assert listed(client) == {"Early", "Own", "Reviewed"}
    assert listed(client, "?step=submit") == {"Early"}
    assert listed(client, "?rules=passed-over") == {"Own"}
    assert listed(client, "?person=corrow") == {"Own", "Reviewed"}
    assert listed(client, "?from=2027-03-01&to=2027-03-01") == {"Early"}
    assert listed(client, "?q=early") == {"Early"}
    assert listed(client, "?from=never") == set()


def test_log_says_what_was_passed_over_and_keeps_deleted_items(client, editor):
    item = make_ready("Own", created_by=editor)
    workflow.publish(item, editor)
    workflow.withdraw(item, editor, "Table 2 is wrong.")
    item.delete()
    text = words(client.get(LOG))
    assert "Passed over Nobody but its author looked at it." in text
    assert "Table 2 is wrong." in text
    assert "Own (deleted)" in text


def test_deleting_an_item_is_in_the_log(client, editor):
    item = make_publication("Level of the Sea")
    client.post(f"{LIST}{item.pk}/delete/", {"post": "yes"})
    assert re.search(
        r"Level of the Sea \(deleted\) Bring it back… Level of the Sea Deleted Ines Corrow",
        words(client.get(LOG)),
    )


def test_log_counts_no_more_than_it_lists(client, editor, monkeypatch):
    monkeypatch.setattr("publications.admin.counting.MOST_COUNTED", 3)
    for _ in range(5):
        workflow.submit(make_ready(), editor)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LOG).context["cl"].result_count == 3
    counts = [each["sql"] for each in queries if "COUNT(" in each["sql"]]
    assert counts and all("LIMIT 4" in sql for sql in counts)
    assert len(queries) <= 8


# Overview and history


def test_overview_counts_the_bypasses_of_thirty_days_and_leads_to_them(client, editor):
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        workflow.publish(make_ready(created_by=editor), editor)
    assert "None in the last 30 days" in words(client.get("/admin/"))
    workflow.publish(make_ready("Unseen", created_by=editor), editor)
    page = client.get("/admin/").content.decode()
    address = re.search(rf'<a href="({LOG}[^"]+)">1 in the last 30 days</a>', page)[1]
    assert listed(client, address.removeprefix(LOG).replace("&amp;", "&")) == {"Unseen"}


def test_history_shows_the_steps_among_the_changes(client, editor):
    item = make_ready()
    change = reverse("admin:publications_publication_change", args=[item.pk])
    submit(client, change, title="Another title", _step="submit")
    submit(client, change, _step="publish")
    workflow.withdraw(Publication.objects.get(pk=item.pk), editor, "Table 2 is wrong.")
    text = words(client.get(f"{LIST}{item.pk}/history/"))
    assert re.search(
        r"Withdrawn Table 2 is wrong\. .*Published .*Submitted for review .*Changed: Title", text
    ), text
    assert text.count("Ines Corrow") == 4


def test_history_of_an_imported_item_says_so(client, editor):
    assert "It was imported" in words(client.get(f"{LIST}{make_draft().pk}/history/"))


# Several at once


def choose(client, action, *items, **fields):
    data = {"action": action, "_selected_action": [item.pk for item in items], "index": "0"} | fields
    return client.post(LIST, data, follow=True)


def confirm(client, page, **fields):
    sent = {name: value for name, value in controls(page).items() if name != "q"}
    return client.post(LIST, sent | fields, follow=True)


def test_list_offers_each_role_its_steps(client):
    make_draft()
    for group, offered in {
        "Author": ["submit_selected", "take_back_selected"],
        "Editor": [
            "submit_selected",
            "take_back_selected",
            "publish_selected",
            "cancel_selected",
            "withdraw_selected",
        ],
    }.items():
        client.force_login(make_staff(group))
        select = re.search(r'<select name="action".*?</select>', client.get(LIST).content.decode(), re.DOTALL)
        assert re.findall(r'value="(\w+)"', select[0]) == offered


def test_steps_that_nobody_outside_notices_are_taken_at_once_and_reported_item_by_item(client, editor):
    draft, public, waiting = make_draft("First"), make_publication("Second"), make_scheduled("Third")
    text = words(choose(client, "submit_selected", draft, public))
    assert "Done: First: In review" in text
    assert "Not done: Second: It is Published, so this cannot be done." in text
    assert stages(draft, public) == ["in_review", "published"]
    choose(client, "cancel_selected", waiting)
    choose(client, "take_back_selected", draft)
    assert stages(draft, waiting) == ["draft", "draft"]
    assert LoggedStep.objects.count() == 3


def test_publishing_several_asks_first_and_leaves_what_is_not_ready(client, editor):
    ready, bare, public = make_ready("Ready"), make_draft("Bare"), make_publication("Public")
    planned = make_ready("Planned", published_at=timezone.now() + timedelta(days=3))
    doubtful = make_ready("Doubtful", body="")
    page = choose(client, "publish_selected", ready, bare, public, doubtful, planned)
    text = words(page)
    assert "Publish 3 of 5" in text
    assert "It has no summary" in text
    assert "It is Published, so it is left alone" in text
    assert stages(ready, bare, doubtful) == ["draft", "draft", "draft"]
    text = words(confirm(client, page))
    assert "Done: Ready: Published" in text
    assert stages(ready, bare, doubtful) == ["published", "draft", "draft"]
    assert "Planned: Its date is one to come" in text
    confirm(client, page, _pass="on")
    assert stages(bare, doubtful, planned) == ["draft", "published", "draft"]
    assert "nothing to read" in doubtful.steps.get().bypassed


def test_withdrawing_several_asks_for_one_notice(client, editor):
    items = [make_publication(), make_publication()]
    page = choose(client, "withdraw_selected", *items)
    assert stages(*items) == ["published", "published"]
    page = confirm(client, page, notice=" ")
    assert "Say why" in words(page)
    confirm(client, page, notice="The series is wrong.")
    assert stages(*items) == ["withdrawn", "withdrawn"]
    assert {step.note for step in LoggedStep.objects.all()} == {"The series is wrong."}


@pytest.mark.parametrize("action", ["publish_selected", "withdraw_selected", "cancel_selected"])
def test_author_takes_no_step_of_an_editor_for_several_either(client, action):
    client.force_login(make_staff("Author"))
    items = [make_ready(), make_publication(), make_scheduled()]
    before = stages(*items)
    choose(client, action, *items, _confirmed="yes", notice="Mine.")
    assert stages(*items) == before
    assert not LoggedStep.objects.exists()
