# `?at=` shows staff a page as readers get it at another moment.
import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from publications.models import Change
from tests.factories import (
    make_copy,
    make_featured,
    make_image,
    make_publication,
    make_role,
    make_scheduled,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
PAGES = [
    "/",
    "/topics/",
    "/topics/coast/",
    "/topics/coast/?type=report",
    "/topics/coast/?page=2",
    "/publications/?type=report&topic=coast",
    "/types/report/",
    "/people/",
    "/publications/old-1/",
]
FEEDS = ["/topics/coast/feed.atom", "/publications/feed.json?type=report"]


def hour(number):
    return START + dt.timedelta(hours=number)


@pytest.fixture
def coast():
    """Three items whose times come at hours 10, 20 and 30; two featured, one to hour 15, one from 15 to 25."""
    with time_machine.travel(START, tick=False):
        coast = make_topic("Coast", slots=2)
        first, second, *_ = (make_publication(f"Old {n}", topics=[coast]) for n in range(1, 22))
        make_featured(coast, first, ends_at=hour(15))
        make_featured(coast, second, starts_at=hour(15), ends_at=hour(25))
        usable_until = timezone.localdate(hour(0))
        for number in (10, 20, 30):
            image = make_image(usable_until=usable_until + dt.timedelta(days=number // 10))
            make_publication(f"New {number}", topics=[coast], published_at=hour(number), image=image)
        make_publication("Draft", topics=[coast], state="draft", published_at=hour(1))
        return coast


def page_itself(response):
    """Every byte readers get: all but the staff's own block."""
    return page_itself_of(response.content.decode()).encode()


def page_itself_of(html):
    return re.sub(r'<div class="wrap staff-bar".*?</details>.*?</div>', "", html, flags=re.DOTALL)


@pytest.mark.parametrize("moment", [hour(n) for n in (0, 9, 10, 14, 15, 19, 20, 25, 29, 30)])
def test_page_at_a_moment_is_byte_for_byte_the_page_readers_got_then(client, coast, moment):
    staff = make_staff()
    with time_machine.travel(moment, tick=False):
        got = {address: client.get(address) for address in PAGES + FEEDS}
    assert {response.status_code for response in got.values()} == {200}
    with time_machine.travel(hour(12), tick=False):
        client.force_login(staff)
        for address, response in got.items():
            at = f"{'&' if '?' in address else '?'}at={moment:%Y-%m-%dT%H:%M}"
            seen = client.get(address + at)
            assert page_itself(seen) == response.content, address
            assert (b"As readers see it on" in seen.content) == (address in PAGES)
            assert "no-store" in seen["Cache-Control"] and seen["X-Robots-Tag"] == "noindex"


def test_readers_cannot_look_ahead(client, coast):
    with time_machine.travel(hour(0), tick=False):
        page = client.get(f"/topics/coast/?at={hour(40):%Y-%m-%dT%H:%M}")
        assert "New 10" not in page.content.decode()
        assert page.content == client.get("/topics/coast/").content


def test_people_with_roles_alone_see_what_comes_in_their_topics_and_nothing_else(client, coast):
    """And leave no trace, for themselves or for others."""
    with time_machine.travel(hour(0), tick=False):
        space, person = make_topic("Space"), make_role(coast, 2)
        make_publication("Rockets", topics=[space], published_at=hour(2))
        orbit = make_publication("Orbit", topics=[space], summary="In short.", body="<p>Text.</p>")
        make_featured(space, orbit, starts_at=hour(4), words="Look up")
        change = make_copy(orbit, title="Orbit, revised", summary="In short.", body="<p>Text.</p>")
        Change.objects.filter(copy=change).update(goes_live_at=hour(6))
        pages = ("/", "/publications/", "/topics/space/", "/topics/coast/", orbit.get_absolute_url())
        client.force_login(make_staff())
        all_told = [client.get(f"{page}?at={hour(31):%Y-%m-%dT%H:%M}").content.decode() for page in pages]
        before = {page: client.get(page).content for page in pages}
        client.force_login(person)
        told = [client.get(f"{page}?at={hour(31):%Y-%m-%dT%H:%M}").content.decode() for page in pages]
        for words in ("Rockets", "Look up", "Orbit, revised"):
            assert words in "".join(all_told) and words not in "".join(told), words
        assert page_itself_of(told[3]) == page_itself_of(all_told[3])
        assert all(f"New {number}" in told[1] for number in (10, 20, 30))
        client.force_login(make_staff())
        assert {page: client.get(page).content for page in pages} == before


def test_stops_of_people_with_roles_alone_are_those_they_may_see(client, coast):
    with time_machine.travel(hour(0), tick=False):
        make_publication("Rockets", topics=[make_topic("Space")], published_at=hour(2))
        client.force_login(make_role(coast))
        now = client.get("/publications/").content.decode()
        assert "See this page at another time" in now and "Changes next" not in now
        ahead = client.get(f"/publications/?at={hour(1):%Y-%m-%dT%H:%M}").content.decode()
        assert f"at={hour(10):%Y-%m-%dT%H%%3A%M}" in ahead
        client.force_login(make_staff())
        ahead = client.get(f"/publications/?at={hour(1):%Y-%m-%dT%H:%M}").content.decode()
        assert f"at={hour(2):%Y-%m-%dT%H%%3A%M}" in ahead


@pytest.mark.parametrize("words", ["Changes next", "Changed before"])
def test_staff_go_from_change_to_change_and_miss_none(client, coast, words):
    """Forth from the first hour and back from the last one. From one stop to just before the next the page
    stays the same; at each it is another one."""
    client.force_login(make_staff())
    forth = words == "Changes next"
    address, stops = f"/topics/coast/?at={hour(0 if forth else 40):%Y-%m-%dT%H:%M}", []
    with time_machine.travel(hour(12), tick=False):
        while link := re.search(rf'href="([^"]+)">{words}', client.get(address).content.decode()):
            address = "/topics/coast/" + link[1].replace("&amp;", "&")
            stops.append(re.search(r"at=([^&]+)", address)[1].replace("%3A", ":"))
        hours = (10, 15, 20, 25, 30, 39)  # the last one is the midnight after the last day of a picture
        found = [f"{hour(n):%Y-%m-%dT%H:%M}" for n in hours]
        assert [stop for stop in stops if found[0] <= stop <= found[-1]] == (found if forth else found[::-1])
        pages = [page_itself(client.get(f"/topics/coast/?at={stop}")) for stop in found]
        assert all(one != other for one, other in zip(pages, pages[1:], strict=False))
        for n, stop in zip(hours[1:], pages, strict=False):
            just_before = f"{hour(n) - dt.timedelta(minutes=1):%Y-%m-%dT%H:%M}"
            assert page_itself(client.get(f"/topics/coast/?at={just_before}")) == stop, n


def test_moment_that_cannot_be_understood_is_answered_with_words_and_the_page_as_it_is(client, coast):
    client.force_login(make_staff())
    page = client.get("/topics/coast/?at=soon")
    assert page.status_code == 200
    assert "“soon” is not a date and time" in page.content.decode()


def test_moment_that_the_clocks_leave_out_is_refused(client, coast, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    client.force_login(make_staff())
    page = client.get("/topics/coast/?at=2027-03-28T02:30").content.decode()
    assert "does not exist in Europe/Berlin" in page


def test_links_and_filters_stay_at_the_moment(page):
    now = timezone.now()
    coast = make_topic("Coast")
    for number in range(21):
        make_scheduled(f"Later {number}", topics=[coast], days=2, type="report" if number else "tool")
    staff, at = make_staff(), timezone.localtime(now + dt.timedelta(days=3))
    page.goto("/admin/login/?next=/topics/")
    page.get_by_label("Username").fill(staff.username)
    page.get_by_label("Password").fill("tide and table")
    page.get_by_role("button", name="Log in").press("Enter")
    page.goto(f"/topics/?at={at:%Y-%m-%dT%H:%M}")
    page.get_by_role("link", name="Coast").press("Enter")
    page.get_by_role("link", name="Next", exact=False).press("Enter")
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_label("Report").check()
    page.get_by_role("button", name="Apply filters").press("Enter")
    page.get_by_role("link", name="Later 20").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Later 20")).to_be_visible()
    expect(page.get_by_text("As readers see it on")).to_be_visible()
    page.get_by_role("link", name="Back to now").press("Enter")
    expect(page.get_by_text("Scheduled.")).to_be_visible()
