# On PostgreSQL words go to a list first and from there into the index, many documents at once, before the statement
# that wrote them is followed by another (publications/search/postgresql.py). The list has room for any batch.
from django.db import migrations

INDEX = "publications_searchdocument_words"
STATEMENTS = {"on": "SET (fastupdate = on, gin_pending_list_limit = 65536)", "off": "SET (fastupdate = off)"}


def list_first(apps, schema_editor):
    _alter(schema_editor, STATEMENTS["on"])


def index_at_once(apps, schema_editor):
    _alter(schema_editor, STATEMENTS["off"])


def _alter(schema_editor, statement):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER INDEX {INDEX} {statement}", params=None)


class Migration(migrations.Migration):
    dependencies = [("publications", "0027_search_years")]
    operations = [migrations.RunPython(list_first, index_at_once)]
