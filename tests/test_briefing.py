# What a reader picks from lists, in one address: what it shows, what it never tells, how it is picked.
import csv
import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.factories import (
    make_correction,
    make_draft,
    make_file,
    make_merged,
    make_person,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.test_exports import MEDIA_TYPES, titles_in
from tests.test_topic_pages import titles

pytestmark = pytest.mark.django_db


def address(*items, path="/briefing/", **parameters):
    return (
        f"{path}?{urlencode([*(('item', getattr(item, 'pk', item)) for item in items), *parameters.items()])}"
    )


def page(client, *items, **parameters):
    response = client.get(address(*items, **parameters))
    assert response.status_code == 200
    return response.content.decode()


def links(text, words):
    return [html.unescape(href) for href in re.findall(rf'<a href="([^"]+)">{words}<', text)]


def test_briefing_shows_each_item_with_its_summary_findings_reference_and_files(client):
    wall = make_publication(
        "The wall",
        authors=[make_person("Ines Corrow")],
        summary="Who pays for it.",
        key_findings="Towns paid.\nNobody asked.",
        body="<p>At length.</p>",
        report_number="R-7",
    )
    file = make_file(wall, label="Full report", pages=3)
    shown = page(client, make_publication("The brief"), wall)
    assert re.findall(r'entry-title"><a href="([^"]+)"', shown) == [
        "/publications/the-brief/",
        "/publications/the-wall/",
    ]
    for part in [
        "<p>Who pays for it.</p>",
        "<li>Towns paid.</li><li>Nobody asked.</li>",
        f"Corrow, I. ({wall.published_at.year}). The wall (Report No. R-7).",
        f'<a href="{file.get_absolute_url()}">Full report</a> <span>PDF, 17\xa0bytes, 3 pages</span>',
        "2 publications of topichub, collected by a reader.",
        '<meta name="robots" content="noindex">',
    ]:
        assert part in shown, part
    assert "At length." not in shown


def test_title_and_style_of_references_are_the_readers(client):
    wall = make_publication("The wall", authors=[make_person("Ines Corrow")])
    shown = page(client, wall, title="For <b>Tuesday</b>", style="mla")
    assert "<h1>For &lt;b&gt;Tuesday&lt;/b&gt;</h1>" in shown
    assert "Corrow, Ines. The wall. Report, topichub," in shown
    assert "For <b>" not in shown
    assert 'value="mla" selected' in shown


def test_items_are_moved_and_taken_out_by_links(client):
    a, b, c = (make_publication(name) for name in "ABC")
    shown = page(client, a, b, c, title="Three")
    [down, *_] = links(shown, "Move down")
    assert titles(client.get(down)) == ["B", "A", "C"]
    assert "<h1>Three</h1>" in client.get(down).content.decode()
    assert titles(client.get(links(shown, "Move up")[-1])) == ["A", "C", "B"]
    assert titles(client.get(links(shown, "Take out")[1])) == ["A", "C"]
    assert len(links(shown, "Move up")) == len(links(shown, "Move down")) == 2


def test_hidden_and_missing_items_are_counted_alike_and_told_nothing_of(client):
    hidden = [make_draft("Secret one"), make_scheduled("Secret two"), make_draft("S 3", state="in_review")]
    wall = make_publication("The wall")
    for absent in (
        *hidden,
        999_999,
        "9" * 18,
        "no-such-slug",
        "secret-one",
        "secret-two",
        "\x00",
        "ü²",
        "9" * 60,
    ):
        response = client.get(address(absent, wall), follow=True)
        shown = response.content.decode()
        assert "1 item cannot be shown: it is not public, or not there." in shown, absent
        assert titles(response) == ["The wall"]
        assert "Secret" not in shown
        query = dict(parse_qsl(urlsplit(response.request["QUERY_STRING"]).path))
        assert "item" in query
    with_all = page(client, *hidden, wall)
    assert "3 items cannot be shown" in with_all
    [without] = links(with_all, "Take out of this briefing")
    assert "cannot be shown" not in client.get(without).content.decode()
    assert titles(client.get(without)) == ["The wall"]


def test_staff_see_the_briefing_that_readers_will_see(client):
    client.force_login(make_staff())
    assert "1 item cannot be shown" in page(client, make_draft("Secret"))


def test_slug_of_a_hidden_item_is_not_turned_into_its_id(client):
    draft, public = make_draft("Secret"), make_publication("Open")
    response = client.get(address("secret", "open"))
    assert response["Location"] == address("secret", public)
    assert str(draft.pk) not in parse_qsl(urlsplit(response["Location"]).query)[0]


def test_corrected_item_is_marked_as_everywhere_else(client):
    item = make_publication("The wall")
    make_correction(item)
    html = client.get(f"/briefing/?item={item.pk}").content.decode()
    assert 'Corrected <time datetime="2026-11-03">3 Nov 2026</time>' in html.replace("\xa0", " ")


def test_withdrawn_item_is_shown_as_withdrawn_without_its_files_and_findings(client):
    item = make_withdrawn("Wrong sums", notice="Table 2.", summary="All wrong.", key_findings="Nine.")
    file = make_file(item)
    shown = page(client, item)
    assert re.search(r"Withdrawn on <time[^>]+>[^<]+</time>.</strong> Table 2.", shown)
    assert "Wrong sums [withdrawn]" in shown
    assert "cannot be shown" not in shown
    for part in ("All wrong.", "Nine.", file.get_absolute_url()):
        assert part not in shown


def test_former_slug_leads_to_the_one_address_of_the_briefing(client):
    wall, brief = make_publication("The wall"), make_publication("The brief")
    wall.slug = "the-new-wall"
    wall.save()
    for name in ("the-wall", "the-new-wall"):
        response = client.get(address(name, brief, name, title="  For   Tuesday "))
        assert response.status_code == 302
        assert response["Location"] == address(wall, brief, title="For Tuesday")
    assert client.get(response["Location"]).status_code == 200


def test_merged_item_is_the_one_it_was_merged_into_and_a_removed_one_is_missing(client):
    wall = make_publication("The wall")
    double, removed = make_merged("Double", into=wall), make_removed("Secret")
    for name in (double.pk, "double"):
        response = client.get(address(name, wall))
        assert response["Location"] == address(wall)
    astray = make_merged("Astray", into=make_draft("Secret draft"))
    shown = page(client, removed, astray, wall)
    assert "2 items cannot be shown" in shown
    assert "Secret" not in shown


def test_briefing_holds_fifty_items_and_says_what_it_leaves_out(client):
    items = [make_publication() for _ in range(53)]
    shown = page(client, *items)
    assert "A briefing holds at most 50 items. The last 3 are left out." in shown
    assert len(re.findall("entry-title", shown)) == 50
    assert "left out" not in page(client, *items[:50])


def test_empty_briefing_says_how_to_fill_it(client):
    shown = client.get("/briefing/").content.decode()
    assert "A briefing holds up to 50 publications at one address" in shown
    assert links(shown, "Collect items") == []  # a button, which stands apart from sentences
    assert 'href="/publications/?collect=on#results">Collect items</a>' in shown


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_references_of_exactly_these_items_are_one_file_in_the_readers_order(client, form):
    first, second = make_publication("First"), make_publication("Second")
    make_publication("Not picked")
    hidden = make_draft("Secret")
    response = client.get(
        address(second, hidden, first, path=f"/briefing/export.{form}", title="For Tuesday")
    )
    assert response.status_code == 200
    assert response["Content-Type"] == MEDIA_TYPES[form]
    assert response["Content-Disposition"] == f'attachment; filename="for-tuesday.{form}"'
    assert titles_in(form, response.getvalue().decode()) == ["Second", "First"]
    shown = page(client, second, hidden, first, title="For Tuesday")
    assert f'href="/briefing/export.{form}?item={second.pk}&amp;' in shown


def test_export_of_an_empty_briefing_is_an_empty_table(client):
    text = client.get("/briefing/export.csv").getvalue().decode()
    assert list(csv.DictReader(text.removeprefix("\ufeff").splitlines())) == []


# Picking


def form_of(response):
    """The fields a browser would send with the form of the list, and the numbers on its page buttons."""
    text = response.content.decode()
    form = re.search(r'<form class="filters".*?</form>', text, re.DOTALL)[0]
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    sent += re.findall(r'<input type="checkbox" name="(item)" value="(\d+)" form="filters" checked', text)
    pages = re.findall(r'form="filters" name="page" value="(\d+)"', text)
    return [(name, html.unescape(value)) for name, value in sent], pages


def test_list_has_boxes_only_when_a_reader_collects(client):
    topic = make_topic("Coast")
    make_publication("The wall", topics=[topic])
    for path in ("/topics/coast/", "/publications/", "/types/report/"):
        calm = client.get(path).content.decode()
        assert 'name="item"' not in calm
        assert f'<a rel="nofollow" href="{path}?collect=on#results">Collect items</a>' in calm
        collecting = client.get(f"{path}?collect=on").content.decode()
        assert 'name="item"' in collecting
        assert '<meta name="robots" content="noindex">' in collecting
        assert titles(client.get(f"{path}?collect=on")) == titles(client.get(path))


def test_ticks_stay_on_other_pages_under_other_filters_and_in_other_lists(client):
    topic = make_topic("Coast")
    items = [make_publication(f"Item {n}", topics=[topic]) for n in range(25)]
    newest, oldest = items[-1], items[0]
    sent, pages = form_of(client.get("/topics/coast/?collect=on"))
    assert pages[0] == "1" and "2" in pages
    second = client.get("/topics/coast/", [*sent, ("item", newest.pk), ("page", "2")])
    sent, _ = form_of(second)
    assert ("item", str(newest.pk)) in sent
    assert "1 item collected." in second.content.decode()
    sent += [("item", str(oldest.pk))]
    first = client.get("/topics/coast/", [*sent, ("page", "1")])
    assert re.search(rf'value="{newest.pk}" form="filters" checked', first.content.decode())
    for path, query in [("/topics/coast/", ("type", "tool")), ("/publications/", ("q", "nothing at all"))]:
        kept, _ = form_of(client.get(path, [*sent, query]))
        assert [value for name, value in kept if name == "item"] == [str(newest.pk), str(oldest.pk)]
    briefing = client.get("/briefing/", [*sent, ("type", "report"), ("from", "2000")], follow=True)
    assert briefing.request["QUERY_STRING"] == urlsplit(address(newest, oldest)).query
    assert titles(briefing) == [newest.title, oldest.title]


def test_order_title_and_style_outlast_adding_items(client):
    a, b, c = (make_publication(name) for name in "ABC")
    shown = page(client, a, b, title="For Tuesday", style="chicago")
    [more] = re.findall(r'href="([^"]+)#results">Add items</a>', shown)
    sent, _ = form_of(client.get(html.unescape(more)))
    briefing = client.get("/briefing/", [*sent, ("item", c.pk)], follow=True)
    assert titles(briefing) == ["A", "B", "C"], "though the list has them the other way round"
    assert (
        briefing.request["QUERY_STRING"]
        == urlsplit(address(a, b, c, title="For Tuesday", style="chicago")).query
    )


def test_filters_and_a_page_that_no_longer_go_together_lead_to_the_first_page(client):
    item = [make_publication(f"Item {n}", type="tool" if n else "report") for n in range(25)][3]
    response = client.get(f"/publications/?collect=on&item={item.pk}&type=report&page=2", follow=True)
    assert response.status_code == 200
    assert titles(response) == ["Item 0"]
    assert ("item", str(item.pk)) in form_of(response)[0]
    assert client.get("/publications/?type=report&page=2").status_code == 404
