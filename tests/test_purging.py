# What a network in front of the site is told when pages change.
import sys
from time import monotonic

import pytest
from django.core.management import CommandError, call_command

from publications.models import Topic
from publications.site import purging
from tests.factories import make_staff, make_topic
from tests.forms import submit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ENOUGH = 20  # seconds


@pytest.fixture
def told(tmp_path, settings):
    """A file that grows by one line each time the network is told."""
    path = tmp_path / "told"
    write = f"open({str(path)!r}, 'a').write('told\\n')"
    settings.TOPICHUB_PURGE_COMMAND = f'"{sys.executable}" -c "{write}"'
    path.touch()
    return path


def times(told, expected):
    """How often the network was told, once it was told as often as expected or much time has passed."""
    started = monotonic()
    while (n := told.read_text().count("told")) < expected and monotonic() - started < ENOUGH:
        pass
    return n


def rename(client, topic, name):
    submit(client, f"/admin/publications/topic/{topic.pk}/change/", name=name)
    assert Topic.objects.get(pk=topic.pk).name == name


def test_the_network_is_told_of_each_change_and_of_nothing_else(client, told):
    topic = make_topic("Coast")
    client.force_login(make_staff())
    rename(client, topic, "Coasts")
    assert times(told, 1) == 1
    client.get("/topics/coast/")
    client.post("/admin/publications/topic/add/", {})  # refused: nothing is typed
    rename(client, topic, "The coast")
    assert times(told, 2) == 2


def test_a_command_that_fails_is_logged_and_disturbs_nobody(client, settings, caplog):
    settings.TOPICHUB_PURGE_COMMAND = "/no/such/program"
    topic = make_topic("Coast")
    client.force_login(make_staff())
    rename(client, topic, "Coasts")
    assert not purging.purge()
    assert "/no/such/program" in caplog.text


def test_operators_tell_the_network_by_hand(told):
    call_command("purge_pages")
    assert told.read_text().count("told") == 1


def test_by_hand_a_failure_is_no_success(settings):
    settings.TOPICHUB_PURGE_COMMAND = f'"{sys.executable}" -c "raise SystemExit(3)"'
    with pytest.raises(CommandError):
        call_command("purge_pages")
    settings.TOPICHUB_PURGE_COMMAND = ""
    with pytest.raises(CommandError, match="not set"):
        call_command("purge_pages")
