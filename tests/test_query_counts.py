# A page costs the same number of queries whatever it lists.
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.models import Authorship, Correction, Person, Publication, index
from tests.factories import (
    make_correction,
    make_featured,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
MOST_QUERIES = {
    "/": 4,
    "/topics/": 2,
    "/topics/coast/": 6,
    "/topics/coast/?type=report&type=tool&from=2000&to=2030": 5,
    "/topics/coast/?page=2": 4,
    "/topics/coast/?sort=oldest": 5,
    "/publications/": 6,
    "/publications/?q=item&type=report&topic=coast": 21,
    "/publications/lead-item/": 9,
    "/publications/lead-item/index.md": 8,
    "/publications/lead-item/linkset.json": 5,
    "/unapi?id=lead-item&format=ris": 5,
    "/topics/coast/index.md": 3,
    "/publications/lead-item/cite.bib": 5,
    "/publications/lead-item/cite.ris": 5,
    "/publications/lead-item/cite.json": 5,
    "/about/": 1,
    "/people/": 3,
    "/people/ines-corrow/": 4,
    "/types/report/": 4,
    "/publications/?collect=on": 6,
    "/briefing/?{items}": 5,
    "/briefing/export.csv?{items}": 5,
    "/publications/feed.atom": 8,
    "/publications/feed.json?q=item&type=report&topic=coast": 18,
    "/topics/coast/feed.atom": 9,
    "/people/ines-corrow/feed.json": 9,
    "/corrections/": 6,
    "/corrections/?page=2": 5,
    "/corrections/feed.atom": 6,
    "/corrections/feed.json": 6,
    "/sitemap.xml": 10,
    "/sitemap-pages.xml": 1,
    "/sitemap-publications.xml": 4,
    "/sitemap-topics.xml": 2,
    "/sitemap-people.xml": 2,
    "/robots.txt": 0,
    "/favicon.ico": 0,
    "/icon-192.png": 0,
    "/site.webmanifest": 0,
    "/opensearch.xml": 0,
    "/llms.txt": 2,
}


def fill(number):
    """`number` public items, each with authors, a picture, two topics; the newest are of one study."""
    make_page("About")
    topics = [make_topic("Coast", tops_up=True, slots=6), make_topic("Water")]
    walls = make_topic("Walls", parent=topics[0])
    ines, image = make_person("Ines Corrow"), make_image()
    lead = make_publication("Lead item", topics=topics, authors=[ines], image=image)
    make_featured(topics[0], lead)
    copies = [
        Publication(
            title=f"Item {n}",
            slug=f"item-{n}",
            content_type=lead.content_type,
            state="published",
            published_at=lead.published_at,
            image=image,
            lead=lead if n > number - 4 else None,
            corrected_on=date(2026, 11, 3),
        )
        for n in range(1, number)
    ]
    copies = Publication.objects.bulk_create(copies)
    make_withdrawn("Wrong sums", notice="Wrong.")
    make_correction(lead)
    Correction.objects.bulk_create(Correction(publication=copy, note="Wrong.") for copy in copies)
    through = Publication.topics.through
    through.objects.bulk_create(
        through(publication=copy, topic=topic) for copy in copies for topic in (*topics, walls)
    )
    Publication.relist(copy.pk for copy in copies)
    # Lists of one person, and searches, ask once more where they hold more than a thousand.
    Authorship.objects.bulk_create(Authorship(publication=copy, person=ines) for copy in copies[:900])
    others = [Person(name=f"P {n}", slug=f"p-{n}", sort_name=f"P {n}") for n in range(number)]
    Authorship.objects.bulk_create(
        Authorship(publication=copy, person=person)
        for copy, person in zip(copies, Person.objects.bulk_create(others), strict=False)
    )
    index(copy.pk for copy in copies[:900])


def count_queries(client):
    counts = {}
    picked = Publication.objects.values_list("pk", flat=True)[:50]
    items = "&".join(f"item={pk}" for pk in picked)
    for address in MOST_QUERIES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address.format(items=items)).status_code == 200, address
        counts[address] = len(queries)
    return counts


def measure(number):
    """Queries of every page with `number` items, for readers and for staff; leaves nothing behind."""
    with transaction.atomic():
        fill(number)
        staff = Client()
        staff.force_login(make_staff("Author"))
        counts = {"reader": count_queries(Client()), "staff": count_queries(staff)}
        transaction.set_rollback(True)
    return counts


def test_pages_cost_as_many_queries_for_2000_items_as_for_30_and_stay_within_their_budget(settings):
    settings.TOPICHUB_PAGE_CACHE = False  # what a page costs that has to be made
    few, many = measure(30), measure(2000)
    assert many == few
    asked_of_all = 1  # the generation, with whether a planned change is due
    over = {page: n for page, n in many["reader"].items() if n > MOST_QUERIES[page] + asked_of_all}
    assert over == {}
