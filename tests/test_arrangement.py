# What stands at the top of a topic and when, reckoned from an arrangement that need not be stored.
import random
from datetime import timedelta

import pytest
from django.utils import timezone

from publications.listing.arrangement import Arrangement
from publications.listing.cards import featured_in, newest_for
from publications.models import FeaturedItem
from tests.factories import make_draft, make_featured, make_publication, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def arranged(topic, now, days=30):
    picks = list(topic.featured_items.select_related("publication", "image"))
    newest = newest_for(topic, topic.slots, now, now + timedelta(days=days))
    return Arrangement(topic.slots, topic.tops_up, picks, newest)


def titles(items):
    return [str(getattr(item, "publication", item)) for item in items]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_reckoned_is_what_the_page_shows_at_every_moment(seed):
    rng, now = random.Random(seed), timezone.now()
    topic = make_topic(slots=rng.randint(1, 4), tops_up=seed % 2 == 0)
    below = make_topic(parent=topic)

    def some_day(least):
        return now + timedelta(days=rng.randint(least, 20))

    items = [
        make_publication(topics=[rng.choice([topic, below])], published_at=some_day(-20)) for _ in range(14)
    ]
    items += [make_draft(topics=[topic]), make_withdrawn(topics=[topic])]
    for position, item in enumerate(rng.sample(items, 9)):
        start = rng.choice([None, some_day(-20)])
        end = rng.choice([None, (start or now) + timedelta(days=rng.randint(1, 9))])
        make_featured(topic, item, position=position, starts_at=start, ends_at=end)
    arrangement = arranged(topic, now)
    for hours in range(1, 24 * 25, 11):
        moment = now + timedelta(hours=hours)
        assert titles(arrangement.at(moment).cards) == titles(featured_in(topic, moment))


def test_stretches_lead_from_change_to_change_and_name_who_waits():
    now, topic = timezone.now(), make_topic(slots=2)
    days = [now + timedelta(days=number) for number in range(10)]
    make_featured(topic, make_publication("always"), position=0)
    make_featured(topic, make_publication("until the fourth"), position=1, ends_at=days[4])
    make_featured(topic, make_publication("waiting"), position=2, ends_at=days[6])
    make_featured(topic, make_publication("to come", published_at=days[5]), position=3)
    found = arranged(topic, now).stretches(now, days[9])
    assert [(one.start, one.end) for one in found] == [
        (now, days[4]),
        (days[4], days[5]),
        (days[5], days[6]),
        (days[6], days[9]),
    ]
    assert [(titles(one.top.picks), titles(one.top.waiting), one.top.empty) for one in found] == [
        (["always", "until the fourth"], ["waiting"], 0),
        (["always", "waiting"], [], 0),
        (["always", "waiting"], ["to come"], 0),
        (["always", "to come"], [], 0),
    ]


def test_empty_places_are_filled_by_what_will_be_the_newest_then():
    now, topic = timezone.now(), make_topic(slots=2, tops_up=True)
    make_publication("old", topics=[topic])
    make_publication("to come", topics=[topic], published_at=now + timedelta(days=2))
    pick = FeaturedItem(topic=topic, publication=make_publication("picked"), ends_at=now + timedelta(days=3))
    arrangement = arranged(topic, now)
    arrangement.picks = [pick]
    tops = [one.top for one in arrangement.stretches(now, now + timedelta(days=9))]
    assert [(titles(top.picks), titles(top.filling)) for top in tops] == [
        (["picked"], ["old"]),
        (["picked"], ["to come"]),
        ([], ["to come", "old"]),
    ]
