# A page asks several questions, and others may change what it shows between any two of them: that must be no error, and
# show nothing that was hidden all the while.
import pytest
from django.db import connection, transaction

from publications.models import Publication
from tests.factories import make_draft, make_publication, make_withdrawn
from tests.test_hidden_items import Hidden

pytestmark = pytest.mark.django_db
LATER = "Ouagadougou"  # in what becomes of an item once it is a draft, and in nothing else


def make_draft_of(item):
    item.state, item.published_at, item.title, item.summary = "draft", None, LATER, LATER
    item.save()


def publish(item):
    item.state, item.published_at = "published", item.created_at
    item.save()


CHANGES = {
    "published item becomes a draft": (make_publication, make_draft_of),
    "published item is deleted": (make_publication, Publication.delete),
    "withdrawn item becomes a draft": (make_withdrawn, make_draft_of),
    "withdrawn item is deleted": (make_withdrawn, Publication.delete),
    "draft is published": (make_draft, publish),
}


class Before:
    """Changes an item before the question of this number is asked."""

    def __init__(self, number, change, item):
        self.number, self.change, self.item, self.asked = number, change, item, 0

    def __call__(self, execute, *question):
        self.asked += 1
        if self.asked == self.number:
            self.change(Publication.objects.get(pk=self.item.pk))
        return execute(*question)


@pytest.mark.parametrize(("make", "change"), CHANGES.values(), ids=CHANGES)
def test_item_that_changes_while_a_page_is_made_is_no_error(client, settings, make, change):
    settings.TOPICHUB_PAGE_CACHE = False
    world, changes = Hidden(make), 0
    addresses = [*world.own_addresses(), *world.lists()]
    for address in addresses:
        before = Before(1, change, world.item)
        while get(client, address, before):
            changes += 1
            before = Before(before.number + 1, change, world.item)
    assert changes > len(addresses)


def get(client, address, before) -> bool:
    """Whether so many questions were asked that the change was made; it is taken back afterwards."""
    with transaction.atomic(), connection.execute_wrapper(before):
        response = client.get(address)
        assert LATER not in response.getvalue().decode(errors="replace"), (address, before.number)
        transaction.set_rollback(True)
    return before.asked >= before.number
