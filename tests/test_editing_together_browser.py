# Two browsers on one item, a lost connection, the end of a session: what was typed is there in the end.
import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from publications.models import Publication
from tests.browsing import faults, wait_until
from tests.factories import make_draft, make_person, make_staff

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ENDS = {"width": 1280, "height": 800}


@pytest.fixture
def item():
    return make_draft("Tides", summary="Old.", body="<p>One.</p><p>Two.</p><p>Three.</p>")


@pytest.fixture
def windows(browser, live_server, django_db_serialized_rollback):
    """Opens windows, each in a browser of its own; what their consoles complain of fails the test."""
    contexts, complaints = [], []

    def window(name=None):
        contexts.append(browser.new_context(base_url=live_server.url, viewport=ENDS))
        page = contexts[-1].new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if name:
            make_staff("Editor", username=name)
            page.goto("/admin/login/")
            sign_in(page, name)
        return page

    yield window
    for context in contexts:
        context.close()
    assert [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


def sign_in(page, name):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("tide and table")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state()


def change(item):
    return reverse("admin:publications_publication_change", args=[item.pk])


def open_form(page, item):
    page.goto(change(item))
    text(page).wait_for()


def text(page):
    return page.locator(".ProseMirror[contenteditable=true]")


def field(page, name):
    return page.get_by_role("textbox", name=name, exact=True)


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save and stay").click()


def stored(item):
    return Publication.objects.get(pk=item.pk)


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('typed:')).length")


def wait_until_kept(page, words):
    wait_until(page, "words => Object.values(localStorage).some(kept => kept.includes(words))", words)


def test_two_people_at_one_item_lose_nothing_and_settle_a_clash_by_keyboard_alone(item, windows):
    maria, tom = windows("maria"), windows("tom")
    open_form(maria, item)
    open_form(tom, item)
    tom.get_by_text(re.compile("maria is editing this too, since")).wait_for()
    field(maria, "Title").fill("High tides")
    text(maria).get_by_text("One.").click()
    maria.keyboard.press("End")
    maria.keyboard.type(" Hers.")
    save(maria)
    field(tom, "Title").fill("Low tides")
    field(tom, "Summary").fill("New.")
    text(tom).get_by_text("Three.").click()
    tom.keyboard.press("End")
    tom.keyboard.type(" His.")
    save(tom)
    assert stored(item).title == "High tides"
    assert text(tom).inner_text().split() == "One. Hers. Two. Three. His.".split()
    clash = tom.get_by_role("group", name="Title", exact=True)
    expect(clash.locator("dd").first).to_have_text("Tides")
    theirs, mine = (clash.locator("dd").nth(place).inner_text().split() for place in (1, 2))
    assert theirs == "taken away: Tides added: High tides".split()
    assert mine == "taken away: Tides added: Low tides".split()
    assert tom.evaluate("document.activeElement.className") == "meanwhile"
    for width, scheme in ((360, "dark"), (1280, "light")):
        tom.set_viewport_size({"width": width, "height": 800})
        tom.emulate_media(color_scheme=scheme)
        assert faults(tom) == []
    tom.keyboard.press("Tab")
    tom.keyboard.press("ArrowDown")
    assert tom.evaluate("document.activeElement.value") == "mine"
    with tom.expect_navigation():
        tom.keyboard.press("Enter")
    item = stored(item)
    assert (item.title, item.summary) == ("Low tides", "New.")
    assert item.body == "<p>One. Hers.</p><p>Two.</p><p>Three. His.</p>"
    assert kept(tom) == 0


def test_a_save_without_a_connection_is_stopped_and_works_afterwards(item, windows):
    tom = windows("tom")
    open_form(tom, item)
    field(tom, "Summary").fill("Typed on a train.")
    tom.context.set_offline(True)
    tom.get_by_role("button", name="Save and stay").click()
    tom.get_by_text("There is no connection, so nothing was sent.").wait_for()
    expect(field(tom, "Summary")).to_have_value("Typed on a train.")
    assert faults(tom) == []
    tom.context.set_offline(False)
    tom.get_by_text("The connection is back. You can save now.").wait_for()
    save(tom)
    assert stored(item).summary == "Typed on a train."
    assert kept(tom) == 0


def test_what_was_typed_outlives_a_closed_window_and_is_put_together_with_what_others_saved(item, windows):
    make_person("Ada Corrow")
    tom, maria = windows("tom"), windows("maria")
    open_form(tom, item)
    tom.context.set_offline(True)
    field(tom, "Summary").fill("Typed on a train.")
    field(tom, "Title").fill("Low tides")
    text(tom).get_by_text("Three.").click()
    tom.keyboard.press("End")
    tom.keyboard.type(" His.")
    tom.get_by_role("button", name="Add another Author").click()
    field(tom, "Role").first.fill("editor")
    wait_until_kept(tom, "editor")
    tom.context.set_offline(False)
    again = tom.context.new_page()
    tom.close()
    open_form(maria, item)
    field(maria, "Title").fill("High tides")
    save(maria)
    open_form(again, item)
    offered = again.get_by_role("region", name="Text that was not saved")
    offered.get_by_text("What differs (4)").click()
    expect(offered.locator("dt")).to_have_text(["Title", "Summary", "Body", "Authors"])
    expect(offered.get_by_text("Typed on a train.")).to_be_visible()
    assert faults(again) == []
    with again.expect_navigation():
        offered.get_by_role("button", name="Restore").press("Enter")
    text(again).wait_for()
    expect(again.get_by_text("Nothing of it is saved yet")).to_be_visible()
    assert stored(item).summary == "Old."
    expect(field(again, "Summary")).to_have_value("Typed on a train.")
    assert text(again).inner_text().split() == "One. Two. Three. His.".split()
    expect(field(again, "Role").first).to_have_value("editor")
    again.get_by_role("radio", name="Take what is stored").check()
    again.locator("#authorships-0").get_by_role("combobox").focus()
    again.keyboard.press("Enter")
    again.keyboard.type("Ada")
    again.locator(".select2-results__option--highlighted", has_text="Ada Corrow").wait_for()
    again.keyboard.press("Enter")
    save(again)
    found = stored(item)
    assert (found.title, found.summary) == ("High tides", "Typed on a train.")
    assert [(author.person.name, author.role) for author in found.authorships.all()] == [
        ("Ada Corrow", "editor")
    ]
    assert kept(again) == 0
    open_form(again, item)
    expect(again.get_by_role("region", name="Text that was not saved")).to_have_count(0)


def test_what_was_typed_when_the_session_ended_is_offered_to_the_same_person_alone(item, windows):
    tom = windows("tom")
    make_staff("Editor", username="olga")
    open_form(tom, item)
    field(tom, "Summary").fill("Typed too long.")
    Session.objects.all().delete()
    save(tom)
    assert "/login/" in tom.url
    sign_in(tom, "olga")
    text(tom).wait_for()
    expect(tom.get_by_role("button", name="Restore")).to_have_count(0)
    tom.get_by_role("button", name="Log out").click()
    tom.wait_for_load_state()
    tom.goto(change(item))
    sign_in(tom, "tom")
    with tom.expect_navigation():
        tom.get_by_role("button", name="Restore").click()
    save(tom)
    assert stored(item).summary == "Typed too long."
    field(tom, "Summary").fill("Typed before going home.")
    wait_until_kept(tom, "going home")
    tom.get_by_role("button", name="Log out").click()
    tom.wait_for_load_state()
    assert kept(tom) == 0


def test_whoever_is_signed_out_is_told_and_can_save_after_signing_in_elsewhere(item, windows):
    tom = windows("tom")
    open_form(tom, item)
    field(tom, "Summary").fill("Typed.")
    Session.objects.all().delete()
    look_again = "document.dispatchEvent(new Event('visibilitychange'))"
    tom.evaluate(look_again)
    tom.get_by_text("You are signed out. What you typed is kept").wait_for()
    other = tom.context.new_page()
    other.goto("/admin/login/")
    sign_in(other, "tom")
    with tom.expect_response(re.compile("/presence/")):
        tom.evaluate(look_again)
    tom.get_by_text("You are signed out.").wait_for(state="detached")
    save(tom)
    assert stored(item).summary == "Typed."


def test_forms_with_passwords_are_not_kept(windows):
    boss = windows()
    make_staff(username="boss")
    boss.goto("/admin/login/")
    sign_in(boss, "boss")
    boss.goto("/admin/auth/user/add/")
    boss.locator("#id_username").fill("newcomer")
    boss.goto("/admin/")
    assert kept(boss) == 0


def test_what_is_discarded_is_not_offered_again(item, windows):
    tom = windows("tom")
    open_form(tom, item)
    field(tom, "Summary").fill("On second thoughts.")
    wait_until_kept(tom, "second thoughts")
    open_form(tom, item)
    tom.get_by_role("button", name="Discard").click()
    assert kept(tom) == 0
    open_form(tom, item)
    expect(tom.get_by_role("button", name="Discard")).to_have_count(0)


def test_a_new_item_that_was_not_saved_is_offered_when_one_is_added(windows):
    tom = windows("tom")
    address = reverse("admin:publications_publication_add")
    tom.goto(address)
    field(tom, "Title").fill("Half a thought")
    wait_until_kept(tom, "Half a thought")
    tom.goto(address)
    with tom.expect_navigation():
        tom.get_by_role("button", name="Restore").click()
    expect(field(tom, "Title")).to_have_value("Half a thought")
    assert not Publication.objects.exists()
