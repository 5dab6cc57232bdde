# Saved views of the staff's list, its columns, and its files.
import csv
import io
import re
import zipfile
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from publications.admin import list_export
from publications.admin.columns import Columns
from publications.models import SavedView, TopicRole
from tests.factories import (
    make_correction,
    make_draft,
    make_person,
    make_publication,
    make_ready,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"
VIEWS, COLUMNS = f"{LIST}views/", f"{LIST}columns/"


@pytest.fixture
def ines():
    return make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")


@pytest.fixture
def omar():
    return make_staff("Editor", username="omar")


@pytest.fixture
def editor(client, ines):
    client.force_login(ines)
    return client


def save_view(client, name, query="", **fields):
    answer = client.post(f"{VIEWS}?{query}", {"name": name, "_save_new": "1"} | fields, follow=True)
    return SavedView.objects.filter(name=name).order_by("-pk").first(), answer


def tabs(client) -> list[str]:
    return [words for words, *_ in client.get(f"{LIST}?view=0").context["cl"].tabs]


def heads(client, query="?view=0") -> list[str]:
    return [name for name in client.get(LIST + query).context["cl"].list_display if name != "action_checkbox"]


def opens_its_panel(client, query: str) -> bool:
    """Whether the list shows all its filters, and not the words that name them alone."""
    return '<details class="filters" open>' in client.get(LIST + query).content.decode()


# Views


def test_a_view_keeps_filters_words_order_and_columns(editor):
    make_draft("Tide")
    make_draft("Ebb")
    editor.post(COLUMNS, {"column": ["headline", "doi_shown"]})
    view, answer = save_view(editor, "My drafts", "state=draft&q=tide&o=-headline")
    editor.post(COLUMNS, {"_usual": "1"})
    assert "The view “My drafts” is saved." in answer.content.decode()
    changelist = answer.context["cl"]
    assert [str(row) for row in changelist.result_list] == ["Tide"]
    assert changelist.params["o"] == "-headline"
    assert heads(editor, view.address) == ["headline", "doi_shown"]
    assert tabs(editor) == ["All", "My drafts"]


def test_the_panel_of_filters_opens_for_what_no_tab_chose(editor):
    view, _ = save_view(editor, "Reports to finish", "type=report&lacks=topics&state=draft")
    for tab in ("?view=0", "?state=draft", view.address, f"?view={view.pk}&type=report&state=in-review"):
        assert not opens_its_panel(editor, tab), tab
    for query in ("?state=draft&state=in-review", "?type=report", f"{view.address}&language=fr"):
        assert opens_its_panel(editor, query), query
    page = editor.get(LIST + view.address).content.decode()
    assert '<span class="quiet">3 in use</span>' in page and "Remove filter: </span>Type: Report" in page


def test_the_panel_of_filters_opens_where_something_in_it_needs_a_hand(editor):
    view, _ = save_view(editor, "Of a topic", "topic=999999")
    assert opens_its_panel(editor, view.address)
    assert opens_its_panel(editor, "?state=nonsense")


def test_a_view_is_renamed_changed_and_deleted(editor):
    view, _ = save_view(editor, "Drafts", "state=draft")
    editor.post(f"{VIEWS}?view={view.pk}&state=in-review", {"name": "In review", "_save": "1"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("In review", "state=in-review")
    editor.post(f"{VIEWS}?view={view.pk}", {"_delete": "1"})
    assert tabs(editor) == ["All"]


def test_a_second_view_of_one_name_is_refused_and_what_was_typed_stays(editor):
    save_view(editor, "Drafts", "state=draft")
    _, answer = save_view(editor, "Drafts", "type=tool")
    text = answer.content.decode()
    assert "You have a view of this name already." in text
    assert 'value="Drafts"' in text
    assert answer.context["back"] == f"{LIST}?type=tool"
    assert SavedView.objects.filter(name="Drafts").count() == 1


def test_a_view_is_its_owners_until_it_is_shared(editor, omar):
    view, _ = save_view(editor, "Mine", "state=draft")
    editor.force_login(omar)
    assert tabs(editor) == ["All"]
    assert editor.get(LIST + view.address).context["cl"].set_up.view is None


def test_a_shared_view_is_for_its_group_and_changed_by_its_owner_alone(editor, ines, omar):
    desk = Group.objects.create(name="Desk")
    ines.groups.add(desk)
    view, _ = save_view(editor, "For the desk", "state=draft", audience=str(desk.pk))
    editor.force_login(omar)
    assert tabs(editor) == ["All"]
    omar.groups.add(desk)
    assert tabs(editor) == ["All", "For the desk"]
    editor.post(f"{VIEWS}?view={view.pk}", {"_delete": "1", "name": ""})
    editor.post(f"{VIEWS}?view={view.pk}", {"_save": "1", "name": "Taken"})
    view.refresh_from_db()
    assert (view.name, view.owner) == ("For the desk", ines)
    assert SavedView.objects.get(name="Taken").owner == omar, "it is a view of his own"


def test_a_view_may_be_shared_with_everybody_by_those_who_may_share(editor, omar):
    save_view(editor, "Waiting", "state=in-review", audience="all")
    author = make_staff("Author")
    editor.force_login(author)
    assert tabs(editor) == ["All", "Waiting"]
    assert not save_view(editor, "Mine", audience="all")[0].is_shared
    author.user_permissions.add(Permission.objects.get(codename="share_savedview"))
    assert save_view(editor, "Everybody's", audience="all")[0].is_shared


def test_nobody_shares_with_a_group_of_others(editor):
    others = Group.objects.create(name="Others")
    view, answer = save_view(editor, "For others", audience=str(others.pk))
    assert view is None
    assert 'class="errorlist"' in answer.content.decode()


def test_the_list_opens_with_the_view_somebody_chose(editor, omar):
    view, _ = save_view(editor, "Drafts", "state=draft", audience="all")
    editor.force_login(omar)
    editor.post(f"{VIEWS}?view={view.pk}", {"_open": "1"})
    assert editor.get(LIST).url == view.address
    assert editor.get(f"{LIST}?view=0").status_code == 200
    editor.post(VIEWS, {"_open": "1"})
    assert editor.get(LIST).status_code == 200


def test_views_are_for_those_who_may_see_the_list(client, ines):
    ines.groups.clear()
    client.force_login(ines)
    for address in (VIEWS, COLUMNS):
        assert client.post(address, {"name": "x", "_save_new": "1"}).status_code == 403
    assert client.get(f"{LIST}export.csv").status_code == 403
    assert not SavedView.objects.exists()


# Columns


def test_columns_are_chosen_and_ordered_by_each_for_themselves(editor, omar):
    chosen = {"column": ["headline", "doi_shown", "byline"], "place_doi_shown": "1", "place_headline": "3"}
    editor.post(COLUMNS, chosen | {"place_byline": "2", "query": "state=draft"})
    assert heads(editor) == ["doi_shown", "byline", "headline"]
    editor.post(COLUMNS, {"_usual": "1"})
    assert "picture" in heads(editor)
    editor.force_login(omar)
    assert "picture" in heads(editor)


def test_the_title_always_shows_and_unknown_columns_never(editor):
    editor.post(COLUMNS, {"column": ["delete", "__class__", "made"]})
    assert heads(editor) == ["headline", "made"]


def test_every_column_says_what_it_should(editor, ines):
    item = make_publication(
        "Tide",
        authors=[make_person("Ada Ärlund")],
        doi="10.5555/a",
        report_number="RR-7",
        language="fr",
        changed_by=ines,
        created_by=ines,
    )
    make_correction(item)
    editor.post(COLUMNS, {"column": Columns.all_columns})
    text = editor.get(f"{LIST}?view=0").content.decode()
    for words in ("Ada Ärlund", "10.5555/a", "RR-7", "Français", "Ines Corrow", "3 Nov 2026"):
        assert words in text


def test_filters_and_view_stay_after_saving_a_step_and_bulk_steps(editor):
    item = make_ready("Tide")
    view, _ = save_view(editor, "Drafts", "state=draft&state=in-review")
    form = re.search(
        r'<th class="field-headline"><a href="([^"]+)"', editor.get(f"{LIST}?view=0").content.decode()
    )
    assert form[1].endswith("?_changelist_filters=view%3D0")
    kept = f"?{urlencode({'_changelist_filters': f'view={view.pk}&state=draft,in-review'})}"
    page = editor.get(reverse("admin:publications_publication_change", args=[item.pk]) + kept)
    back = re.search(rf'<a href="({LIST}\?[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    changelist = editor.get(back).context["cl"]
    assert changelist.chosen_states == ["draft", "in-review"]
    assert changelist.set_up.view == view
    ticked = {"action": "submit_selected", "_selected_action": [item.pk], "index": "0"}
    assert (
        editor.post(f"{LIST}?view={view.pk}&state=draft", ticked).url == f"{LIST}?view={view.pk}&state=draft"
    )
    item.refresh_from_db()
    assert item.state == "in_review"


def test_rows_lead_to_forms_with_every_value_of_the_filters(editor):
    make_draft("Tide")
    page = editor.get(f"{LIST}?state=draft&state=in-review").content.decode()
    assert "_changelist_filters=state%3Ddraft%252Cin-review" in page
    assert "Tide" in editor.get(f"{LIST}?state=draft,in-review").content.decode()


# Files


def rows_of(client, query="") -> list[dict]:
    text = client.get(f"{LIST}export.csv{query}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_has_the_rows_of_the_list_in_its_order_whatever_its_pages(editor, monkeypatch):
    monkeypatch.setattr(list_export, "CHUNK", 7)
    for number in range(60):
        make_publication(f"Item {number % 13}")
    make_draft("Draft")
    query = "?state=published&o=-headline"
    listed = [str(row) for row in editor.get(f"{LIST}{query}").context["cl"].queryset]
    assert [row["title"] for row in rows_of(editor, query)] == listed
    assert len(listed) == 60


def test_the_file_has_all_columns_or_those_shown(editor):
    item = make_draft(
        "Tide", authors=[make_person("Ada Ärlund"), make_person("Ben")], topics=[make_topic("Water")]
    )
    row = rows_of(editor)[0]
    assert (row["key"], row["authors"], row["topics"]) == (str(item.pk), "Ada Ärlund | Ben", "Water")
    assert "changed (UTC)" in row
    editor.post(COLUMNS, {"column": ["doi_shown", "headline"]})
    view, _ = save_view(editor, "Two")
    assert list(rows_of(editor, f"{view.address}&columns=shown")[0]) == ["doi", "title"]


def test_spreadsheets_run_nothing_of_the_file(editor):
    make_draft("=HYPERLINK(1)", report_number="+1")
    row = rows_of(editor)[0]
    assert (row["title"], row["number"]) == ("'=HYPERLINK(1)", "'+1")
    assert cells_of(editor)[1][1:2] == ["=HYPERLINK(1)"], "as text, which is never run"


def cells_of(client, query="") -> list[list[str]]:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{LIST}export.xlsx{query}").getvalue()))
    assert archive.testzip() is None
    page = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [["".join(cell.itertext()) for cell in row] for row in page.iter(f"{space}row")]


def test_the_spreadsheet_says_what_the_table_says(editor):
    make_draft("A < B & C\x0b  “quoted”", summary="two\nlines", topics=[make_topic("Water")])
    make_publication("Second")
    table = rows_of(editor, "?o=headline")
    head, *rows = cells_of(editor, "?o=headline")
    assert [dict(zip(head, row, strict=True)) for row in rows] == [
        {name: cell.replace("\x0b", "") for name, cell in row.items()} for row in table
    ]


def test_more_rows_than_a_spreadsheet_holds_are_refused_in_words(editor, monkeypatch):
    monkeypatch.setattr(list_export.sheet, "MOST_ROWS", 1)
    make_draft()
    make_draft()
    answer = editor.get(f"{LIST}export.xlsx")
    assert answer.status_code == 400
    assert "take it as CSV" in answer.content.decode()


def test_hidden_items_are_in_the_files_of_those_alone_who_may_see_them(client):
    mine, theirs = make_topic("Mine"), make_topic("Theirs")
    make_draft("My draft", topics=[mine])
    make_draft("Their draft", topics=[theirs])
    make_publication("Public", topics=[theirs])
    user = make_staff("Author")
    user.groups.clear()
    TopicRole.objects.create(user=user, topic=mine, role=1)
    client.force_login(user)
    assert {row["title"] for row in rows_of(client)} == {"My draft", "Public"}
