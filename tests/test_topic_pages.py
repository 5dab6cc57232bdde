# What a reader meets on a topic's page: introduction, featured items, the complete list.
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    jpeg,
    make_draft,
    make_featured,
    make_image,
    make_publication,
    make_scheduled,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db


def titles(response, kind="entry"):
    """As they read, whatever a search marks in them."""
    html = re.sub("</?mark>", "", response.content.decode())
    return re.findall(rf'class="{kind}-title"[^>]*><a href="[^"]+">([^<]+)</a>', html)


def test_topic_page_shows_introduction_featured_items_and_the_list(client):
    topic = make_topic("Tides", introduction="<p>Why <em>tides</em> matter.</p>")
    item = make_publication("Slack water", topics=[topic], summary="A pause worth measuring.")
    make_featured(topic, item)
    response = client.get("/topics/tides/")
    assert "Why <em>tides</em> matter." in response.content.decode()
    assert titles(response, "feature") == ["Slack water"]
    assert titles(response) == ["Slack water"], "a featured item stands in the complete list too"
    assert response.content.decode().count("A pause worth measuring.") == 2


def test_featured_items_stand_in_the_editors_order_with_caption_and_credit(client):
    topic = make_topic("Tides", slots=2)
    image = make_image("A gauge at dusk", caption="The gauge at Brannock.", credit="Photo: T. Verrall")
    old = make_publication("Old", topics=[topic], image=image, published_at=datetime(2001, 1, 1, tzinfo=UTC))
    make_featured(topic, make_publication("New", topics=[topic]), position=2)
    make_featured(topic, old, position=1)
    make_featured(topic, make_publication("Beyond the slots", topics=[topic]), position=3)
    html = client.get("/topics/tides/").content.decode()
    assert re.findall(r'feature-title"><a href="[^"]+">([^<]+)', html) == ["Old", "New"]
    assert 'alt="A gauge at dusk"' in html
    assert (
        '<figcaption>The gauge at Brannock. <span class="credit">Photo: T. Verrall</span></figcaption>'
        in html
    )


def test_featured_item_that_is_not_public_leaves_by_itself(client):
    topic = make_topic("Tides", slots=6)
    now = timezone.now()
    for hidden in (make_draft("Draft"), make_scheduled("Scheduled"), make_withdrawn("Withdrawn")):
        make_featured(topic, hidden)
    make_featured(topic, make_publication("Not yet"), starts_at=now + timedelta(hours=1))
    make_featured(topic, make_publication("No more"), ends_at=now - timedelta(hours=1))
    make_featured(topic, make_publication("Now"), ends_at=now + timedelta(hours=1))
    assert titles(client.get("/topics/tides/"), "feature") == ["Now"]


def test_a_featured_item_shows_its_own_words_and_picture_there_and_nowhere_else(client):
    topic = make_topic("Tides")
    usual = make_image("A gauge at dusk", file=jpeg(colour="teal"))
    own = make_image("A quay by night", file=jpeg(colour="navy"), credit="Photo: M. Invented")
    item = make_publication("Slack water", topics=[topic], image=usual, summary="A pause.")
    pick = make_featured(topic, item, image=own, words="  Why the sea waits.  ")
    featured, explored = client.get("/topics/tides/").content.decode().split('id="explore"')
    assert 'alt="A quay by night"' in featured and "Photo: M. Invented" in featured
    assert '<p class="feature-summary">Why the sea waits.</p>' in featured
    assert "A gauge at dusk" not in featured and "A pause." not in featured
    assert "A pause." in explored and own.rendition_url(own.preview["name"]) not in explored
    assert "Why the sea waits" in client.get("/topics/tides/index.md").content.decode()
    assert "Why the sea waits" not in client.get("/").content.decode()
    assert client.get(own.preview["url"]).status_code == 200
    pick.starts_at = timezone.now() + timedelta(hours=1)
    pick.save()
    assert client.get(own.preview["url"]).status_code == 404, "before it runs, nobody is to see it"


def test_a_featured_item_falls_back_on_its_usual_picture_when_its_own_may_no_longer_be_used(client):
    topic, yesterday = make_topic("Tides"), timezone.localdate() - timedelta(days=1)
    usual, own = make_image("A gauge at dusk"), make_image("A quay by night", usable_until=yesterday)
    make_featured(topic, make_publication(topics=[topic], image=usual), image=own)
    html = client.get("/topics/tides/").content.decode()
    assert 'alt="A gauge at dusk"' in html
    assert "A quay by night" not in html


def test_empty_places_fill_with_the_newest_where_the_topic_says_so(client):
    topic = make_topic("Tides", slots=3, tops_up=True)
    day = datetime(2020, 1, 1, tzinfo=UTC)
    items = [
        make_publication(f"Day {n}", topics=[topic], published_at=day + timedelta(days=n)) for n in range(5)
    ]
    make_featured(topic, items[0])
    assert titles(client.get("/topics/tides/"), "feature") == ["Day 0", "Day 4", "Day 3"]
    make_featured(topic, items[4], position=1)
    assert titles(client.get("/topics/tides/"), "feature") == ["Day 0", "Day 4", "Day 3"], "none twice"


def test_items_of_subtopics_are_included_once(client):
    coast = make_topic("Coast")
    walls, marsh = make_topic("Walls", parent=coast), make_topic("Marsh", parent=coast)
    deep = make_topic("Joints", parent=walls)
    make_publication("In both", topics=[walls, marsh, coast])
    make_publication("Deep", topics=[deep])
    response = client.get("/topics/coast/")
    assert sorted(titles(response)) == ["Deep", "In both"]
    html = response.content.decode()
    assert "2 publications since" in html
    assert re.findall(r'<span>(\w+)</span> <span class="count">(\d+)<', html) == [
        ("Marsh", "1"),
        ("Walls", "2"),
    ]


def test_a_moved_topic_takes_its_items_along(client):
    coast, water = make_topic("Coast"), make_topic("Water")
    walls = make_topic("Walls", parent=coast)
    make_publication("Wall", topics=[walls])
    walls.parent = water
    walls.save()
    assert titles(client.get("/topics/coast/")) == []
    assert titles(client.get("/topics/water/")) == ["Wall"]


def test_all_pages_together_show_each_item_once_and_stay_the_same(client):
    topic = make_topic("Tides")
    start = datetime(2016, 1, 1, tzinfo=UTC)
    for number in range(45):
        day = 0 if number < 9 else number
        make_publication(f"Item {number}", topics=[topic], published_at=start + timedelta(days=day))

    def walk():
        return [titles(client.get("/topics/tides/", {"page": page})) for page in (1, 2, 3)]

    pages = walk()
    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(sum(pages, [])) == sorted(f"Item {number}" for number in range(45))
    assert pages == walk()
    assert client.get("/topics/tides/", {"page": 4}).status_code == 404


def test_from_page_two_the_list_comes_first(client):
    topic = make_topic("Tides", introduction="<p>Why tides matter.</p>")
    items = [make_publication(topics=[topic]) for _ in range(21)]
    make_featured(topic, items[0])
    html = client.get("/topics/tides/?page=2").content.decode()
    assert "Why tides matter." not in html
    assert "feature-title" not in html
    assert "<title>Tides – page 2 of 2 |" in html


def test_item_without_picture_has_no_stand_in_and_an_awaited_picture_has_one(client):
    topic = make_topic("Tides")
    make_publication("Bare", topics=[topic])
    assert "<picture>" not in client.get("/topics/tides/").content.decode()
    make_publication("Awaited", topics=[topic], image=make_image("A wall", file=""))
    html = client.get("/topics/tides/").content.decode()
    assert html.count("<picture>") == 1
    assert "picture-awaited" in html


def test_picture_is_offered_in_stored_sizes_and_formats(client):
    topic = make_topic("Tides")
    make_publication(topics=[topic], image=make_image())
    html = client.get("/topics/tides/").content.decode()
    assert re.search(r'<source type="image/avif" srcset="/images/\d+/\w+-240\.avif 240w"', html)
    assert re.search(r'<source type="image/webp"', html)
    address = re.search(r'<img src="(/images/\d+/\w+-240\.jpg)" alt="" width="240" height="160"', html)[1]
    picture = client.get(address)
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/jpeg"
    assert "immutable" in picture["Cache-Control"]


def test_picture_whose_rights_ended_shows_nowhere(client):
    topic = make_topic("Tides")
    image = make_image(usable_until=timezone.localdate() - timedelta(days=1))
    item = make_publication(topics=[topic], image=image)
    assert "<picture>" not in client.get("/topics/tides/").content.decode()
    assert "<picture>" not in client.get(item.get_absolute_url()).content.decode()
    assert client.get(image.rendition_url(image.renditions["jpeg"]["name"])).status_code == 404


def test_items_of_one_study_point_to_each_other(client):
    topic = make_topic("Tides")
    report = make_publication("The report", topics=[topic])
    brief = make_publication("The brief", topics=[topic], type="research-brief", lead=report)
    make_draft("The tool", topics=[topic], type="tool", lead=report)
    html = client.get("/topics/tides/").content.decode()
    studies = re.findall(r"Also from this study: (.*?)</p>", html, re.DOTALL)
    assert len(studies) == 2
    assert report.get_absolute_url() in studies[0] or brief.get_absolute_url() in studies[0]
    assert "Tool" not in "".join(studies), "a draft companion stays hidden"


def test_empty_topic_says_so(client):
    make_topic("Tides")
    response = client.get("/topics/tides/")
    assert response.status_code == 200
    assert "Nothing has been published here yet." in response.content.decode()


def test_filters_that_find_nothing_lead_on_with_what_each_of_them_hides(client):
    topic = make_topic("Tides")
    make_publication(
        "Slack water", type="report", topics=[topic], published_at=datetime(2010, 5, 1, tzinfo=UTC)
    )
    make_publication("Gauges", type="tool", topics=[topic], published_at=datetime(2020, 5, 1, tzinfo=UTC))
    html = client.get("/topics/tides/?type=report&from=2015").content.decode()
    assert "No publication matches these filters" in html
    ways = re.findall(
        r'<a href="([^"]+)"><span class="vh">Remove filter: </span>([^<]+) <span[^>]*>(\d+)<', html
    )
    assert ways == [
        ("/topics/tides/?from=2015#results", "Report", "1"),
        ("/topics/tides/?type=report#results", "From 2015", "1"),
    ]


def test_topics_index_shows_the_tree_with_counts_and_latest_dates(client):
    coast = make_topic("Coast", description="Where land ends.")
    walls = make_topic("Walls", parent=coast)
    make_topic("Joints", parent=walls)
    make_publication(topics=[walls], published_at=datetime(2020, 5, 4, tzinfo=UTC))
    html = client.get("/topics/").content.decode()
    assert re.search(r'<h2 id="coast-h"><a href="/topics/coast/">Coast</a></h2>', html)
    assert "<b>1</b> publication <span>Latest" in html
    assert "4 May 2020" in html
    assert 'Subtopics: </span><a href="/topics/joints/">Joints</a>' in html


def test_home_leads_with_the_newest_item_that_has_a_picture(client):
    make_publication("Newest", published_at=timezone.now() - timedelta(hours=1))
    make_publication("With picture", image=make_image())
    response = client.get("/")
    assert titles(response, "feature") == ["With picture"]
    assert titles(response) == ["Newest"]
