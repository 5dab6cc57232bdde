# Looking back by keyboard alone: from an item's form to its history, to what changed, and to what it was before.
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from publications.history import recording
from publications.models import Authorship, Publication
from tests.factories import make_draft, make_image, make_person, make_staff, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
MOST_TABS = 60


@pytest.fixture
def item():
    """A draft that was changed in every way a version tells of."""
    ines, omar = make_person("Ines Corrow"), make_person("Omar Fell")
    body = "<h2>Sums</h2><p>The wall was 13 metres high.</p><ul><li>One</li><li>Two</li></ul>"
    item = make_draft("Before", topics=[make_topic("Coast")], authors=[ines, omar], body=body)
    with recording(make_staff("Author", first_name="Omar", last_name="Fell"), "", item):
        item.title, item.image = "After", make_image()
        item.body = body.replace("13", "<strong>31</strong>") + "<p>Nobody knows <em>why</em>.</p>"
        item.save()
        item.topics.set([make_topic("Water")])
        Authorship.objects.filter(publication=item, person=omar).update(position=0, role="editor")
        Authorship.objects.filter(publication=item, person=ines).update(position=1)
    return item


def press_to(page, role, name, most=MOST_TABS):
    """With the tabulator key, from where the focus is; then Enter."""
    wanted = page.get_by_role(role, name=name).first
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            break
    else:
        raise AssertionError(f"The keyboard does not reach “{name}”")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def faults(page):
    found = [
        f"{fault['id']}: {fault['nodes'][0]['target']}" for fault in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_editor_looks_back_and_restores_without_a_mouse(page, item, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    heard = []
    page.on("console", lambda said: heard.append(said.text) if said.type in {"error", "warning"} else None)
    make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("ines")
    page.get_by_label("Password").fill("tide and table")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    page.goto(reverse("admin:publications_publication_change", args=[item.pk]))
    press_to(page, "link", "History")
    assert page.get_by_text("Changed: Title, Body, Picture.").is_visible()
    found = faults(page)
    press_to(page, "link", "See the change")
    assert (
        page.locator("ins", has_text="31").evaluate("each => getComputedStyle(each).textDecorationLine")
        == "underline"
    )
    assert (
        page.locator("del", has_text="13").evaluate("each => getComputedStyle(each).textDecorationLine")
        == "line-through"
    )
    assert page.get_by_text("Moved author “Omar Fell” from 2 to 1.").is_visible()
    found += faults(page)
    press_to(page, "link", "Restore the version of")
    assert page.get_by_text("Added topic “Coast”.").is_visible()
    found += faults(page)
    press_to(page, "button", "Restore this version")
    assert page.get_by_text("Restored: it is as it was on").is_visible()
    stored = Publication.objects.get(pk=item.pk)
    assert (stored.title, [topic.name for topic in stored.topics.all()]) == ("Before", ["Coast"])
    press_to(page, "link", "History")
    assert page.get_by_text("Restored the version of").is_visible()
    assert found == []
    assert heard == []
