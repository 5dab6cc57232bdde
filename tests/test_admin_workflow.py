# The workflow in the form of a publication: which buttons a person gets, what each does to what was typed,
# dates, and forms that somebody else's step has overtaken.
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import workflow
from publications.models import Publication
from tests.factories import (
    make_draft,
    make_image,
    make_merged,
    make_publication,
    make_ready,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, errors, submit

pytestmark = pytest.mark.django_db
PUBLICATIONS = "/admin/publications/publication/"
STAGES = {
    "draft": make_ready,
    "in_review": lambda: make_ready(state="in_review"),
    "scheduled": make_scheduled,
    "published": make_publication,
    "withdrawn": make_withdrawn,
    "removed": make_removed,
    "merged": lambda: make_merged(into=make_publication()),
}
WRITING = {"submit", "take_back"}
STEPS = [*WRITING, "publish", "schedule", "cancel", "restore", "withdraw", "remove", "merge"]


@pytest.fixture
def sign_in(client):
    def as_member_of(group=None, **fields):
        user = make_staff(group, **fields)
        client.force_login(user)
        return user

    return as_member_of


@pytest.fixture
def editor(sign_in):
    return sign_in("Editor", username="ines")


def change(item):
    return reverse("admin:publications_publication_change", args=[item.pk])


def step_page(item, step="withdraw"):
    return reverse("admin:publications_publication_step", args=[item.pk, step])


def stored(item):
    return Publication.objects.get(pk=item.pk)


def buttons(page) -> dict:
    """The words of each step that the form offers, by its name."""
    html = page.content.decode()
    bar = re.search(r'<div class="steps".*?</div>', html, re.DOTALL)
    found = re.findall(r'name="_step" value="(\w+)">(.*?)</button>', bar[0], re.DOTALL) if bar else []
    links = re.findall(r'href="[^"]*/step/(\w+)/[^"]*">(.*?)</a>', bar[0]) if bar else []
    return {step: " ".join(re.sub(r"<[^>]+>", "", words).split()) for step, words in (*found, *links)}


def press(client, item, step, **typed):
    """Open the form, type, press the button of a step, and follow where that leads."""
    sent = controls(client.get(change(item))) | typed | {"_step": step}
    return client.post(change(item), sent, follow=True)


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# Who gets which buttons, and who gets through


@pytest.mark.parametrize(
    ("group", "offered"),
    [
        ("Author", {"draft": {"submit"}, "in_review": {"take_back"}}),
        (
            "Editor",
            {
                "draft": {"submit", "publish", "schedule"},
                "in_review": {"take_back", "publish", "schedule"},
                "scheduled": {"publish", "cancel"},
                "published": {"withdraw", "remove", "merge"},
                "withdrawn": {"restore", "remove", "merge"},
                "removed": {"restore"},
                "merged": {"restore"},
            },
        ),
    ],
)
def test_each_role_is_offered_the_steps_it_may_take(client, sign_in, group, offered):
    sign_in(group)
    for stage, make in STAGES.items():
        assert set(buttons(client.get(change(make())))) == offered.get(stage, set()), stage


def test_crafted_requests_of_an_author_move_nothing_into_public_or_out_of_it(client, sign_in):
    sign_in("Author")
    moved = set()
    for stage, make in STAGES.items():
        for step in STEPS:
            item = make()
            page = client.get(change(item))
            fields = controls(page) | {"title": "Mine", "notice": "Mine", "_step": step}
            client.post(change(item), fields)
            client.post(change(item), fields | {"_opened_as": "draft"})
            assert client.post(step_page(item, step), fields).status_code in {403, 404}
            if workflow.stage(stored(item)) != stage:
                moved.add((step, stage))
            if stage not in {"draft", "in_review"}:
                assert stored(item).title == item.title
    assert moved == {("submit", "draft"), ("take_back", "in_review")}


def test_someone_who_may_only_look_gets_no_button_and_no_step(client, sign_in):
    user = sign_in("Author")
    user.groups.clear()
    user.user_permissions.add(*permissions("view_publication"))
    item = make_ready()
    page = client.get(change(item))
    assert page.status_code == 200
    assert buttons(page) == {}
    assert client.post(change(item), {"_step": "submit", "_opened_as": "draft"}).status_code == 403
    assert client.get(step_page(make_publication())).status_code == 403


def permissions(*codenames):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=codenames)


# Saving, and the steps that save


def test_save_comes_first_so_that_the_enter_key_never_publishes(client, editor):
    html = client.get(change(make_ready())).content.decode()
    form = html[html.index('id="publication_form"') :]
    first = re.search(r'<(?:input[^>]*type="submit"|button(?![^>]*type="button"))[^>]*>', form)[0]
    assert 'name="_save"' in first


def test_saving_a_draft_asks_for_nothing_and_moves_nothing(client, editor):
    draft = make_draft()
    submit(client, change(draft), title="New words", _save="Save")
    assert (stored(draft).title, stored(draft).state) == ("New words", "draft")
    assert not draft.steps.exists()


def test_publish_now_saves_what_was_typed_and_publishes_it(client, editor):
    item = make_ready()
    page = press(client, item, "publish", title="Typed last")
    assert said(page) == ["Published: readers see it now."]
    assert stored(item).is_public
    assert stored(item).title == "Typed last"
    assert item.steps.get().by == editor


def test_a_new_item_is_published_from_its_first_form(client, editor):
    topic = make_topic()
    submit(
        client,
        f"{PUBLICATIONS}add/",
        title="Breaking",
        content_type="1",
        topics=[str(topic.pk)],
        summary="Short.",
        body="<p>Long</p>",
        _step="publish",
    )
    item = Publication.objects.get()
    assert item.is_public
    assert item.steps.get().reasons == [workflow.NOT_REVIEWED]


def test_what_stops_publishing_is_listed_with_links_while_the_text_is_kept(client, editor):
    item = make_draft(image=make_image("", file=""))
    page = press(client, item, "publish", key_findings="Typed with care.")
    html = page.content.decode()
    assert said(page) == ["Saved, but not published yet: see below."]
    for field in ("summary", "topics", "image"):
        assert f'<a href="#id_{field}">' in html
        assert f'id="id_{field}"' in html
    assert stored(item).state == "draft"
    assert stored(item).key_findings == "Typed with care."
    assert "all the same" not in str(buttons(page))


def test_warnings_are_shown_once_and_passed_with_a_button_that_says_so(client, editor):
    item = make_ready(body='<p><a href="/publications/never/">x</a></p>')
    page = press(client, item, "publish")
    assert stored(item).state == "draft"
    assert "The link to /publications/never/ leads to no page" in page.content.decode()
    assert buttons(page)["publish"] == "Publish now, all the same"
    client.post(change(item), controls(page) | {"_step": "publish"})
    assert stored(item).is_public
    assert "The link to /publications/never/" in item.steps.get().bypassed


def test_what_is_missing_shows_on_a_draft_before_anybody_asks(client, sign_in):
    sign_in("Author")
    assert "It has no summary" in client.get(change(make_draft())).content.decode()
    assert "Nothing is missing" in client.get(change(make_ready())).content.decode()
    assert "Before readers see it" not in client.get(f"{PUBLICATIONS}add/").content.decode()


def test_a_form_that_is_refused_takes_no_step(client, editor):
    item = make_ready()
    page = submit(client, change(item), title="", _step="publish")
    assert "title" in errors(page)
    assert stored(item).state == "draft"


def test_author_submits_and_takes_back(client, sign_in):
    author = sign_in("Author")
    item = make_draft()
    submit(client, change(item), _step="submit")
    assert (stored(item).state, stored(item).changed_by) == ("in_review", author)
    submit(client, change(item), _step="take_back")
    assert stored(item).state == "draft"


def test_editor_is_told_that_nobody_else_looked_at_their_own_draft(client, editor):
    own, of_another = make_ready(created_by=editor), make_ready(created_by=make_staff("Author"))
    assert "Nobody but you" in client.get(change(own)).content.decode()
    assert "Nobody but you" not in client.get(change(of_another)).content.decode()


# Dates


def moment(text):
    return {"published_at_0": text[:10], "published_at_1": text[11:]}


@pytest.fixture
def in_berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with time_machine.travel("2026-10-11T07:00:00Z", tick=False):
        yield


def test_one_step_schedules_and_the_words_say_for_when(client, in_berlin, editor):
    item = make_ready()
    page = press(client, item, "schedule", **moment("2026-10-14T09:00:07"))
    assert stored(item).published_at.isoformat() == "2026-10-14T07:00:07+00:00"
    assert stored(item).is_scheduled
    words = re.sub(r"<[^>]+>", "", said(page)[0])
    assert words == "Scheduled: readers see it from 14 Oct 2026, 09:00 Europe/Berlin on, in 3 days."
    assert item.steps.get().step == "schedule"


def test_button_of_a_planned_draft_names_the_moment(client, in_berlin, editor):
    item = make_ready(published_at=timezone.now() + timedelta(days=3))
    offered = buttons(client.get(change(item)))
    assert list(offered)[0] == "schedule"
    assert offered["schedule"] == "Publish on 14 Oct 2026, 09:00 Europe/Berlin, in 3 days"
    assert offered["publish"] == "Publish now"


def test_button_of_an_older_item_names_its_date(client, editor):
    item = make_ready(published_at=timezone.make_aware(timezone.datetime(2019, 3, 3)))
    assert buttons(client.get(change(item)))["publish"] == "Publish now, dated 3 Mar 2019"


def test_publish_now_with_a_date_to_come_typed_beside_it_publishes_nothing(client, in_berlin, editor):
    item = make_ready()
    page = press(client, item, "publish", **moment("2026-10-14T09:00:00"))
    assert "one to come" in said(page)[0]
    assert stored(item).state == "draft"
    assert "14 Oct 2026, 09:00" in buttons(page)["schedule"]


def test_scheduling_without_a_date_says_so_and_keeps_the_text(client, editor):
    item = make_ready()
    page = press(client, item, "schedule", title="Typed")
    assert said(page) == ["Saved. Choose a date and time to come."]
    assert (stored(item).title, stored(item).state) == ("Typed", "draft")


def test_saving_another_date_reschedules_and_logs_it(client, in_berlin, editor):
    item = make_scheduled(days=3)
    submit(client, change(item), **moment("2026-10-20T08:00:00"), _save="Save")
    assert stored(item).published_at.isoformat() == "2026-10-20T06:00:00+00:00"
    assert [step.step for step in item.steps.all()] == ["change_date"]


@pytest.mark.parametrize(
    ("make", "typed", "words"),
    [
        (make_scheduled, "2026-10-01T08:00:00", "That moment has passed"),
        (make_scheduled, "", "needs its date"),
        (make_publication, "2026-10-20T08:00:00", "Readers see it already"),
        (make_withdrawn, "2026-10-20T08:00:00", "Readers see it already"),
    ],
)
def test_dates_that_would_hide_or_show_an_item_by_saving_are_refused(
    client, in_berlin, editor, make, typed, words
):
    item = make()
    page = submit(client, change(item), **moment(typed), _save="Save")
    assert words in str(errors(page)["published_at"])
    assert workflow.stage(stored(item)) == workflow.stage(item)


def test_schedule_is_cancelled_in_one_click_whatever_its_date_field_says(client, editor):
    item = make_scheduled()
    submit(client, change(item), published_at_0="", published_at_1="", title="Kept", _step="cancel")
    assert (stored(item).state, stored(item).published_at, stored(item).title) == ("draft", None, "Kept")
    assert [step.step for step in item.steps.all()] == ["cancel"]


def test_scheduled_item_is_published_now(client, editor):
    item = make_scheduled(summary="Short.", body="<p>Long</p>", topics=[make_topic()])
    submit(client, change(item), _step="publish")
    assert stored(item).is_public


def test_time_that_clocks_leave_out_is_refused(client, in_berlin, editor):
    item = make_ready()
    page = submit(client, change(item), **moment("2027-03-28T02:30:00"), _step="schedule")
    assert "does not exist in Europe/Berlin" in str(errors(page)["published_at"])
    assert stored(item).state == "draft"


def test_of_a_time_that_comes_twice_the_first_is_taken_and_said(client, in_berlin, editor):
    item = make_ready()
    page = press(client, item, "schedule", **moment("2026-10-25T02:30:00"))
    assert stored(item).published_at.isoformat() == "2026-10-25T00:30:00+00:00"
    assert "25 Oct 2026, 02:30 +0200 Europe/Berlin" in said(page)[0]
    assert "The clocks go back that night, so this time comes twice" in said(page)[0]
    assert "comes twice. 02:30 +0200 is meant." in client.get(change(item)).content.decode()
    history = reverse("admin:publications_publication_history", args=[item.pk])
    others = [reverse(f"admin:publications_{name}_changelist") for name in ("publication", "loggedstep")]
    for address in (history, "/admin/", *others):
        assert "25 Oct 2026, 02:30 +0200 Europe/Berlin" in client.get(address).content.decode(), address


# Overtaken


def test_author_overtaken_by_an_editor_gets_the_typed_text_back(client, sign_in):
    sign_in("Author")
    item = make_ready("Level of the Sea")
    form = controls(client.get(change(item)))
    boss = make_staff("Editor", username="boss")
    workflow.publish(stored(item), boss)
    page = client.post(change(item), form | {"summary": "Typed for an hour.", "_step": "submit"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "Typed for an hour." in html
    assert re.search(r"While you were writing, this became Published by boss on .* was not saved", html)
    assert buttons(page) == {}
    assert 'name="_save"' not in html
    again = client.post(change(item), controls(page))
    assert "Typed for an hour." in again.content.decode()
    assert stored(item).summary == "In short."
    assert [step.step for step in item.steps.all()] == ["publish"]


def test_editor_overtaken_sees_what_happened_before_saving_over_it(client, editor):
    item = make_ready()
    form = controls(client.get(change(item)))
    workflow.publish(stored(item), make_staff("Editor"))
    page = client.post(change(item), form | {"summary": "Mine.", "_step": "submit"})
    assert "While you were writing" in page.content.decode()
    assert stored(item).summary == "In short."
    assert set(buttons(page)) == {"withdraw", "remove", "merge"}
    client.post(change(item), controls(page) | {"_save": "Save"})
    assert (stored(item).summary, stored(item).is_public) == ("Mine.", True)


def test_form_opened_before_another_schedule_was_chosen_does_not_undo_it(client, editor):
    item = make_scheduled(days=3)
    form = controls(client.get(change(item)))
    workflow.change_date(item, editor, timezone.now() + timedelta(days=9))
    page = client.post(change(item), form | {"_step": "publish"})
    assert "While you were writing" in page.content.decode()
    assert stored(item).published_at == item.published_at


# Steps that need words


def test_withdrawing_asks_for_the_notice_readers_find(client, editor):
    item = make_publication()
    assert f'href="{step_page(item)}"' in client.get(change(item)).content.decode()
    empty = client.post(step_page(item), {"notice": " "})
    assert "Say why" in empty.content.decode()
    assert stored(item).is_public
    page = client.post(step_page(item), {"notice": "Table 2 is wrong."}, follow=True)
    assert "Withdrawn" in said(page)[0]
    assert (stored(item).state, stored(item).notice) == ("withdrawn", "Table 2 is wrong.")
    assert controls(page)["notice"] == ["Table 2 is wrong."]


def test_removing_and_merging_have_pages_too(client, editor):
    gone, double, better = make_publication(), make_publication(), make_publication()
    client.post(step_page(gone, "remove"), {"notice": "In error.", "instead": better.pk})
    assert (stored(gone).state, stored(gone).replaced_by) == ("removed", better)
    assert "required" in client.post(step_page(double, "merge"), {}).content.decode()
    assert (
        "cannot stand in for itself"
        in client.post(step_page(double, "merge"), {"into": double.pk}).content.decode()
    )
    client.post(step_page(double, "merge"), {"into": better.pk})
    assert (stored(double).state, stored(double).replaced_by) == ("merged", better)


def test_page_of_a_step_that_cannot_be_taken_says_so(client, editor):
    draft = make_draft()
    assert "so this cannot be done" in client.get(step_page(draft)).content.decode()
    assert "cannot be done" in client.post(step_page(draft), {"notice": "No."}).content.decode()
    assert stored(draft).state == "draft"
    assert client.get(step_page(draft, "nothing")).status_code == 404


def test_withdrawn_item_is_published_again_under_its_date(client, editor):
    dated = timezone.now() - timedelta(days=900)
    item = make_withdrawn(
        notice="Wrong.", summary="Short.", body="<p>Long</p>", topics=[make_topic()], published_at=dated
    )
    submit(client, change(item), _step="restore")
    assert stored(item).is_public
    assert (stored(item).published_at, stored(item).notice) == (dated, "")


def test_form_costs_the_same_whatever_the_length_of_its_text(client, editor):
    def cost(links):
        text = "".join(f'<p><a href="/publications/no-{n}/">x</a></p>' for n in range(links))
        item = make_ready(body=text)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(change(item)).status_code == 200
        return len(queries)

    assert cost(1) == cost(50) <= 25
