# Preview links: somebody without an account sees one hidden item, until the link ends.
import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from publications.models import PreviewLink
from tests.factories import make_draft, make_file, make_image, make_publication, make_scheduled, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    draft = make_draft("Tide tables", image=make_image("A gauge"))
    draft.report = make_file(draft)
    return draft


def make_link(publication, **fields):
    return PreviewLink.objects.create(publication=publication, label="Reviewers", **fields)


def test_link_opens_the_page_its_picture_and_its_file_and_nothing_else(client, draft):
    link = make_link(draft)
    page = client.get(link.get_absolute_url())
    html = page.content.decode()
    assert "Tide tables" in html and "Preview, not for circulation" in html
    picture = re.search(r'<img[^>]* src="([^"]+)"', html)[1]
    download = re.search(r'href="([^"]+report[^"]+)"', html)[1]
    for address in (picture, download):
        assert client.get(address).status_code == 200, address
        assert client.get(address.partition("?")[0]).status_code == 404, address
    other = make_draft("Another", image=make_image("Another gauge"))
    name = next(iter(other.image.rendition_names))
    assert client.get(other.get_absolute_url() + link.key).status_code == 404
    assert client.get(other.image.rendition_url(name) + link.key).status_code == 404
    assert "Tide tables" not in client.get("/publications/" + link.key).content.decode()


def test_preview_is_kept_and_indexed_by_nobody_and_told_to_no_other_site(client, draft):
    link = make_link(draft)
    for address in (link.get_absolute_url(), draft.report.get_absolute_url() + link.key):
        answer = client.get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


@pytest.mark.parametrize(
    "fields",
    [{"is_ended": True}, {"expires_at": timezone.now() - dt.timedelta(seconds=1)}],
    ids=["ended", "expired"],
)
def test_ended_link_opens_nothing_and_says_whom_to_ask(client, draft, fields):
    link = make_link(draft, **fields)
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 404
    assert "ask whoever sent you the link" in answer.content.decode()
    assert "Tide tables" not in answer.content.decode()
    assert client.get(draft.report.get_absolute_url() + link.key).status_code == 404


@pytest.mark.parametrize("token", ["", "nonsense", "%00", "a" * 3000])
def test_made_up_key_opens_nothing(client, draft, token):
    make_link(draft)
    assert client.get(f"{draft.get_absolute_url()}?preview={token}").status_code == 404


def test_link_ends_by_itself_after_two_weeks(client, draft):
    link = make_link(draft)
    with time_machine.travel(timezone.now() + dt.timedelta(days=13), tick=False):
        assert client.get(link.get_absolute_url()).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=15), tick=False):
        assert client.get(link.get_absolute_url()).status_code == 404


def test_page_of_a_public_item_is_the_same_with_a_link(client):
    publication = make_publication("Open to all")
    html = client.get(make_link(publication).get_absolute_url()).content.decode()
    assert "Open to all" in html and "not for circulation" not in html


@pytest.mark.parametrize("group", ["Author", "Editor", "Administrator"])
def test_staff_make_copy_and_end_a_link_in_the_admin(client, group):
    item = make_scheduled("Next week")
    client.force_login(make_staff(group))
    form = client.get(f"/admin/publications/publication/{item.pk}/change/").content.decode()
    add = re.search(r'href="([^"]*previewlink/add[^"]*)"', form)[1]
    assert client.get(add).status_code == 200
    end = timezone.localdate() + dt.timedelta(days=3)
    data = {"publication": item.pk, "label": "Press", "expires_at_0": end, "expires_at_1": "12:00:00"}
    assert client.post(add, data).status_code == 302
    link = PreviewLink.objects.get()
    assert link.created_by
    change = f"/admin/publications/previewlink/{link.pk}/change/"
    assert f"http://testserver{link.get_absolute_url()}" in client.get(change).content.decode()
    assert client.get(link.get_absolute_url()).status_code == 200
    assert client.post(change, data | {"is_ended": "on"}).status_code == 302
    client.logout()
    assert client.get(link.get_absolute_url()).status_code == 404


def test_link_cannot_be_turned_to_another_item(client, draft):
    client.force_login(make_staff("Editor"))
    link, other = make_link(draft), make_draft("Another")
    data = {"publication": other.pk, "label": "Press", "expires_at_0": "2099-01-01", "expires_at_1": "12:00"}
    client.post(f"/admin/publications/previewlink/{link.pk}/change/", data)
    assert PreviewLink.objects.get().publication == draft
