# A role in a topic, granted by the keyboard alone, and what its holder then sees and does.
import pytest
from playwright.sync_api import expect

from publications.models import Publication, TopicRole
from tests.browsing import faults, sign_in
from tests.factories import make_draft, make_staff, make_topic
from tests.test_admin_browser import choose, save

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_role_is_granted_by_the_keyboard_and_its_holder_sees_their_topic_alone(page, complaints):
    coast, space = make_topic("Coast"), make_topic("Space")
    mine = make_draft("Tides", topics=[coast, space])
    make_draft("Rockets", topics=[space])
    make_staff("Administrator", username="ada")
    make_staff(username="ines", is_superuser=False)

    sign_in(page, "ada")
    page.goto(f"/admin/publications/topic/{coast.pk}/change/")
    page.get_by_role("button", name="Add another role").focus()
    page.keyboard.press("Enter")
    row = page.locator("#roles-0")
    choose(page, row.get_by_role("combobox", name="Person"), "ines")
    row.get_by_label("Role").focus()
    page.keyboard.press("e")
    save(page)
    role = TopicRole.objects.get()
    assert (role.user.username, role.topic, role.role) == ("ines", coast, TopicRole.Role.EDITOR)
    assert faults(page) == []

    page.context.clear_cookies()
    sign_in(page, "ines")
    expect(page.get_by_role("link", name="Add publication")).to_be_visible()
    expect(page.get_by_text("Rockets")).to_have_count(0)
    assert faults(page) == []
    page.goto("/admin/publications/publication/")
    expect(page.get_by_role("link", name="Tides")).to_be_visible()
    expect(page.get_by_text("Rockets")).to_have_count(0)
    page.get_by_role("link", name="Tides").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It also stands in Space").wait_for()
    assert faults(page) == []
    page.get_by_label("Title", exact=True).fill("Tides and tables")
    save(page)
    mine.refresh_from_db()
    assert mine.title == "Tides and tables"
    assert set(mine.topics.all()) == {coast, space}
    assert Publication.objects.count() == 2
    assert complaints == []
