# The list of everything as staff have it: what is public and what is hidden from readers, in one order.
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications.addresses import open_list
from publications.dates import midnight, parse_period
from publications.listing.paging import PER_PAGE
from publications.models import Publication
from tests.factories import make_copy, make_draft, make_publication, make_role, make_staff, make_topic

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
TYPES = ("report", "tool", "commentary")
UNDATED = ("draft", "in_review")
STATES = (*UNDATED, "published", "published", "published", "withdrawn", "removed")
CHOSEN_STATES = (
    (),
    ("published",),
    ("draft",),
    ("published", "scheduled"),
    ("in_review", "withdrawn", "merged"),
)


@pytest.fixture
def world():
    """Two topics and one within the first; items of all states, many of one moment, and some whose time has not come."""
    chance = random.Random(7)
    coast, space = make_topic("Coast"), make_topic("Space")
    topics = [coast, space, make_topic("Walls", parent=coast)]
    moments = [NOW + timedelta(days=days) for days in (-900, -400, -400, -31, -1, 0, 5, 400)]
    for _ in range(170):
        state = chance.choice(STATES)
        at = None if state in UNDATED and chance.random() < 0.5 else chance.choice(moments)
        some = chance.sample(topics, chance.choice([0, 1, 1, 2]))
        make_publication(topics=some, state=state, type=chance.choice(TYPES), published_at=at)
    live = make_publication("Live", topics=[space], published_at=NOW - timedelta(days=2))
    make_copy(live, title="Change to it")
    make_publication("Merged", state="merged", replaced_by=live, published_at=NOW - timedelta(days=3))
    return topics


def plain(user, parents):
    """(date, key, type, state, the topics it is listed in) of all that this user may see, the newest first."""
    rows = []
    for item in Publication.objects.visible_to(user, NOW).prefetch_related("topics", "content_type"):
        topics = {topic.slug for topic in item.topics.all()}
        topics |= {parents[slug] for slug in topics if slug in parents}
        state = "scheduled" if item.state == "published" and item.published_at > NOW else item.state
        rows.append((item.published_at or LATEST, item.pk, item.content_type.slug, state, topics))
    return sorted(rows, reverse=True, key=lambda row: row[:2])


def under(rows, *, types=(), topics=(), states=(), days=("", "")):
    first, last = (parse_period(day) if day else None for day in days)
    start = midnight(first.first) if first else None
    end = midnight(last.last, days=1) if last else None
    return [
        row
        for row in rows
        if (not types or row[2] in types)
        and (not topics or row[4].intersection(topics))
        and (not states or row[3] in states)
        and (not (start or end) or row[0] != LATEST and (start or row[0]) <= row[0] < (end or LATEST))
    ]


@pytest.mark.parametrize("who", ["staff", "role"])
@pytest.mark.parametrize("sort", ["", "oldest"])
def test_what_staff_find_is_what_the_plain_definition_says(world, who, sort):
    user = make_staff() if who == "staff" else make_role(world[0])
    rows = plain(user, {"walls": "coast"})
    choices = product(
        ((), ("report",), ("tool", "commentary")),
        ((), ("coast",), ("space", "walls")),
        CHOSEN_STATES,
        (("", ""), ("2025", ""), ("2024", "2026-06-14"), ("", "2026")),
    )
    for types, topics, states, days in choices:
        query = QueryDict(mutable=True)
        for name, values in (("type", types), ("topic", topics), ("state", states)):
            query.setlist(name, values)
        query["from"], query["to"], query["sort"] = *days, sort
        chosen = {"types": types, "topics": topics, "states": states, "days": days}
        wanted = [row[1] for row in under(rows, **chosen)][:: -1 if sort else 1]
        for number in range(1, max(1, -(-len(wanted) // PER_PAGE)) + 1):
            query["page"] = str(number)
            listing, _ = open_list(query, NOW, user=user)
            page = wanted[(number - 1) * PER_PAGE : number * PER_PAGE]
            assert [item.pk for item in listing.page.rows] == page, query.urlencode()
        assert listing.total == len(wanted)
        assert list(listing.ordered.values_list("pk", flat=True)) == wanted
        without = {name: under(rows, **chosen | {name: ()}) for name in ("types", "topics", "states")}
        without["days"] = under(rows, **chosen | {"days": ("", "")})
        types_wanted = Counter(row[2] for row in without["types"])
        assert {one.content_type.slug: one.count for one in listing.type_counts} == types_wanted
        years = Counter(timezone.localtime(row[0]).year for row in without["days"] if row[0] != LATEST)
        assert listing.year_counts == years
        by_topic = Counter(topic for row in without["topics"] for topic in row[4])
        assert {topic.slug: topic.count for topic in listing.topic_counts} == by_topic
        by_state = Counter(row[3] for row in without["states"])
        assert {state: n for state, _, n in listing.state_choices if n} == by_state


def test_what_is_public_is_neither_read_nor_counted_for_staff(client):
    client.force_login(make_staff())
    topic = make_topic("Coast")
    for number in range(30):
        make_publication(f"Public {number}", topics=[topic])
    make_draft("Hidden", topics=[topic])
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/publications/?topic=coast&type=report").content.decode()
    assert "1–20 of 31" in page and "Hidden" in page
    read = [query["sql"] for query in captured if 'FROM "publications_publication"' in query["sql"]]
    assert read and not [sql for sql in read if "COUNT(" in sql]
    assert sum("\"state\" = 'published'" in sql for sql in read) == 0
