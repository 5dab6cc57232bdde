# On PostgreSQL words go to a list first and from there into the index, many documents at once, before the statement
# that wrote them is followed by another (publications/search/postgresql.py).
from django.db import migrations

INDEX = "publications_searchdocument_words"


def list_first(apps, schema_editor):
    _set(schema_editor, "on")


def index_at_once(apps, schema_editor):
    _set(schema_editor, "off")


def _set(schema_editor, fastupdate):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER INDEX {INDEX} SET (fastupdate = {fastupdate})", params=None)


class Migration(migrations.Migration):
    dependencies = [("publications", "0027_search_years")]
    operations = [migrations.RunPython(list_first, index_at_once)]
