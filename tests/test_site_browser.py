# The public pages in a real browser: accessibility rules, console, other origins, keyboard, no script.
import re

import pytest
from playwright.sync_api import expect

from tests.browsing import faults, look
from tests.factories import (
    make_correction,
    make_featured,
    make_file,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_removed,
    make_topic,
    make_withdrawn,
)

ADDRESSES = [
    "/",
    "/topics/",
    "/topics/coast/",
    "/topics/coast/?type=report&from=2000",
    "/topics/coast/?from=soon",
    "/topics/coast/?page=2",
    "/topics/coast/?collect=on",
    "/publications/",
    "/publications/?q=wall",
    "/publications/?q=wal&type=report&sort=newest",
    "/publications/?q=nothing+at+all",
    "/publications/?q=wahl&type=report&from=2000",
    "/publications/the-wall/",
    "/publications/wrong-sums/",
    "/briefing/",
    "/briefing/?item=the-wall&item=the-brief&item=harbours&item=wrong-sums&item=none&title=For+Tuesday",
    "/people/",
    "/people/ines-corrow/",
    "/types/report/",
    "/about/",
    "/corrections/",
    "/publications/in-error/",
    "/not/here/",
]
REFUSED = ADDRESSES[-2:]  # the browser says so too
VIEWS = [
    *(("en-gb", width, scheme) for width in (320, 1280) for scheme in ("light", "dark")),
    ("ar", 320, "light"),
    ("ar", 1280, "dark"),
    ("de", 320, "light"),
]


@pytest.fixture
def world():
    coast = make_topic("Coast", introduction="<p>Where land ends.</p>", slots=3, description="Shores.")
    walls = make_topic("Sea walls", parent=coast)
    ines, image = make_person("Ines Corrow"), make_image(caption="The wall.", credit="Photo: O. Stannard")
    wall = make_publication(
        "The wall",
        topics=[coast, walls],
        authors=[ines],
        image=image,
        summary="Who pays when it is raised.",
        key_findings="One.\nTwo.",
        body="<h2>A</h2><p>x</p><h2>B</h2><p>y</p><h2>C</h2><table><tr><th>Town</th><td>1</td></tr></table>",
        doi="10.5555/wall",
    )
    make_file(wall)
    make_publication("The brief", type="research-brief", topics=[walls], lead=wall, summary="In short.")
    make_publication("مرافئ هادئة", topics=[coast], language="ar", slug="harbours", translation_of=wall)
    make_withdrawn("Wrong sums", notice="Table 2 was wrong.")
    make_removed("In error", notice="It named a person.", replaced_by=wall)
    make_correction(wall)
    make_correction(wall, "Not half.", made_on="2026-11-05", changes_conclusions=True)
    make_featured(coast, wall)
    make_page("About", body="<h2>A</h2><p>x</p><h2>B</h2><p>y</p><h2>C</h2>", reviewed_on="2026-11-03")
    for number in range(25):
        make_publication(
            f"Note {number}", topics=[coast], type="commentary", image=image if number % 2 else None
        )


@pytest.mark.looks
@pytest.mark.parametrize(("language", "width", "scheme"), VIEWS)
def test_no_public_page_breaks_an_accessibility_rule_or_reaches_elsewhere(
    page, world, live_server, settings, language, width, scheme
):
    settings.LANGUAGE_CODE = language
    look(page, width, scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for address in ADDRESSES:
        said.clear()
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert faults(page) == [], address
        assert [text for text in said if not (address in REFUSED and "Failed to load" in text)] == [], address
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
    assert page.context.cookies() == []


@pytest.fixture
def scriptless(browser, live_server, django_db_serialized_rollback):
    """A page in a browser that runs no script."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_topic_can_be_filtered_and_paged_without_script(scriptless, world):
    page = scriptless
    page.goto("/topics/coast/")
    page.get_by_label("Commentary").check()
    page.get_by_label("From", exact=True).fill("2000")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile("type=commentary"))
    expect(page.get_by_text("1–20 of 25, newest first")).to_be_visible()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("21–25 of 25, newest first")).to_be_visible()
    page.get_by_role("link", name=re.compile("Remove filter: Commentary")).click()
    expect(page.get_by_text("1–20 of 28, newest first")).to_be_visible()


def test_words_are_found_and_texts_and_files_opened_without_script(scriptless, world):
    page = scriptless
    page.goto("/")
    page.get_by_role("searchbox", name="Search publications").fill("wall raised")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="The wall", exact=True).first.click()
    with page.expect_response("**/full-report.pdf") as response:
        page.get_by_role("link", name="Full report").last.click()
    assert response.value.status == 200
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Topics").click()
    page.get_by_role("link", name="Coast", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Coast")


def test_briefing_is_collected_over_pages_and_lists_without_script(scriptless, world):
    page = scriptless
    page.goto("/topics/coast/")
    page.get_by_role("link", name="Collect items").click()
    page.get_by_label("Collect Note 24").check()
    page.get_by_role("button", name="Next page").click()
    page.get_by_label("Collect The wall").check()
    page.get_by_label("Tool", exact=True).or_(page.get_by_label("Research Brief")).first.check()
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_label("Collect The brief").check()
    page.get_by_role("button", name="Go on in all publications").first.click()
    expect(page.get_by_text("3 items collected.").first).to_be_visible()
    expect(page.get_by_label("Collect The brief")).to_be_checked()
    page.get_by_role("button", name="Make the briefing").first.click()
    titles = page.locator(".entry-title")
    expect(titles).to_have_text(["Note 24", "The wall", "The brief"])
    page.get_by_role("link", name=re.compile("Move up ?: The brief")).click()
    page.get_by_role("link", name=re.compile("Take out ?: Note 24")).click()
    expect(titles).to_have_text(["The brief", "The wall"])
    page.locator("summary", has_text="Title and style").click()
    page.get_by_label("Title", exact=True).fill("For Tuesday")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("For Tuesday")
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    assert download.value.suggested_filename == "for-tuesday.bib"
    expect(page.get_by_role("button", name="Print")).to_have_count(0)


def test_topic_can_be_read_filtered_and_paged_by_keyboard_alone(page, world):
    page.goto("/topics/coast/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press(page, "document.activeElement.rel === 'next'", "Enter")
    page.wait_for_url("**page=2**")
    press(page, "document.activeElement.value === 'research-brief'", "Space")
    press(
        page,
        "document.activeElement.type === 'submit' && document.activeElement.closest('#filters')",
        "Enter",
    )
    page.wait_for_url("**type=research-brief**")
    expect(page.get_by_text("1–1 of 1, newest first")).to_be_visible()
    press(page, "document.activeElement.closest('.entry-title')", "Enter")
    page.wait_for_url("**/publications/the-brief/")


def test_publication_is_cited_and_a_briefing_made_of_it_by_keyboard_alone(page, world):
    page.goto("/publications/the-wall/")
    press(page, "document.activeElement.getAttribute('href') === '#cite'", "Enter")
    expect(page.get_by_text("Corrow, I. (")).to_be_visible()
    press(page, "document.activeElement.href?.includes('/briefing/?item=')", "Enter")
    page.wait_for_url("**/briefing/?item=*")
    press(page, "document.activeElement.textContent === 'Add items'", "Enter")
    page.wait_for_url("**collect=on**")
    press(page, "document.activeElement.name === 'item' && !document.activeElement.checked", "Space")
    press(page, "document.activeElement.textContent === 'Make the briefing'", "Enter")
    page.wait_for_url("**/briefing/?item=*&item=*")
    expect(page.locator(".entry-title")).to_have_text(["The wall", "Note 24"])
    press(page, "document.activeElement.textContent.startsWith('Move down')", "Enter")
    page.wait_for_url("**#item-*")
    expect(page.locator(".entry-title")).to_have_text(["Note 24", "The wall"])


def press(page, condition, key):
    tab_to(page, f"Boolean({condition})")
    page.keyboard.press(key)


def tab_to(page, condition):
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"Never reached: {condition}")


def test_reference_is_copied_by_a_button_and_selected_by_a_click(page, world):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/publications/the-wall/")
    page.get_by_role("link", name="Cite this").first.click()
    reference = page.locator("#cite pre").first
    reference.click()
    assert page.evaluate("getSelection().toString()") == reference.inner_text()
    page.get_by_role("button", name="Copy Chicago").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#cite pre").nth(1).inner_text()
    assert copied.startswith("Corrow, Ines. ")


def test_references_open_without_script(scriptless, world):
    page = scriptless
    page.goto("/publications/the-wall/")
    expect(page.get_by_text("Corrow, I. (")).to_be_hidden()
    page.get_by_role("link", name="Cite this").first.click()
    page.get_by_text("Corrow, I. (").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS (.ris)").click()
    assert download.value.suggested_filename == "the-wall.ris"
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_suggestions_are_reached_by_keyboard_announced_and_lead_to_their_page(page, world):
    page.goto("/")
    box = page.get_by_role("combobox", name="Search publications")
    box.press_sequentially("wal")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert [text.split() for text in options.all_inner_texts()] == [
        ["Sea", "walls", "Topic"],
        ["The", "wall", "Report"],
    ]
    expect(page.get_by_role("status")).to_have_text("2 suggestions")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert faults(page) == []
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("wal")
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/publications/the-wall/")


def test_search_works_without_script_from_every_page(scriptless, world):
    page = scriptless
    page.goto("/topics/")
    page.get_by_role("searchbox", name="Search publications").fill("raised wall")
    page.get_by_role("searchbox", name="Search publications").press("Enter")
    page.wait_for_url("**/publications/?q=raised+wall")
    expect(page.locator("mark")).to_have_text(["wall", "raised"])
