# Who may do what in the admin, and what its forms refuse or complete.

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from publications.models import Image, Person, Publication
from tests.factories import (
    jpeg,
    make_draft,
    make_image,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, errors, submit

pytestmark = pytest.mark.django_db
PUBLICATIONS = "/admin/publications/publication/"
State = Publication.State


def change(obj):
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


@pytest.fixture
def sign_in(client):
    def as_member_of(group=None):
        user = make_staff(group)
        client.force_login(user)
        return user

    return as_member_of


# Who may do what


@pytest.mark.parametrize("make", [make_publication, make_scheduled, make_withdrawn])
def test_author_sees_but_cannot_change_what_was_published(client, sign_in, make):
    sign_in("Author")
    item = make("Level of the Sea", body="<p>The <strong>body</strong>.</p>")
    page = client.get(change(item))
    assert not page.context["has_change_permission"]
    assert "<strong>body</strong>" in page.content.decode()
    assert client.post(change(item), {"title": "Mine"}).status_code == 403
    item.refresh_from_db()
    assert item.title == "Level of the Sea"


def test_author_may_not_delete(client, sign_in):
    sign_in("Author")
    draft = make_draft()
    assert client.post(f"{PUBLICATIONS}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Publication.objects.filter(pk=draft.pk).exists()


# Publication form


def test_new_item_knows_who_made_it(client, sign_in):
    editor = sign_in("Editor")
    submit(client, f"{PUBLICATIONS}add/", title="New  words\nin a title", content_type="1")
    made = Publication.objects.get()
    assert (made.created_by, made.changed_by, made.title) == (editor, editor, "New words in a title")


def test_doi_is_taken_out_of_a_pasted_address_and_refused_when_taken(client, sign_in):
    sign_in("Editor")
    draft = make_draft()
    submit(client, change(draft), doi="https://doi.org/10.5555/tide-1")
    draft.refresh_from_db()
    assert draft.doi == "10.5555/tide-1"
    response = submit(client, change(make_draft()), doi="10.5555/tide-1")
    assert "belongs to another item" in str(errors(response)["doi"])


def test_address_of_another_page_is_refused_beside_the_field(client, sign_in):
    sign_in("Editor")
    make_publication(slug="tides")
    response = submit(client, change(make_draft()), slug="tides")
    assert "slug" in errors(response)


def test_refused_form_with_everything_emptied_still_shows(client, sign_in):
    sign_in("Editor")
    item = make_publication("Level of the Sea")
    response = submit(client, change(item), title="", slug="", published_at_0="nonsense")
    assert set(errors(response)) == {"title", "published_at"}
    assert "Level of the Sea" in response.content.decode()


def test_what_must_be_mended_is_listed_with_links_to_its_fields(client, sign_in):
    sign_in("Editor")
    item = make_publication(authors=[make_person()])
    wrong = {"title": "", "published_at_0": "nonsense", "authorships-0-person": "999999"}
    html = submit(client, change(item), **wrong).content.decode()
    listed = html.partition('class="error-links"')[2].partition("</ul>")[0]
    fields = re.findall(r'href="#([^"]+)"', listed)
    assert fields == ["id_title", "id_published_at_0", "id_authorships-0-person"]
    assert all(f'id="{field}"' in html for field in fields)
    assert "Title</a>: This field is required." in listed and "Author 1, Person</a>: " in listed
    assert 'class="error-links"' not in client.get(change(item)).content.decode()


def test_view_on_site_is_offered_for_a_draft(client, sign_in):
    sign_in("Author")
    draft = make_draft()
    assert f'href="{draft.get_absolute_url()}"' in client.get(change(draft)).content.decode()


def test_authors_are_saved_in_the_order_of_their_numbers(client, sign_in):
    sign_in("Author")
    first, second = make_person("Ada First"), make_person("Bo Second")
    draft = make_draft(authors=[first, second])
    submit(client, change(draft), **{"authorships-0-position": "7", "authorships-1-position": "3"})
    rows = list(draft.authorships.values_list("person__name", "position"))
    assert rows == [("Bo Second", 0), ("Ada First", 1)]


def test_same_author_twice_is_refused_in_words(client, sign_in):
    sign_in("Author")
    draft = make_draft(authors=[make_person(), make_person()])
    person = str(draft.authorships.first().person_id)
    response = submit(client, change(draft), **{"authorships-1-person": person})
    assert "listed twice" in response.content.decode()


# Pictures


def test_upload_that_is_no_picture_is_explained_beside_the_field(client, sign_in):
    sign_in("Author")
    drawing = jpeg(name="chart.jpg")
    drawing.file.seek(0)
    drawing.file.write(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    drawing.file.truncate()
    drawing.file.seek(0)
    response = submit(
        client, "/admin/publications/image/add/", file=drawing, caption="The words stay", credit="Photo: me"
    )
    assert "file" in errors(response)
    assert "The words stay" in response.content.decode()
    assert not Image.objects.exists()


def test_upload_is_stored_with_renditions_and_its_maker(client, sign_in):
    author = sign_in("Author")
    submit(client, "/admin/publications/image/add/", file=jpeg(), alternative_text="A quay at dusk")
    image = Image.objects.get()
    assert image.created_by == author
    assert image.renditions["webp"]


def test_preview_of_a_picture_is_for_those_who_may_see_it(client, sign_in):
    image = make_image("A quay at dusk", file="")
    address = reverse("admin:publications_image_preview", args=[image.pk])
    assert client.get(address).status_code == 302
    sign_in("Author")
    assert "A quay at dusk" in client.get(address).content.decode()
    assert client.get(reverse("admin:publications_image_preview", args=[image.pk + 1])).status_code == 404


# People, topics, accounts


def test_wrong_orcid_is_explained(client, sign_in):
    sign_in("Editor")
    response = submit(client, change(make_person()), orcid="0000-0002-1825-0098")
    assert "typing error" in str(errors(response)["orcid"])
    assert not Person.objects.exclude(orcid="").exists()


def test_topic_below_itself_is_refused_beside_the_field(client, sign_in):
    sign_in("Editor")
    water = make_topic("Water")
    flood = make_topic("Flood", parent=water)
    assert "parent" in errors(submit(client, change(water), parent=str(flood.pk)))


def test_administrator_cannot_make_or_touch_a_superuser(client, sign_in):
    boss = make_staff(username="boss")
    keeper = sign_in("Administrator")
    assert "is_superuser" not in controls(client.get(change(keeper)))
    submit(client, change(keeper), is_superuser="on")
    keeper.refresh_from_db()
    assert not keeper.is_superuser
    assert client.post(change(boss), {"username": "mine"}).status_code == 403
    assert client.get(f"/admin/auth/user/{boss.pk}/password/").status_code == 403
    assert client.post(f"/admin/auth/user/{boss.pk}/delete/", {"post": "yes"}).status_code == 403
    assert get_user_model().objects.filter(username="boss").exists()


def test_administrator_puts_a_colleague_into_a_group(client, sign_in):
    sign_in("Administrator")
    colleague = make_staff("Author")
    group = Group.objects.get(name="Editor")
    assert submit(client, change(colleague), groups=[str(group.pk)]).status_code == 302
    assert list(colleague.groups.all()) == [group]


def test_sign_in_page_bears_the_name_of_the_site(client, settings):
    page = client.get("/admin/login/").content.decode()
    assert f"For the staff of {settings.TOPICHUB_SITE_NAME}" in page
