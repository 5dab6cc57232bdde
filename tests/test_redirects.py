# Addresses that never break.
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications.models import ContentType, Redirect
from publications.models.slugs import make_slug
from tests.factories import make_draft, make_file, make_person, make_publication, make_topic

pytestmark = pytest.mark.django_db


def rename(row, slug):
    row = type(row).objects.get(pk=row.pk)
    row.slug = slug
    row.full_clean()
    row.save()
    return row


def test_every_former_address_leads_to_the_page_in_one_hop(client):
    rows = [
        make_topic("First"),
        make_publication("First"),
        make_person("First"),
        ContentType.objects.get(slug="tool"),
    ]
    make_publication(authors=[rows[2]])
    for row in rows:
        first = row.get_absolute_url()
        second = rename(row, "second").get_absolute_url()
        third = rename(row, "third").get_absolute_url()
        for old in (first, second):
            response = client.get(f"{old}?page=1&x=y")
            assert response.status_code == 301
            assert response["Location"] == f"{third}?page=1&x=y"
        assert client.get(third).status_code == 200


def test_going_back_to_a_former_address_makes_no_loop(client):
    topic = make_topic("First")
    rename(topic, "second")
    rename(topic, "first")
    assert client.get("/topics/first/").status_code == 200
    assert client.get("/topics/second/")["Location"] == "/topics/first/"


def test_file_moves_with_its_publication(client):
    publication = make_publication("First")
    make_file(publication, label="Report")
    rename(publication, "second")
    assert client.get("/publications/first/report.pdf")["Location"] == "/publications/second/report.pdf"


def test_former_address_of_a_hidden_item_tells_nothing(client):
    draft = rename(make_draft("First"), "second")
    assert client.get("/publications/first/").status_code == 404
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_retired_address_is_given_to_nobody_else():
    rename(make_publication("First"), "second")
    assert make_publication("First").slug == "first-2"
    taken = make_publication("Third")
    taken.slug = "first"
    with pytest.raises(ValidationError, match="belongs, or once belonged, to another page"):
        taken.full_clean()


def test_redirect_goes_with_its_page():
    publication = rename(make_publication("First"), "second")
    publication.delete()
    assert not Redirect.objects.exists()
    assert make_publication("First").slug == "first"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Who pays? Cost-sharing in 12 towns", "who-pays-cost-sharing-in-12-towns"),
        ("Ökonomie & Küste", "okonomie-kuste"),
        ("Ήσυχα λιμάνια", "isycha-limania"),
        ("?!", "item"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 200, "x" * 80),
    ],
)
def test_slug_is_short_lower_case_ascii_in_any_script(title, slug):
    assert make_slug(title) == slug


def test_items_of_one_title_get_numbered_addresses_without_a_look_at_each():
    slugs = [make_publication("Tide").slug for _ in range(2)]
    with CaptureQueriesContext(connection) as for_the_third:
        slugs.append(make_publication("Tide").slug)
    slugs += [make_publication("Tide").slug for _ in range(9)]
    assert slugs[:3] + slugs[-1:] == ["tide", "tide-2", "tide-3", "tide-12"]
    with CaptureQueriesContext(connection) as for_the_thirteenth:
        assert make_publication("Tide").slug == "tide-13"
    assert len(for_the_thirteenth) == len(for_the_third)
