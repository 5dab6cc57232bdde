# A change to a live item by keyboard alone: begun, written, sent to review, compared, planned, and made live.
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from publications.models import Publication
from tests.browsing import faults, look, press_to, sign_in
from tests.factories import make_image, make_person, make_publication, make_staff, make_topic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def live():
    item = make_publication(
        "Tide tables",
        summary="In short.",
        body="<p>The wall was 13 metres high.</p>",
        topics=[make_topic("Coast")],
        authors=[make_person("Ines Corrow")],
        image=make_image(credit="Photo: O. Fell"),
    )
    return item


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_editor_changes_what_is_live_without_a_mouse(page, live, complaints, width, scheme):
    look(page, width, scheme)
    make_staff("Editor", username="ines", first_name="Ines", last_name="Corrow")
    sign_in(page)
    page.goto(reverse("admin:publications_publication_change", args=[live.pk]))
    press_to(page, "button", "Prepare a change")
    expect(page.get_by_role("heading", name="A change to a live item")).to_be_visible()
    found = faults(page)
    page.locator("#id_title").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Tables of the tide")
    press_to(page, "button", "Submit the change for review", most=120)
    expect(page.get_by_text("Changed: Title.")).to_be_visible()
    found += faults(page)
    press_to(page, "link", "Compare word by word")
    expect(page.locator("ins", has_text="Tables of the tide")).to_be_visible()
    found += faults(page)
    page.go_back()
    press_to(page, "link", "View on site")
    expect(page.get_by_text("The change as readers will see it.")).to_be_visible()
    press_to(page, "link", "Back to the change")
    press_to(page, "link", "Make it live at a time…", most=120)
    found += faults(page)
    page.get_by_label("Date").fill(f"{timezone.localdate().year + 1}-01-01")
    page.get_by_label("Time").fill("09:00:00")
    press_to(page, "button", "Plan it")
    expect(page.get_by_text("Planned: readers see the change")).to_be_visible()
    press_to(page, "link", "Form of the live item")
    expect(page.get_by_role("heading", name="A change is being prepared")).to_be_visible()
    found += faults(page)
    press_to(page, "link", "Open the change")
    press_to(page, "button", "Make the change live now", most=120)
    expect(page.get_by_text("Live: readers see the change now.")).to_be_visible()
    assert Publication.objects.get().title == "Tables of the tide"
    assert not Publication.with_copies.copies().exists()
    assert found == []
    assert complaints == []
