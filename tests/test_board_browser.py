# The board of a topic in a real browser: by the keyboard alone, with a pointer, and without a script.
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browsing import faults, wait_until
from tests.factories import jpeg, make_draft, make_featured, make_image, make_publication, make_topic
from tests.test_admin_browser import choose, save, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def topic():
    topic = make_topic("Water", slots=3, tops_up=True)
    for position, title in enumerate(["Alpha", "Beta", "Gamma"]):
        image = make_image(f"A quay {title}", jpeg(600, 400)) if position else None
        item = make_publication(title, topics=[topic], image=image, summary=f"{title} in short.")
        make_featured(topic, item, position=position)
    make_publication("Newest of all", topics=[topic])
    make_draft("Draft of tides", topics=[topic])
    return topic


def address(topic):
    return reverse("admin:publications_topic_board", args=[topic.pk])


def stored(topic):
    return list(topic.featured_items.values_list("publication__title", flat=True))


def order_on_page(page):
    return page.locator("[data-picks] .pick").evaluate_all("rows => rows.map((row) => row.dataset.name)")


def preview_shows(page, *titles):
    """Waits until the preview has these cards in this order."""
    wait_until(
        page,
        """(wanted) => {
          const cards = document.querySelector("iframe")?.contentDocument?.querySelectorAll(".feature-title") ?? [];
          return JSON.stringify([...cards].map((card) => card.textContent)) === JSON.stringify(wanted);
        }""",
        list(titles),
    )


def tab_to(page, wanted):
    """Press Tab until what has the focus is called so."""
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
              const here = document.activeElement;
              return here.ariaLabel || here.labels?.[0]?.textContent || here.value || here.textContent;
            }"""
        )
        if " ".join(name.split()).startswith(wanted):
            return
    raise AssertionError(f"Nothing called {wanted} is reached.")


def test_everything_is_done_with_the_keyboard_alone(page, topic, complaints):
    make_image("A harbour at night", jpeg(600, 400))
    sign_in(page, "Editor")
    page.goto(address(topic))
    preview_shows(page, "Alpha", "Beta", "Gamma")
    status = page.locator("form")

    tab_to(page, "Add a publication of this topic")
    page.keyboard.type("tides")
    page.locator("#found").get_by_text("Draft of tides").wait_for()
    expect(page.locator("#found [data-status=draft]")).to_have_text("Draft")
    status.get_by_text("1 found. Enter adds “Draft of tides”.").wait_for(state="attached")
    page.keyboard.press("Enter")
    status.get_by_text("“Draft of tides” is now number 4.").wait_for(state="attached")

    tab_to(page, "To top: Gamma")
    page.keyboard.press("Enter")
    assert order_on_page(page) == ["Gamma", "Alpha", "Beta", "Draft of tides"]
    expect(page.locator("[data-ordering-status]")).to_have_text("Gamma is now number 1 of 4.")
    preview_shows(page, "Gamma", "Alpha", "Beta")

    tab_to(page, "Remove Alpha")
    page.keyboard.press("Space")
    preview_shows(page, "Gamma", "Beta", "Newest of all")

    tab_to(page, "When, picture and words: Beta")
    page.keyboard.press("Enter")
    tab_to(page, "Own words")
    page.keyboard.type("Beta in other words.")
    choose(page, page.locator(".pick[data-name=Beta]").get_by_role("combobox"), "harbour")
    frame = page.frame_locator("iframe")
    frame.get_by_text("Beta in other words.").wait_for()
    frame.get_by_alt_text("A harbour at night").wait_for(state="attached")

    tab_to(page, "How many places the page has")
    page.keyboard.type("2")
    preview_shows(page, "Gamma", "Beta")
    assert stored(topic) == ["Alpha", "Beta", "Gamma"], "nothing is stored yet"
    with page.expect_navigation():
        tab_to(page, "Save")
        page.keyboard.press("Enter")
    assert stored(topic) == ["Gamma", "Beta", "Draft of tides"]
    pick = topic.featured_items.get(publication__title="Beta")
    assert (pick.words, pick.image.alternative_text) == ("Beta in other words.", "A harbour at night")
    assert complaints == []


def drag(page, handle, target):
    """From the handle to the lower end of the target, with the mouse."""
    start, end = handle.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] * 0.9, steps=8)
    page.mouse.up()


def drag_by_touch(page, handle, target):
    start, end = handle.bounding_box(), target.bounding_box()
    x, first, last = start["x"] + 9, start["y"] + 9, end["y"] + end["height"] * 0.9
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": first}]})
    for step in range(1, 9):
        y = first + (last - first) * step / 8
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("width", "drag"), [(360, drag_by_touch), (1280, drag)])
def test_items_are_dragged_into_their_order(page, topic, complaints, width, drag):
    page.set_viewport_size({"width": width, "height": 1200})
    sign_in(page, "Editor")
    page.goto(address(topic))
    page.locator(".pick").nth(2).scroll_into_view_if_needed()
    drag(page, page.locator(".drag").nth(0), page.locator(".pick").nth(2))
    assert order_on_page(page) == ["Beta", "Gamma", "Alpha"]
    expect(page.locator("[data-ordering-status]")).to_have_text("Alpha is now number 3 of 3.")
    preview_shows(page, "Beta", "Gamma", "Alpha")
    save(page)
    assert stored(topic) == ["Beta", "Gamma", "Alpha"]
    assert complaints == []


def test_the_weeks_to_come_follow_what_is_typed_and_a_moment_is_previewed(page, topic):
    sign_in(page, "Editor")
    page.goto(address(topic))
    assert page.get_by_text("Not saved yet", exact=True).is_hidden(), "nothing was changed so far"
    day = timezone.localdate() + timedelta(days=9)
    row = page.locator(".pick[data-name=Alpha]")
    row.get_by_text("When, picture and words").click()
    row.get_by_role("group", name="Until").get_by_label("Date").fill(day.isoformat())
    row.get_by_role("group", name="Until").get_by_label("Time").fill("09:00:00")
    when = f"{day:%-d %b %Y}, 09:00 UTC"
    row.get_by_text(
        f"It stands first now. It ends on {when}; after that 2 of 3 places are filled; the newest item fills in."
    ).wait_for()
    expect(page.get_by_text("Not saved yet", exact=True)).to_be_visible()
    change = page.get_by_role("radio", name=when)
    assert (
        "“Alpha” ends. 2 of 3 places are filled; “Newest of all” fills in, as the newest."
        in page.locator(".change").nth(1).inner_text()
    )
    drawn = page.locator(".lanes .lane:not(.axis)").all_inner_texts()
    assert ["Gamma" in lane or "Newest: Newest of all" in lane for lane in drawn] == [False, True, True]
    page.get_by_text("As a table").click()
    cells = page.locator(".timeline tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells == ["Beta", "Gamma", "Newest of all (newest)", ""]
    preview_shows(page, "Alpha", "Beta", "Gamma")
    change.check()
    preview_shows(page, "Beta", "Gamma", "Newest of all")
    assert page.get_by_role("radio", name=when).evaluate("each => each === document.activeElement")
    page.on("dialog", lambda asked: asked.accept())
    page.goto("/admin/")
    page.goto(address(topic))
    page.get_by_role("button", name="Restore").click()
    preview_shows(page, "Beta", "Gamma", "Newest of all")
    expect(page.get_by_role("radio", name=when), "what was typed is offered again").to_have_count(1)
    assert stored(topic) == ["Alpha", "Beta", "Gamma"]


def test_the_board_works_without_scripts(browser, live_server, page, topic):
    sign_in(page, "Editor")
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    view = plain.new_page()
    view.goto(address(topic))
    view.get_by_label("Number").nth(0).fill("9")
    view.get_by_label("Add a publication of this topic").fill("tides")
    with view.expect_navigation():
        view.get_by_label("Add a publication of this topic").press("Enter")
    assert order_on_page(view) == ["Beta", "Gamma", "Alpha"], "what was typed before the search is kept"
    view.get_by_role("button", name="Add Draft of tides").click()
    view.get_by_label("Phone").check()
    view.get_by_role("button", name="Preview").click()
    titles = view.frame_locator("iframe").locator(".feature-title")
    expect(titles).to_have_text(["Beta", "Gamma", "Alpha"])
    view.get_by_role("button", name="Save").click()
    expect(view.get_by_text("Saved: readers see it now.")).to_be_visible()
    assert stored(topic) == ["Beta", "Gamma", "Alpha", "Draft of tides"]
    plain.close()


@pytest.mark.looks
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_no_fault_on_a_board_in_use(page, topic, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, "Editor")
    page.goto(address(topic))
    preview_shows(page, "Alpha", "Beta", "Gamma")
    page.get_by_label("Add a publication of this topic").fill("alpha")
    page.get_by_label("How many places the page has").select_option("2")
    page.get_by_text("Gamma” waits.").first.wait_for()
    page.locator(".pick[data-name=Beta]").get_by_role("checkbox").check()
    page.get_by_text("It leaves when you save.").wait_for()
    page.locator("#id_tops_up").uncheck()
    page.locator(".pick[data-name=Gamma]").get_by_role("checkbox").check()
    page.locator(".lanes .empty").first.wait_for()
    page.get_by_label("Add a publication of this topic").fill("newest")
    page.locator("#found button").wait_for()
    for closed in page.locator("details:not(.menu) > summary:visible").all():
        closed.click()
    assert faults(page) == []
