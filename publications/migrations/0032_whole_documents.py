# On PostgreSQL a document of usual length stands in its row as a whole, and none of it out of line: who looks for a
# phrase looks into a thousand of them. All are written anew, in the order in which searches read them.
from django.db import migrations

DOCUMENTS = "publications_searchdocument"
STATEMENTS = [
    f"ALTER TABLE {DOCUMENTS} SET (toast_tuple_target = 8160)",
    f"CLUSTER {DOCUMENTS} USING {DOCUMENTS}_pkey",
]


def keep_documents_whole(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("publications", "0031_search_yearly")]
    operations = [migrations.RunPython(keep_documents_whole, migrations.RunPython.noop)]
