# Finding by words: what is found, in which order, how it is shown. The same on both databases.
import random
import re
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings, strategies as st

from publications.models import Publication, index
from publications.site.finder import ways_on
from tests.factories import make_person, make_publication, make_scheduled, make_staff, make_topic
from tests.lists import list_shown
from tests.searching import search
from tests.test_topic_pages import titles

pytestmark = pytest.mark.django_db


def found(client, words, **filters):
    return titles(client.get("/publications/", {"q": words} | filters))


# What is found


def test_words_are_found_in_every_text_of_an_item(client):
    make_publication(
        "Slack water",
        subtitle="Villages between seasons",
        summary="Nobody fishes in February.",
        key_findings="Credit is given without notes.",
        body="<h2>Where it stops</h2><p>At the <strong>chand</strong>ler&rsquo;s door.</p>",
        report_number="SI-R-2025-07",
        doi="10.5555/slack.7",
        authors=[make_person("Rhiannon Tregarthe", sort_name="Tregarthe, R. Morwenna")],
    )
    make_publication("Another")
    for words in [
        "slack", "seasons", "February", "credit", "chandler", "tregarthe", "Morwenna", "2025-07", "slack.7 door",
    ]:  # fmt: skip
        assert found(client, words) == ["Slack water"], words


def test_name_as_printed_is_found_and_so_is_the_persons_own(client):
    item = make_publication("On moorings", authors=[make_person("Søren Bækhøj")])
    authorship = item.authorships.get()
    authorship.name_as_printed = "S. Baek-Hoj"
    authorship.save()
    assert found(client, "hoj") == found(client, "Bækhøj") == found(client, "baekhoj") == ["On moorings"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("harbours", True),
        ("harbour's", True),
        ("measure", True),
        ("measuring harbours", True),
        ("MEASUREMENT", True),
        ("harbour wall", False),
        ("what is the harbour for", True),
        ("the", True),
        ('"measurements in the harbour"', True),
        ('"measurements in harbour"', False),
        ('"harbour measurements"', False),
        ("“measurements in the harbour”", True),
        ('"measurements', True),
        ("harb", True),
        ("harb ", True),
        ('"harb"', False),
        ("harb measurement", False),
        ("measurement harb", True),
        ("arbour", False),
    ],
)
def test_stems_phrases_and_beginnings(client, words, expected):
    make_publication("Measurements in the harbour")
    assert bool(found(client, words)) == expected


def test_unfinished_word_is_completed_only_where_the_whole_word_finds_nothing(client):
    make_publication("Portfolio of losses")
    assert found(client, "port") == ["Portfolio of losses"]
    make_publication("A port")
    assert found(client, "port") == ["A port"]
    assert found(client, "portf") == ["Portfolio of losses"]


@pytest.mark.parametrize(
    ("title", "finds", "misses"),
    [
        ("مرافئ هادئة على الساحل", ["هادئة", "الساحل مرافئ", "السا"], ["ساحلي"]),
        ("港湾の潮位計について", ["潮位", "港湾", "潮位計について"], ["湾潮"]),
        ("Приливы и порты", ["порты", "ПРИЛИВЫ", "прил"], ["корабль"]),
        ("हिन्दी में रिपोर्ट", ["रिपोर्ट", "हिन्दी"], ["नदी"]),
        ("한국의 항구", ["항구", "한국의", "한국"], ["도시"]),
        ("Über Straßen und Maße", ["strassen", "STRASSEN", "uber masse"], ["ratte"]),
    ],
)
def test_texts_in_other_languages_are_found_by_their_words(client, title, finds, misses):
    make_publication(title)
    for words in finds:
        assert found(client, words) == [title], words
    for words in misses:
        assert found(client, words) == [], words


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="\"*()-:^{}&|!<>'\\ aANDORNOT§“\x00", max_size=30))
@example('foo "bar')
@example('"')
@example("title : x NEAR(a b)")
@example("a" * 3000)
@example("\x00")
@example("'':*")
@example("AND OR NOT")
def test_no_text_is_too_odd_to_look_for(client, world, text):
    assert client.get("/publications/", {"q": text}).status_code in {200, 302}
    assert client.get("/publications/suggestions.json", {"q": text}).status_code == 200
    assert search(Publication.objects.all(), text).count() <= 1


@pytest.fixture
def world():
    return make_publication("Plain", body="<p>A and or not near title.</p>", doi="10.5555/plain")


def test_thousands_of_words_are_looked_for_by_the_first_twelve(client):
    make_publication(" ".join(f"word{chr(97 + n)}" for n in range(12)))
    words = " ".join(f"word{chr(97 + n)}" for n in range(12)) + " zebra" * 2000
    assert len(found(client, words)) == 1


# In which order


@pytest.fixture
def tides():
    """One word in each kind of text, the best place the longest ago."""
    fields = ["title", "subtitle", "summary", "body"]
    for years, field in enumerate(reversed(fields)):
        at = datetime(2024 - years, 3, 1, tzinfo=UTC)
        texts = {"title": f"In the {field}"} | (
            {field: "A tide"} if field != "title" else {"title": "The tide"}
        )
        make_publication(**texts, published_at=at)


def test_best_match_comes_first_unless_another_order_is_asked_for(client, tides):
    best = ["The tide", "In the subtitle", "In the summary", "In the body"]
    assert found(client, "tide") == found(client, "tide", sort="relevance") == best
    assert found(client, "tide", sort="newest") == best[::-1]
    assert found(client, "tide", sort="oldest") == best
    html = client.get("/publications/?q=tide&sort=newest").content.decode()
    assert "1–4 of 4, newest first" in html
    assert "1–4 of 4, best match first" in client.get("/publications/?q=tide").content.decode()
    assert (
        'href="http://testserver/publications/?q=tide"'
        in client.get("/publications/?q=tide&sort=relevance").content.decode()
    )


def test_without_words_the_newest_come_first_whatever_match_is_asked_for(client, tides):
    plain = titles(client.get("/publications/"))
    assert titles(client.get("/publications/?sort=relevance")) == plain
    assert titles(client.get("/publications/?sort=newest")) == plain
    html = client.get("/publications/").content.decode()
    assert "Best match first" not in html


def test_title_that_says_just_this_beats_one_that_says_more(client):
    make_publication("Sea walls", published_at=datetime(2001, 1, 1, tzinfo=UTC))
    make_publication("Walls of sea towns and what they cost", published_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert found(client, "sea wall")[0] == "Sea walls"


def test_equally_good_ones_come_newest_first(client):
    for year in (2003, 2019, 2011):
        make_publication(f"Tide tables {year}", published_at=datetime(year, 1, 1, tzinfo=UTC))
    assert found(client, "tide tables") == ["Tide tables 2019", "Tide tables 2011", "Tide tables 2003"]


def test_feed_of_a_search_is_offered_newest_first_and_holds_the_rows_of_its_page(client, tides):
    html = client.get("/publications/?q=tide").content.decode()
    address = "/publications/feed.json?q=tide&amp;sort=newest"
    assert f'href="{address}"' in html
    items = client.get(address.replace("&amp;", "&")).json()["items"]
    assert [item["title"] for item in items] == found(client, "tide", sort="newest")


def test_item_beyond_the_first_and_the_last_known_before_is_found_at_once(client):
    def found_of_the_nineties():
        return found(client, "tide", **{"from": "1990", "to": "1999"}, sort="newest")

    make_publication("Tide in between", published_at=datetime(1995, 6, 1, tzinfo=UTC))
    assert found_of_the_nineties() == ["Tide in between"]
    make_publication("Tide before", published_at=datetime(1991, 6, 1, tzinfo=UTC))
    make_publication("Tide after", published_at=datetime(1998, 6, 1, tzinfo=UTC))
    assert found_of_the_nineties() == ["Tide after", "Tide in between", "Tide before"]


def test_dates_may_reach_as_far_as_there_are_any(client):
    client.force_login(make_staff("Author"))
    make_publication("Tide of now")
    make_publication("Tide to come", published_at=datetime(8999, 12, 31, 12, tzinfo=UTC))
    assert found(client, "tide", to="8999", sort="newest") == ["Tide to come", "Tide of now"]
    assert found(client, "tide", **{"from": "1000"}, sort="oldest") == ["Tide of now", "Tide to come"]


# Very many


@pytest.fixture
def many():
    """1,010 items of one word, and an older one whose title is just this word."""
    old = make_publication("Alliance", published_at=datetime(1999, 1, 1, tzinfo=UTC))
    start = datetime(2010, 1, 1, tzinfo=UTC)
    copies = [
        Publication(
            title=f"Note {n}",
            slug=f"note-{n}",
            summary="Of the alliance." + (" Rarely." if n == 3 else ""),
            content_type=old.content_type,
            state="published",
            published_at=start + timedelta(days=n),
        )
        for n in range(1010)
    ]
    index(item.pk for item in Publication.objects.bulk_create(copies))


def test_of_more_than_a_thousand_the_best_are_listed_and_no_count_is_told(client, many):
    response = client.get("/publications/", {"q": "alliance"})
    html = response.content.decode()
    assert titles(response)[:2] == ["Alliance", "Note 1009"]
    assert "Over 1,000 results for “alliance”" in html
    assert "1–20 of over 1,000, best match first" in html
    assert '<span class="count">' not in html
    assert titles(client.get("/publications/?q=alliance&page=50"))
    assert client.get("/publications/?q=alliance&page=51").status_code == 404
    rows = client.get("/publications/export.csv?q=alliance").getvalue().decode().splitlines()
    assert len(rows) == 1001
    oldest = found(client, "alliance", sort="oldest")
    assert oldest[:2] == ["Alliance", "Note 0"]


def test_what_the_index_does_not_know_to_be_hidden_is_not_shown_among_the_best_thousand(client, many):
    Publication.objects.filter(title__in=["Alliance", "Note 1008"]).update(state="removed")
    assert found(client, "alliance")[:2] == ["Note 1009", "Note 1007"]
    for address in ("feed.json?q=alliance&sort=relevance", "feed.json?q=alliance", "export.csv?q=alliance"):
        shown = client.get(f"/publications/{address}").getvalue().decode()
        assert "Note 1007" in shown and "Note 1008" not in shown, address


def test_titles_that_hold_the_words_of_a_phrase_apart_are_not_among_the_best(client, many):
    make_publication("Alliance of the willing", published_at=datetime(1999, 2, 1, tzinfo=UTC))
    assert found(client, '"of the alliance"')[:2] == ["Note 1009", "Note 1008"]


def test_total_under_a_type_is_whole_though_all_types_are_too_many(client, many):
    for n in range(3):
        at = datetime(2005, 1, 1 + n, tzinfo=UTC)
        make_publication(f"Old tool {n}", type="tool", body="<p>alliance</p>", published_at=at)
    response = client.get("/publications/?q=alliance&type=tool")
    assert titles(response) == ["Old tool 2", "Old tool 1", "Old tool 0"]
    assert "1–3 of 3, best match first" in response.content.decode()


def test_a_filter_in_use_offers_what_the_newest_thousand_have_none_of(client, many):
    coast, rivers = make_topic("Coast"), make_topic("Rivers")
    for year, kind, topic in ((2001, "tool", coast), (2002, "testimony", rivers)):
        at = datetime(year, 1, 1, tzinfo=UTC)
        make_publication(f"Alliance {year}", type=kind, topics=[topic], published_at=at)
    html = client.get("/publications/?q=alliance&type=tool").content.decode()
    assert "1–1 of 1, best match first" in html
    assert 'name="type" value="testimony"' in html
    html = client.get("/publications/?q=alliance&topic=coast").content.decode()
    assert 'name="topic" value="rivers"' in html
    assert '<span class="count">' not in html.partition('value="rivers"')[2].partition("</li>")[0]


def test_filters_apply_before_the_best_thousand_are_taken(client, many):
    assert found(client, "alliance", to="2009") == ["Alliance"]
    assert found(client, "alliance rarely") == ["Note 3"]
    response = client.get("/publications/?q=alliance&from=2010&to=2010")
    assert "1–20 of 365," in response.content.decode()
    assert '<span class="count">365' in response.content.decode()


# What is counted


def test_counts_under_words_equal_the_lists_they_lead_to(client):
    chance = random.Random(11)
    coast = make_topic("Coast")
    topics = [coast, make_topic("Rivers"), make_topic("Harbours", parent=coast)]
    for number in range(60):
        make_publication(
            f"{chance.choice(['tide', 'tides', 'wall'])} {number}",
            type=chance.choice(["report", "tool", "commentary"]),
            topics=chance.sample(topics, chance.randint(0, 3)),
            published_at=datetime(chance.randint(2019, 2022), chance.randint(1, 12), 5, tzinfo=UTC),
        )
    make_scheduled("tide to come", topics=topics)
    for query in [
        "q=tide",
        "q=tide&type=tool",
        "q=wall&topic=coast&from=2020",
        "q=tid",
        "q=tide&type=tool&topic=rivers",
    ]:
        listing = list_shown(client, f"/publications/?{query}")
        for name, choices in (("type", listing.type_choices), ("topic", listing.topic_choices)):
            rest = "&".join(pair for pair in query.split("&") if not pair.startswith(f"{name}="))
            for choice, count, _ in choices:
                total = list_shown(client, f"/publications/?{rest}&{name}={choice.slug}").total
                assert total == count, (query, choice)
        for year, count in listing.year_counts.items():
            rest = "&".join(pair for pair in query.split("&") if not pair.startswith("from="))
            address = f"/publications/?{rest}&from={year}&to={year}"
            assert list_shown(client, address).total == count, address


def test_admin_finds_what_readers_find_and_the_hidden_too(client):
    make_publication("Tide gauges")
    make_scheduled("Tide to come")
    client.force_login(make_staff("Editor"))
    for words in ("tides", '"tide gauge"', "gaug", "junk ("):
        rows = client.get("/admin/publications/publication/", {"q": words}).context["cl"].result_list
        assert {str(row) for row in rows} == set(found(client, words)), words
    assert len(found(client, "tides")) == 2


def test_scheduled_item_is_found_from_its_second_on(client, time_machine_at):
    item = make_scheduled("Zephyr")
    time_machine_at(item.published_at - timedelta(seconds=1))
    assert found(client, "zephyr") == []
    time_machine_at(item.published_at)
    assert found(client, "zephyr") == ["Zephyr"]


@pytest.fixture
def time_machine_at():
    import time_machine

    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller.move_to


# How it is shown


def test_words_are_marked_in_the_title_and_where_the_others_stand(client):
    make_publication(
        "Keeping a gauge",
        summary="Nothing of it.",
        body=f"<p>{'Filler words stand here. ' * 30}Then the <em>tides</em> came in.{' More of them.' * 30}</p>",
    )
    html = client.get("/publications/", {"q": "tide gauge"}).content.decode()
    assert "Keeping a <mark>gauge</mark>" in html
    passage = re.search(r'<p class="entry-summary">(.*?)</p>', html)[1]
    assert "Then the <mark>tides</mark> came in." in passage
    assert passage.startswith("… ") and passage.endswith(" …")
    assert len(passage) < 400


def test_summary_is_shown_whole_where_it_says_it(client):
    make_publication("Elan", summary="An ångström of élan, no more.", body="<p>angstrom</p>")
    html = client.get("/publications/", {"q": "angstrom elan"}).content.decode()
    assert '<p class="entry-summary">An <mark>ångström</mark> of <mark>élan</mark>, no more.</p>' in html


def test_marks_are_the_only_markup_whatever_a_text_holds(client):
    make_publication(
        "<script>alert(1)</script> tide & <b>wall",
        summary="<img src=x onerror=alert(1)> tide \x01 \x02 </mark>",
        key_findings='"><svg onload=alert(1)> gauge',
    )
    html = client.get("/publications/", {"q": "tide script gauge alert"}).content.decode()
    assert (
        "&lt;<mark>script</mark>&gt;<mark>alert</mark>(1)&lt;/<mark>script</mark>&gt; <mark>tide</mark> &amp;"
        in html
    )
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<svg onload" not in html


def test_nothing_found_says_so_and_leads_on(client):
    coast = make_topic("Tidal coasts")
    make_publication(
        "Tide gauges", topics=[coast], type="report", published_at=datetime(2010, 1, 1, tzinfo=UTC)
    )
    html = client.get("/publications/?q=tides&type=report&from=2020").content.decode()
    assert "Nothing matches “tides” with these filters" in html
    ways = re.findall(
        r'<li><a href="([^"#]+)#results"><span class="vh">Remove filter: </span>([^<]+) <span class="count">(\d+)<',
        html,
    )
    assert ways == [
        ("/publications/?q=tides&amp;from=2020", "Report", "0"),
        ("/publications/?q=tides&amp;type=report", "From 2020", "1"),
    ]
    assert '<a class="all" href="/publications/?q=tides">Clear all filters (1 result)</a>' in html
    html = client.get("/publications/?q=coast+zzz").content.decode()
    assert "Nothing matches “coast zzz”" in html
    assert 'Nearest to your words: <a href="/topics/tidal-coasts/">Tidal coasts</a>' in html


@pytest.mark.parametrize("quotes", ['""', "“”", "„“"])
def test_no_second_quotes_stand_around_a_phrase(client, quotes):
    make_publication("Sea walls")

    def page(words):
        return client.get("/publications/", {"q": words}).content.decode()

    def quoted(words):
        return words.join(quotes)

    html = page(quoted("sea walls"))
    assert "1 result for “sea walls”" in html
    assert "</span>“sea walls” " in html  # the chip that takes it away
    nothing = page(quoted("walls sea"))
    assert "No results for “walls sea”" in nothing and "Nothing matches “walls sea”" in nothing
    both = quoted("sea walls") + " " + quoted("tide gauge")
    assert f"No results for “{escape(both)}”" in page(both)


def test_what_was_meant_is_offered_under_the_filters_or_without_them(client):
    make_publication("Barriers", type="report")
    response = client.get("/publications/?q=bariers&type=report")
    assert (
        'Did you mean <a href="/publications/?q=barriers&amp;type=report"><b>barriers</b></a>?'
        in response.content.decode()
    )
    make_publication("Elsewhere", type="tool")
    listing = list_shown(client, "/publications/?q=bariers&type=tool")
    assert ways_on(listing).correction == ("barriers", "/publications/?q=barriers")


def test_two_items_of_one_number_are_listed_and_not_chosen_between(client):
    for title in ("One", "Two"):
        make_publication(title, report_number="AB-12")
    assert sorted(found(client, "ab-12")) == ["One", "Two"]
