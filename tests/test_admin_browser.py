# The admin in a real browser, under the site's policy: ordering, writing, choosing, and what axe finds.
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from publications.models import MenuEntry, Publication
from tests import browsing
from tests.factories import (
    jpeg,
    make_draft,
    make_image,
    make_person,
    make_publication,
    make_ready,
    make_staff,
)

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
LIST = "/admin/publications/publication/"


def change(obj):
    return reverse(f"admin:publications_{obj._meta.model_name}_change", args=[obj.pk])


def sign_in(page, group=None):
    make_staff(group, username="ines")
    browsing.sign_in(page)


@pytest.fixture
def item():
    people = [make_person(name) for name in ("Alpha", "Beta", "Gamma")]
    return make_draft("Water", authors=people)


def order_on_page(page):
    return page.locator("#authorships-group .inline-related:not(.empty-form) select").evaluate_all(
        "found => found.map((each) => each.selectedOptions[0]?.textContent)"
    )


def stored_order(item):
    return list(item.authorships.values_list("person__name", flat=True))


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_have_count(1)


def choose(page, box, words):
    """Choose by the keyboard, as one does who cannot see the list."""
    box.focus()
    page.keyboard.press("Enter")
    page.locator(".select2-search__field:focus").wait_for()
    page.keyboard.type(words)
    page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
    page.keyboard.press("Enter")


# Ordering


def test_authors_are_ordered_with_the_keyboard(page, item, complaints):
    sign_in(page, "Editor")
    page.goto(change(item))
    page.get_by_role("button", name="Down: Alpha").focus()
    page.keyboard.press("Enter")
    assert order_on_page(page) == ["Beta", "Alpha", "Gamma"]
    status = page.locator("#authorships-group [data-ordering-status]")
    expect(status).to_have_text("Alpha is now number 2 of 3.")
    assert page.evaluate("document.activeElement.ariaLabel") == "Down: Alpha"
    page.get_by_role("button", name="To top: Gamma").focus()
    page.keyboard.press("Space")
    save(page)
    assert stored_order(item) == ["Gamma", "Beta", "Alpha"]
    assert complaints == []


def test_authors_are_ordered_by_dragging(page, item, complaints):
    sign_in(page, "Editor")
    page.goto(change(item))
    handle, rows = (
        page.locator("#authorships-group .drag").nth(0),
        page.locator("#authorships-group .inline-related"),
    )
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), rows.nth(2).bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] * 0.9, steps=8)
    page.mouse.up()
    assert order_on_page(page) == ["Beta", "Gamma", "Alpha"]
    save(page)
    assert stored_order(item) == ["Beta", "Gamma", "Alpha"]
    assert complaints == []


def test_a_new_row_is_moved_and_a_removed_one_disturbs_nothing(page, complaints):
    item = make_draft("Water", authors=[make_person("Alpha"), make_person("Beta")])
    make_person("Newcomer")
    sign_in(page, "Editor")
    page.goto(change(item))
    add = page.get_by_role("button", name="Add another Author")
    add.click()
    add.click()
    page.get_by_role("button", name=re.compile("^To top: New author")).nth(1).click()
    choose(page, page.locator("#authorships-3").get_by_role("combobox"), "Newcomer")
    page.get_by_role("button", name="Up: Beta").click()
    page.locator("#authorships-2").get_by_role("button", name="Remove").click()
    expect(page.locator("#authorships-group .inline-related:not(.empty-form)")).to_have_count(3)
    save(page)
    assert stored_order(item) == ["Newcomer", "Beta", "Alpha"]
    assert complaints == []


def test_menus_are_ordered_by_their_names(page, complaints):
    sign_in(page, "Editor")
    page.goto("/admin/publications/menus/")
    main, footer = (page.get_by_role("group", name=name, exact=True) for name in ("Main menu", "Footer"))
    footer.get_by_label("Label").first.fill("All topics")
    main.get_by_role("button", name="Down: Topics").click()
    assert (
        page.locator("#entries-group [data-ordering-status]").inner_text() == "Topics is now number 2 of 3."
    )
    down = footer.get_by_role("button", name=re.compile("^Down")).first
    down.focus()
    expect(down).to_have_attribute("aria-label", "Down: All topics")
    page.keyboard.press("Enter")
    save(page)
    assert [entry.name for entry in MenuEntry.objects.order_by("-place", "position")] == [
        *("Publications", "Topics", "People"),
        *("Publications", "All topics", "People", "Corrections"),
    ]
    assert complaints == []


# Writing and choosing


def test_text_editor_types_and_saves_under_the_policy(page, complaints):
    draft = make_draft("Tides")
    sign_in(page, "Author")
    page.goto(change(draft))
    editor = page.get_by_role("textbox", name="Body")
    editor.click()
    page.keyboard.type("Two  blanks and")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("a second line")
    assert editor.evaluate("each => getComputedStyle(each).whiteSpace").startswith("break-spaces")
    save(page)
    draft.refresh_from_db()
    assert draft.body == "<p>Two  blanks and</p><p><strong>a second line</strong></p>"
    assert complaints == []


def test_picture_just_chosen_is_shown_before_saving(page, complaints):
    make_image("A quay at dusk", jpeg(600, 400), credit="Photo: M. Invented")
    sign_in(page, "Author")
    page.goto(change(make_draft()))
    choose(page, page.get_by_role("combobox", name="Picture"), "quay")
    shown = page.locator("[data-picture]")
    shown.get_by_text("A quay at dusk").wait_for()
    assert "Photo: M. Invented" in shown.inner_text()
    assert shown.locator("img").evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    assert complaints == []


def test_state_list_and_filters_work_without_scripts(browser, live_server, page):
    make_draft("Draft of tides", type="tool")
    make_publication("Published tides")
    sign_in(page, "Editor")
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    view = plain.new_page()
    view.goto(LIST)
    view.get_by_text("Filters", exact=True).click()
    view.get_by_label("Tool", exact=True).check()
    view.get_by_role("button", name="Apply").click()
    view.wait_for_url("**type=tool**")
    expect(view.locator("#result_list tbody tr")).to_have_count(1)
    view.get_by_label("Published from").fill("2020-01-01")
    view.get_by_role("button", name="Apply").click()
    view.wait_for_url("**from=2020-01-01**")
    assert "type=tool" in view.url
    expect(view.get_by_text("Nothing fits.")).to_be_visible()
    plain.close()


def test_the_bar_with_save_never_covers_the_field_in_use(page):
    sign_in(page, "Editor")
    page.goto(f"{LIST}add/")
    page.get_by_label("Title", exact=True).focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => {
              const field = document.activeElement, bar = document.querySelector(".submit-row");
              if (!field || bar.contains(field) || field === document.body) return false;
              return field.getBoundingClientRect().top >= bar.getBoundingClientRect().top;
            }"""
        )
        assert not covered, page.evaluate("document.activeElement.outerHTML")


# Steps


def test_enter_in_a_field_saves_and_never_publishes(page):
    item = make_ready("Tides")
    sign_in(page, "Editor")
    page.goto(change(item))
    page.get_by_label("Report number").fill("TR-7")
    with page.expect_navigation():
        page.get_by_label("Report number").press("Enter")
    item.refresh_from_db()
    assert (item.report_number, item.state) == ("TR-7", "draft")


HAS_FOCUS = "each => each.contains(document.activeElement)"


def test_what_is_missing_leads_to_its_field_by_the_keyboard(page):
    item = make_draft(body='<p><a href="/publications/never/">x</a></p>')
    sign_in(page, "Author")
    page.goto(change(item))
    for words, field in (("no summary", "summary"), ("no topic", "topics"), ("leads to no page", "body")):
        page.get_by_role("link", name=re.compile(words)).press("Enter")
        page.wait_for_url(re.compile(f"#id_{field}$"))
        row = page.locator(f".form-row.field-{field}")
        box = row.bounding_box()
        assert -box["height"] < box["y"] < 800, field
        if not row.evaluate(HAS_FOCUS):  # a field that a script draws is next to the one it stands for
            page.keyboard.press("Tab")
        assert row.evaluate(HAS_FOCUS), field


def test_an_item_is_published_and_withdrawn_without_scripts(browser, live_server, page):
    item = make_ready("Tides")
    others = [make_draft("First"), make_draft("Second")]
    sign_in(page, "Editor")
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    view = plain.new_page()
    view.goto(change(item))
    view.get_by_label("Title", exact=True).fill("Tides and tables")
    view.get_by_role("button", name="Publish now").press("Enter")
    expect(view.get_by_text("Published: readers see it now.")).to_be_visible()
    view.get_by_role("link", name="Withdraw…").press("Enter")
    view.get_by_label("Notice").fill("Table 2 is wrong.")
    view.get_by_role("button", name="Withdraw it").press("Enter")
    item.refresh_from_db()
    assert (item.title, item.state, item.notice) == ("Tides and tables", "withdrawn", "Table 2 is wrong.")
    view.goto(LIST)
    for other in others:
        view.get_by_role("row", name=re.compile(other.title)).get_by_role("checkbox").check()
    view.get_by_label("With those ticked").select_option("Submit for review")
    view.get_by_role("button", name="Go").press("Enter")
    expect(view.get_by_text("First: In review")).to_be_visible()
    assert {Publication.objects.get(pk=other.pk).state for other in others} == {"in_review"}
    plain.close()
