# On PostgreSQL a document has marks of its topics and its type by year too, each and together. Vectors are stored as
# they are: to compress them saved next to nothing, and took most of the time of writing one. The index is made anew
# afterwards, which takes a fraction of the time that following a million changes would.
from django.db import migrations

DOCUMENTS = "publications_searchdocument"
YEAR = """to_char(timestamp '0001-01-01' + id / 1073741824 * interval '1 minute', '":"YYYY')"""
TOPICS = r"SELECT found[1] AS mark FROM regexp_matches(marks, ':topic\d+', 'g') found"
TYPES = r"SELECT found[1] AS mark FROM regexp_matches(marks, ':type\d+') found"
TOGETHER = f"SELECT topics.mark || types.mark FROM ({TOPICS}) topics, ({TYPES}) types"
YEARLY = f"SELECT mark || {YEAR} FROM ({TOPICS} UNION ALL {TYPES} UNION ALL {TOGETHER}) marks"
STATEMENTS = [
    f"DROP INDEX {DOCUMENTS}_words",
    f"ALTER TABLE {DOCUMENTS} ALTER words SET STORAGE EXTERNAL",
    f"UPDATE {DOCUMENTS} SET words = words || array_to_tsvector(ARRAY({YEARLY}))",
    f"CREATE INDEX {DOCUMENTS}_words ON {DOCUMENTS} USING gin (words)",
]


def add_yearly_marks(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("publications", "0030_look_up_working_copies")]
    operations = [migrations.RunPython(add_yearly_marks, migrations.RunPython.noop)]
