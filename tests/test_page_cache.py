# Readers are answered from memory while nothing a page shows has changed, and never with what has.
import datetime as dt
import gzip
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Event, get_ident

import brotli
import pytest
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.listing.generation import NOT_SHOWN, read_generation, shown_tables, watched_tables
from publications.models import (
    ContentType,
    FeaturedItem,
    Frame,
    Image,
    MenuEntry,
    Page,
    Person,
    PreviewLink,
    Publication,
    SearchWord,
    Topic,
)
from publications.site import kept_pages
from tests.factories import (
    jpeg,
    make_correction,
    make_draft,
    make_entry,
    make_featured,
    make_file,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
)
from tests.forms import submit
from tests.importing import row, run, write_json
from tests.readers import ReadersClient

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/topics/",
    "/topics/coast/",
    "/topics/coast/?type=report",
    "/topics/coast/index.md",
    "/topics/coast/feed.atom",
    "/publications/",
    "/publications/?q=walls",
    "/publications/feed.json",
    "/publications/sea-walls/",
    "/publications/sea-walls/index.md",
    "/publications/sea-walls/linkset.json",
    "/publications/sea-walls/cite.bib",
    "/people/",
    "/people/ines-corrow/",
    "/types/report/",
    "/corrections/",
    "/about/",
    "/sitemap.xml",
    "/sitemap-publications.xml",
    "/llms.txt",
    "/robots.txt",
    "/favicon.ico",
    "/publications/suggestions.json?q=sea",
]


@pytest.fixture(params=[Client, ReadersClient], ids=["in Django", "before Django"])
def client(request):
    return request.param()


def cost_of_a_kept_page(client) -> int:
    """As Django counts queries. The question before Django goes past its cursors."""
    return 0 if isinstance(client, ReadersClient) else 1


@pytest.fixture
def world():
    coast = make_topic("Coast", slots=2)
    ines = make_person("Ines Corrow")
    item = make_publication("Sea walls", topics=[coast], authors=[ines], image=make_image())
    make_file(item)
    make_featured(coast, item)
    make_page("About")
    return item


def queries_of(client, address, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, headers=headers)
    return len(queries), response


@pytest.mark.parametrize("address", PAGES)
def test_page_that_is_kept_costs_one_query_and_is_the_same(client, world, address):
    first = client.get(address)
    cost, second = queries_of(client, address)
    assert first.status_code == second.status_code == 200
    assert cost == cost_of_a_kept_page(client)
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)


# Every change shows at once


def save_in_the_admin(item):
    staff = Client()
    staff.force_login(make_staff())
    submit(staff, f"/admin/publications/publication/{item.pk}/change/", title="Tidings")


def bring_in(item):
    with TemporaryDirectory() as folder:
        assert run(write_json(Path(folder), row("Tidings", topics=["Coast"]))).status == 0


def replace_file(item):
    file = item.files.get()
    file.file = ContentFile(b"%PDF-1.7 another report", name="report.pdf")
    file.save()


def replace_picture(item):
    image = Image.objects.get()
    image.file = jpeg(colour="crimson")
    image.save()


CHANGES = {
    "title by bulk update": (
        lambda item: Publication.objects.update(title="Tidings"),
        [
            "/",
            "/topics/coast/",
            "/topics/coast/feed.atom",
            "/topics/coast/index.md",
            "/publications/",
            "/publications/feed.json",
            "/publications/sea-walls/",
            "/publications/sea-walls/cite.bib",
            "/publications/sea-walls/index.md",
            "/people/ines-corrow/",
            "/types/report/",
        ],
    ),
    "form in the admin": (
        save_in_the_admin,
        ["/", "/topics/coast/", "/publications/", "/topics/coast/index.md"],
    ),
    "import": (bring_in, ["/", "/topics/coast/", "/publications/", "/publications/feed.json"]),
    "correction": (
        lambda item: make_correction(item, note="Tidings"),
        ["/corrections/", "/publications/sea-walls/", "/publications/sea-walls/index.md"],
    ),
    "featured": (
        lambda item: make_featured(Topic.objects.get(), make_publication("Tidings")),
        ["/topics/coast/", "/topics/coast/index.md"],
    ),
    "topic": (
        lambda item: Topic.objects.update(name="Tidings"),
        ["/", "/topics/", "/topics/coast/", "/publications/sea-walls/", "/llms.txt"],
    ),
    "person": (
        lambda item: Person.objects.update(name="Tidings", sort_name="Tidings"),
        ["/people/", "/people/ines-corrow/", "/publications/sea-walls/cite.bib"],
    ),
    "type": (
        lambda item: ContentType.objects.filter(slug="report").update(plural="Tidings"),
        ["/types/report/"],
    ),
    "menu": (
        lambda item: make_entry(address="https://example.org/", label="Tidings"),
        ["/", "/topics/", "/topics/coast/", "/publications/sea-walls/", "/about/", "/corrections/"],
    ),
    "appearance": (
        lambda item: Frame.objects.update(accent="#123456"),
        ["/", "/topics/coast/", "/about/"],
    ),
    "own page": (lambda item: Page.objects.update(title="Tidings"), ["/about/"]),
    "words of a picture": (
        lambda item: Image.objects.update(alternative_text="Tidings", caption="Tidings"),
        ["/publications/sea-walls/"],
    ),
    "picture": (replace_picture, ["/", "/publications/sea-walls/"]),
    "file": (replace_file, ["/publications/sea-walls/"]),
    "new item": (
        lambda item: make_publication("Tidings", topics=Topic.objects.all()),
        ["/", "/topics/coast/", "/publications/", "/sitemap-publications.xml"],
    ),
    "withdrawal": (
        lambda item: Publication.objects.update(state="withdrawn", notice="Tidings"),
        ["/publications/sea-walls/", "/corrections/"],
    ),
}


@pytest.mark.parametrize(("change", "addresses"), CHANGES.values(), ids=CHANGES)
def test_change_shows_at_the_next_request_on_every_page_that_shows_it(client, world, change, addresses):
    before = {address: client.get(address).content for address in addresses}
    change(world)
    for address in addresses:
        now = client.get(address)
        assert now.content != before[address], address
        kept_pages.forget()
        assert client.get(address).content == now.content, address


def test_item_that_is_taken_back_or_deleted_is_gone_at_once(client, world):
    address = world.get_absolute_url()
    assert client.get(address).status_code == 200
    Publication.objects.update(state="draft")
    assert client.get(address).status_code == 404
    assert "Sea walls" not in client.get("/").content.decode()


def test_change_made_while_a_page_is_made_shows_at_the_next_request(client, world):
    """The page read the title, somebody changes it, the page is finished with the former one and kept."""
    read, changed = [], []

    def change_after_title_was_read(execute, sql, *rest):
        if read and not changed:
            changed.append(sql)
            Publication.objects.update(title="Tidings")
        elif "publications_publication" in sql:
            read.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(change_after_title_was_read):
        assert "Tidings" not in client.get("/publications/sea-walls/cite.bib").content.decode()
    assert changed
    assert "Tidings" in client.get("/publications/sea-walls/cite.bib").content.decode()


def test_change_that_is_rolled_back_leaves_the_page(client, world):
    before = client.get("/").content
    with transaction.atomic():
        Publication.objects.update(title="Tidings")
        assert b"Tidings" in client.get("/").content
        transaction.set_rollback(True)
    assert client.get("/").content == before


def test_every_table_that_pages_show_is_watched():
    assert watched_tables() == shown_tables()
    tables = {model._meta.db_table for model in NOT_SHOWN}
    ours = apps.get_app_config("publications").get_models(include_auto_created=True)
    assert shown_tables() | tables == {model._meta.db_table for model in ours}
    assert {
        "publications_publication_topics",
        "publications_entry",
        "publications_menuentry",
    } <= shown_tables()


def test_every_kind_of_statement_gives_a_new_generation(world):
    """As no form writes: all rows at once, in place of others, and where they may be there already."""
    topics = Publication.topics.through.objects
    elsewhere = make_topic("Elsewhere")
    link = {"publication_id": world.pk, "topic_id": elsewhere.pk}
    statements = [
        lambda: Topic.objects.update(description="Again"),
        lambda: topics.bulk_create([topics.model(**link)], ignore_conflicts=True),
        lambda: topics.filter(**link).delete(),
        lambda: SearchWord.objects.bulk_create(
            [SearchWord(word="tidings", stem="tiding")],
            update_conflicts=True,
            unique_fields=["word"],
            update_fields=["stem"],
        ),
        lambda: SearchWord.objects.all()._raw_delete("default"),
    ]
    seen = [read_generation()]
    for statement in statements:
        statement()
        seen.append(read_generation())
    assert len(set(seen)) == len(statements) + 1


def test_what_readers_never_see_leaves_the_generation(world):
    make_draft()
    before = read_generation()
    PreviewLink.objects.create(publication=world, label="For the board")
    Client().force_login(make_staff())
    assert read_generation() == before


# The clock


def test_item_appears_at_its_second_and_featured_items_come_and_go_at_theirs(client):
    start = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        coast = make_topic("Coast", slots=1)
        make_scheduled("Tidings", topics=[coast], days=0.25)
        make_featured(
            coast,
            make_publication("Chosen", summary="So chosen"),
            starts_at=start + dt.timedelta(hours=1),
            ends_at=start + dt.timedelta(hours=2),
        )
        seen = []
        for seconds in (0, 3599, 3600, 7199, 7200, 6 * 3600 - 1, 6 * 3600, 6 * 3600 + 1):
            clock.move_to(start + dt.timedelta(seconds=seconds), tick=False)
            page = client.get("/topics/coast/").content.decode()
            seen.append((("Chosen" in page), ("Tidings" in page)))
        assert seen == [(False, False)] * 2 + [(True, False)] * 2 + [(False, False)] * 2 + [(False, True)] * 2


def test_picture_leaves_at_midnight_after_its_last_day(client):
    with time_machine.travel(dt.datetime(2026, 12, 1, 23, 59, 59, tzinfo=dt.UTC), tick=False) as clock:
        make_publication("Walls", image=make_image("A gauge", usable_until=dt.date(2026, 12, 1)))
        assert "/images/" in client.get("/").content.decode()
        clock.shift(1)
        assert "/images/" not in client.get("/").content.decode()


def test_feed_stops_telling_of_a_withdrawal_at_its_moment(client):
    start = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_publication("Tidings", state="withdrawn", notice="Wrong", withdrawn_at=start)
        clock.move_to(start + dt.timedelta(days=30), tick=False)
        assert "Tidings" in client.get("/publications/feed.atom").content.decode()
        clock.shift(1)
        assert "Tidings" not in client.get("/publications/feed.atom").content.decode()


def test_clock_that_is_set_back_shows_no_page_of_the_future(client):
    with time_machine.travel(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), tick=False) as clock:
        make_scheduled("Tidings", days=0.1)
        clock.shift(3 * 3600)
        assert "Tidings" in client.get("/").content.decode()
        clock.shift(-3 * 3600)
        assert "Tidings" not in client.get("/").content.decode()


# Whose pages are kept


def test_staff_are_neither_served_from_what_is_kept_nor_is_theirs_kept(client, world):
    make_draft("Zanzibar")
    staff = Client()
    staff.force_login(make_staff())
    reader_first = client.get("/publications/").content
    seen = staff.get("/publications/")
    assert b"Zanzibar" in seen.content and "no-store" in seen["Cache-Control"]
    assert client.get("/publications/").content == reader_first
    kept_pages.forget()
    staff.get("/publications/")
    assert b"Zanzibar" not in client.get("/publications/").content
    staff.logout()
    assert staff.get("/publications/").content == reader_first


def test_previews_and_other_moments_are_not_kept(client, world):
    made_by = {"label": "For the board", "created_by": make_staff()}
    of_item = PreviewLink.objects.create(publication=make_draft("Zanzibar"), **made_by)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    of_list = PreviewLink.objects.create(address="/publications/", moment=later, **made_by)
    addresses = [of_item.get_absolute_url(), of_list.get_absolute_url()]
    for address in ("/?at=2030-01-01", "/?%61t=2030-01-01", *addresses):
        assert client.get(address).status_code == 200
        assert queries_of(client, address)[0] > 1, address
    assert kept_pages.count() == 0
    PreviewLink.objects.update(is_ended=True)
    for address in addresses:
        assert client.get(address).status_code == 404


def test_what_is_not_a_whole_page_is_not_kept(client, world):
    for address in ("/no/such/page/", "/publications/export.csv", world.image.rendition_url("640.webp")):
        client.get(address)
        assert kept_pages.count() == 0, address
    client.head("/")
    assert kept_pages.count() == 0


def test_long_addresses_are_not_kept(client, world):
    client.get(f"/?x={'y' * 600}")
    assert kept_pages.count() == 0


def test_hosts_do_not_share_pages(client, world, settings):
    settings.ALLOWED_HOSTS = ["a.example.org", "b.example.org"]
    pages = [client.get("/llms.txt", headers={"host": f"{name}.example.org"}).content for name in "ab"]
    assert b"a.example.org" in pages[0] and b"b.example.org" in pages[1]
    assert client.get("/", headers={"host": "c.example.org"}).status_code == 400


# How they are sent


def test_browser_that_has_the_page_is_told_so_also_after_it_was_made_anew(client, world):
    etag = client.get("/about/")["ETag"]
    cost, again = queries_of(client, "/about/", **{"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert cost == cost_of_a_kept_page(client)
    make_topic("Elsewhere")
    assert client.get("/about/", headers={"if-none-match": etag}).status_code == 304
    Page.objects.update(title="Tidings")
    assert client.get("/about/", headers={"if-none-match": etag}).status_code == 200


def test_file_that_the_browser_has_is_not_sent_again(client, world):
    address = world.files.get().get_absolute_url()
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_head_tells_what_get_sends(client, world):
    page = client.get("/topics/coast/")
    with CaptureQueriesContext(connection) as queries:
        head = client.head("/topics/coast/")
    assert len(queries) == cost_of_a_kept_page(client) and head.content == b""
    assert dict(head.headers) == dict(page.headers)


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP;q=0.0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_page_is_sent_in_the_form_the_browser_takes(client, world, accepts, encoding):
    plain = client.get("/")
    for _ in range(2):
        page = client.get("/", headers={"accept-encoding": accepts} if accepts else {})
        assert page.get("Content-Encoding") == encoding
        opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](page.content)
        assert opened == plain.content
        assert page["Content-Length"] == str(len(page.content))
        assert "Accept-Encoding" in page["Vary"]
    assert client.get("/", headers={"if-none-match": page["ETag"]}).status_code == 304


def test_public_pages_ask_for_no_nonce(client, world):
    for address in PAGES:
        assert "nonce" not in client.get(address).get("Content-Security-Policy", ""), address


def test_how_long_a_page_is_right_costs_the_first_one_after_a_change_one_query(settings):
    coast = make_topic("Coast")

    def count_queries() -> int:
        make_publication("Walls", topics=[coast])
        with CaptureQueriesContext(connection) as queries:
            assert Client().get("/topics/coast/").status_code == 200
        return len(queries)

    settings.TOPICHUB_PAGE_CACHE = False
    made = count_queries()
    settings.TOPICHUB_PAGE_CACHE = True
    assert count_queries() == made + 1


def test_networks_in_between_may_keep_a_page_until_the_next_planned_change(client, settings):
    with time_machine.travel(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), tick=False) as clock:
        make_publication("Walls")
        assert client.get("/")["Cache-Control"] == "public, max-age=0"
        assert "Cookie" in client.get("/")["Vary"]
        settings.TOPICHUB_CDN_SECONDS = 60
        make_scheduled("Tidings", days=100 / 86400)
        assert client.get("/")["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=40"
        clock.shift(70)
        page = client.get("/")
        assert page["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-while-revalidate=0"
        assert page["Vary"] == "Accept-Encoding"


def test_switched_off_nothing_is_kept(client, world, settings):
    settings.TOPICHUB_PAGE_CACHE = False
    client.get("/")
    assert queries_of(client, "/")[0] > 1


# Under load


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_reader_ever_sees_less_than_was_published_before_they_asked():
    """Writers publish and rename, in transactions that overlap; readers ask all the time, and each page must
    name at least what was committed before the request."""
    item = make_publication("Count 0")
    others = [make_publication(f"Other {n}") for n in range(2)]
    committed, done, stale, asked = [0], Event(), [], []

    def publish():
        try:
            for number in takewhile(lambda number: number < 60 or len(asked) < 20, count(1)):
                with transaction.atomic():
                    Publication.objects.filter(pk=item.pk).update(title=f"Count {number}")
                    MenuEntry.objects.update(position=number)
                committed[0] = number
        finally:
            done.set()
            connection.close()

    def disturb(other):
        while not done.is_set():
            with transaction.atomic():
                Publication.objects.filter(pk=other.pk).update(subtitle="Again")
                FeaturedItem.objects.count()
        connection.close()

    def read(client):
        while not done.is_set():
            least = committed[0]
            page = client.get(f"{item.get_absolute_url()}cite.bib").content.decode()
            shown = int(page.partition("Count ")[2].partition("}")[0])
            asked.append(shown)
            if shown < least:
                stale.append((least, shown))
        connection.close()

    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(read, client) for client in (Client(), ReadersClient())]
        writers = [pool.submit(publish), *(pool.submit(disturb, other) for other in others)]
        for writer in writers:
            writer.result()
        assert [reader.result() for reader in readers] == [None, None]
    assert len(asked) >= 20
    assert stale == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_page_that_many_ask_for_at_once_is_made_once():
    """Nobody goes on before all have asked for the generation, when nothing is kept."""
    make_publication("Walls", topics=[make_topic("Coast")])
    everybody, makers = Barrier(4), set()

    def read():
        came = []

        def note(execute, sql, *rest):
            result = execute(sql, *rest)
            if not came:  # the generation
                came.append(everybody.wait(timeout=60))
            else:
                makers.add(get_ident())
            return result

        try:
            with connection.execute_wrapper(note):
                return Client().get("/topics/coast/").content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        pages = [reader.result() for reader in [pool.submit(read) for _ in range(4)]]
    assert len(set(pages)) == 1 and b"Walls" in pages[0]
    assert len(makers) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_writers_wait_for_each_other_no_longer_than_without_generations():
    """Two transactions that are both open have both changed something else, and commit in either order."""
    if connection.vendor != "postgresql":
        return  # one writer at a time, whatever they write
    first, second = make_publication("First"), make_publication("Second")
    seen = [read_generation()]

    def change_second():
        Publication.objects.filter(pk=second.pk).update(subtitle="Again")
        connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Publication.objects.filter(pk=first.pk).update(subtitle="Again")
        pool.submit(change_second).result(timeout=10)
        seen.append(pool.submit(read_and_close).result())
    seen.append(read_generation())
    assert len(set(seen)) == 3


def read_and_close():
    try:
        return read_generation()
    finally:
        connection.close()
