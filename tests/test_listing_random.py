# Random changes by every way there is, compared with the plain definition of a list: pages, totals, counts
# beside filters and years, at several moments.
import datetime as dt
import random
import re
from collections import Counter
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from publications import workflow
from publications.addresses import open_list
from publications.models import ContentType, Publication, Topic
from tests.factories import make_publication, make_ready, make_staff, make_topic
from tests.forms import submit
from tests.importing import row, take_in
from tests.test_upkeep import check

pytestmark = pytest.mark.django_db
TYPES = ["report", "tool", "commentary", "testimony"]
PER_PAGE = 20
# As filters have them: whole years and months, and months cut near their beginning, in the middle, near their end.
STARTS = {
    "": dt.date.min,
    "2019": dt.date(2019, 1, 1),
    "2019-12-01": dt.date(2019, 12, 1),
    "2019-12-31": dt.date(2019, 12, 31),
    "2020-03": dt.date(2020, 3, 1),
    "2020-03-05": dt.date(2020, 3, 5),
    "2020-03-16": dt.date(2020, 3, 16),
}
ENDS = {
    "": dt.date.max,
    "2020": dt.date(2020, 12, 31),
    "2020-03-05": dt.date(2020, 3, 5),
    "2020-12": dt.date(2020, 12, 31),
    "2021-01-01": dt.date(2021, 1, 1),
    "2021-02-28": dt.date(2021, 2, 28),
    "2021-03-27": dt.date(2021, 3, 27),
}


class World:
    """A site and somebody who changes it at random, the same way for the same seed."""

    def __init__(self, seed, client, folder, zone):
        self.random, self.client, self.folder, self.zone = random.Random(seed), client, folder, zone
        self.now = timezone.now().replace(microsecond=0)
        self.editor = make_staff()
        client.force_login(self.editor)
        self.topics = [make_topic(f"Topic {n}") for n in range(6)]
        self.imported = 0

    # Choices

    def date(self):
        """Often on the same second, at the edge of a month or a year in the site's zone, or near now."""
        choose = self.random.choice
        edge = dt.datetime(choose([2019, 2020, 2021]), choose([1, 3, 12]), 1, tzinfo=self.zone)
        return choose(
            [
                edge,
                edge - dt.timedelta(seconds=1),
                edge + dt.timedelta(days=self.random.randrange(360), seconds=self.random.randrange(86400)),
                self.now - dt.timedelta(seconds=self.random.randrange(3)),
            ]
        )

    def later(self):
        return self.now + self.random.choice(
            [dt.timedelta(hours=5), dt.timedelta(days=40), dt.timedelta(days=400)]
        )

    def some_topics(self):
        return self.random.sample(list(Topic.objects.order_by("pk")), self.random.choice([0, 1, 1, 2]))

    def item(self, **states):
        return self.random.choice(list(Publication.objects.filter(**states).order_by("pk")) or [None])

    # Changes

    def take_in(self, number):
        rows = []
        for _ in range(number):
            self.imported += 1
            topics = [topic.name for topic in self.some_topics()]
            date = self.date().isoformat()
            kind = self.random.choice(TYPES)
            rows.append(
                row(f"Imported {self.imported}", id=f"i{self.imported}", topics=topics, date=date, type=kind)
            )
        assert take_in(self.folder, *rows).status == 0

    def take_in_again(self):
        known = Publication.objects.exclude(import_id="").order_by("pk").values_list("title", "import_id")
        rows = [
            row(
                title,
                id=name,
                date=self.date().isoformat(),
                type=self.random.choice(TYPES),
                topics=["Topic 1"],
            )
            for title, name in self.random.sample(list(known), 5)
        ]
        assert take_in(self.folder, *rows).status == 0

    def make(self):
        make_publication(topics=self.some_topics(), type=self.random.choice(TYPES), published_at=self.date())

    def make_draft_and_schedule_it(self):
        topics = self.some_topics() or [self.random.choice(list(Topic.objects.order_by("pk")))]
        item = make_ready(topics=topics, type=self.random.choice(TYPES))
        workflow.schedule(item, self.editor, self.later())

    def retag_in_the_form(self):
        item = self.item()
        topics = [str(topic.pk) for topic in self.some_topics()]
        address = f"/admin/publications/publication/{item.pk}/change/"
        assert submit(self.client, address, topics=topics).status_code == 302

    def retype(self):
        item = self.item()
        item.content_type = ContentType.objects.get(slug=self.random.choice(TYPES))
        item.save(update_fields=["content_type"])

    def re_date(self):
        item = self.item(state="published", published_at__lte=self.now)
        workflow.change_date(item, self.editor, self.date())

    def withdraw(self):
        workflow.withdraw(self.item(state="published", published_at__lte=self.now), self.editor, "Wrong.")

    def delete(self):
        self.item().delete()

    def delete_several(self):
        keys = [self.item().pk for _ in range(3)]
        Publication.objects.filter(pk__in=keys).delete()

    def move_topic(self):
        topic, parent = self.random.sample(list(Topic.objects.order_by("pk")), 2)
        topic.parent = None if parent.is_within(topic) else parent
        topic.save()

    def delete_topic(self):
        leaves = Topic.objects.filter(children__isnull=True).order_by("pk")
        self.random.choice(list(leaves)).delete()
        make_topic()

    def change(self):
        changes = {
            self.make: 4,
            self.make_draft_and_schedule_it: 3,
            self.retag_in_the_form: 2,
            self.retype: 3,
            self.re_date: 3,
            self.withdraw: 3,
            self.delete: 2,
            self.delete_several: 1,
            self.move_topic: 3,
            self.delete_topic: 1,
            self.take_in_again: 1,
        }
        self.random.choices(list(changes), list(changes.values()))[0]()


class Plain:
    """What lists should hold at a moment, by walking all rows."""

    def __init__(self, moment, zone):
        parents = dict(Topic.objects.values_list("pk", "parent_id"))
        self.zone, self.rows = zone, []
        for item in Publication.objects.select_related("content_type").prefetch_related("topics"):
            if item.state == "published" and item.published_at <= moment:
                topics = set()
                for topic in item.topics.all():
                    key = topic.pk
                    while key:
                        topics.add(key)
                        key = parents[key]
                self.rows.append((item.published_at, item.pk, item.content_type.slug, topics))
        self.rows.sort(reverse=True)

    def list(self, wanted=(), types=(), days=None):
        """Those of any of these topics."""
        return [
            (at, pk, kind, topics)
            for at, pk, kind, topics in self.rows
            if (not wanted or topics.intersection(wanted))
            and (not types or kind in types)
            and (not days or days[0] <= self.day(at) <= days[1])
        ]

    def day(self, at):
        return at.astimezone(self.zone).date()


def compare(world, moment):
    plain, choose = Plain(moment, world.zone), world.random.choice
    topic = choose([None, *Topic.objects.order_by("pk")])
    types = world.random.sample(TYPES, choose([0, 0, 1, 2, 3]))
    first, last = choose([pair for pair in product(STARTS, ENDS) if "" in pair or pair[0] <= pair[1]])
    query = QueryDict(mutable=True)
    query.setlist("type", types)
    several = [] if topic else world.random.sample(list(Topic.objects.order_by("pk")), choose([0, 2, 3]))
    query.setlist("topic", [one.slug for one in several])
    query["sort"] = sort = choose(["", "oldest"])
    query["from"], query["to"], days = first, last, (STARTS[first], ENDS[last])
    keys = {one.pk for one in several} | ({topic.pk} if topic else set())
    wanted = [pk for _, pk, *_ in plain.list(keys, types, days)]
    if sort:
        wanted.reverse()
    for number in range(1, max(1, -(-len(wanted) // PER_PAGE)) + 1):
        query["page"] = str(number)
        if topic:
            listing, _ = open_list(query, moment, "topic", topic.slug)
        else:
            listing, _ = open_list(query, moment)
        page = wanted[(number - 1) * PER_PAGE : number * PER_PAGE]
        assert [item.pk for item in listing.page.rows] == page, (query, number)
    assert listing.total == len(wanted)
    assert [item.pk for item in listing.ordered] == wanted
    types_wanted = Counter(kind for _, _, kind, _ in plain.list(keys, (), days))
    assert {one.content_type.slug: one.count for one in listing.type_counts} == types_wanted
    years_wanted = Counter(plain.day(at).year for at, *_ in plain.list(keys, types))
    assert listing.year_counts == years_wanted
    topics_wanted = Counter(key for *_, topics in plain.list((), types, days) for key in topics)
    if not topic:
        fullest = sorted(topics_wanted, key=lambda pk: (-topics_wanted[pk], pk))[:12]
        assert [(one.pk, one.count) for one in listing.topic_counts] == [
            (pk, topics_wanted[pk]) for pk in fullest
        ]


def compare_what_readers_see(world):
    plain = Plain(timezone.now(), world.zone)
    world.client.logout()
    titles = dict(Publication.objects.values_list("pk", "title"))
    topic = world.random.choice(list(Topic.objects.order_by("pk")))
    wanted = [titles[pk] for _, pk, *_ in plain.list({topic.pk})]
    page = world.client.get(topic.get_absolute_url()).content.decode()
    assert re.findall(r'class="entry-title"[^>]*><a href="[^"]+">([^<]+)</a>', page) == wanted[:PER_PAGE]
    feed = world.client.get(f"{topic.get_absolute_url()}feed.json").json()
    shown = [item["title"] for item in feed["items"] if not item["title"].startswith("Withdrawn: ")]
    assert shown == wanted[:30]
    index = world.client.get("/topics/").context
    roots = [*index["areas"], *index["single_topics"]]
    for topic in (*roots, *(below for root in roots for below in root.subtopics)):
        dates = [at for at, *_ in plain.list({topic.pk})]
        assert (topic.publication_count, topic.latest_at) == (len(dates), max(dates, default=None))
    world.client.force_login(world.editor)


@pytest.mark.parametrize(("seed", "zone"), [(2, "America/New_York"), (3, "Pacific/Auckland")])
def test_lists_are_what_the_plain_definition_says_after_random_changes(
    client, tmp_path, settings, seed, zone
):
    settings.TIME_ZONE = zone
    world = World(seed, client, tmp_path, ZoneInfo(zone))
    world.take_in(260)
    moments = [
        world.now + dt.timedelta(minutes=5),
        world.now + dt.timedelta(days=100),
        dt.datetime(2020, 3, 1, tzinfo=world.zone),
        dt.datetime(2020, 12, 17, 11, tzinfo=world.zone),
    ]
    for _ in range(6):
        for _ in range(5):
            world.change()
        for moment in moments:
            compare(world, moment)
        compare_what_readers_see(world)
    assert "time zone" not in check()
    assert not [line for line in check().splitlines() if line.startswith(("entry", "tally"))]
