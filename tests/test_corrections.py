# Corrections: on the page, in lists, in what machines read, and all of them at /corrections/.
import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from publications.models import Correction, Publication
from tests.factories import (
    make_correction,
    make_draft,
    make_featured,
    make_file,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_removed,
    make_scheduled,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.forms import controls, submit
from tests.importing import only, row, take_in

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 5, 14, 9, tzinfo=UTC)
ATOM = {"": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def item():
    item = make_publication("Sea walls", published_at=LONG_AGO, topics=[make_topic("Coast")])
    make_correction(item, "Table 1 gave 31%.\nIt is 13%.")
    item.refresh_from_db()
    return item


def html_of(client, address):
    return client.get(address).content.decode()


# On the page and in lists


def test_page_shows_what_was_wrong_when_it_was_corrected_and_whether_it_matters(client, item):
    html = html_of(client, item.get_absolute_url())
    notice = html[html.index('<aside class="notice"') : html.index("</aside>")]
    assert 'Correction, <time datetime="2026-11-03">3 November 2026</time>.' in notice
    assert "Table 1 gave 31%.<br>It is 13%." in notice
    assert "The conclusions do not change." in notice
    assert 'href="#versions"' in notice
    history = html[html.index('id="versions"') :]
    assert history.index("3 November 2026") < history.index("14 May 2020")
    assert 'href="/corrections/"' in history


def test_notice_is_the_latest_and_all_that_change_conclusions_the_history_is_complete(client, item):
    make_correction(item, "Latest", made_on=date(2026, 11, 9), kind="clarification")
    make_correction(item, "Grave", made_on=date(2021, 1, 1), kind="retraction", changes_conclusions=True)
    html = html_of(client, item.get_absolute_url())
    notices, history = html[html.index("<main") :].split('id="versions"')
    assert notices.index("Latest") < notices.index("Grave")
    assert "Table 1" not in notices
    assert history.index("Latest") < history.index("Table 1") < history.index("Grave")
    assert "The conclusions change." in notices
    assert "Partial retraction" in notices


def test_page_without_corrections_has_no_history(client):
    html = html_of(client, make_publication().get_absolute_url())
    assert "versions" not in html


def test_cards_carry_the_day_of_the_latest_correction(client, item):
    make_correction(item, made_on=date(2026, 11, 9))
    make_publication("Brief", lead=item, topics=item.topics.all())
    make_featured(item.topics.get(), item)
    marked = 'Corrected <time datetime="2026-11-09">9 Nov 2026</time>'
    for address, times in (("/", 1), ("/topics/coast/", 2), ("/publications/", 1)):
        assert html_of(client, address).count(marked) == times, address


def test_day_on_cards_follows_the_corrections(item):
    later = make_correction(item, made_on=date(2026, 11, 9))
    later.made_on = date(2026, 11, 5)
    later.save()
    assert Publication.objects.get(pk=item.pk).corrected_on == date(2026, 11, 5)
    later.delete()
    assert Publication.objects.get(pk=item.pk).corrected_on == date(2026, 11, 3)
    item.corrections.get().delete()
    assert Publication.objects.get(pk=item.pk).corrected_on is None


def test_correction_is_not_dated_ahead():
    correction = Correction(publication=make_publication(), note="x", made_on=timezone.localdate())
    correction.full_clean()
    correction.made_on += timedelta(days=1)
    with pytest.raises(ValidationError, match="yet to come"):
        correction.full_clean()


# What machines read


def test_correction_changes_the_item_for_sitemaps_and_feeds(client, item):
    moment = timezone.now() + timedelta(days=3)
    with time_machine.travel(moment, tick=False):
        make_correction(item, "Figure 2 had no legend.", kind="clarification")
        assert f"{moment:%Y-%m-%dT%H:%M}" in html_of(client, "/sitemap-publications.xml")
        feed = ElementTree.fromstring(client.get("/topics/coast/feed.atom").content)
    entry = feed.find("entry", ATOM)
    assert entry.findtext("updated", namespaces=ATOM).startswith(f"{moment:%Y-%m-%d}")
    content = entry.findtext("content", namespaces=ATOM)
    assert content.startswith("<p><strong>Clarification, 3 November 2026.</strong> Figure 2 had no legend.")
    assert "Table 1 gave 31%." in content


def test_structured_data_tells_of_every_correction(client, item):
    html = html_of(client, item.get_absolute_url())
    graph = json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0])["@graph"]
    work = next(node for node in graph if "correction" in node)
    assert work["dateModified"] >= "2026-11-03"
    assert work["correction"] == [
        {
            "@type": "CorrectionComment",
            "name": "Correction",
            "text": "Table 1 gave 31%.\nIt is 13%. The conclusions do not change.",
            "datePublished": "2026-11-03",
            "url": "http://testserver/publications/sea-walls/#versions",
        }
    ]


def test_markdown_twin_tells_of_every_correction(client, item):
    text = client.get(f"{item.get_absolute_url()}index.md").content.decode()
    assert "> **Correction, 3 November 2026.** Table 1 gave 31%. It is 13%. The conclusions do not" in text


def test_item_brought_in_with_its_correction_was_modified_that_day(client):
    item = make_publication(published_at=LONG_AGO)
    make_correction(item)
    assert '"dateModified": "2026-11-03T00:00:00' in html_of(client, item.get_absolute_url())


def test_references_tell_of_the_latest_correction_where_they_have_a_place_for_it(client, item):
    address = item.get_absolute_url()
    assert "  note = {Corrected 3 November 2026}," in html_of(client, f"{address}cite.bib")
    assert "N1  - Corrected 3 November 2026\r\n" in html_of(client, f"{address}cite.ris")
    assert json.loads(client.get(f"{address}cite.json").content)[0]["note"] == "Corrected 3 November 2026"
    shown = {each.style: each.text for each in client.get(address).context["references"]}
    assert "Corrected November 3, 2026. http" in shown["Chicago"]
    assert shown["MLA"].endswith("Corrected 3 Nov. 2026.")
    assert "orrected" not in shown["APA"]


def test_export_has_a_column_of_the_latest_correction_that_the_import_passes_over(client, item, tmp_path):
    lines = client.get("/publications/export.csv").getvalue().decode("utf-8-sig").splitlines()
    assert dict(zip(lines[0].split(","), lines[1].split(","), strict=True))["x_corrected_on"] == "2026-11-03"


# All of them at one address


def titles(client, address="/corrections/"):
    return [(row.day, str(row.publication)) for row in client.get(address).context["page"].rows]


def test_all_corrections_and_withdrawals_stand_at_one_address_the_latest_first(client, item):
    other = make_publication("The right sums")
    make_withdrawn(
        "Wrong sums",
        notice="Table 4 is wrong.",
        withdrawn_at=datetime(2026, 11, 4, 12, tzinfo=UTC),
        replaced_by=other,
    )
    make_correction(item, "Later", made_on=date(2026, 11, 5), changes_conclusions=True)
    assert titles(client) == [
        (date(2026, 11, 5), "Sea walls"),
        (date(2026, 11, 4), "Wrong sums"),
        (date(2026, 11, 3), "Sea walls"),
    ]
    html = html_of(client, "/corrections/")
    assert "Table 1 gave 31%.<br>It is 13%." in html
    assert "Table 4 is wrong." in html
    assert f'<a href="{other.get_absolute_url()}">The right sums</a>' in html
    assert "The conclusions change." in html


def test_pages_of_corrections_hold_each_one_once(client):
    items = [make_publication() for _ in range(5)]
    for _ in range(6):
        for one in items:
            make_correction(one)
    for _ in range(15):
        make_withdrawn(withdrawn_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    pages = [client.get(f"/corrections/?page={number}").context["page"].rows for number in (1, 2, 3)]
    seen = [(row.publication.pk, row.correction and row.correction.pk) for rows in pages for row in rows]
    assert len(seen) == len(set(seen)) == 45
    assert [len(rows) for rows in pages] == [20, 20, 5]
    for wrong in ("4", "x", "0"):
        assert client.get(f"/corrections/?page={wrong}").status_code == 404
    assert '<link rel="canonical" href="http://testserver/corrections/?page=2">' in html_of(
        client, "/corrections/?page=2"
    )


def test_page_says_that_nothing_was_corrected(client):
    assert "Nothing has been corrected or withdrawn." in html_of(client, "/corrections/")


def test_page_leads_to_the_policy_once_it_is_published(client):
    page = make_page("How we correct", role="corrections", state="draft")
    assert "How we correct" not in html_of(client, "/corrections/")
    page.state = "published"
    page.save()
    assert f'<a href="{page.get_absolute_url()}">How we correct</a>' in html_of(client, "/corrections/")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_removed])
def test_correction_of_a_hidden_item_shows_nowhere(client, make):
    make_correction(make("Zanzibar"), "Zanzibar")
    staff = Client()
    staff.force_login(make_staff())
    for address in ("/corrections/", "/corrections/feed.atom", "/corrections/feed.json"):
        assert "Zanzibar" not in html_of(client, address)
        assert "Zanzibar" not in html_of(staff, address)


def test_feeds_of_corrections_hold_the_same_in_both_forms_under_lasting_ids(client, item):
    make_withdrawn("Wrong sums", notice="Table 4.", withdrawn_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
    atom = ElementTree.fromstring(client.get("/corrections/feed.atom").content)
    items = json.loads(client.get("/corrections/feed.json").content)["items"]
    assert [entry.findtext("title", namespaces=ATOM) for entry in atom.findall("entry", ATOM)] == [
        "Withdrawal: Wrong sums",
        "Correction: Sea walls",
    ]
    ids = [entry.findtext("id", namespaces=ATOM) for entry in atom.findall("entry", ATOM)]
    assert ids == [one["id"] for one in items]
    assert items[1]["content_text"] == "Table 1 gave 31%.\nIt is 13%. The conclusions do not change."
    assert items[1]["url"] == "http://testserver/publications/sea-walls/#versions"
    item.slug = "walls"
    item.save()
    item.corrections.get().save()
    again = json.loads(client.get("/corrections/feed.json").content)["items"]
    assert [one["id"] for one in again] == ids
    assert again[1]["url"] == "http://testserver/publications/walls/#versions"


def test_feeds_of_corrections_are_found_from_their_page_and_kept_by_validator(client, item, settings):
    settings.TOPICHUB_SITE_NAME = "Skerry Institute"
    html = html_of(client, "/corrections/")
    for kind, name in (("atom+xml", "feed.atom"), ("feed+json", "feed.json")):
        title = "Corrections and withdrawals | Skerry Institute"
        link = f'type="application/{kind}" title="{title}" href="/corrections/{name}"'
        assert link in html
        first = client.get(f"/corrections/{name}")
        again = client.get(f"/corrections/{name}", headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304
        assert first["Access-Control-Allow-Origin"] == "*"


# What feeds of publications say of a withdrawal


def entries(client, address="/topics/coast/feed.json"):
    return {one["title"]: one for one in json.loads(client.get(address).content)["items"]}


def test_subscribers_are_told_once_that_an_item_was_withdrawn(client, item):
    make_file(item)
    before = entries(client)["Sea walls"]
    Publication.objects.update(changed_at=LONG_AGO)
    item.state, item.notice = Publication.State.WITHDRAWN, "Table 4 is wrong."
    item.save()
    entry = entries(client)["Withdrawn: Sea walls"]
    assert entry["id"] == before["id"]
    assert entry["content_text"].endswith("Table 4 is wrong.")
    assert entry["content_text"].startswith("Withdrawn on ")
    assert entry["date_modified"] == timezone.localtime(item.changed_at).isoformat()
    assert "attachments" not in entry
    assert "Withdrawn: Sea walls" not in entries(client, "/types/tool/feed.json")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert entries(client) == {}


@pytest.mark.parametrize(
    ("itself", "another"),
    [
        ("/topics/coast/", "/topics/water/"),
        ("/types/tool/", "/types/report/"),
        ("/people/ines-corrow/", "/people/ada-wells/"),
        ("/publications/", "/topics/water/"),
        ("/publications/{name}?type=tool", "/publications/{name}?type=report"),
        ("/topics/coast/{name}?from=2019", "/topics/coast/{name}?from=2027"),
    ],
)
def test_withdrawal_is_told_in_the_feeds_of_the_lists_that_the_item_stood_in(client, itself, another):
    walls, others = make_topic("Walls", parent=make_topic("Coast")), make_topic("Water")
    authors = [make_person("Ines Corrow")]
    make_withdrawn("Sea walls", type="tool", topics=[walls], authors=authors, notice="Wrong.")
    make_publication("Dunes", authors=authors)
    make_publication("Rain", topics=[others], authors=[make_person("Ada Wells")])
    for address, told in ((itself, True), (another, False)):
        address = address if "{" in address else f"{address}{{name}}"
        feed = entries(client, address.format(name="feed.json"))
        assert ("Withdrawn: Sea walls" in feed) is told, address


@pytest.mark.parametrize("state", ["withdrawn", "removed", "draft"])
@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_reader_that_asks_by_date_alone_learns_that_an_item_left(client, item, name, state):
    make_publication("Newer", topics=item.topics.all())
    Publication.objects.update(changed_at=timezone.now() - timedelta(hours=2))
    first = client.get(f"/topics/coast/{name}")
    seen = {"if-modified-since": first["Last-Modified"]}
    assert client.get(f"/topics/coast/{name}", headers=seen).status_code == 304
    item.state = state
    item.save()
    answer = client.get(f"/topics/coast/{name}", headers=seen)
    assert answer.status_code == 200
    assert '"Sea walls"' not in answer.content.decode()


def test_withdrawn_page_keeps_its_picture_and_its_day(client):
    image = make_image()
    withdrawn_at = datetime(2026, 11, 4, 12, tzinfo=UTC)
    item = make_withdrawn(image=image, notice="Wrong.", withdrawn_at=withdrawn_at)
    html = html_of(client, item.get_absolute_url())
    assert 'Withdrawn on <time datetime="2026-11-04">4 November 2026</time>.' in html
    name = next(name for name in sorted(image.rendition_names) if name in html)
    assert client.get(image.rendition_url(name)).status_code == 200


def test_page_of_a_companion_warns_that_the_report_was_withdrawn_and_cards_leave_it_out(client):
    report = make_withdrawn("Wrong sums", notice="Wrong.")
    brief = make_publication("The brief", lead=report, topics=[make_topic("Coast")])
    html = html_of(client, brief.get_absolute_url())
    start = html.index('id="st-h"')
    companions = html[start : html.index("</ul>", start)]
    assert f'<a href="{report.get_absolute_url()}">Wrong sums</a>' in companions
    assert '<b class="state">Withdrawn</b>' in companions
    assert report.get_absolute_url() not in html_of(client, "/topics/coast/")
    assert report.get_absolute_url() not in html_of(client, f"{brief.get_absolute_url()}index.md")


def test_staff_find_a_withdrawn_item_marked_as_such(client):
    make_withdrawn("Wrong sums", notice="Wrong.")
    client.force_login(make_staff("Author"))
    assert '<b class="state">Withdrawn</b>' in html_of(client, "/publications/?state=withdrawn")


# In the admin and by the import


def change(item):
    return f"/admin/publications/publication/{item.pk}/change/"


def test_editor_adds_a_correction_to_what_was_published(client, item):
    client.force_login(make_staff("Editor"))
    fields = {
        "corrections-TOTAL_FORMS": "2",
        "corrections-1-kind": "substantive",
        "corrections-1-made_on": "2026-11-09",
        "corrections-1-note": "Figure 3 was upside down.",
        "corrections-1-changes_conclusions": "on",
    }
    assert submit(client, change(item), **fields).status_code == 302
    item.refresh_from_db()
    assert item.corrected_on == date(2026, 11, 9)
    assert item.corrections.first().changes_conclusions
    assert "Figure 3 was upside down." in html_of(client, "/corrections/")


def test_correction_without_a_note_or_dated_ahead_is_refused_in_words(client, item):
    client.force_login(make_staff("Editor"))
    response = submit(
        client, change(item), **{"corrections-0-note": "", "corrections-0-made_on": "2999-01-01"}
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "yet to come" in html
    assert item.corrections.get().note.startswith("Table 1")


def test_draft_has_no_corrections_to_fill_in(client):
    client.force_login(make_staff("Editor"))
    assert "corrections-TOTAL_FORMS" not in controls(client.get(change(make_draft())))


NOTE = {"date": "2026-11-03", "kind": "substantive", "note": "It is 13%.", "conclusions_change": True}


def test_import_takes_corrections_and_keeps_those_it_knows(tmp_path):
    assert take_in(tmp_path, row(corrections=[NOTE, {"date": "2026-11-05", "note": "A typo."}])).status == 0
    first = only().corrections.get(kind="substantive")
    assert (first.made_on, first.note, first.changes_conclusions) == (date(2026, 11, 3), "It is 13%.", True)
    assert only().corrected_on == date(2026, 11, 5)
    assert take_in(tmp_path, row(corrections=[NOTE])).lines[-1].startswith("created 0, updated 1")
    assert only().corrections.get() == first
    assert only().corrected_on == date(2026, 11, 3)
    assert (
        take_in(tmp_path, row(corrections=[NOTE])).lines[-1].startswith("created 0, updated 0, unchanged 1")
    )
    assert take_in(tmp_path, row()).lines[-1].startswith("created 0, updated 0, unchanged 1")
    take_in(tmp_path, row(corrections=None))
    assert not only().corrections.exists()
    assert only().corrected_on is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("It is 13%.", "must be a list of objects with “date” and “note”"),
        ([{"note": "x"}], "number 1 has no date"),
        ([NOTE, {"date": "2026-11-03"}], "number 2 has no note"),
        ([NOTE | {"date": "2999-01-01"}], "number 1 is dated 2999-01-01, which is yet to come"),
        (
            [NOTE | {"kind": "erratum"}],
            "number 1 is of the kind “erratum” (write one of clarification, correction, substantive, retraction)",
        ),
        (
            [NOTE | {"text": "x"}],
            "number 1 has a key “text” (write one of date, kind, note, conclusions_change)",
        ),
        ([NOTE | {"conclusions_change": "yes"}], "number 1 must be true or false"),
    ],
)
def test_import_says_what_is_wrong_with_a_correction(tmp_path, wrong, words):
    done = take_in(tmp_path, row(corrections=wrong))
    assert f"row 1: corrections: {words}" in done.lines
    assert not Publication.objects.exists()
