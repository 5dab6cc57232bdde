# What a reader meets on the page of one item.
import re
from datetime import UTC, datetime

import pytest

from tests.factories import (
    make_draft,
    make_file,
    make_image,
    make_person,
    make_publication,
    make_staff,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
SEARCH_SCRIPT = '<script src="/static/search.js" defer>'


def test_page_shows_every_part_the_item_has(client):
    publication = make_publication(
        "Who pays for the wall?",
        subtitle="Cost sharing in twelve towns",
        topics=[make_topic("Coast")],
        authors=[make_person("Ines Corrow"), make_person("Bram Osterley"), make_person("Tam Verrall")],
        published_at=datetime(2026, 11, 12, 9, 0, tzinfo=UTC),
        summary="We followed the money.",
        key_findings="Towns paid a fifth.\n\nUpkeep was forgotten.",
        body="<h2>The bill</h2><p>It came <strong>late</strong>.</p><table><tr><td>1</td></tr></table>",
        report_number="SI-R-2026-041",
        doi="10.5555/si.2026.41",
        image=make_image("A pale sea wall", caption="The new wall.", credit="Photo: O. Stannard"),
    )
    file = make_file(publication, label="Full report", pages=64)
    html = client.get("/publications/who-pays-for-the-wall/").content.decode()
    for part in [
        "<h1>Who pays for the wall?</h1>",
        "Cost sharing in twelve towns",
        '<time datetime="2026-11-12">12 November 2026</time>',
        '<a href="/people/ines-corrow/">Ines Corrow</a>, <a href="/people/bram-osterley/">Bram Osterley</a> and <a',
        "<li>Towns paid a fifth.</li><li>Upkeep was forgotten.</li>",
        '<h2 id="s-the-bill">The bill</h2>',
        '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>',
        "SI-R-2026-041",
        'href="https://doi.org/10.5555/si.2026.41"',
        'alt="A pale sea wall"',
        '<figcaption>The new wall. <span class="credit">Photo: O. Stannard</span></figcaption>',
        f'<a href="{file.get_absolute_url()}">Full report</a>',
        "64 pages",
        '<a href="/topics/coast/">Coast</a>',
    ]:
        assert part in html, part


def test_bare_item_has_no_empty_parts(client):
    make_publication("Bare")
    html = client.get("/publications/bare/").content.decode()
    for part in (
        "standfirst",
        "byline",
        "Downloads",
        "Key findings",
        "figure",
        "Topics</h2>",
        "Related work",
        "By ",
    ):
        assert part not in html, part


def test_markup_in_an_editors_words_is_shown_not_run(client):
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    topic = make_topic(attack)
    image = make_image(attack, caption=attack, credit=attack)
    publication = make_publication(
        attack,
        subtitle=attack,
        summary=attack,
        key_findings=attack,
        body=f"<p onclick=x>Safe</p>{attack}<a href='javascript:alert(1)'>link</a>",
        image=image,
        topics=[topic],
        authors=[make_person(attack)],
        report_number=attack[:60],
    )
    for address in (
        publication.get_absolute_url(),
        topic.get_absolute_url(),
        "/",
        "/topics/",
        "/publications/",
        "/people/",
    ):
        html = client.get(address).content.decode()
        for known in (
            '<script type="application/ld+json">',
            '<script src="/static/site.js" defer>',
            SEARCH_SCRIPT,
        ):
            html = html.replace(known, "", 1)
        assert "<script" not in html
        assert "<img src=x" not in html
        assert "javascript:" not in html
        assert "onclick" not in html
    assert "<p>Safe</p>" in client.get(publication.get_absolute_url()).content.decode()


def test_withdrawn_item_keeps_its_page_with_a_notice_and_leaves_the_lists(client):
    topic = make_topic("Coast")
    item = make_withdrawn("Wrong sums", topics=[topic], notice="Table 2 was wrong throughout.")
    file = make_file(item)
    response = client.get(item.get_absolute_url())
    assert response.status_code == 200
    assert "Withdrawn on <time" in response.content.decode()
    assert "Table 2 was wrong throughout." in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert file.get_absolute_url() not in response.content.decode()
    assert client.get(file.get_absolute_url()).status_code == 404
    for address in ("/", "/topics/coast/", "/publications/", "/types/report/"):
        assert "Wrong sums" not in client.get(address).content.decode()


def test_companions_of_a_study_are_named_on_each_others_page(client):
    report = make_publication("The report")
    brief = make_publication("The brief", type="research-brief", lead=report)
    tool = make_publication("The tool", type="tool", lead=report)
    make_draft("Hidden release", type="news-release", lead=report)
    for page, others in [(report, [brief, tool]), (brief, [report, tool]), (tool, [report, brief])]:
        html = client.get(page.get_absolute_url()).content.decode()
        box = re.search(r"Also from this study</h2>(.*?)</section>", html, re.DOTALL)[1]
        assert set(re.findall(r'href="([^"]+)"', box)) == {other.get_absolute_url() for other in others}
        assert "Hidden release" not in html


def test_related_work_is_of_the_same_topics_and_not_the_item_itself(client):
    coast = make_topic("Coast")
    item = make_publication("This", topics=[coast])
    make_publication("Near", topics=[coast])
    make_publication("Far", topics=[make_topic("Heat")])
    html = client.get(item.get_absolute_url()).content.decode()
    related = html[html.index("Related work") :]
    assert re.findall(r'entry-title"><a href="[^"]+">([^<]+)', related) == ["Near"]


def test_foreign_title_says_its_language(client):
    make_publication("مرافئ هادئة", language="ar", slug="harbours")
    html = client.get("/publications/harbours/").content.decode()
    assert '<h1 lang="ar" dir="rtl">' in html
    assert '<h3 class="entry-title" lang="ar" dir="rtl">' in client.get("/publications/").content.decode()


def test_download_has_its_type_and_name(client):
    publication = make_publication("Wall")
    pdf = make_file(publication, b"%PDF-1.7 wall", "original name.pdf", label="Full report")
    csv = make_file(publication, b"a,b\n", "data.csv", label="Data")
    response = client.get("/publications/wall/full-report.pdf")
    assert pdf.get_absolute_url() == "/publications/wall/full-report.pdf"
    assert b"".join(response.streaming_content) == b"%PDF-1.7 wall"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="full-report.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(csv.get_absolute_url())["Content-Disposition"].startswith("attachment")


def test_page_says_to_staff_what_readers_see_and_is_kept_by_no_cache(client):
    draft = make_draft("Early thoughts")
    client.force_login(make_staff("Author"))
    response = client.get(draft.get_absolute_url())
    assert "Only staff see this page." in response.content.decode()
    assert f'href="/admin/publications/publication/{draft.pk}/change/"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_long_title_and_summary_are_shown_whole(client):
    title, summary = "Long title " * 36 + "end", "Long summary. " * 200 + "Finis."
    item = make_publication(title, summary=summary, topics=[make_topic("Coast")])
    for address in (item.get_absolute_url(), "/topics/coast/"):
        html = client.get(address).content.decode()
        assert title in html
        assert summary in html


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"%PDF", "bytes 0-3/13"),
        ("bytes=9-", 206, b"wall", "bytes 9-12/13"),
        ("bytes=-4", 206, b"wall", "bytes 9-12/13"),
        ("bytes=-400", 206, b"%PDF-1.7 wall", "bytes 0-12/13"),
        ("bytes=9-999", 206, b"wall", "bytes 9-12/13"),
        ("bytes=13-", 416, b"", "bytes */13"),
        ("bytes=5-2", 416, b"", "bytes */13"),
        ("bytes=0-1,4-5", 200, b"%PDF-1.7 wall", None),
        ("bytes=-", 200, b"%PDF-1.7 wall", None),
        ("pages=1-2", 200, b"%PDF-1.7 wall", None),
    ],
)
def test_part_of_a_download_can_be_asked_for(client, asked, status, body, content_range):
    file = make_file(make_publication(), b"%PDF-1.7 wall")
    response = client.get(file.get_absolute_url(), headers={"range": asked})
    assert response.status_code == status
    assert response.get("Content-Range") == content_range
    assert b"".join(response) == body
    if status != 416:
        assert int(response["Content-Length"]) == len(body)
        assert response["Content-Type"] == "application/pdf"


def test_download_the_reader_has_already_is_not_sent_again(client):
    file = make_file(make_publication(), b"%PDF-1.7 wall")
    etag = client.get(file.get_absolute_url())["ETag"]
    assert client.get(file.get_absolute_url(), headers={"if-none-match": etag}).status_code == 304
    changed = {"range": "bytes=0-3", "if-range": '"another"'}
    assert client.get(file.get_absolute_url(), headers=changed).status_code == 200
