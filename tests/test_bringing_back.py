# What was deleted comes back: as a draft, with all there still is, for those who may see and add everything.
import datetime as dt
import re

import pytest
from django.urls import reverse

from publications import workflow
from publications.history import versions_of
from publications.models import Correction, LoggedStep, Publication
from tests.factories import (
    make_correction,
    make_draft,
    make_file,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_role,
    make_staff,
    make_topic,
    make_type,
)

pytestmark = pytest.mark.django_db
LAST_YEAR = dt.datetime(2025, 3, 4, 9, tzinfo=dt.UTC)
LOG = "/admin/publications/loggedstep/?step=delete"


@pytest.fixture
def ines(client):
    user = make_staff("Editor", "ines", first_name="Ines", last_name="Corrow")
    client.force_login(user)
    return user


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def deleted(item, by) -> str:
    """The address of the page that brings it back."""
    workflow.delete(item, by)
    row = LoggedStep.objects.filter(step="delete").latest("pk")
    return reverse("admin:publications_publication_bring_back", args=[row.pk])


def brought_back(client, address) -> Publication:
    client.post(address)
    return Publication.objects.latest("pk")


def test_a_deleted_item_is_found_in_the_log_and_comes_back_whole_as_a_draft(
    client, ines, django_capture_on_commit_callbacks
):
    coast, people = make_topic("Coast"), [make_person("Ada Tull"), make_person("Omar Fell")]
    item = make_publication(
        "Tide tables",
        topics=[coast],
        authors=people,
        image=make_image("A quay"),
        summary="In short.",
        published_at=LAST_YEAR,
    )
    file, correction = make_file(item, b"all of it", label="Report"), make_correction(item)
    key, slug, date = item.pk, item.slug, item.published_at
    with django_capture_on_commit_callbacks(execute=True):
        address = deleted(item, ines)
    log = client.get(LOG)
    assert f'href="{address}"' in log.content.decode() and "Ines Corrow" in words(log)
    asked = words(client.get(address))
    for told in ("Tide tables", f"/publications/{slug}/", "Coast", "Ada Tull, Omar Fell", "Report", "A quay"):
        assert told in asked
    assert not Publication.objects.exists()  # asking brings nothing back
    assert "is back, as a draft" in words(client.post(address, follow=True))
    back = Publication.objects.get(pk=key)
    assert (back.title, back.slug, back.summary, back.state) == ("Tide tables", slug, "In short.", "draft")
    assert (back.published_at, back.created_by, back.image.alternative_text) == (date, ines, "A quay")
    assert [str(each.person) for each in back.authorships.all()] == ["Ada Tull", "Omar Fell"]
    assert [str(topic) for topic in back.topics.all()] == ["Coast"]
    assert back.files.get().file.read() == b"all of it" and back.files.get().name == file.name
    assert Correction.objects.get().note == correction.note
    assert versions_of(back).count() == 2 and LoggedStep.objects.latest("pk").step == "bring_back"
    assert client.get(back.get_absolute_url()).status_code == 200
    client.logout()
    assert client.get(back.get_absolute_url()).status_code == 404


def test_it_says_what_cannot_come_back(client, ines):
    kind, coast, ada = make_type(name="Atlas"), make_topic("Coast"), make_person("Ada Tull")
    item = make_draft(
        "Tide", content_type=kind, topics=[coast], authors=[ada], doi="10.5555/tide", import_id="7"
    )
    address = deleted(item, ines)
    coast.delete()
    ada.delete()
    kind.delete()
    other = make_draft("Tide", doi="10.5555/tide", import_id="7")
    assert other.slug == "tide"
    for page in (words(client.get(address)), words(client.post(address, follow=True))):
        for told in (
            "Its address belongs to another item by now, so it gets a new one.",
            "Its import id belongs to another item by now.",
            "Topics that were deleted since do not come back: 1.",
            "Author that was deleted since does not come back",
            "DOI stays empty",
            "Type: what it pointed to was deleted since, so it is “",
        ):
            assert told in page
    back = Publication.objects.exclude(pk=other.pk).get()
    assert back.slug == "tide-2" and not back.doi and not back.authorships.exists()


def test_it_comes_back_once_and_can_be_deleted_again(client, ines):
    first = deleted(make_draft("Tide"), ines)
    back = brought_back(client, first)
    assert "Somebody brought it back already." in words(client.post(first))
    assert Publication.objects.count() == 1
    assert first not in client.get(LOG).content.decode()
    again = deleted(back, ines)
    assert brought_back(client, again).title == "Tide"


def test_list_of_what_was_deleted_says_so_and_stands_among_publications(client, ines):
    deleted(make_draft("Tide"), ines)
    found = words(client.get("/admin/publications/publication/"))
    assert "Deleted publications" in found
    page = client.get(LOG).content.decode()
    assert "<h1>Deleted publications</h1>" in page
    assert "<title>Deleted publications |" in page
    current = re.findall(r'<a href="([^"]+)" aria-current="(?:true|page)"', page)
    assert "/admin/publications/publication/" in current
    assert "<h1>Publish log entries</h1>" in client.get(LOG.partition("?")[0]).content.decode()


def test_whoever_does_not_see_everything_or_may_not_add_brings_nothing_back(client, ines):
    coast = make_topic()
    address = deleted(make_draft("Tide", topics=[coast]), ines)
    for person in (make_role(coast, 3), make_staff(is_superuser=False)):
        client.force_login(person)
        assert {client.get(address).status_code, client.post(address).status_code} == {403}
        assert "Deleted publications" not in words(client.get("/admin/publications/publication/"))
    assert not Publication.objects.exists()


def test_an_item_that_nobody_kept_a_version_of_does_not_come_back(client, ines):
    item = make_draft("Tide")
    key = item.pk
    address = deleted(item, ines)
    versions_of(Publication(pk=key)).delete()
    assert "No version of it is kept any more." in words(client.get(address))
    client.post(address)
    assert not Publication.objects.exists()


def test_the_list_leads_to_what_was_deleted(client, ines):
    page = client.get("/admin/publications/publication/")
    assert f'href="{LOG}"' in page.content.decode()
    opened = '<details class="filters" open>'
    assert opened not in client.get(LOG).content.decode()
    assert opened in client.get(f"{LOG}&person=ines").content.decode()


def test_who_deletes_is_told_how_it_comes_back(client, ines):
    told = words(client.get(f"/admin/publications/publication/{make_draft('Tide').pk}/delete/"))
    assert "can be brought back from the publish log" in told and "gone for good" not in told
    assert "gone for good" in words(client.get(f"/admin/publications/page/{make_page('About').pk}/delete/"))
