# A site whose processes all run on one host asks the database only where one of them has committed. PostgreSQL's
# alone: on SQLite the setting changes nothing.
import os
from contextlib import ExitStack

import pytest
from django.db import connection

from publications.listing.generation import read_generation
from publications.models import Publication
from tests.factories import make_publication
from tests.outsider import WAYS, environment_of, outsider
from tests.test_settings import start

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TRIGGER = "waits_while_it_commits"


@pytest.fixture
def site(tmp_path):
    """Two processes of one site: one writes, the other has asked and relies on what it knows."""
    if connection.vendor != "postgresql":
        yield None
        return
    environment = environment_of(tmp_path, TOPICHUB_ONE_HOST="on")
    with ExitStack() as stack:
        writer, reader = (stack.enter_context(outsider(environment)) for _ in range(2))
        reader.do("ask_only_when_told")
        yield writer, reader


def relies_on_what_it_knows(reader) -> bool:
    """Proved by a change that nobody announced, which it cannot know of."""
    known = reader.do("glance")
    Publication.objects.update(subtitle=os.urandom(4).hex())
    return reader.do("glance") == known != read_generation()


def test_whatever_a_process_writes_is_known_to_the_others_at_once(site):
    if not site:
        return
    writer, reader = site
    item = make_publication("Count")
    for way in WAYS:
        assert relies_on_what_it_knows(reader), way
        writer.do("rename", way, item.pk, way)
        assert Publication.objects.get().title == way
        assert reader.do("glance") == read_generation(), way
    assert relies_on_what_it_knows(reader)
    writer.do("copy_in")
    assert reader.do("glance") == read_generation()


def test_process_knows_what_it_wrote_itself(site):
    if not site:
        return
    _, reader = site
    item = make_publication("Count")
    assert relies_on_what_it_knows(reader)
    reader.do("rename", "update", item.pk, "Tidings")
    assert reader.do("glance") == read_generation()


def test_database_is_asked_every_second(site):
    """So that what is written past the site, by psql for one, is seen a second later."""
    if not site:
        return
    writer, _ = site  # one that was not told otherwise
    writer.do("ask")
    before = writer.do("glance")
    Publication.objects.update(subtitle="Again")
    make_publication("By hand")
    while (seen := writer.do("glance")) == before:
        pass
    assert seen == read_generation()


def test_writer_that_is_killed_while_it_commits_leaves_nobody_behind(site, tmp_path):
    """The database has its COMMIT and is at work on it when the process is gone: it is not done yet, and done it
    is without anybody to say so."""
    if not site:
        return
    writer, reader = site
    item = make_publication("Count")
    with commits_wait_for_us():
        writer.begin("rename", "update", item.pk, "Tidings")
        wait_until(lambda: waiting_commits() == 1)
        before = reader.do("glance")
        writer.process.kill()
        writer.process.wait()
        assert reader.do("glance") == before == read_generation()
        assert waiting_commits() == 1
    wait_until(lambda: Publication.objects.get().title == "Tidings")
    assert reader.do("glance") == read_generation() != before
    assert relies_on_what_it_knows(reader)


class commits_wait_for_us:
    """Whoever changes an item stops in the middle of the commit until we let go."""

    def __enter__(self):
        execute("SELECT pg_advisory_lock(7)")
        execute(f"""CREATE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$""")
        execute(f"""CREATE CONSTRAINT TRIGGER {TRIGGER} AFTER UPDATE ON publications_publication
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {TRIGGER}()""")

    def __exit__(self, *error):
        execute("SELECT pg_advisory_unlock(7)")
        execute(f"DROP FUNCTION {TRIGGER} CASCADE")  # once those who wait have gone on


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def waiting_commits() -> int:
    return execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")[0][0]


def wait_until(is_so):
    while not is_so():
        pass


def test_file_that_cannot_be_used_stops_the_start_with_one_sentence(tmp_path):
    (tmp_path / "commits").mkdir()
    result = start(
        "check",
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        DEBUG="on",
        TOPICHUB_DATA_DIR=str(tmp_path),
        TOPICHUB_ONE_HOST="on",
    )
    assert result.returncode != 0
    assert result.stderr.strip().splitlines()[-1].endswith("which this user cannot write: Is a directory.")
