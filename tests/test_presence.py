# Who else has a form open: asked by a script every few seconds, said again on opening.
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications.models import Menus, Presence
from tests.factories import make_draft, make_page, make_publication, make_staff
from tests.forms import controls

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    return make_draft("Tides")


@pytest.fixture
def maria(db):
    return signed_in(make_staff("Editor", username="maria", first_name="Maria"))


@pytest.fixture
def tom(db):
    return signed_in(make_staff("Editor", username="tom"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def address(item, end="change"):
    name = item._meta.model_name
    change = reverse(f"admin:publications_{name}_change", args=[item.pk])
    return change if end == "change" else f"{change.removesuffix('change/')}{end}/"


def notes(client, item, **asked):
    return client.get(address(item, "presence"), asked).json()["notes"]


def test_whoever_has_the_form_open_is_named_to_the_others(item, maria, tom):
    with time_machine.travel("2026-11-10T14:02:00Z", tick=False) as clock:
        assert notes(maria, item) == []
        clock.shift(timedelta(seconds=15))
        assert notes(tom, item) == ["Maria is editing this too, since 14:02."]
        assert "Maria is editing this too, since 14:02." in tom.get(address(item)).content.decode()
        assert notes(maria, item) == ["tom is editing this too, since 14:02."]
        assert notes(tom, make_draft()) == []


def test_whoever_closed_the_form_is_gone_within_a_minute_and_begins_anew(item, maria, tom):
    with time_machine.travel("2026-11-10T14:02:00Z", tick=False) as clock:
        notes(maria, item)
        clock.shift(timedelta(minutes=1))
        assert notes(tom, item) == []
        assert "is editing this too" not in tom.get(address(item)).content.decode()
        notes(maria, item)
        assert notes(tom, item) == ["Maria is editing this too, since 14:03."]


def test_rows_go_after_a_day(item, maria, tom):
    with time_machine.travel("2026-11-10T14:02:00Z", tick=False) as clock:
        notes(maria, item)
        clock.shift(timedelta(days=2))
        notes(tom, item)
        assert [presence.user for presence in Presence.objects.all()] == [tom.user]


def test_a_newer_version_is_told_to_whoever_opened_the_form_before(item, maria, tom):
    with time_machine.travel("2026-11-10T14:02:00Z", tick=False) as clock:
        opened = timezone.now().isoformat()
        form = controls(maria.get(address(item)))
        clock.shift(timedelta(minutes=3))
        maria.post(address(item), form | {"title": "High tides", "_save": "Save"})
        told = "Maria saved a newer version at 14:05. When you save, yours is put together with it."
        assert told in notes(tom, item, since=opened)
        assert told not in notes(maria, item, since=opened)
        assert told not in notes(tom, item, since=timezone.now().isoformat())
        for junk in ("", "soon", "2026-13-45T00:00", "2026-11-10T14:02:00"):
            assert told not in notes(tom, item, since=junk)


def test_only_those_who_may_change_it_learn_who_is_there(item, maria):
    notes(maria, item)
    author = signed_in(make_staff("Author"))
    assert notes(author, item) != []
    assert author.get(address(make_publication(), "presence")).status_code == 403
    assert author.get(address(make_page(), "presence")).status_code == 403
    assert maria.get("/admin/publications/publication/999/presence/").status_code == 404
    assert maria.get("/admin/publications/publication/x/presence/").status_code == 404
    assert Client().get(address(item, "presence")).status_code == 302


def test_forms_of_what_has_no_versions_say_who_is_there(maria, tom):
    menus = Menus.objects.get()
    notes(maria, menus)
    assert len(notes(tom, menus, since=timezone.now().isoformat())) == 1


def test_asking_costs_two_queries_beside_those_of_who_asks(item, maria):
    notes(maria, item)
    with CaptureQueriesContext(connection) as queries:
        notes(maria, item, since=timezone.now().isoformat())
    about = [each["sql"] for each in queries if "presence" in each["sql"]]
    assert len(about) == 2
    assert len(queries) <= 10
