# The twins of items and topics in Markdown, read back by another program: the same words, headings, lists,
# tables and links as the page.
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import example, given, strategies as st
from markdown_it import MarkdownIt

from publications.markdown import escape, from_html
from publications.richtext import sanitize
from tests.factories import (
    make_featured,
    make_file,
    make_person,
    make_publication,
    make_topic,
    make_withdrawn,
)

HUB = "http://testserver"
BODY = """<h2>What we *did*</h2><p>We walked 12 km; see <a href="../data/?a=1&amp;b=2">the data</a> &amp;
<strong>counted</strong> H<sub>2</sub>O.</p>
<ul><li><p>One</p><ul><li><p>Within <em>one</em></p></li></ul></li><li><p>Two</p></li></ul>
<ol><li><p>First</p></li><li><p>Second</p></li></ol><blockquote><p>Nobody paid.</p></blockquote>
<table><tbody><tr><th><p>Town</p></th><th><p>Cost | euro</p></th></tr>
<tr><td><p>Marrow</p></td><td><p>12</p></td></tr></tbody></table><h3>1. After</h3><p>End.</p>"""


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    return response.content.decode()


def render(text):
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.fixture
def wall(db):
    wall = make_publication(
        "Who *pays*?",
        slug="who-pays",
        topics=[
            make_topic("Coast", description="Where land ends.", introduction="<p>Shores <em>move</em>.</p>")
        ],
        authors=[make_person("Ines Corrow"), make_person("Abel Stannard")],
        published_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC),
        summary="Raising a wall\ncosts much.",
        key_findings="Walls cost.\n1. Schools do too.",
        body=BODY,
        report_number="RR-12",
        doi="10.5555/wall",
    )
    make_file(wall)
    make_publication("The brief", type="research-brief", lead=wall)
    return wall


def test_twin_has_the_structure_of_the_page(client, wall):
    html = render(read(client, "/publications/who-pays/index.md"))
    headings = re.findall(r"<h(\d)>(.*?)</h", html)
    assert headings == [
        ("1", "Who *pays*?"),
        ("2", "Key findings"),
        ("2", "What we *did*"),
        ("3", "1. After"),
        ("2", "Downloads"),
        ("2", "Also from this study"),
    ]
    assert re.search(r"<ul>\s*<li>Walls cost.</li>\s*<li>1. Schools do too.</li>\s*</ul>", html)
    assert f'<a href="{HUB}/publications/data/?a=1&amp;b=2">the data</a>' in html
    assert "<strong>counted</strong> H<sub>2</sub>O" in html
    assert re.search(r"<li>\s*<p>One</p>\s*<ul>\s*<li>Within <em>one</em></li>", html)
    assert re.search(r"<ol>\s*<li>First</li>\s*<li>Second</li>", html)
    assert re.search(r"<blockquote>\s*<p>Nobody paid.</p>", html)
    assert "<th>Cost | euro</th>" in html
    assert "<td>Marrow</td>" in html


def test_twin_begins_with_what_is_needed_to_cite_it(client, wall):
    html = render(read(client, "/publications/who-pays/index.md"))
    facts = [words(fact) for fact in re.findall(r"<li>(.*?)</li>", html.partition("<h2>")[0])]
    assert facts == [
        "Type: Report RR-12",
        "Authors: Ines Corrow, Abel Stannard",
        "Published: 19 March 2026",
        "Publisher: topichub",
        "Topics: Coast",
        f"Address: {HUB}/publications/who-pays/",
        "DOI: https://doi.org/10.5555/wall",
        "Cite as: Corrow, I., & Stannard, A. (2026). Who *pays*? (Report No. RR-12). topichub."
        " https://doi.org/10.5555/wall",
        "References: BibTeX , RIS , CSL JSON",
    ]
    assert "Raising a wall costs much." in words(html)


def test_every_link_of_a_twin_and_of_its_header_leads_somewhere(client, wall):
    make_featured(wall.topics.get(), wall)
    for address in ("/publications/who-pays/index.md", "/topics/coast/index.md"):
        for link in re.findall(r'href="(http://testserver/[^"]*)"', render(read(client, address))):
            if "/data/" not in link:
                assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("page", ["/publications/who-pays/", "/topics/coast/"])
def test_page_names_its_twin_and_the_twin_its_page(client, wall, page):
    html = client.get(page).content.decode()
    assert f'<link rel="alternate" type="text/markdown" href="{page}index.md">' in html
    assert '<link rel="describedby" type="text/plain" href="/llms.txt">' in html
    response = client.get(f"{page}index.md")
    assert response["Link"] == f'<{HUB}{page}>; rel="canonical"; type="text/html"'
    assert response["X-Robots-Tag"] == "noindex"


def test_topic_lists_its_featured_and_newest_items_by_their_twins(client, wall):
    make_featured(wall.topics.get(), wall)
    html = render(read(client, "/topics/coast/index.md"))
    assert "<p>Shores <em>move</em>.</p>" in html
    assert (
        html.count(f'<a href="{HUB}/publications/who-pays/index.md">Who *pays*?</a>: Report, 19 March 2026.')
        == 2
    )


def test_withdrawn_item_says_so_first_and_offers_no_file(client, db):
    item = make_withdrawn("Wrong sums", notice="Table *2* was wrong.", body="<p>Text.</p>")
    make_file(item)
    html = render(read(client, "/publications/wrong-sums/index.md"))
    assert re.search(r"</h1>\s*<blockquote>\s*<p><strong>This publication was withdrawn", html)
    assert "Table *2* was wrong." in words(html)
    assert "report.pdf" not in html


def test_twin_under_a_former_address_leads_to_the_present_one(client, wall):
    wall.slug = "the-wall"
    wall.save()
    response = client.get("/publications/who-pays/index.md")
    assert (response.status_code, response["Location"]) == (301, "/publications/the-wall/index.md")


PIECES = st.lists(
    st.sampled_from("# - + * _ ` [ ] ( ) < > | ~ ! & \\ 1. 2) === --- a b é &lt; &#38;".split()),
    min_size=1,
    max_size=9,
)


@example(["~", "~", "~"], "")
@given(PIECES, st.sampled_from(["", " "]))
def test_words_have_no_meaning_in_markdown(pieces, between):
    text = between.join(pieces)
    assert words_of_paragraph(render(escape(text))) == " ".join(text.split())
    html = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>"
    assert words_of_paragraph(render(from_html(sanitize(html)))) == " ".join(text.split())


def words_of_paragraph(html):
    assert re.fullmatch(r"<p>[^<]*</p>\s*", html), html
    return " ".join(unescape(html[3:].partition("</p>")[0]).split())
