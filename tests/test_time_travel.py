# `?at=` shows staff a page as readers get it at another moment.
import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from tests.factories import (
    make_featured,
    make_image,
    make_publication,
    make_scheduled,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
PAGES = ["/", "/topics/coast/", "/topics/coast/?type=report", "/publications/", "/types/report/"]
FEEDS = ["/topics/coast/feed.atom", "/publications/feed.json"]


def hour(number):
    return START + dt.timedelta(hours=number)


@pytest.fixture
def coast():
    """Three items whose times come at hours 10, 20 and 30; two featured, one to hour 15, one from 15 to 25."""
    with time_machine.travel(START, tick=False):
        coast = make_topic("Coast", slots=2)
        first, second = (make_publication(f"Old {n}", topics=[coast]) for n in (1, 2))
        make_featured(coast, first, ends_at=hour(15))
        make_featured(coast, second, starts_at=hour(15), ends_at=hour(25))
        usable_until = timezone.localdate(hour(0))
        for number in (10, 20, 30):
            image = make_image(usable_until=usable_until + dt.timedelta(days=number // 10))
            make_publication(f"New {number}", topics=[coast], published_at=hour(number), image=image)
        make_publication("Draft", topics=[coast], state="draft", published_at=hour(1))
        return coast


def page_itself(response):
    """What readers get: without the staff's own block, and without the moment in links."""
    html = response.content.decode()
    html = re.sub(r'<div class="wrap staff-bar">.*?</details>\s*</div>', "", html, flags=re.DOTALL)
    html = re.sub(r"\?at=[^\"&#]+(&amp;|\\u0026|&)", "?", html)
    return re.sub(r"(&amp;|\\u0026|&|\?)at=[^\"&#]+", "", html)


@pytest.mark.parametrize("moment", [hour(n) for n in (0, 9, 10, 14, 15, 19, 20, 25, 29, 30)])
def test_page_at_a_moment_is_the_page_readers_got_then(client, coast, moment):
    staff = make_staff()
    with time_machine.travel(moment, tick=False):
        got = {address: client.get(address) for address in PAGES + FEEDS}
    with time_machine.travel(hour(12), tick=False):
        client.force_login(staff)
        for address, response in got.items():
            at = f"{'&' if '?' in address else '?'}at={moment:%Y-%m-%dT%H:%M}"
            seen = client.get(address + at)
            assert page_itself(seen) == page_itself(response), address
            assert "no-store" in seen["Cache-Control"] and seen["X-Robots-Tag"] == "noindex"


def test_readers_cannot_look_ahead(client, coast):
    with time_machine.travel(hour(0), tick=False):
        page = client.get(f"/topics/coast/?at={hour(40):%Y-%m-%dT%H:%M}")
        assert "New 10" not in page.content.decode()
        assert page.content == client.get("/topics/coast/").content


def test_staff_go_from_change_to_change(client, coast):
    client.force_login(make_staff())
    with time_machine.travel(hour(0), tick=False):
        address, stops = "/topics/coast/", []
        while next_link := re.search(r'href="([^"]+)">Changes next', client.get(address).content.decode()):
            address = "/topics/coast/" + next_link[1].replace("&amp;", "&")
            stops.append(re.search(r"at=([^&]+)", address)[1])
    assert stops == [f"{hour(n):%Y-%m-%dT%H%%3A%M}" for n in (10, 15, 20, 25, 30)]


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


def test_paging_stays_at_the_moment(client, coast):
    for number in range(25):
        make_scheduled(f"Later {number}", topics=[coast], days=2)
    client.force_login(make_staff())
    at = timezone.localtime(timezone.now() + dt.timedelta(days=3))
    page = client.get(f"/topics/coast/?at={at:%Y-%m-%dT%H:%M}").content.decode()
    second = re.search(r'href="([^"]*page=2[^"]*)"', page)[1].replace("&amp;", "&")
    assert client.get(second).status_code == 200
