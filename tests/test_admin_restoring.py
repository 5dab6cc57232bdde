# Bringing a version back: what comes back, what stays, what cannot, and who may do it.
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.urls import reverse

from publications import workflow
from publications.history import latest_version, recording, snapshot, snapshot_of, versions_of
from publications.models import Authorship, Publication
from tests.factories import (
    make_correction,
    make_draft,
    make_featured,
    make_file,
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = make_staff("Editor", "ines", first_name="Ines", last_name="Corrow")
    client.force_login(user)
    return user


def address(item, page, *more):
    return reverse(f"admin:publications_{item._meta.model_name}_{page}", args=[item.pk, *more])


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def change(item, by=None, **fields):
    with recording(by, "", item):
        for name, value in fields.items():
            setattr(item, name, value)
        item.save()


def bring_back(client, item, version):
    """Confirm the page that asks; returns the words of the page it leads to."""
    page = address(item, "restore", version.pk)
    client.get(page)
    return words(client.post(page, {"present": latest_version(item).pk}, follow=True))


def first_version(item):
    return versions_of(item).last()


# What comes back


def test_whole_version_comes_back_and_what_was_there_is_a_version_too(client, editor):
    ines, omar = make_person("Ines Corrow"), make_person("Omar Fell")
    coast, water = make_topic("Coast"), make_topic("Water")
    item = make_draft("Before", topics=[coast], authors=[ines, omar], body="<p>High.</p>", image=make_image())
    make_file(item, b"%PDF-1.7 first", label="Annex", position=1)
    make_file(item, b"%PDF-1.7 other", label="Report", position=0)
    before = latest_version(item)
    with recording(editor, "", item):
        item.title, item.body, item.image = "After", "<p>Low.</p>", None
        item.save()
        item.topics.set([water])
        item.authorships.all().delete()
        Authorship.objects.create(publication=item, person=omar, role="editor")
        item.files.get(label="Annex").delete()
    after = snapshot(item)
    assert snapshot_of(before) != after
    text = bring_back(client, item, before)
    assert "Restored: it is as it was on" in text
    assert snapshot(item) == snapshot_of(before)
    assert [snapshot_of(version) for version in versions_of(item)] == [
        snapshot_of(before),
        after,
        snapshot_of(before),
    ]
    assert "Ines Corrow Restored the version of" in words(client.get(address(item, "history")))
    bring_back(client, item, list(versions_of(item))[1])
    assert snapshot(item) == after


def test_lists_and_search_follow_what_came_back(client, editor):
    coast, water = make_topic("Coast"), make_topic("Water")
    item = make_publication("Tides", topics=[coast], summary="Anemone")
    with recording(editor, "", item):
        item.summary = "Barnacle"
        item.save()
        item.topics.set([water])
        Publication.relist([item.pk])
    bring_back(client, item, first_version(item))
    assert "Tides" in words(client.get(coast.get_absolute_url()))
    assert "Tides" not in words(client.get(water.get_absolute_url())).partition("Topics")[0]
    assert "Tides" in words(client.get("/publications/?q=anemone"))
    assert "Tides" not in words(client.get("/publications/?q=barnacle"))


def test_state_date_address_and_corrections_stay(client, editor):
    item = make_ready("Before")
    change(item, editor, title="After", slug="another")
    workflow.publish(Publication.objects.get(pk=item.pk), make_staff("Editor"))
    make_correction(item)
    published = Publication.objects.get(pk=item.pk)
    text = bring_back(client, item, first_version(item))
    item.refresh_from_db()
    assert (item.title, item.state, item.slug) == ("Before", "published", "another")
    assert item.published_at == published.published_at
    assert item.corrections.count() == 1
    assert "Corrections stay as they are now" in text


def test_former_content_of_a_file_comes_back(client, editor, django_capture_on_commit_callbacks):
    item = make_publication()
    file = make_file(item, b"%PDF-1.7 first")
    with django_capture_on_commit_callbacks(execute=True), recording(editor, "", item):
        file.file = ContentFile(b"%PDF-1.7 second", name="new.pdf")
        file.save()
    with django_capture_on_commit_callbacks(execute=True):
        bring_back(client, item, first_version(item))
    assert client.get(file.get_absolute_url()).getvalue() == b"%PDF-1.7 first"
    bring_back(client, item, list(versions_of(item))[1])
    assert client.get(file.get_absolute_url()).getvalue() == b"%PDF-1.7 second"


def test_topic_comes_back_with_its_featured_items_in_their_order(client, editor):
    topic, first, second = make_topic("Coast", slots=2), make_publication(), make_publication()
    make_featured(topic, first, position=1)
    make_featured(topic, second, position=0)
    before = latest_version(topic)
    with recording(editor, "", topic):
        topic.description = "All about it."
        topic.save()
        topic.featured_items.filter(publication=second).delete()
    bring_back(client, topic, before)
    assert snapshot(topic) == snapshot_of(before)


@pytest.mark.parametrize(
    ("make", "field"),
    [(make_page, "title"), (make_person, "name"), (make_image, "caption"), (make_type, "name")],
)
def test_other_things_come_back_too(client, make, field):
    client.force_login(make_staff())
    item = make()
    before = getattr(item, field)
    change(item, **{field: "Other words"})
    bring_back(client, item, first_version(item))
    item.refresh_from_db()
    assert getattr(item, field) == before


# What the page says first


def test_page_says_what_would_change_and_changes_nothing_yet(client, editor):
    item = make_publication("Before", topics=[make_topic("Coast")])
    with recording(editor, "", item):
        item.title = "After"
        item.save()
        item.topics.clear()
    after, versions = snapshot(item), versions_of(item).count()
    text = words(client.get(address(item, "restore", first_version(item).pk)))
    assert "Title taken away: After added: Before" in text
    assert "Added topic “Coast”." in text
    assert "Readers see the change at once." in text
    assert (snapshot(item), versions_of(item).count()) == (after, versions)


def test_nothing_is_restored_when_somebody_changed_it_meanwhile(client, editor):
    item = make_draft("Before")
    change(item, title="After")
    version, seen = first_version(item), latest_version(item).pk
    change(item, title="Meanwhile")
    page = words(client.post(address(item, "restore", version.pk), {"present": seen}, follow=True))
    assert "Somebody changed it meanwhile" in page
    item.refresh_from_db()
    assert item.title == "Meanwhile"


# What cannot come back


def test_what_was_deleted_since_is_named_and_the_rest_comes_back(client, editor):
    coast, ines = make_topic("Coast"), make_person("Ines Corrow")
    item = make_draft("Before", topics=[coast], authors=[ines], image=make_image())
    file = make_file(item, label="Annex")
    version = latest_version(item)
    with recording(editor, "", item):
        item.title = "After"
        item.save()
        item.authorships.all().delete()
        item.topics.clear()
        file.delete()
    item.image.delete()
    ines.delete()
    coast.delete()
    file.file.storage.delete(file.file.name)
    page = words(client.get(address(item, "restore", version.pk)))
    text = bring_back(client, item, version)
    for sentence in (
        "Topics that were deleted since do not come back: 1.",
        "Author that was deleted since does not come back: it was deleted since.",
        "File “Annex” was deleted with its content.",
        "Picture: what it pointed to was deleted since, so it stays as it is now.",
    ):
        assert sentence in page and sentence in text
    item.refresh_from_db()
    assert item.title == "Before"


def test_doi_that_another_item_has_by_now_stays_away(client, editor):
    item = make_draft("Before", doi="10.5555/abc")
    change(item, title="After", doi="")
    make_draft(doi="10.5555/abc")
    text = bring_back(client, item, first_version(item))
    item.refresh_from_db()
    assert (item.title, item.doi) == ("Before", "")
    assert "DOI stays as it is now: Another publication has this DOI already." in text


def test_field_that_the_site_has_dropped_is_named(client, editor):
    item = make_draft("Before")
    change(item, title="After")
    version = first_version(item)
    version.serialized_data = version.serialized_data.replace('"fields": {', '"fields": {"notes": "Ebb", ', 1)
    version.save()
    text = bring_back(client, item, version)
    assert "“Notes” is kept no more: it stood for “Ebb”." in text
    item.refresh_from_db()
    assert item.title == "Before"


@pytest.mark.parametrize(
    "data", ["", "[]", "{}", "not JSON", '[{"pk": 1}]', '[{"model": "x", "pk": 1, "fields": 3}]']
)
def test_version_that_cannot_be_read_says_so_and_stands_in_nobodys_way(client, editor, data):
    item = make_draft("Before")
    change(item, title="After")
    for version in versions_of(item):
        version.serialized_data = data
        version.save()
    version, said = first_version(item), "can no longer be read"
    assert said in words(client.get(address(item, "compare"), {"from": version.pk}))
    assert said in words(client.get(address(item, "restore", version.pk)))
    assert said in bring_back(client, item, version)
    submit(client, address(item, "change"), title="Saved all the same")
    item.refresh_from_db()
    assert item.title == "Saved all the same"


# Who may


def staff_with(client, *rights):
    user = make_staff("Author")
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)


def answers(client, item):
    version = first_version(item)
    return [
        client.get(address(item, "history")).status_code,
        client.get(address(item, "compare"), {"from": version.pk}).status_code,
        client.get(address(item, "restore", version.pk)).status_code,
        client.post(address(item, "restore", version.pk), {"present": latest_version(item).pk}).status_code,
    ]


@pytest.mark.parametrize("make", [make_draft, make_topic, make_page, make_person, make_image, make_type])
def test_history_is_for_those_who_may_view_and_restoring_for_those_who_may_change(client, make):
    item = make()
    latest_version(item)
    name = item._meta.model_name
    assert answers(client, item) == [302, 302, 302, 302]  # to the sign-in
    staff_with(client, "view_group")
    assert {302, 403, 404}.issuperset(answers(client, item))  # refused, or as if there were no such item
    staff_with(client, f"view_{name}")
    assert answers(client, item) == [200, 200, 403, 403]
    assert "Restore" not in words(client.get(address(item, "compare"), {"from": first_version(item).pk}))
    staff_with(client, f"view_{name}", f"change_{name}")
    assert answers(client, item) == [200, 200, 200, 302]


def test_author_restores_a_draft_and_nothing_that_readers_see(client):
    draft, public = make_draft("Before"), make_publication("Before")
    for item in (draft, public):
        change(item, title="After")
    client.force_login(make_staff("Author"))
    assert answers(client, draft) == [200, 200, 200, 302]
    assert answers(client, public) == [200, 200, 403, 403]
    opened = {"present": latest_version(public).pk, "_opened_as": "draft"}
    assert client.post(address(public, "restore", first_version(public).pk), opened).status_code == 403
    public.refresh_from_db()
    assert public.title == "After"


def test_version_of_another_item_cannot_be_restored(client, editor):
    item, other = make_draft(), make_draft("Other")
    version = latest_version(other)
    page = address(item, "restore", version.pk)
    assert client.get(page).status_code == 404
    assert client.post(page, {"present": latest_version(item).pk}).status_code == 404
    assert (
        client.get(
            reverse("admin:publications_topic_restore", args=[make_topic().pk, version.pk])
        ).status_code
        == 404
    )
