# Entries and tallies follow every change; two commands check them and make them anew.
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from publications.models import ContentType, Entry, Publication, Tally, Topic
from tests.factories import make_draft, make_publication, make_scheduled, make_staff, make_topic
from tests.forms import submit

pytestmark = pytest.mark.django_db


def check():
    """What check_listing says; the empty string when all is well."""
    output = StringIO()
    try:
        call_command("check_listing", stdout=output)
    except SystemExit as ending:
        assert ending.code == 1
        return output.getvalue()
    assert output.getvalue() == "All lists are as they should be.\n"
    return ""


@pytest.fixture
def tree():
    """Coast > Walls > Joints, and Water, with an item in each pair of neighbours and one scheduled."""
    coast = make_topic("Coast")
    walls = make_topic("Walls", parent=coast)
    joints = make_topic("Joints", parent=walls)
    water = make_topic("Water")
    for topics in ((coast, walls), (walls, joints), (joints, water), ()):
        make_publication(topics=topics, published_at=datetime(2020, 12, 31, 23, 59, tzinfo=UTC))
    make_scheduled(topics=[joints])
    make_draft(topics=[joints])
    return coast, walls, joints, water


def lists_of(publication):
    return sorted(Entry.objects.filter(publication=publication).values_list("topic", flat=True))


def test_an_item_stands_once_in_each_list_it_belongs_to(tree):
    coast, walls, joints, water = tree
    item = make_publication(topics=[joints, walls, water])
    assert lists_of(item) == sorted([0, coast.pk, walls.pk, joints.pk, water.pk])
    assert lists_of(make_scheduled(topics=[water])) == [0, water.pk]
    assert lists_of(make_draft(topics=[water])) == []
    assert check() == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda item, tree: setattr(item, "state", "withdrawn"),
        lambda item, tree: setattr(item, "state", "draft"),
        lambda item, tree: setattr(item, "published_at", datetime(2031, 1, 1, tzinfo=UTC)),
        lambda item, tree: setattr(item, "content_type", ContentType.objects.get(slug="tool")),
    ],
)
def test_saving_an_item_keeps_its_lists(tree, change):
    item = Publication.objects.filter(topics=tree[0]).first()
    before = sorted(Entry.objects.filter(publication=item).values_list())
    change(item, tree)
    item.save()
    assert sorted(Entry.objects.filter(publication=item).values_list()) != before
    assert check() == ""


def test_form_of_an_item_keeps_its_lists(client, tree):
    coast, walls, joints, water = tree
    item = Publication.objects.filter(topics=coast).first()
    client.force_login(make_staff())
    address = f"/admin/publications/publication/{item.pk}/change/"
    assert submit(client, address, topics=[str(water.pk)]).status_code == 302
    assert lists_of(item) == [0, water.pk]
    assert check() == ""


def test_moved_and_deleted_topics_take_their_items_along(tree):
    coast, walls, joints, water = tree
    walls.parent = water
    walls.save()
    assert Entry.objects.filter(topic=coast.pk).count() == 1
    assert Entry.objects.filter(topic=water.pk).count() == 4
    assert check() == ""
    joints.delete()
    assert not Entry.objects.filter(topic=joints.pk).exists()
    assert check() == ""
    Topic.objects.filter(pk=walls.pk).delete()
    assert check() == ""


def test_deleted_items_leave_every_list(tree):
    Publication.objects.filter(topics=tree[0]).first().delete()
    assert check() == ""
    Publication.objects.all().delete()
    assert not Entry.objects.exists() and not Tally.objects.exists()


def test_check_says_what_is_wrong_and_rebuilding_mends_it(tree):
    make_publication("Unlisted").topics.add(tree[0])
    Tally.objects.filter(topic=0, period=0).update(n=70)
    Tally.objects.create(topic=10**6, type=1, period=0, n=1)
    Entry.objects.create(publication_id=10**6, topic=0, type=1, published_at=datetime(2020, 1, 1, tzinfo=UTC))
    Entry.objects.filter(topic=tree[3].pk).delete()
    said = check()
    assert f"entry missing: publication_id {Publication.objects.get(title='Unlisted').pk}, topic" in said
    assert "tally too many: topic 0, type 1, period 0, n 70" in said
    call_command("rebuild_listing", stdout=StringIO())
    assert check() == ""


def test_a_long_list_of_differences_is_cut_short(tree):
    Tally.objects.all().delete()
    *lines, last = check().splitlines()
    assert len(lines) == 20
    assert last.startswith("… and ")


def test_change_of_the_time_zone_is_noticed_and_months_are_counted_anew(tree, settings):
    assert Tally.objects.filter(topic=0, period=202012).exists()
    settings.TIME_ZONE = "Asia/Tokyo"
    assert "Months are counted in UTC, and the site is in Asia/Tokyo now." in check()
    call_command("rebuild_listing", stdout=StringIO())
    assert check() == ""
    assert not Tally.objects.filter(topic=0, period=202012).exists()
    assert Tally.objects.filter(topic=0, period=202101).exists()
