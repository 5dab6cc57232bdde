# Looking back by keyboard alone: from an item's form to its history, to what changed, and to what it was before.
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from publications.history import recording
from publications.models import Authorship, Publication
from tests.browsing import faults, look, press_to, sign_in
from tests.factories import make_draft, make_image, make_person, make_staff, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


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


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_editor_looks_back_and_restores_without_a_mouse(page, item, complaints, width, scheme):
    look(page, width, scheme)
    make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")
    sign_in(page)
    page.goto(reverse("admin:publications_publication_change", args=[item.pk]))
    press_to(page, "link", "History")
    expect(page.get_by_text("Changed: Title, Body, Picture.")).to_be_visible()
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
    expect(page.get_by_text("Moved author “Omar Fell” from 2 to 1.")).to_be_visible()
    found += faults(page)
    press_to(page, "link", "Restore the version of")
    expect(page.get_by_text("Added topic “Coast”.")).to_be_visible()
    found += faults(page)
    press_to(page, "button", "Restore this version")
    expect(page.get_by_text("Restored: it is as it was on")).to_be_visible()
    stored = Publication.objects.get(pk=item.pk)
    assert (stored.title, [topic.name for topic in stored.topics.all()]) == ("Before", ["Coast"])
    press_to(page, "link", "History")
    expect(page.get_by_text("Restored the version of")).to_be_visible()
    assert found == []
    assert complaints == []
