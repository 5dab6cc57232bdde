# On PostgreSQL a document has a mark of its year too, and what has no date those of the beginning of time. The index
# is made anew afterwards, which takes a fraction of the time that following a million changes would.
from django.db import migrations

DOCUMENTS = "publications_searchdocument"
AT = "timestamp '0001-01-01' + id / 1073741824 * interval '1 minute'"
STATEMENTS = [
    f"DROP INDEX {DOCUMENTS}_words",
    f"UPDATE {DOCUMENTS} SET words = words || array_to_tsvector(ARRAY[to_char({AT}, '\":\"YYYY'), "
    f"to_char({AT}, '\":\"YYYYMM')])",
    f"CREATE INDEX {DOCUMENTS}_words ON {DOCUMENTS} USING gin (words) WITH (fastupdate = off)",
]


def add_years(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("publications", "0026_bring_back")]
    operations = [migrations.RunPython(add_years, migrations.RunPython.noop)]
