# Steps from state to state: who may take which, what stops them, and what the publish log keeps of them.
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import workflow
from publications.models import LoggedStep, Publication
from publications.readiness import problems
from publications.workflow import NotReady, Refused
from tests.factories import (
    make_draft,
    make_file,
    make_image,
    make_merged,
    make_person,
    make_publication,
    make_ready,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
State = Publication.State
SOON = timedelta(days=3)
WHOLE = {"summary": "In short.", "body": "<p>At length.</p>"}
STAGES = {
    "draft": make_ready,
    "in_review": lambda: make_ready(state="in_review"),
    "scheduled": lambda: make_scheduled(topics=[make_topic()], **WHOLE),
    "published": lambda: make_publication(topics=[make_topic()], **WHOLE),
    "withdrawn": lambda: make_withdrawn(topics=[make_topic()], notice="Wrong.", **WHOLE),
    "removed": lambda: make_removed(topics=[make_topic()], notice="Wrong.", **WHOLE),
    "merged": lambda: make_merged(into=make_publication(), topics=[make_topic()], **WHOLE),
}
STEPS = {
    "submit": workflow.submit,
    "take_back": workflow.take_back,
    "publish": workflow.publish,
    "schedule": lambda item, by: workflow.schedule(item, by, timezone.now() + SOON),
    "postpone": lambda item, by: workflow.change_date(item, by, timezone.now() + SOON),
    "redate": lambda item, by: workflow.change_date(item, by, timezone.now() - SOON),
    "cancel": workflow.cancel,
    "withdraw": lambda item, by: workflow.withdraw(item, by, "The tables are wrong."),
    "remove": lambda item, by: workflow.remove(item, by, "Published in error."),
    "merge": lambda item, by: workflow.merge(item, by, make_publication()),
    "restore": workflow.restore,
}
# Where each step leads from each stage; what is not here is refused.
AUTHORS_MAY = {("submit", "draft"): "in_review", ("take_back", "in_review"): "draft"}
EDITORS_MAY = AUTHORS_MAY | {
    ("publish", "draft"): "published",
    ("publish", "in_review"): "published",
    ("publish", "scheduled"): "published",
    ("schedule", "draft"): "scheduled",
    ("schedule", "in_review"): "scheduled",
    ("postpone", "scheduled"): "scheduled",
    ("redate", "published"): "published",
    ("cancel", "scheduled"): "draft",
    ("withdraw", "published"): "withdrawn",
    ("remove", "published"): "removed",
    ("remove", "withdrawn"): "removed",
    ("merge", "published"): "merged",
    ("merge", "withdrawn"): "merged",
    ("restore", "withdrawn"): "published",
    ("restore", "removed"): "published",
    ("restore", "merged"): "published",
}
NOBODY = {}


@pytest.fixture
def editor():
    return make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")


def stored(item):
    return Publication.objects.get(pk=item.pk)


@pytest.mark.parametrize(
    ("group", "allowed"),
    [
        ("Author", AUTHORS_MAY),
        ("Editor", EDITORS_MAY),
        ("Administrator", EDITORS_MAY),
        ("nobody", NOBODY),
    ],
)
def test_every_step_from_every_state_is_taken_or_refused_as_its_role_may(group, allowed):
    user = make_staff("Author" if group == "nobody" else group)
    if group == "nobody":
        user.groups.clear()
    outcomes = {}
    for step, take in STEPS.items():
        for stage, make in STAGES.items():
            item = make()
            try:
                take(item, user)
            except Refused:
                assert workflow.stage(stored(item)) == stage
                assert not item.steps.exists()
            else:
                outcomes[step, stage] = workflow.stage(stored(item))
    assert outcomes == allowed


def test_log_keeps_who_did_what_when_and_why(editor):
    item = make_publication("Level of the Sea")
    with time_machine.travel("2027-03-01T09:00:00Z", tick=False):
        workflow.withdraw(item, editor, "Table 2 is wrong.")
    row = LoggedStep.objects.get()
    assert (row.publication, row.title, row.by, row.by_name) == (
        item,
        "Level of the Sea",
        editor,
        "Ines Corrow",
    )
    assert (row.step, row.from_state, row.to_state) == ("withdraw", "published", "withdrawn")
    assert (row.note, row.published_at, row.at.isoformat()) == (
        "Table 2 is wrong.",
        item.published_at,
        "2027-03-01T09:00:00+00:00",
    )
    assert stored(item).notice == "Table 2 is wrong."
    assert stored(item).changed_by == editor


def test_log_outlives_the_item_and_the_person(editor):
    item = make_ready("Level of the Sea")
    workflow.submit(item, editor)
    item.delete()
    editor.delete()
    row = LoggedStep.objects.get()
    assert (row.publication, row.by, row.title, row.by_name) == (
        None,
        None,
        "Level of the Sea",
        "Ines Corrow",
    )


def test_deleting_is_logged_and_asks_for_its_own_right(editor):
    item = make_publication("Level of the Sea")
    with pytest.raises(Refused):
        workflow.delete(stored(item), make_staff("Author"))
    workflow.delete(item, editor)
    assert not Publication.objects.exists()
    row = LoggedStep.objects.get()
    assert (row.step, row.title, row.from_state, row.to_state) == (
        "delete",
        "Level of the Sea",
        "published",
        "deleted",
    )


def test_log_can_neither_be_changed_nor_shortened(editor):
    workflow.submit(make_ready(), editor)
    row = LoggedStep.objects.get()
    for attempt in (
        row.save,
        row.delete,
        LoggedStep.objects.all().delete,
        lambda: LoggedStep.objects.update(note="x"),
        lambda: LoggedStep.objects.bulk_update([row], ["note"]),
    ):
        with pytest.raises(TypeError, match="only ever added"):
            attempt()
    assert LoggedStep.objects.get().note == ""


def test_lists_and_searches_follow_each_step_at_once(client, editor):
    topic = make_topic("Coast")
    item = make_ready("Gauges of Averne", topics=[topic])

    def shown():
        pages = ("/publications/", "/topics/coast/", "/publications/?q=averne")
        return {"Gauges of Averne" in client.get(page).content.decode() for page in pages}

    assert shown() == {False}
    workflow.publish(item, editor)
    assert shown() == {True}
    workflow.withdraw(item, editor, "Wrong.")
    assert shown() == {False}
    workflow.restore(item, editor)
    assert shown() == {True}


# Dates


@time_machine.travel("2026-12-01T09:00:00.7Z", tick=False)
def test_publishing_dates_it_now_to_the_second_or_keeps_a_date_that_has_passed(editor):
    long_ago, later = timezone.now() - timedelta(days=900), timezone.now() + SOON
    new, old, planned = make_ready(), make_ready(published_at=long_ago), make_ready(published_at=later)
    for item in (new, old, planned):
        workflow.publish(item, editor)
        assert stored(item).is_public
    assert stored(new).published_at.isoformat() == "2026-12-01T09:00:00+00:00"
    assert stored(planned).published_at == stored(new).published_at
    assert stored(old).published_at == long_ago


@pytest.mark.parametrize("at", [None, timezone.now() - SOON])
def test_only_a_moment_to_come_can_be_scheduled(editor, at):
    with pytest.raises(Refused, match="to come"):
        workflow.schedule(make_ready(), editor, at)


def test_scheduled_item_cannot_be_dated_back_nor_a_public_one_into_the_future(editor):
    with pytest.raises(Refused, match="has passed"):
        workflow.change_date(make_scheduled(), editor, timezone.now() - SOON)
    with pytest.raises(Refused, match="Readers see it already"):
        workflow.change_date(make_publication(), editor, timezone.now() + SOON)


def test_cancelled_schedule_leaves_no_date_behind(editor):
    item = make_scheduled()
    workflow.cancel(item, editor)
    assert (stored(item).state, stored(item).published_at) == (State.DRAFT, None)


# Two at once


def test_step_is_refused_when_the_item_is_not_what_the_person_saw(editor):
    item = make_ready()
    seen_by_another = stored(item)
    workflow.publish(item, editor)
    with pytest.raises(Refused, match="Somebody was faster: it is Published now"):
        workflow.submit(seen_by_another, editor)
    rescheduled = make_scheduled()
    seen_by_another = stored(rescheduled)
    workflow.change_date(rescheduled, editor, timezone.now() + SOON)
    with pytest.raises(Refused, match="Somebody was faster"):
        workflow.publish(seen_by_another, editor)
    assert stored(rescheduled).is_scheduled


@pytest.mark.parametrize("take_away", [workflow.withdraw, workflow.remove])
def test_taking_away_needs_a_reason_and_names_what_to_see_instead(editor, take_away):
    item, better = make_publication(), make_publication()
    with pytest.raises(Refused, match="Say why"):
        take_away(stored(item), editor, "  ")
    assert stored(item).is_public
    take_away(item, editor, "Table 2 is wrong.", instead=better)
    assert (stored(item).notice, stored(item).replaced_by) == ("Table 2 is wrong.", better)
    workflow.restore(ready(item), editor)
    assert (stored(item).notice, stored(item).replaced_by, stored(item).withdrawn_at) == ("", None, None)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_steps_at_the_same_moment_one_is_refused():
    item, editors = make_ready(), [make_staff("Editor"), make_staff("Editor")]
    start, outcomes = Barrier(2), []

    def take(step, seen, by):
        start.wait()
        try:
            step(seen, by)
            outcomes.append("taken")
        except Refused as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    steps = zip((workflow.publish, workflow.submit), (stored(item), stored(item)), editors, strict=True)
    threads = [Thread(target=take, args=each) for each in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert [each.startswith("Somebody was faster") for each in sorted(outcomes)] == [True, False]
    assert item.steps.get().to_state == stored(item).state


def ready(item):
    """With all that publishing asks for."""
    Publication.objects.filter(pk=item.pk).update(**WHOLE)
    item.topics.add(make_topic())
    return stored(item)


def test_what_is_taken_away_again_is_dated_anew(editor):
    long_ago = timezone.now() - timedelta(days=900)
    item = make_withdrawn(withdrawn_at=long_ago, notice="Wrong.")
    workflow.remove(item, editor, "Worse than wrong.")
    assert stored(item).withdrawn_at > timezone.now() - timedelta(minutes=5)


def test_an_item_is_not_merged_into_itself_nor_into_a_merged_one(editor):
    item = make_publication()
    for into in (item, make_merged(into=make_publication())):
        with pytest.raises(Refused):
            workflow.merge(stored(item), editor, into)
    assert stored(item).is_public


# What stops publishing, and what may be passed


def fields_of(item, at=None, *, stops):
    return [problem.field for problem in problems(item, at) if problem.stops == stops]


def test_summary_topic_and_words_of_the_picture_stop_publishing(editor):
    item = make_draft(body="<p>Text</p>", image=make_image("", file=""))
    assert fields_of(item, stops=True) == ["summary", "topics", "image"]
    with pytest.raises(NotReady, match="no summary"):
        workflow.publish(item, editor)
    with pytest.raises(NotReady):
        workflow.schedule(item, editor, timezone.now() + SOON)
    assert stored(item).state == State.DRAFT
    assert problems(make_ready(image=make_image("", file=None, is_decorative=True, credit="A"))) == []


def test_nothing_to_read_is_a_warning_that_a_file_or_an_address_answers():
    bare = make_ready(body="")
    assert fields_of(bare, stops=False) == ["body"]
    make_file(bare)
    assert problems(bare) == []
    assert problems(make_ready(body="", external_url="https://tool.example/")) == []


def test_rights_that_end_before_publication_are_a_warning():
    item = make_ready(image=make_image(usable_until=timezone.localdate() + timedelta(days=2), credit="A"))
    assert problems(item) == []
    assert fields_of(item, timezone.now() + SOON, stops=False) == ["image"]
    gone = make_ready(image=make_image(usable_until=date(2020, 1, 1), licence="CC0"))
    assert "usable until 1 Jan 2020" in problems(gone)[0].words
    assert "awaited" in problems(make_ready(image=make_image(file="", credit="A")))[0].words


def test_picture_without_credit_and_licence_is_a_warning():
    assert "neither credit nor licence" in problems(make_ready(image=make_image()))[0].words
    assert problems(make_ready(image=make_image(licence="CC BY 4.0"))) == []


def linking(*links):
    return make_ready(body="".join(f'<p><a href="{link}">x</a></p>' for link in links))


def test_links_to_what_readers_do_not_find_are_warnings(settings):
    settings.ALLOWED_HOSTS = ["hub.example"]
    make_draft("Secret", slug="secret")
    make_withdrawn("Gone", slug="gone")
    make_scheduled("Later", slug="later", days=2)
    dead = [
        "/publications/secret/",
        "https://hub.example/publications/gone/",
        "../later/",
        "/publications/never/",
        "/topics/never/",
        "/people/never/",
        "/types/never/",
        "/reports/never.html",
    ]
    found = problems(linking(*dead))
    assert [problem.words.split()[3] for problem in found] == dead
    assert not any(problem.stops for problem in found)
    words = " ".join(problem.words for problem in found)
    assert "/publications/secret/ leads to an item that readers do not find: Draft" in words
    assert "../later/ leads to an item that readers do not find: Scheduled" in words
    assert "/publications/gone/ leads to an item that readers do not find: Withdrawn" in words
    assert "“Secret”" not in words  # for whoever links to it need not be somebody who may see it


def test_links_that_readers_can_follow_are_no_problem(settings):
    settings.ALLOWED_HOSTS = ["hub.example", "*"]
    moved = make_publication(slug="former")
    moved.slug = "present"
    moved.save()
    scheduled = make_scheduled(slug="later", days=2)
    item = linking(
        "/publications/former/",
        "https://hub.example/publications/present/?x=1#y",
        "/publications/later/",
        make_topic("Coast").get_absolute_url(),
        make_person().get_absolute_url(),
        "/types/report/",
        "/publications/?q=sea",
        "/",
        "/topics/coast/feed.atom",
        "#s-below",
        "mailto:desk@hub.example",
        "https://elsewhere.example/publications/never/",
        "http://[",
    )
    assert problems(item, scheduled.published_at) == []


def test_checks_cost_the_same_for_a_long_text_as_for_a_short_one():
    kinds = ("publications", "topics", "people", "types")

    def cost(number):
        item = stored(linking(*(f"/{kind}/no-{n}/" for n in range(number) for kind in kinds)))
        with CaptureQueriesContext(connection) as queries:
            problems(item)
        return len(queries)

    assert cost(2) == cost(40) <= 12


def test_warnings_are_passed_knowingly_and_then_logged(editor):
    item = make_ready(body="")
    words = [problem.words for problem in problems(item)]
    with pytest.raises(NotReady):
        workflow.publish(item, editor)
    with pytest.raises(NotReady):
        workflow.publish(item, editor, passing=["Something else."])
    workflow.publish(item, editor, passing=words)
    assert item.steps.get().reasons == words


def bypass_of(item):
    return item.steps.filter(step__in=["publish", "schedule"]).get().bypassed


def test_publishing_ones_own_work_unseen_is_allowed_and_logged(editor):
    author, other = make_staff("Author"), make_staff("Editor")
    own, of_another, imported = make_ready(created_by=editor), make_ready(created_by=author), make_ready()
    for item in (own, of_another, imported):
        workflow.publish(item, editor)
    assert bypass_of(own) == workflow.NOT_REVIEWED
    assert bypass_of(of_another) == bypass_of(imported) == ""
    sent_by_oneself, reviewed = make_ready(created_by=author), make_ready(created_by=editor)
    workflow.submit(sent_by_oneself, editor)
    workflow.submit(reviewed, editor)
    workflow.schedule(sent_by_oneself, editor, timezone.now() + SOON)
    workflow.publish(reviewed, other)
    assert bypass_of(sent_by_oneself) == workflow.NOT_REVIEWED
    assert bypass_of(reviewed) == ""
    newest_first = LoggedStep.objects.bypasses().since(timezone.now() - timedelta(days=30))
    assert [row.publication for row in newest_first] == [sent_by_oneself, own]


def test_step_of_what_somebody_deleted_meanwhile_is_refused(editor):
    item = make_publication("Tide")
    Publication.objects.get(pk=item.pk).delete()
    with pytest.raises(Refused, match="deleted"):
        workflow.withdraw(item, editor, "Wrong.")
