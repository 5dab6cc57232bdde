# The staff's list in a real browser: narrowed, saved, set up and taken along by keyboard alone; what axe finds.
import pytest
from playwright.sync_api import expect

from publications.models import SavedView
from tests.browsing import faults, look
from tests.factories import make_draft, make_publication, make_topic
from tests.test_admin_browser import LIST, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def press_on(page, control, key="Enter"):
    control.focus()
    page.keyboard.press(key)


def panel(page, words):
    return page.locator("summary", has_text=words)


def test_a_view_is_made_set_up_and_taken_along_by_keyboard(page, complaints):
    water = make_topic("Water")
    make_draft("Tide", topics=[water])
    make_publication("Ebb", topics=[water])
    make_draft("Desk", topics=[make_topic("Paper")])
    sign_in(page, "Editor")
    page.goto(f"{LIST}?view=0")
    press_on(page, panel(page, "Filters"))
    press_on(page, page.get_by_role("group", name="State").get_by_label("Draft"), "Space")
    page.get_by_role("searchbox", name="Topic").focus()
    page.keyboard.type("Wat")
    page.locator(".select2-results__option--highlighted", has_text="Water").wait_for()
    page.keyboard.press("Enter")
    press_on(page, page.get_by_role("button", name="Apply"))
    page.get_by_role("link", name="Topic: Water").wait_for()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)

    press_on(page, page.get_by_role("link", name="Save this view"))
    page.get_by_label("Name").wait_for()
    page.get_by_label("Name").focus()
    page.keyboard.type("Water in the making")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Water in the making", exact=True).wait_for()

    press_on(page, panel(page, "Columns"))
    press_on(page, page.get_by_label("Picture", exact=True), "Space")
    press_on(page, page.get_by_label("Authors", exact=True), "Space")
    up = page.get_by_role("button", name="Up: Authors")
    for _ in range(7):
        press_on(page, up)
    expect(page.locator("form[data-columns] [role='status']")).to_have_text("Authors is now number 1 of 15.")
    press_on(page, page.get_by_role("button", name="Save columns"))
    page.locator("th.column-byline").wait_for()
    view = SavedView.objects.get(name="Water in the making")
    assert view.columns[:2] == ["byline", "headline"]

    press_on(page, panel(page, "Export"))
    with page.expect_download() as download:
        press_on(page, page.get_by_role("link", name="CSV, these columns"))
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("authors,title,")
    assert len(lines) == 2
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_in_the_list_with_its_panels_open(page, width, scheme):
    make_draft("Tide", topics=[make_topic("Water")])
    look(page, width, scheme)
    sign_in(page, "Editor")
    page.goto(f"{LIST}?state=draft&type=report&type=tool")
    page.evaluate("document.querySelectorAll('#content-main details').forEach((each) => (each.open = true))")
    assert faults(page) == []
