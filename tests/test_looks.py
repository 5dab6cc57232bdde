# How the public pages look in every awkward state, as far as a browser can be asked. What only eyes can
# judge is not here.
import pytest
from playwright.sync_api import expect

from tests.factories import make_featured, make_image, make_publication, make_topic
from tests.test_site_browser import ADDRESSES, world  # noqa: F401

pytestmark = pytest.mark.looks
TEXT_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }
"""  # WCAG 2.2, 1.4.12
ROWS = """selector => {
    const tops = [...document.querySelectorAll(selector)].map(e => Math.round(e.getBoundingClientRect().top));
    return [...new Set(tops)].map(top => tops.filter(other => other === top).length);
}"""
CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")]
    .filter(e => !e.closest(".vh, .scroll, svg, picture, input, select") && e.textContent.trim())
    .filter(e => getComputedStyle(e).overflow !== "visible" && (
        e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
    .map(e => e.outerHTML.slice(0, 120))"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""
LONG_TITLE = ("Developing a common framework for the condition of locally owned embankments " * 6)[:400]
LONG_WORD = "Hochwasserschutzanlagenunterhaltungsverpflichtungsverordnungsdurchführungsbestimmung"
LONG_CAPTION = "Reed beds seen from the path that the wardens keep dry. " * 7  # 70 words


@pytest.fixture
def awkward_world(world):  # noqa: F811
    """Beside the usual, the longest of everything."""
    image = make_image(caption=LONG_CAPTION, credit="Photo: Ines Corrow, reproduced with permission")
    topic = make_topic(LONG_WORD[:60], slots=6, slug="long")
    for title in (LONG_TITLE, LONG_WORD, "Ebb"):
        make_featured(
            topic, make_publication(title, topics=[topic], image=image, summary=f"{LONG_WORD} " * 4)
        )
    make_publication(LONG_TITLE, topics=[topic], slug="long", image=image, key_findings=LONG_WORD)


def test_pages_fit_320_pixels_with_wider_text_spacing_and_cut_nothing_off(
    browser, live_server, awkward_world, django_db_serialized_rollback
):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 320, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    for address in [*ADDRESSES, "/topics/long/", "/publications/long/", "/publications/?q=framework"]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.evaluate(TOO_WIDE)
        page.add_style_tag(content=TEXT_SPACING)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.evaluate(TOO_WIDE)
        assert page.evaluate(CLIPPED) == [], address
    context.close()


def test_featured_items_stand_in_rows_that_fit_their_number(page):
    rows = {
        1280: {1: [1], 2: [2], 3: [1, 2], 4: [1, 3], 5: [2, 3], 6: [2, 4]},
        800: {1: [1], 2: [2], 3: [1, 2], 4: [2, 2], 5: [1, 2, 2], 6: [2, 2, 2]},
        360: {count: [1] * count for count in range(1, 7)},
    }
    image = make_image(caption=LONG_CAPTION)
    items = [make_publication(f"Item {n}", image=image if n != 2 else None) for n in range(6)]
    for count in range(1, 7):
        topic = make_topic(f"Topic {count}", slots=count)
        for position, item in enumerate(items[:count]):
            make_featured(topic, item, position=position)
    for width, expected in rows.items():
        page.set_viewport_size({"width": width, "height": 800})
        for count, shape in expected.items():
            page.goto(f"/topics/topic-{count}/")
            expect(page.locator(".feature-title")).to_have_text([f"Item {n}" for n in range(count)])
            assert page.evaluate(ROWS, ".featured > li") == shape, (width, count)


def test_text_of_a_list_starts_on_one_line_with_and_without_pictures(page, awkward_world):
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/topics/coast/", "/topics/long/", "/publications/"):
            page.goto(address)
            edges = page.evaluate(
                "[...document.querySelectorAll('.ledger .entry-title')].map(e => e.getBoundingClientRect().left)"
            )
            assert len(set(edges)) == 1, (width, address)


def test_forced_colours_keep_marks_bars_and_what_is_chosen(page, world):  # noqa: F811
    page.emulate_media(forced_colors="active")
    page.goto("/topics/coast/?type=report&from=2000&to=2030")
    colours = page.evaluate("""() => {
        const style = (selector, part) => getComputedStyle(document.querySelector(selector), part);
        return {
            page: style("body").backgroundColor,
            mark: style(".entry .kind", "::before").backgroundColor,
            bar: style(".hist .on .bar").fill,
            span: style(".hist .span").stroke,
            label: style(".hist text").fill,
        };
    }""")
    ground = colours.pop("page")
    assert ground not in colours.values()
    for selector in (".mainnav [aria-current]", ".pill:has(:checked)"):
        outline = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).outlineStyle")
        assert outline == "solid", selector


def test_nothing_moves_for_who_asks_for_no_motion(page, world):  # noqa: F811
    moving = "[...document.querySelectorAll('a, .button')].some(e => getComputedStyle(e).transitionDuration !== '0s')"
    page.goto("/topics/coast/")
    assert page.evaluate(moving)
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    assert not page.evaluate(moving)


def test_histogram_is_reached_skipped_and_left_by_keyboard(page, world):  # noqa: F811
    page.goto("/topics/coast/?from=2000")
    page.get_by_role("link", name="Skip the chart").focus()
    assert page.get_by_role("link", name="Skip the chart").bounding_box()["height"] > 10
    page.keyboard.press("Tab")
    year = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert year.endswith("publications, in the selected range")
    assert page.locator(".hist a:focus-visible .val").evaluate("e => getComputedStyle(e).opacity") == "1"
    page.get_by_role("link", name="Skip the chart").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "type"
