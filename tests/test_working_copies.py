# A change to a live item is prepared beside it, in a second row that nobody takes for an item.
import pytest
from django.db import IntegrityError, connection, transaction

from publications.models import ContentType, Publication
from tests.factories import (
    make_copy,
    make_person,
    make_publication,
    make_staff,
    make_topic,
)
from tests.forms import controls

pytestmark = pytest.mark.django_db
ADMIN = "/admin/publications/publication/"


@pytest.fixture
def live():
    return make_publication(
        "Tide tables", topics=[make_topic("Coast")], doi="10.5555/tides", import_id="old-7", language="fr"
    )


@pytest.fixture
def copy(live):
    return make_copy(
        live, title="Zanzibar tables", topics=live.topics.all(), authors=[make_person("Ada Zanzibar")]
    )


@pytest.mark.parametrize(
    "address",
    [
        ADMIN,
        f"{ADMIN}?q=Zanzibar",
        f"{ADMIN}?state=draft",
        "/publications/",
        "/publications/?state=draft",
        "/publications/?q=Zanzibar",
        "/publications/suggestions.json?q=Zanz",
        "/publications/export.csv",
        "/publications/export.json?state=draft",
        "/admin/autocomplete/?app_label=publications&model_name=publication&field_name=lead&term=tables",
        "/admin/autocomplete/?app_label=publications&model_name=publication&field_name=translation_of&term=",
        "/admin/autocomplete/?app_label=publications&model_name=publication&field_name=replaced_by&term=tables",
        "/admin/autocomplete/?app_label=publications&model_name=featureditem&field_name=publication&term=tables",
        "/admin/autocomplete/?app_label=publications&model_name=previewlink&field_name=publication&term=tables",
    ],
)
def test_a_change_is_no_second_item_in_any_list_of_staff(client, copy, address):
    client.force_login(make_staff())
    text = client.get(address).getvalue().decode()
    assert "Zanzibar tables" not in text, address


def test_a_change_is_in_no_count_of_staff(client, copy):
    client.force_login(make_staff())
    overview = client.get("/admin/").context
    counted = {key: number for key, _, number in overview["states"] if number != "0"}
    assert counted == {"published": "1"}
    assert {each.slug: each.number for each in overview["types"]}["report"] == 1
    assert client.get(ADMIN).context["cl"].result_count == 1
    people = client.get("/admin/publications/person/").content.decode()
    assert "No publication" in people, "its author wrote nothing that is an item"


def test_the_address_opens_the_live_item_for_staff_too(client, live, copy):
    client.force_login(make_staff())
    assert client.get(live.get_absolute_url()).context["publication"] == live


def test_a_change_has_a_form(client, copy):
    client.force_login(make_staff())
    assert controls(client.get(f"{ADMIN}{copy.pk}/change/"))["title"] == ["Zanzibar tables"]


def test_addresses_and_names_are_unique_among_the_items_themselves(live, copy):
    copy.full_clean()
    taken = {"slug": live.slug, "doi": live.doi, "import_id": live.import_id}
    for field, value in taken.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            fields = {"content_type": live.content_type, "slug": "other"} | {field: value}
            Publication.objects.bulk_create([Publication(title="Another", **fields)])


def test_there_is_one_change_to_an_item_at_a_time(live, copy):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_copy(live)


def test_a_change_is_never_public(copy):
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.with_copies.filter(pk=copy.pk).update(state="published")


def test_a_change_may_have_another_address_but_leaves_no_redirect(live, copy):
    other = make_publication("Buoys")
    copy.slug = "tables-of-tides"
    copy.full_clean()
    copy.save()
    assert not live.former_slugs.exists() and not copy.former_slugs.exists()
    copy.slug = other.slug
    with pytest.raises(Exception, match="belongs, or once belonged"):
        copy.full_clean()


def test_an_item_goes_with_the_change_to_it(live, copy):
    live.delete()
    assert not Publication.with_copies.exists()
    assert ContentType.objects.get(slug="report").publications.count() == 0


def test_the_change_to_an_item_is_looked_up_by_an_index(live, copy):
    found = Publication.with_copies.filter(working_copy_of=live).order_by()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # which few rows are read by
        assert "publication_one_working_copy" in found.explain()
