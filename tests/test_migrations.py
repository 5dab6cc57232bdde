# Migrations describe the models, and go backwards as well as forwards.
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from publications.listing.generation import shown_tables, watched_tables
from publications.listing.upkeep import differences as listing_differences
from publications.models import ContentType
from publications.models.search_document import differences
from tests.factories import make_draft, make_publication, make_scheduled, make_topic


@pytest.mark.django_db
def test_no_change_of_a_model_is_without_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_every_migration_can_be_undone_and_done_again():
    try:
        call_command("migrate", "publications", "zero", verbosity=0)
        assert "publications_publication" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)
    assert ContentType.objects.count() == 7
    assert set(Group.objects.values_list("name", flat=True)) >= {"Author", "Editor", "Administrator"}
    assert watched_tables() == shown_tables(), "or a page in the cache would outlive a change"


@pytest.mark.django_db
def test_types_of_a_new_site_are_named_in_its_language(settings):
    settings.LANGUAGE_CODE = "de"
    ContentType.objects.all().delete()
    import_module("publications.migrations.0002_default_types_and_groups").add_types(apps, None)
    named = dict(ContentType.objects.values_list("slug", "plural"))
    assert (named["report"], named["commentary"]) == ("Berichte", "Kommentare")
    assert ContentType.objects.get(slug="commentary").name == "Kommentar"


@pytest.mark.django_db
def test_upgrade_lists_what_stands_in_no_topic():
    make_publication("Tides", topics=[make_topic()])
    make_publication("Waves")
    make_scheduled("Walls", type="tool")
    make_draft()
    upgrade = import_module("publications.migrations.0033_list_of_no_topic")
    upgrade.empty(apps, None)
    assert len([*listing_differences()]) == 2
    upgrade.fill(apps, None)
    assert [*listing_differences()] == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_upgrade_gives_documents_the_marks_that_new_ones_have():
    """Which only PostgreSQL has; nothing changes on SQLite."""
    coast, sea = make_topic("Coast"), make_topic("Sea", slug="topic-7")
    make_publication("Tides", topics=[coast, sea])
    make_publication("Waves")
    make_draft("Walls", topics=[sea])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE publications_searchdocument SET words = ts_delete(words, ARRAY("
                r"SELECT lexeme FROM unnest(words) WHERE lexeme ~ '^:t.*:\d{4}$'))"
            )
            assert len([*differences()]) == 3
    upgrade = import_module("publications.migrations.0031_search_yearly")
    with connection.schema_editor() as schema_editor:
        upgrade.add_yearly_marks(apps, schema_editor)
    assert [*differences()] == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_upgrade_puts_each_document_of_usual_length_into_its_row():
    """Which only PostgreSQL would keep out of line; nothing changes on SQLite."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute("ALTER TABLE publications_searchdocument RESET (toast_tuple_target)")
    make_publication("Tides", body=f"<p>{' '.join(f'word{n}' for n in range(300))}</p>")
    assert bool(_bytes_out_of_line()) == is_postgresql
    upgrade = import_module("publications.migrations.0032_whole_documents")
    with connection.schema_editor() as schema_editor:
        upgrade.keep_documents_whole(apps, schema_editor)
    assert not _bytes_out_of_line()
    make_publication("Waves", body=f"<p>{' '.join(f'wave{n}' for n in range(300))}</p>")
    assert not _bytes_out_of_line()
    assert [*differences()] == []


def _bytes_out_of_line() -> int:
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE relname = 'publications_searchdocument'"
        )
        return cursor.fetchone()[0]
