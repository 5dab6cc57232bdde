# Preview links: somebody without an account sees what is hidden, an item or a list, until the link ends.
import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from publications.models import Image, PreviewLink
from tests.factories import (
    make_draft,
    make_featured,
    make_file,
    make_image,
    make_publication,
    make_role,
    make_scheduled,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    draft = make_draft("Tide tables", image=make_image("A gauge"))
    draft.report = make_file(draft)
    return draft


def make_link(publication, **fields):
    fields.setdefault("created_by", make_staff("Editor"))
    return PreviewLink.objects.create(publication=publication, label="Reviewers", **fields)


def behind(link, address):
    return link.within + address.removeprefix("/")


def test_link_opens_the_page_its_picture_and_its_file_and_nothing_else(client, draft):
    link = make_link(draft)
    page = client.get(link.get_absolute_url())
    html = page.content.decode()
    assert "Tide tables" in html and "Preview, not for circulation" in html
    picture = re.search(r'<img[^>]* src="([^"]+)"', html)[1]
    download = re.search(r'href="([^"]+report[^"]+)"', html)[1]
    for address in (picture, download):
        assert client.get(address).status_code == 200, address
        assert client.get("/" + address.removeprefix(link.within)).status_code == 404, address
    other = make_draft("Another", image=make_image("Another gauge"))
    name = next(iter(other.image.rendition_names))
    for hidden in (other.get_absolute_url(), other.image.rendition_url(name)):
        assert_leads_to_what_readers_get(client, link, hidden)
        assert client.get(hidden).status_code == 404
    for address in ("/publications/", "/topics/", "/publications/feed.atom", "/admin/", "/nothing/"):
        assert_leads_to_what_readers_get(client, link, address)


def test_preview_is_kept_and_indexed_by_nobody_and_told_to_no_other_site(client, draft):
    link = make_link(draft)
    topic = make_list_link(make_topic("Coast").get_absolute_url())
    files = behind(link, draft.report.get_absolute_url())
    for address in (link.get_absolute_url(), files, topic.get_absolute_url(), behind(link, "/topics/")):
        answer = client.get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


@pytest.mark.parametrize(
    "fields",
    [{"is_ended": True}, {"expires_at": timezone.now() - dt.timedelta(seconds=1)}, {"created_by": None}],
    ids=["ended", "expired", "without its maker"],
)
def test_ended_link_opens_nothing_and_says_whom_to_ask(client, draft, fields):
    link = make_link(draft, **fields)
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 404
    assert "ask whoever sent you the link" in answer.content.decode()
    assert "Tide tables" not in answer.content.decode()
    assert client.get(behind(link, draft.report.get_absolute_url())).status_code == 404


def assert_leads_to_what_readers_get(client, link, address):
    answer = client.get(behind(link, address))
    assert (answer.status_code, answer["Location"]) == (302, address)


@pytest.mark.parametrize("token", ["", "nonsense", "%00", "a" * 3000])
def test_made_up_key_opens_nothing(client, draft, token):
    make_link(draft)
    assert client.get(f"/preview/{token}{draft.get_absolute_url()}").status_code == 404


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


def test_link_ends_with_the_rights_of_its_maker(client, draft):
    maker = make_staff("Editor")
    link = make_link(draft, created_by=maker)
    assert client.get(link.get_absolute_url()).status_code == 200
    maker.groups.clear()
    assert client.get(link.get_absolute_url()).status_code == 404


def test_link_cannot_be_turned_to_another_item(client, draft):
    client.force_login(make_staff("Editor"))
    link, other = make_link(draft), make_draft("Another")
    data = {"publication": other.pk, "label": "Press", "expires_at_0": "2099-01-01", "expires_at_1": "12:00"}
    client.post(f"/admin/publications/previewlink/{link.pk}/change/", data)
    assert PreviewLink.objects.get().publication == draft


# Lists


MOMENT = timezone.now().replace(microsecond=0) + dt.timedelta(days=3)


def make_list_link(address, **fields):
    return make_link(None, address=address, moment=MOMENT, **fields)


@pytest.fixture
def coast():
    """One item comes before the moment and one after it, and one stands elsewhere; one is featured then."""
    coast = make_topic("Coast")
    coming = {"image": make_image("A quay"), "type": "report"}
    coast.coming = make_scheduled("Coming", topics=[coast], days=2, **coming)
    coast.report = make_file(coast.coming)
    coast.later = make_scheduled("Much later", topics=[coast], days=9, image=make_image("A wall"))
    coast.elsewhere = make_scheduled("Elsewhere", topics=[make_topic("Walls")], days=2)
    make_draft("Unwritten", topics=[coast])
    lead = make_scheduled("Lead of then", days=1, type="tool")
    make_featured(coast, lead, starts_at=MOMENT - dt.timedelta(hours=1), image=make_image("A gate"))
    return coast


def test_topic_page_is_shown_as_readers_will_see_it_with_its_items_pictures_and_files(client, coast):
    link = make_list_link("/topics/coast/")
    html = client.get(link.get_absolute_url()).content.decode()
    assert "Coming" in html and "Lead of then" in html
    assert "Preview, not for circulation" in html and "This list as readers will see it on" in html
    assert not {"Much later", "Elsewhere", "Unwritten"} & set(re.findall(r">([^<>]+)</a>", html))
    pictures = re.findall(r'<img[^>]* src="([^"]+)"', html)
    item = re.search(r'href="([^"]+)"[^>]*>Coming</a>', html)[1]
    assert len(pictures) == 2
    assert "Preview, not for circulation" in client.get(item).content.decode()
    for address in [*pictures, item, behind(link, coast.report.get_absolute_url())]:
        assert client.get(address).status_code == 200, address
        assert client.get("/" + address.removeprefix(link.within)).status_code == 404, address


def test_nothing_else_shows_through_a_list(client, coast):
    link = make_list_link("/topics/coast/")
    name = next(iter(coast.later.image.rendition_names))
    hidden = [each.get_absolute_url() for each in (coast.later, coast.elsewhere)]
    for address in [*hidden, coast.later.image.rendition_url(name), "/topics/walls/", "/publications/"]:
        assert_leads_to_what_readers_get(client, link, address)
    related = client.get(behind(link, coast.coming.get_absolute_url())).content.decode()
    assert "Much later" not in related and "Elsewhere" not in related
    narrow = make_list_link("/topics/coast/?type=tool")
    assert_leads_to_what_readers_get(client, narrow, coast.coming.get_absolute_url())


def test_filters_of_a_list_may_be_narrowed_and_not_widened(client, coast):
    link = make_list_link("/publications/?topic=coast")
    for query, shown in (("", True), ("&type=report", True), ("&topic=walls", False)):
        address = f"/publications/?topic=coast{query}"
        if shown:
            assert "Coming" in client.get(behind(link, address)).content.decode()
        else:
            assert_leads_to_what_readers_get(client, link, address)
    assert_leads_to_what_readers_get(client, link, "/publications/")


def test_list_under_a_new_address_is_still_shown(client, coast):
    link = make_list_link("/topics/coast/")
    coast.slug = "shore"
    coast.save()
    assert client.get(link.get_absolute_url(), follow=True).request["PATH_INFO"] == behind(
        link, "/topics/shore/"
    )


def test_openings_are_counted_and_nothing_personal_is_kept(client, coast):
    link, of_item = make_list_link("/topics/coast/"), make_link(coast.coming)
    for each in (link, of_item, link):
        client.get(each.get_absolute_url())
    client.get(behind(link, coast.report.get_absolute_url()))
    client.force_login(make_staff("Editor"))
    html = client.get("/admin/publications/previewlink/").content.decode()
    day = f"{timezone.localdate():%-d %b %Y}"
    rows = [
        " ".join(re.sub(r"<[^>]+>", "", row).split()) for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)
    ]
    assert any(f"2 times, last on {day}" in row for row in rows), rows
    assert any(f"once on {day}" in row for row in rows), rows


def test_staff_share_what_they_look_at(client, coast):
    client.force_login(make_staff("Editor"))
    page = client.get(f"/topics/coast/?type=report&at={MOMENT:%Y-%m-%dT%H:%M}").content.decode()
    add = re.search(r'href="([^"]*previewlink/add[^"]*)"', page)[1].replace("&amp;", "&")
    form = client.get(add).content.decode()
    assert 'value="/topics/coast/?type=report"' in form
    day = timezone.localtime(MOMENT)
    data = {"address": "/topics/coast/?page=2&type=report", "label": "Board"}
    data |= {"moment_0": day.date(), "moment_1": f"{day:%H:%M}"}
    data |= {"expires_at_0": day.date(), "expires_at_1": "23:00"}
    assert client.post(add, data).status_code == 302
    link = PreviewLink.objects.get()
    assert link.address == "/topics/coast/?type=report"
    client.logout()
    assert "Coming" in client.get(link.get_absolute_url()).content.decode()


def test_a_list_shared_by_somebody_with_a_role_shows_what_they_may_see(client, coast):
    wall = make_topic("Wall")
    hidden = make_scheduled("Rockets", topics=[wall], days=2, image=make_image("A rocket"))
    make_featured(wall, make_publication("Orbit"), starts_at=MOMENT, image=make_image("A comet"))
    person = make_role(coast, 2)
    client.force_login(person)
    day = timezone.localtime(MOMENT)
    add = "/admin/publications/previewlink/add/?address=/publications/"
    data = {"address": "/publications/", "label": "Board", "moment_0": day.date(), "moment_1": f"{day:%H:%M}"}
    data |= {"expires_at_0": day.date(), "expires_at_1": "23:00"}
    assert client.post(add, data).status_code == 302
    link = PreviewLink.objects.get()
    assert client.get(f"/admin/publications/previewlink/{link.pk}/change/").status_code == 200
    assert "Board" in client.get("/admin/publications/previewlink/").content.decode()
    client.force_login(make_role(coast))
    assert "Board" not in client.get("/admin/publications/previewlink/").content.decode()
    client.logout()
    html = client.get(link.get_absolute_url()).content.decode()
    assert "Coming" in html and "Rockets" not in html
    assert client.get(behind(link, coast.report.get_absolute_url())).status_code == 200
    name = next(iter(hidden.image.rendition_names))
    for address in (hidden.get_absolute_url(), hidden.image.rendition_url(name)):
        assert_leads_to_what_readers_get(client, link, address)
    top = make_list_link("/topics/wall/", created_by=person)
    comet = Image.objects.get(alternative_text="A comet")
    assert "A comet" not in client.get(top.get_absolute_url()).content.decode()
    assert_leads_to_what_readers_get(client, top, comet.rendition_url(name))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/people/", "no such list"),
        ("topics/coast/", "no such list"),
        ("/topics/nowhere/", "no such list"),
        ("/publications/?q=tide", "cannot hold words"),
        ("/topics/coast/?from=never", "never"),
    ],
)
def test_address_that_is_no_list_is_refused_beside_its_field(client, coast, address, words):
    client.force_login(make_staff("Editor"))
    data = {"address": address, "label": "Board", "moment_0": "2099-01-01", "moment_1": "09:00"}
    data |= {"expires_at_0": "2099-01-01", "expires_at_1": "23:00"}
    page = client.post("/admin/publications/previewlink/add/", data).content.decode()
    assert words in page.partition("field-address")[2].partition("field-moment")[0]


def test_a_link_is_ended_with_one_click_and_links_are_listed_by_state(client, coast):
    client.force_login(make_staff("Editor"))
    link = make_list_link("/topics/coast/")
    make_link(coast.later, expires_at=timezone.now() - dt.timedelta(days=1))
    html = client.get("/admin/publications/previewlink/?link=works").content.decode()
    client.post(re.search(r'formaction="([^"]+)"', html)[1])
    assert client.get(link.get_absolute_url()).status_code == 404
    for state, shown, hidden in (("ended", "/topics/coast/", "later"), ("expired", "Much later", "coast/")):
        rows = client.get(f"/admin/publications/previewlink/?link={state}").content.decode()
        rows = rows[rows.index("result_list") :]
        assert shown in rows and hidden not in rows
    assert "Nothing fits" in client.get("/admin/publications/previewlink/?link=works").content.decode()


def test_only_who_may_change_links_ends_one(client, coast):
    link = make_list_link("/topics/coast/")
    address = f"/admin/publications/previewlink/{link.pk}/end/"
    viewer = make_staff("Author")
    viewer.groups.clear()
    client.force_login(viewer)
    assert client.post(address).status_code == 404
    client.force_login(make_staff("Editor"))
    assert client.get(address).status_code == 405
    assert client.get(link.get_absolute_url()).status_code == 200
