# The public pages in a real browser: accessibility rules, console, other origins, keyboard, no script.
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

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
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for address in ADDRESSES:
        said.clear()
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.locator("html").get_attribute("lang") == language
        violations = Axe().run(page).response["violations"]
        assert not violations, [(address, v["id"], v["nodes"][0]["html"]) for v in violations]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert [text for text in said if not (address in REFUSED and "Failed to load" in text)] == [], address
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
    assert page.context.cookies() == []


def test_topic_can_be_filtered_and_paged_without_script(
    browser, live_server, world, django_db_serialized_rollback
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/topics/coast/")
    page.get_by_label("Commentary").check()
    page.get_by_label("From", exact=True).fill("2000")
    page.get_by_role("button", name="Apply filters").click()
    assert "type=commentary" in page.url
    assert page.get_by_text("1–20 of 25, newest first").is_visible()
    page.get_by_role("link", name="Next page").click()
    assert page.get_by_text("21–25 of 25, newest first").is_visible()
    page.get_by_role("link", name=re.compile("Remove filter: Commentary")).click()
    assert page.get_by_text("1–20 of 28, newest first").is_visible()
    context.close()


def test_topic_can_be_read_and_filtered_by_keyboard_alone(page, world):
    page.goto("/topics/coast/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "document.activeElement.value === 'research-brief'")
    page.keyboard.press("Space")
    tab_to(page, "document.activeElement.type === 'submit'")
    page.keyboard.press("Enter")
    page.wait_for_url("**type=research-brief**")
    assert page.get_by_text("1–1 of 1, newest first").is_visible()
    tab_to(page, "document.activeElement.closest('.entry-title') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publications/the-brief/")


def tab_to(page, condition):
    for _ in range(60):
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


def test_references_open_without_script(browser, live_server, world, django_db_serialized_rollback):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/publications/the-wall/")
    assert not page.get_by_text("Corrow, I. (").is_visible()
    page.get_by_role("link", name="Cite this").first.click()
    page.get_by_text("Corrow, I. (").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS (.ris)").click()
    assert download.value.suggested_filename == "the-wall.ris"
    assert page.get_by_role("button", name="Copy").count() == 0
    context.close()


def test_no_picture_moves_the_page_when_it_arrives(page, world):
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => window.shift += e.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto("/topics/coast/", wait_until="networkidle")
    assert page.evaluate("document.querySelector('.feature img').complete")
    assert page.evaluate("window.shift") < 0.01


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
    assert page.get_by_role("status").inner_text() == "2 suggestions"
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    assert not Axe().run(page).response["violations"]
    box.press("Escape")
    assert options.count() == 0 and box.input_value() == "wal"
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/publications/the-wall/")


def test_search_works_without_script_from_every_page(
    browser, live_server, world, django_db_serialized_rollback
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/topics/")
    page.get_by_role("searchbox", name="Search publications").fill("raised wall")
    page.get_by_role("searchbox", name="Search publications").press("Enter")
    page.wait_for_url("**/publications/?q=raised+wall")
    assert page.locator("mark").all_inner_texts() == ["wall", "raised"]
    context.close()
