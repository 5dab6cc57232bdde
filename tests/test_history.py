# Versions: what is kept of an item whenever it changes, and in what words.
import os
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import workflow
from publications.history import (
    latest_version,
    record,
    recording,
    said_of,
    snapshot,
    snapshot_of,
    versions_of,
)
from publications.models import Authorship, Publication
from tests.factories import (
    make_correction,
    make_draft,
    make_featured,
    make_file,
    make_person,
    make_publication,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db


def test_version_holds_the_whole_item_as_it_is_stored():
    ines, omar = make_person("Ines Corrow"), make_person("Omar Fell")
    coast, water = make_topic("Coast"), make_topic("Water")
    item = make_publication("Tides", topics=[water, coast], authors=[omar, ines], body="<p>High.</p>")
    file, correction = make_file(item), make_correction(item)
    item.title = "Not saved"
    kept = snapshot_of(latest_version(item))
    assert kept == snapshot(item)
    assert kept["fields"]["title"] == "Tides"
    assert kept["fields"]["body"] == "<p>High.</p>"
    assert kept["topics"] == [coast.pk, water.pk]
    assert [author["person"] for author in kept["authors"]] == [omar.pk, ines.pk]
    assert [each["checksum"] for each in kept["files"]] == [file.checksum]
    assert [each["id"] for each in kept["corrections"]] == [correction.pk]
    assert "state" not in kept["fields"]


def test_topic_is_kept_with_its_featured_items_in_their_order():
    coast = make_topic("Coast")
    first, second = make_publication(), make_publication()
    make_featured(coast, first, position=1)
    make_featured(coast, second, position=0)
    assert [each["publication"] for each in snapshot(coast)["featured"]] == [second.pk, first.pk]


def test_what_was_there_before_the_first_recorded_change_is_kept_too():
    item, editor = make_draft("Before"), make_staff("Editor")
    made_at = Publication.objects.get(pk=item.pk).changed_at
    assert not versions_of(item)
    with recording(editor, "By hand", item):
        item.title = "After"
        item.save()
    after, before = versions_of(item)
    assert (snapshot_of(before)["fields"]["title"], snapshot_of(after)["fields"]["title"]) == (
        "Before",
        "After",
    )
    assert (before.revision.user, after.revision.user) == (None, editor)
    assert before.revision.date_created == made_at


def test_what_changed_without_being_recorded_is_kept_before_the_next_change():
    item = make_draft("First")
    with recording(None, "", item):
        item.title = "Second"
        item.save()
    Publication.objects.filter(pk=item.pk).update(title="Third")
    item.refresh_from_db()
    with recording(None, "", item):
        item.title = "Fourth"
        item.save()
    titles = [snapshot_of(version)["fields"]["title"] for version in versions_of(item)]
    assert titles == ["Fourth", "Third", "Second", "First"]
    assert [said_of(version)["fields"] for version in versions_of(item)] == [*[["title"]] * 3, None]


def test_saving_what_did_not_change_makes_no_version():
    item = make_draft()
    with recording(None, "", item):
        item.title = "Changed"
        item.save()
    with recording(None, "", item):
        item.save()
    assert versions_of(item).count() == 2


def test_new_item_has_its_first_version_when_it_was_made():
    with recording():
        item = Publication(title="New", content_type=make_draft().content_type)
        record(item)
        item.save()
        item.topics.set([make_topic()])
    (version,) = versions_of(item)
    assert snapshot_of(version) == snapshot(item)


def test_recordings_within_one_another_make_one_version():
    item = make_draft()
    with recording(None, "Outer", item):
        with recording(None, "Inner", item):
            item.title = "One"
            item.save()
        item.summary = "Two"
        item.save()
    assert versions_of(item).count() == 2


def test_change_that_is_undone_leaves_no_version():
    item = make_draft()
    with pytest.raises(ZeroDivisionError), recording(None, "", item):
        item.title = "Undone"
        item.save()
        1 / 0  # noqa: B018
    assert not versions_of(item)
    with recording(None, "", item):
        item.title = "Done"
        item.save()
    assert versions_of(item).count() == 2


def test_item_deleted_while_it_is_recorded_has_its_last_version():
    item = make_draft("Gone")
    key = item.pk
    with recording(None, "", item):
        item.delete()
    item.pk = key
    assert [snapshot_of(version)["fields"]["title"] for version in versions_of(item)] == ["Gone"]


def test_recording_costs_as_much_whatever_belongs_to_the_item():
    def cost(authors):
        item = make_publication(topics=[make_topic()], authors=[make_person() for _ in range(authors)])
        with transaction.atomic(), CaptureQueriesContext(connection) as queries, recording(None, "", item):
            Publication.objects.filter(pk=item.pk).update(title="Other")
        return len(queries)

    cost(1)  # what Django remembers from then on
    assert cost(12) == cost(1) <= 22


def words_of_change(item, change):
    with recording(None, "", item):
        change()
    said = said_of(versions_of(item).first())
    return said["fields"], said["parts"]


def test_changes_are_told_in_words():
    ines, omar, ada = make_person("Ines Corrow"), make_person("Omar Fell"), make_person("Ada Lune")
    coast, water = make_topic("Coast"), make_topic("Water")
    item = make_publication("Tides", topics=[water], authors=[omar, ines])
    file = make_file(item, label="Full report")

    def change():
        item.title, item.summary = "Tides again", "In short."
        item.save()
        item.topics.set([coast])
        Authorship.objects.filter(publication=item, person=omar).update(position=2, role="editor")
        Authorship.objects.create(publication=item, person=ada, position=3)
        file.delete()
        make_correction(item)

    fields, sentences = words_of_change(item, change)
    assert fields == ["title", "summary"]
    assert sentences == [
        "Added topic “Coast”.",
        "Removed topic “Water”.",
        "Added author “Ada Lune”.",
        "Moved author “Ines Corrow” from 2 to 1.",
        "Changed author “Omar Fell”: role.",
        "Removed file “Full report”.",
        "Added correction of 3 November 2026.",
    ]


# Pruning


def prune(**options):
    call_command("prune_history", verbosity=0, **options)


def change_daily(item, days):
    """A version a day, the last one today."""
    now = timezone.now()
    for ago in range(days - 1, -1, -1):
        with time_machine.travel(now - timedelta(days=ago)), recording(None, "", item):
            item.title = f"{ago} days ago"
            item.save()


def test_pruning_takes_old_versions_but_never_the_newest_of_an_item():
    with time_machine.travel(timezone.now() - timedelta(days=300)):
        busy, quiet = make_draft(), make_draft()
    change_daily(busy, 10)
    with time_machine.travel(timezone.now() - timedelta(days=99)):
        change_daily(quiet, 2)
    prune(days=5, keep=2)
    titles = [snapshot_of(version)["fields"]["title"] for version in versions_of(busy)]
    assert titles == [f"{ago} days ago" for ago in range(5)]
    assert versions_of(quiet).count() == 2
    assert snapshot_of(versions_of(quiet).first()) == snapshot(quiet)


def test_contents_of_former_files_go_with_the_last_version_that_tells_of_them(
    django_capture_on_commit_callbacks,
):
    long_ago = timezone.now() - timedelta(days=800)
    with time_machine.travel(long_ago), django_capture_on_commit_callbacks(execute=True):
        item = make_publication()
        former, present = make_file(item, b"former"), make_file(item, b"present", label="Annex")
        with recording(None, "", item):
            former.delete()
    storage = former.file.storage
    for file in (former, present):
        os.utime(storage.path(file.file.name), (long_ago.timestamp(),) * 2)
    storage.save("files/zz/new.pdf", ContentFile(b"just now"))
    assert storage.exists(former.file.name)
    prune(days=900)
    assert storage.exists(former.file.name)
    prune(days=730, keep=1)
    assert not storage.exists(former.file.name)
    assert storage.exists(present.file.name) and storage.exists("files/zz/new.pdf")


def test_contents_go_with_the_versions_of_an_item_that_was_deleted_long_ago(
    django_capture_on_commit_callbacks,
):
    """Until then it can be brought back, however few versions are kept."""
    long_ago = timezone.now() - timedelta(days=800)
    with time_machine.travel(long_ago), django_capture_on_commit_callbacks(execute=True):
        item = make_draft()
        key, file = item.pk, make_file(item)
        workflow.delete(item, make_staff())
    storage, name = file.file.storage, file.file.name
    os.utime(storage.path(name), (long_ago.timestamp(),) * 2)
    prune(days=900, keep=1)
    assert storage.exists(name) and versions_of(Publication(pk=key)).exists()
    prune(days=730, keep=20)
    assert not storage.exists(name) and not versions_of(Publication(pk=key)).exists()
