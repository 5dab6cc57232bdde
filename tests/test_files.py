# What becomes of a file: replaced, counted, taken away.
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import transaction

from publications.models import File
from tests.factories import make_draft, make_file, make_publication, make_staff
from tests.forms import submit
from tests.pdfs import locked_pdf, make_pdf

pytestmark = pytest.mark.django_db
PUBLISHED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


def replace(file, content, name="new.pdf"):
    file.file = ContentFile(content, name=name)
    file.save()


def stored(file) -> bool:
    return file.file.storage.exists(file.file.name)


def test_replaced_file_keeps_its_address_and_shows_its_date(client):
    publication = make_publication("Wall", published_at=PUBLISHED)
    with time_machine.travel(PUBLISHED):
        file = make_file(publication, b"%PDF-1.7 first")
    address = file.get_absolute_url()
    assert "replaced" not in client.get(publication.get_absolute_url()).content.decode()
    with time_machine.travel(LATER):
        replace(file, b"%PDF-1.7 second")
    assert client.get(address).getvalue() == b"%PDF-1.7 second"
    html = client.get(publication.get_absolute_url()).content.decode()
    assert 'replaced <time datetime="2026-11-12">12 November 2026</time>' in html
    assert '"dateModified": "2026-11-12"' in html
    feed = client.get("/publications/feed.json").json()
    assert feed["items"][0]["attachments"][0]["title"] == "Full report, replaced 12 November 2026"


def test_change_of_words_or_the_same_content_again_replaces_nothing():
    file = make_file(make_publication(), b"%PDF-1.7 first")
    file.label = "The whole report"
    file.save()
    replace(file, b"%PDF-1.7 first")
    file.refresh_from_db()
    assert file.replaced_at is None
    assert stored(file)


def test_readers_are_not_told_of_what_was_replaced_before_they_could_have_it():
    file = make_file(make_draft())
    replace(file, b"%PDF-1.7 second")
    assert file.replaced_at
    assert file.replaced_on is None
    file.publication.published_at = file.replaced_at + timedelta(days=1)
    assert file.replaced_on is None
    file.publication.published_at = file.replaced_at - timedelta(days=1)
    assert file.replaced_on


def test_former_content_goes_once_the_change_is_certain(django_capture_on_commit_callbacks):
    file = make_file(make_publication(), b"%PDF-1.7 first")
    storage, former = file.file.storage, file.file.name
    with django_capture_on_commit_callbacks(execute=True):
        replace(file, b"%PDF-1.7 second")
        assert storage.exists(former)
    assert not storage.exists(former)
    assert stored(file)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_former_content_stays_when_the_change_is_undone():
    file = make_file(make_publication(), b"%PDF-1.7 first")
    former = file.file.name
    with transaction.atomic():
        replace(file, b"%PDF-1.7 second")
        transaction.set_rollback(True)
    file.refresh_from_db()
    assert file.file.name == former
    assert stored(file)


def test_content_that_another_file_has_too_stays(django_capture_on_commit_callbacks):
    file, other = make_file(make_publication()), make_file(make_publication())
    File.objects.filter(pk=other.pk).update(file=file.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        file.delete()
    other.refresh_from_db()
    assert stored(other)
    with django_capture_on_commit_callbacks(execute=True):
        other.delete()
    assert not stored(other)


def test_content_goes_with_its_publication(django_capture_on_commit_callbacks):
    file = make_file(make_publication())
    with django_capture_on_commit_callbacks(execute=True):
        file.publication.delete()
    assert not stored(file)


def test_pages_of_a_pdf_are_counted_where_nobody_did():
    publication = make_publication()
    counted = make_file(publication, make_pdf(pages=3))
    told = make_file(publication, make_pdf(pages=3), pages=64)
    assert [counted.pages, told.pages] == [3, 64]
    replace(counted, make_pdf(pages=5))
    assert counted.pages == 5
    assert make_file(publication, b"a,b", filename="x.csv").pages is None


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 a report", make_pdf()[:200], locked_pdf()],
    ids=["empty", "no", "cut", "locked"],
)
def test_pdf_that_cannot_be_read_is_kept_without_a_number_of_pages(content):
    file = make_file(make_publication(), content)
    assert file.pages is None
    assert stored(file)


def test_editor_replaces_a_file_and_its_pages_are_counted_anew(client):
    file = make_file(make_publication(), make_pdf(pages=3))
    client.force_login(make_staff("Editor"))
    upload = ContentFile(make_pdf(pages=7), name="corrected.pdf")
    response = submit(
        client, f"/admin/publications/publication/{file.publication.pk}/change/", **{"files-0-file": upload}
    )
    assert response.status_code == 302
    file.refresh_from_db()
    assert (file.name, file.pages) == ("full-report.pdf", 7)
    assert file.replaced_at
