# What a search costs does not grow with the collection, whatever is looked for, and what it finds is nevertheless
# what a look at every item would find.
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from publications.models import ContentType, Publication, Topic, TopicAncestry, index
from publications.search import postgresql_matching
from publications.search.documents import ROOM_FOR_KEYS, document_id, state_mark, topic_mark, type_mark
from publications.search.finding import MOST_FOUND, NEWEST, OLDEST, Found, Within
from publications.search.postgresql_matching import MOST_READ
from publications.search.query import parse

pytestmark = pytest.mark.django_db

FEW, MANY = 4_500, 13_500
START, DAYS = datetime(1990, 1, 1, 9, tzinfo=UTC), 365 * 30
NOW = START + timedelta(days=DAYS)


def words_of(number: int, at: datetime) -> str:
    """`left` in three of four, and `right` too, but never one after the other; `often` in one of seven; `relic` in the
    oldest fifth and nowhere else; `seldom` in twenty and `alone` in one."""
    words = ["left middle right" if number % 4 else "tide", f"word{number % 211}x"]
    words += ["seldom"] * (number % 200 == 7 and number < 4_000) + ["alone"] * (number == 77)
    words += ["relic"] * (at.year < 2003) + ["often"] * (number % 7 == 2)
    return " ".join(words)


def topics_of(place: int, topics) -> list[Topic]:
    """The first twenty that are made are of the small topic, one in two is of the coast, and one in five of harbours."""
    belongs = (place < 20, place % 2 == 0, place % 5 == 0)
    return [topic for topic, is_its in zip(topics, belongs, strict=True) if is_its]


def fill(size: int, known: int = 0) -> None:
    kinds, topics = list(ContentType.objects.order_by("pk")), list(Topic.objects.order_by("pk"))
    chance = random.Random(size)
    dates = [START + timedelta(days=chance.triangular(0, DAYS, DAYS)) for _ in range(known, size)]
    items = [
        Publication(
            title=f"Item {number}",
            slug=f"item-{number}",
            summary=words_of(number, at),
            content_type=kinds[number % 3],
            state="draft" if number % 50 == 3 else "published",
            published_at=at,
        )
        for number, at in enumerate(dates, known)
    ]
    made = Publication.objects.bulk_create(items)
    through = Publication.topics.through
    through.objects.bulk_create(
        through(publication=item, topic=topic)
        for place, item in enumerate(made)
        for topic in topics_of(place, topics)
    )
    index(item.pk for item in made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture(scope="module")
def costs(django_db_setup, django_db_blocker):
    """What each search costs among few and among many, and then the many, for what is asked of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("Small", "Coast", "Harbours"):
            Topic.objects.create(name=name, slug=name.lower())
        TopicAncestry.rebuild()
        fill(FEW)
        among_few = {name: cost(search) for name, search in SEARCHES.items()}
        fill(MANY, FEW)
        yield among_few, {name: cost(search) for name, search in SEARCHES.items()}
        transaction.set_rollback(True)
    connection.close()


def cost(search) -> int:
    """Pages of 8 KB read on PostgreSQL, tens of steps of its machine on SQLite: neither depends on the computer."""
    if connection.vendor == "sqlite":
        steps = []
        connection.connection.set_progress_handler(lambda: steps.append(1), 10)
        search()
        connection.connection.set_progress_handler(None, 0)
        return len(steps)
    return sum(map(buffers, statements_of(search)))


def statements_of(search) -> list:
    statements = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        search()
    return statements


def buffers(statement) -> int:
    sql, params = statement
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def within(*marks, first=None, last=NOW) -> Within:
    marks = [[state_mark("published")], *marks]
    return Within(
        tuple(map(tuple, marks)), first and document_id(first), document_id(last) + ROOM_FOR_KEYS - 1
    )


def of_topic(slug: str) -> str:
    return topic_mark(Topic.objects.get(slug=slug).pk)


def of_type(place: int) -> str:
    return type_mark(ContentType.objects.order_by("pk")[place].pk)


def types_and_topics(types, topics) -> list[list[str]]:
    """The groups of marks, as filters have them."""
    groups = [[of_type(place) for place in types], [of_topic(slug) for slug in topics]]
    return [group for group in groups if group]


SEARCHES = {
    "most of all": lambda: Found(parse("left"), within()).pks,
    "two common words": lambda: Found(parse("left right"), within()).pks,
    "oldest first": lambda: Found(parse("left"), within(), OLDEST).pks,
    "seldom": lambda: Found(parse("seldom"), within(), NEWEST).pks,
    "one": lambda: Found(parse("alone"), within()).pks,
    "in the oldest alone": lambda: Found(parse("relic"), within(), NEWEST).pks,
    "phrase that stands nowhere": lambda: Found(parse('"right left"'), within()).pks,
    "small topic": lambda: Found(parse("left"), within([of_topic("small")])).pks,
    "topic": lambda: Found(parse("left"), within([of_topic("coast")])).pks,
    "type": lambda: Found(parse("left"), within([of_type(1)])).pks,
    "topic and types": lambda: Found(parse("left"), within(*types_and_topics([0, 1], ["coast"]))).pks,
}


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_among_three_times_as_many_costs_hardly_more(costs, name):
    few, many = (among[name] for among in costs)
    assert few > 0
    assert many <= 2.5 * few + 20, (few, many)  # three times as many would cost three times as much


@pytest.mark.parametrize("most_read", [20, 200, MOST_READ])
def test_what_is_found_is_what_a_look_at_every_item_finds(costs, monkeypatch, most_read):
    """However few are read by one statement, on PostgreSQL: of the fewest, those of one month alone are."""
    monkeypatch.setattr(postgresql_matching, "MOST_READ", most_read)
    chance = random.Random(5)
    items = Publication.objects.filter(state="published").prefetch_related("topics")
    texts = [
        (item.published_at.replace(second=0, microsecond=0), item.pk, words_and_marks(item)) for item in items
    ]
    for words in [
        "left",
        "left right",
        "tide word7x",
        "often",
        "seldom",
        "relic",
        "relic left",
        "alone",
        "absent",
    ] * 8:
        first, last = sorted(START + timedelta(days=chance.randrange(DAYS)) for _ in range(2))
        first, last = chance.choice([(None, NOW), (first, NOW), (None, last), (first, last)])
        order = chance.choice([NEWEST, OLDEST])
        types = chance.choice([[], [1], [0, 2]])
        topics = chance.choice([[], ["small"], ["coast"], ["coast", "harbours"]])
        groups = types_and_topics(types, topics)
        fitting = [
            (at, pk)
            for at, pk, its in texts
            if its.issuperset(words.split()) and all(not its.isdisjoint(group) for group in groups)
        ]
        fitting = [(at, pk) for at, pk in fitting if at <= last and (not first or at >= first)]
        expected = [pk for _, pk in sorted(fitting, reverse=order == NEWEST)]
        found = Found(parse(words), within(*groups, first=first, last=last), order)
        assert found.pks == expected[:MOST_FOUND], (words, types, topics, first, last, order)
        assert found.is_cut == (len(expected) > MOST_FOUND)


def words_and_marks(item) -> set[str]:
    topics = [topic_mark(topic.pk) for topic in item.topics.all()]
    return {*item.summary.split(), type_mark(item.content_type_id), *topics}


def test_a_phrase_is_found_among_the_newest_that_hold_its_words(costs):
    found = Found(parse('"left middle"'), within())
    assert len(found.pks) == MOST_FOUND and found.is_cut
    nowhere = Found(parse('"right left"'), within())
    assert nowhere.pks == [] and nowhere.is_cut  # not all were looked into, so none can be excluded
    assert not Found(parse('"alone left"'), within()).is_cut
