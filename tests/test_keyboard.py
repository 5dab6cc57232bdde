# A week's work of one editor, done in a browser with the keyboard alone: whatever is used is reached by the tab
# key from where the focus is. Boards, histories, changes to live items and lists have more of their own.
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from publications.models import Correction, FeaturedItem, PreviewLink, Publication
from tests.factories import jpeg, make_publication, make_staff, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
STOPS = 250  # no page of the admin has more places where the tab key stops
HAS_FOCUS = "each => each.contains(document.activeElement)"


def reach(page, target):
    """Tab until the focus is there; past the last place it begins again at the first."""
    for _ in range(STOPS):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The tab key does not lead to {target}")


def write(page, label, text, exact=True):
    reach(page, page.get_by_label(label, exact=exact).first)
    page.keyboard.type(text)


def press(page, role, name, key="Enter"):
    reach(page, page.get_by_role(role, name=name).first)
    page.keyboard.press(key)


def unfold(page, words):
    reach(page, page.locator("summary").filter(has_text=words).first)
    page.keyboard.press("Enter")


def go(page, role, name):
    with page.expect_navigation():
        press(page, role, name)


def choose(page, name, words):
    press(page, "combobox", name)
    page.locator(".select2-search__field:focus").wait_for()
    page.keyboard.type(words)
    page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
    page.keyboard.press("Enter")


def add_picture(page):
    """In the small window that the form opens for it."""
    with page.expect_popup() as opened:
        press(page, "link", "New picture")
    window = opened.value
    window.wait_for_load_state()
    window.bring_to_front()
    with (
        window.expect_file_chooser() as chooser
    ):  # begun early: the browser must know of it by the time of the key
        reach(window, window.locator("#id_file"))
        window.keyboard.press("Enter")
    picture = jpeg(900, 600, name="gauge.jpg")
    chooser.value.set_files({"name": "gauge.jpg", "mimeType": "image/jpeg", "buffer": picture.read()})
    write(window, "Alternative text", "A tide gauge at low water")
    write(window, "Credit", "Photo: A. Number")
    with window.expect_event("close"):
        press(window, "button", "Save")


def sign_in(page):
    make_staff("Editor", username="ines")
    page.goto("/admin/")
    page.keyboard.type("ines")
    write(page, "Password", "tide and table", exact=False)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_every_duty_of_an_editor_is_done_with_the_keyboard_alone(page, browser):
    make_publication("Older", topics=[make_topic("Coast")])
    sign_in(page)
    day = timezone.localdate() + timedelta(days=30)

    go(page, "link", "Add publication")
    choose(page, "Type", "Report")
    write(page, "Title", "Tides and tables")
    write(page, "Summary", "In short.")
    choose(page, "Topics", "Coast")
    add_picture(page)
    page.locator("[data-picture]").get_by_text("A tide gauge at low water").wait_for()
    reach(page, page.get_by_role("textbox", name="Body"))
    page.keyboard.type("At length.")
    go(page, "button", "Submit for review")
    item = Publication.objects.get(title="Tides and tables")
    assert (item.state, item.body, item.image.credit) == (
        "in_review",
        "<p>At length.</p>",
        "Photo: A. Number",
    )

    reach(page, page.locator("#id_published_at_0"))
    page.keyboard.type(f"{day:%m%d%Y}")
    reach(page, page.locator("#id_published_at_1"))
    page.keyboard.type("090000AM")
    go(page, "button", "Schedule")
    assert page.get_by_text(
        re.compile(rf"Scheduled: readers see it from {day:%-d %b %Y}, 09:00")
    ).is_visible()

    page.goto("/topics/coast/")
    unfold(page, "See this page at another time")
    go(page, "link", re.compile("^Changes next"))
    expect(page.get_by_role("link", name="Tides and tables").first).to_be_visible()
    go(page, "link", "Share it by a preview link")
    write(page, "For whom", "The board")
    go(page, "button", "Save")
    outside = browser.new_page()
    outside.goto(page.url.partition("/admin/")[0] + PreviewLink.objects.get().get_absolute_url())
    expect(outside.get_by_role("link", name="Tides and tables").first).to_be_visible()
    outside.close()
    go(page, "button", "End The board")
    assert not PreviewLink.objects.get().works

    page.goto(f"/admin/publications/publication/{item.pk}/change/")
    go(page, "button", "Publish now")
    item.refresh_from_db()
    assert item.is_public

    page.goto(f"/admin/publications/topic/{item.topics.get().pk}/board/")
    write(page, "Add a publication of this topic", "tides")
    page.get_by_text("1 found. Enter adds “Tides and tables”.").wait_for(state="attached")
    page.keyboard.press("Enter")
    page.get_by_text("“Tides and tables” is now number 1.").wait_for(state="attached")
    go(page, "button", "Save")
    assert FeaturedItem.objects.get().publication == item

    page.goto("/admin/publications/publication/")
    unfold(page, "Filters")
    press(page, "checkbox", "Report", key="Space")
    go(page, "button", "Apply")
    assert "type=report" in page.url
    go(page, "link", "Tides and tables")
    press(page, "button", "Add another Correction")
    write(page, "Note", "Table 1 gave 31%. It is 13%.")
    go(page, "button", "Save")
    assert Correction.objects.get().publication == item

    page.goto(f"/admin/publications/publication/{item.pk}/change/")
    go(page, "link", "Withdraw…")
    write(page, "Notice", "Table 1 is wrong.")
    go(page, "button", "Withdraw it")
    item.refresh_from_db()
    assert (item.state, item.notice) == ("withdrawn", "Table 1 is wrong.")
