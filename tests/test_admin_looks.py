# Every page of the admin, as axe and a narrow screen find it. An address that is new fails here until it is
# listed: with what there is to show on it, or among those that are no page.
import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from publications import workflow
from publications.changes.steps import begin
from publications.history import recording, versions_of
from publications.models import Frame, LoggedStep, Menus, PreviewLink, Redirect
from tests.browsing import faults, look
from tests.factories import (
    jpeg,
    make_draft,
    make_featured,
    make_image,
    make_page,
    make_person,
    make_publication,
    make_ready,
    make_scheduled,
    make_topic,
    make_withdrawn,
)
from tests.test_admin_browser import change, sign_in

pytestmark = [pytest.mark.looks, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
NO_PAGES = {
    "login",  # scanned before signing in
    "logout",
    "jsi18n",
    "autocomplete",
    "view_on_site",
    "publications_image_preview",
    "publications_previewlink_end",
    "publications_publication_columns",
    "publications_publication_csv",
    "publications_publication_xlsx",
    "publications_publication_begin_change",
}
OF_A_LIST, OF_A_ROW = ("changelist", "add"), ("change", "delete", "history")


def make_world() -> dict:
    """A row of each kind with something on it, by the name of its model."""
    by = User.objects.first()
    topic = make_topic("Water")
    image, page = make_image("A quay at dusk", jpeg(600, 400)), make_page("About", role="about")
    people = [make_person("Ines van der Corrow"), make_person("Tomas Ärlund")]
    item = make_publication("Rising Water", topics=[topic], authors=people, image=image, body="<p>Text</p>")
    make_featured(topic, item, starts_at=timezone.now() + timedelta(days=1))
    make_featured(topic, make_draft(), position=1)
    make_scheduled()
    workflow.submit(make_ready("Sent"), by)
    workflow.publish(make_ready("Unseen", created_by=by), by)
    rows = {
        "publication": item,
        "topic": topic,
        "image": image,
        "page": page,
        "person": people[0],
        "contenttype": item.content_type,
        "menus": Menus.objects.get(),
        "frame": Frame.objects.get(),
        "redirect": Redirect.objects.create(slug="old-water", publication=item),
        "previewlink": PreviewLink.objects.create(publication=make_draft(), label="Board", created_by=by),
        "user": by,
        "group": Group.objects.get(name="Editor"),
    }
    deleted = make_draft("Sunken", topics=[topic, lost := make_topic("Ships")], authors=people)
    workflow.delete(deleted, by)
    lost.delete()
    rows["deletion"] = LoggedStep.objects.get(step="delete")
    rows["copy"] = copy = begin(item, by)
    for row, title in ((copy, "Sinking Water"), (item, "Risen Water")):
        with recording(by, "", row):
            row.title = title
            row.save()
    return rows


def names() -> list[str]:
    """Of every address of the admin."""
    return sorted(set(_names_within(admin.site.urls[0])))


def _names_within(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names_within(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def pages_of(name: str, world: dict) -> list[str]:
    """The addresses to look at under this name."""
    if name in NO_PAGES or name.endswith("_presence"):
        return []
    if name in SPECIAL:
        return SPECIAL[name](world)
    model, _, page = name.removeprefix("auth_").removeprefix("publications_").partition("_")
    if page in OF_A_LIST:
        return [reverse(f"admin:{name}")]
    if page in {"compare", "restore"}:
        return [version_page(name, world)] if model == "publication" else []
    assert page in OF_A_ROW, f"{name} is listed nowhere in this file"
    return [reverse(f"admin:{name}", args=[world[model].pk])]


def version_page(name, world):
    version = versions_of(world["publication"]).first()
    if name.endswith("_restore"):
        return of_item("restore", world["publication"].pk, version.pk)
    return f"{of_item('compare', world['publication'].pk)}?to={version.pk}"


def forms_of_items(world):
    body = '<p><a href="/publications/never/">x</a></p>'
    draft = change(make_draft("Bare", body=body, created_by=world["user"]))
    others = [world["publication"], world["copy"], make_withdrawn(notice="No.")]
    return [draft, f"{draft}?asked=publish", *map(change, others)]


def lists_of_items(world):
    address = reverse("admin:publications_publication_changelist")
    return [address, f"{address}?type=report&from=2020-01-01", f"{address}?from=never"]


def of_item(page, *arguments):
    return reverse(f"admin:publications_publication_{page}", args=arguments)


SPECIAL = {
    "index": lambda world: ["/admin/", "/admin/nothing/"],
    "app_list": lambda world: ["/admin/publications/"],
    "password_change": lambda world: ["/admin/password_change/"],
    "password_change_done": lambda world: ["/admin/password_change/done/"],
    "auth_user_password_change": lambda world: [
        reverse("admin:auth_user_password_change", args=[world["user"].pk])
    ],
    "publications_publication_change": forms_of_items,
    "publications_publication_changelist": lists_of_items,
    "publications_publication_views": lambda world: [reverse("admin:publications_publication_views")],
    "publications_publication_impact": lambda world: [
        of_item("impact", item.pk) for item in (make_draft(), world["copy"])
    ],
    "publications_publication_step": lambda world: [
        of_item("step", world["publication"].pk, step) for step in ("withdraw", "remove", "merge")
    ],
    "publications_publication_bring_back": lambda world: [
        reverse("admin:publications_publication_bring_back", args=[world["deletion"].pk])
    ],
    "publications_loggedstep_changelist": lambda world: [
        reverse("admin:publications_loggedstep_changelist") + query for query in ("", "?step=delete")
    ],
    "publications_publication_differences": lambda world: [of_item("differences", world["copy"].pk)],
    "publications_publication_clashes": lambda world: [of_item("clashes", world["copy"].pk)],
    "publications_topic_board": lambda world: [
        reverse("admin:publications_topic_board", args=[world["topic"].pk]) + "?q=ris"
    ],
    "publications_previewlink_add": lambda world: [
        reverse("admin:publications_previewlink_add") + query
        for query in ("", "?address=/topics/water/&moment=2030-01-01T09:00")
    ],
}


def faults_at(page, address):
    page.goto(address)
    return [f"{address} {fault}" for fault in faults(page)]


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_no_page_has_a_fault_that_axe_finds(page, complaints, width, scheme):
    """On the wide screen without the pages that are nearly the same for every model."""
    look(page, width, scheme)
    found = faults_at(page, "/admin/login/")
    sign_in(page)
    world, narrow = make_world(), width == 360
    for name in names():
        is_common = name.endswith(("_delete", "_history", "_add")) and "_publication_" not in name
        for address in pages_of(name, world) if narrow or not is_common else []:
            found += faults_at(page, address)
    assert found == []
    assert [said for said in complaints if "404" not in said and "403" not in said] == []


def test_what_opens_and_what_is_refused_has_no_fault_either(page):
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page, "Editor")
    world = make_world()
    page.goto(change(world["publication"]))
    page.get_by_label("Title", exact=True).fill("")
    page.get_by_role("button", name="Add another Author").click()
    page.get_by_role("button", name="Add another Correction").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".errornote").wait_for()
    assert faults(page) == []
    page.get_by_role("combobox", name=re.compile("^Person")).first.click()
    page.locator(".select2-results__option").first.wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Body").press("Control+a")
    page.locator(".prose-menubar__selected").last.click()
    expect(page.locator(".prose-menubar__picker").last).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Body").press("Control+k")
    page.locator("dialog[open]").wait_for()
    assert faults(page) == []
