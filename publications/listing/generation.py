# The generation: a name for the state of everything that pages show. A page made under a generation is right
# as long as the generation is the same, but for what the clock changes (publications/listing/changes.py).
#
# Why that is so. Every table of the app but those in NOT_SHOWN has triggers that give the generation a new
# random token in the transaction of each change, whoever makes it: forms, imports, bulk updates, a shell.
# 1. The token and the change become visible at the same moment, the commit. A page is kept under the generation
#    read *before* its first query. Whatever commits later, be it while the page is made, leaves another
#    generation, so that a page that saw half of it is never shown again.
# 2. A token is never used twice, so no later state bears the name of an earlier one.
# 3. On PostgreSQL many write at once, and a transaction must hold no lock that another waits for: it takes any
#    row of tokens that nobody holds, or adds one. Two that commit in either order have changed different rows,
#    and the generation is all rows together: it changes with each commit. There are never more rows than there
#    were writers at once. SQLite has one writer and needs one row.
# 4. On PostgreSQL a long import changes its token once and not with every statement: a variable that lives as
#    long as the transaction, and that savepoints roll back with it, says so. Reading the generation resets it,
#    so that who reads within a transaction is told of what that transaction changes afterwards.
# What rows do not hold is no part of it: settings, code and templates. The key of a kept page has these.
from typing import NamedTuple
from uuid import uuid4

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from publications.listing.counts import stored
from publications.models import (
    Change,
    Generation,
    ListingState,
    LoggedStep,
    Presence,
    PreviewLink,
    SavedView,
    TopicRole,
)
from publications.reading import connection
from publications.statements import ask

NOT_SHOWN = {Generation, ListingState, LoggedStep, Presence, PreviewLink, SavedView, TopicRole}
TOKENS = Generation._meta.db_table
PREFIX = "generation_after_"
SQLITE_TOKEN = (
    f"DELETE FROM {TOKENS}; INSERT INTO {TOKENS} (id, token) VALUES (1, lower(hex(randomblob(16))));"
)
# Not INSERT OR REPLACE: a trigger takes over the conflict rule of its statement, such as OR IGNORE.
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {PREFIX}change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('topichub.has_new_token', true) = 'yes' THEN RETURN NULL; END IF;
  UPDATE {TOKENS} SET token = gen_random_uuid()
    WHERE id = (SELECT id FROM {TOKENS} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
  IF NOT FOUND THEN INSERT INTO {TOKENS} (token) VALUES (gen_random_uuid()); END IF;
  PERFORM set_config('topichub.has_new_token', 'yes', true);
  RETURN NULL;
END $$"""
ASK = {
    "sqlite": f"SELECT token {{}} FROM {TOKENS}",
    "postgresql": f"SELECT string_agg(token, ' ' ORDER BY id) {{}}, "
    f"set_config('topichub.has_new_token', '', true) FROM {TOKENS}",
}
READ = {vendor: sql.format("") for vendor, sql in ASK.items()}
# Asked together, so that no page costs a query for a change that may be planned (publications/changes/due.py). Who
# answers with a kept page need not ask: it is kept no longer than until the next planned change.
DUE = f", EXISTS (SELECT 1 FROM {Change._meta.db_table} WHERE goes_live_at <= %s)"
READ_PRESENT = {vendor: sql.format(DUE) for vendor, sql in ASK.items()}


class Present(NamedTuple):
    generation: str  # empty where there is none yet: then nothing may be kept
    is_due: bool  # whether the time of a planned change has come


def read_present() -> Present:
    """One query."""
    vendor = connection.vendor
    for token, is_due, *_ in ask(READ_PRESENT[vendor], [stored(timezone.now())], one_plan=True):
        return Present(token or "", bool(is_due))
    return Present("", False)


def read_generation() -> str:
    return read_present().generation


def shown_tables() -> set[str]:
    models = apps.get_app_config("publications").get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model not in NOT_SHOWN}


def watch_tables() -> None:
    """After every `migrate`, which may have made tables anew and so lost their triggers. What a migration
    wrote meanwhile counts as a change."""
    present = set(connection.introspection.table_names())
    if TOKENS not in present:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        there = _triggers(cursor)
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for table in sorted(shown_tables() & present):
            for name, statement in _wanted(table).items():
                if name not in there:
                    cursor.execute(statement)
        Generation.objects.all().delete()
        Generation.objects.create(token=uuid4())


def unwatch_tables() -> None:
    with connection.cursor() as cursor:
        for name, table in _triggers(cursor).items():
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{of_table}")
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}change()")


def watched_tables() -> set[str]:
    """Those that have all their triggers."""
    with connection.cursor() as cursor:
        there = _triggers(cursor)
    return {table for table in there.values() if set(_wanted(table)) <= set(there)}


def _wanted(table: str) -> dict[str, str]:
    """The statements that make its triggers, by name."""
    if connection.vendor == "postgresql":
        name = f"{PREFIX}{table}"
        events = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
        return {
            name: f"CREATE TRIGGER {name} AFTER {events} ON {table} EXECUTE FUNCTION {PREFIX}change()",
        }
    names = {event: f"{PREFIX}{event.lower()}_{table}" for event in ("INSERT", "UPDATE", "DELETE")}
    return {
        name: f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {SQLITE_TOKEN} END"
        for event, name in names.items()
    }


def _triggers(cursor) -> dict[str, str]:
    """The tables of all triggers there are, by the trigger's name."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE starts_with(tgname, %s) AND pg_table_is_visible(pg_class.oid)",
            [PREFIX],
        )
    else:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    return {name: table for name, table in cursor.fetchall() if name.startswith(PREFIX)}
