# A page asks as much of the database whatever the size of the collection: buffers of PostgreSQL, or steps of
# SQLite's virtual machine, of all its queries together, at two sizes. A COUNT or an OFFSET over a list fails here.
import datetime as dt
from functools import partial
from itertools import product

import pytest
from django.db import connection
from django.test import Client

from publications.models import ContentType, Image, Publication, Topic, TopicAncestry
from scripts.bench_site import work_of
from tests.factories import make_image, make_staff, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
FEW, MANY = 1000, 6000
MOST_BUFFERS = 300
MOST_GROWTH, LEEWAY = 1.3, 60  # rows lie further apart, and a month that is cut holds more
FIRST_DAY, YEARS = dt.datetime(2010, 1, 1, 9, tzinfo=dt.UTC), 8
PAGES = [
    "/",
    "/topics/",
    "/topics/coast/",
    "/topics/coast/?page={middle}",
    "/topics/coast/?page={last}",
    "/topics/coast/?type=report",
    "/topics/coast/?type=report&page={third}",
    "/topics/coast/?type=report&type=tool",
    "/topics/coast/?from=2012&to=2013",
    "/topics/coast/?type=report&from=2012-03-14&to=2013-10-09",
    "/topics/coast/?sort=oldest",
    "/topics/small/",
    "/publications/",
    "/publications/?page={middle}",
    "/types/report/?page={third}",
    "/publications/item-150/",
    "/publications/item-150/index.md",
    "/publications/item-150/cite.ris",
    "/topics/coast/feed.atom",
    "/topics/coast/index.md",
    "/publications/feed.json",
    "/llms.txt",
    "/sitemap.xml",
    "/sitemap-topics.xml",
    "/sitemap-publications.xml",
]
STAFF_PAGES = [
    "/",
    "/topics/coast/",
    "/publications/",
    "/publications/?type=report&state=published&state=withdrawn",
    "/publications/?topic=coast&from=2012",
    "/publications/item-150/",
]


def fill(size):
    """Items of some years, all in one topic and sixty in another; some belong to a study, are translations or
    were withdrawn, at each size as many."""
    types = list(ContentType.objects.filter(slug__in=["report", "tool", "testimony"]))
    coast, small, image = make_topic("Coast"), make_topic("Small"), make_image()
    days = 365 * YEARS
    Publication.objects.bulk_create(
        Publication(
            pk=n,
            title=f"Item {n}",
            slug=f"item-{n}",
            summary="Who pays for it, and what it costs to wait. " * 4,
            body="<p>It was counted by hand, on both banks.</p>" * 8,
            content_type=types[n % 3],
            state="withdrawn" if n % 100 == 99 and n < FEW else "published",
            published_at=FIRST_DAY + dt.timedelta(days=n * days // size),
            image=image if n % 2 else None,
            lead_id=n - 1 if n % 20 == 9 else None,
            translation_of_id=n - 1 if n % 20 == 17 else None,
            language="fr" if n % 20 == 17 else "",
        )
        for n in range(1, size + 1)
    )
    keys, some = range(1, size + 1), range(1, size + 1, size // 60)
    through = Publication.topics.through
    through.objects.bulk_create(
        through(publication_id=key, topic=topic)
        for topic, those in ((coast, keys), (small, some))
        for key in those
    )
    Publication.relist(keys)
    with connection.cursor() as cursor:  # what is left of other tests would be read too
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def work_of_pages(size) -> dict[tuple[str, bool], int]:
    """By the page, and whether staff asked for it."""
    numbers = {"middle": size // 40, "last": size * 99 // 2000, "third": size // 120}
    fill(size)
    reader, staff, work = Client(), Client(), {}
    staff.force_login(make_staff("Editor", username=f"staff-{size}"))
    for client, page in (*product([reader], PAGES), *product([staff], STAFF_PAGES)):
        ask = partial(client.get, page.format(**numbers))
        assert ask().status_code == 200, page
        work[page, client is staff] = work_of(ask)[1]
    for model in (Publication, Topic, Image):
        model.objects.all().delete()
    return work


def test_pages_ask_as_much_of_the_database_for_6000_items_as_for_1000(settings):
    settings.TOPICHUB_PAGE_CACHE = False  # what a page costs that has to be made
    few, many = work_of_pages(FEW), work_of_pages(MANY)
    grown = {page: (few[page], n) for page, n in many.items() if n > MOST_GROWTH * few[page] + LEEWAY}
    assert grown == {}
    for_readers = [n for (_, is_staff), n in many.items() if not is_staff]
    assert connection.vendor == "sqlite" or max(for_readers) <= MOST_BUFFERS, many


def test_the_page_of_a_topic_asks_as_much_among_2000_topics_as_among_20(settings):
    settings.TOPICHUB_PAGE_CACHE = False
    make_topic("Tides", parent=make_topic("Coast"))
    ask, work = partial(Client().get, "/topics/tides/"), []
    for size in (20, 2000):
        Topic.objects.bulk_create(
            Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(Topic.objects.count(), size)
        )
        TopicAncestry.rebuild()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        assert ask().status_code == 200
        work.append(work_of(ask)[1])
    few, many = work
    assert many <= 3 * few  # an index has some pages more than a table of one page
