# A change to a live item is a second row beside it; what is unique is so among the items themselves.
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def drop_changes(apps, schema_editor):
    """Before it is undone: without the column, a change would be an item of its own."""
    apps.get_model("publications", "Publication").objects.filter(working_copy_of__isnull=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0017_featured_words_and_picture"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="publication",
            name="publication_doi_unique",
        ),
        migrations.RemoveConstraint(
            model_name="publication",
            name="publication_import_id_unique",
        ),
        migrations.RemoveConstraint(
            model_name="publication",
            name="publication_one_translation_in_a_language",
        ),
        migrations.AddField(
            model_name="publication",
            name="working_copy_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="publications.publication",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of the page's address. Left empty, it is made from the title. After a change the old address leads to the new one.",
                max_length=80,
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("working_copy_of__isnull", True)),
                fields=("translation_of", "language"),
                name="publication_one_translation_in_a_language",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("working_copy_of__isnull", True)),
                fields=("slug",),
                name="publication_slug_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("working_copy_of__isnull", True), _negated=True),
                fields=("working_copy_of",),
                name="publication_one_working_copy",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("working_copy_of__isnull", True), ("state__in", ["draft", "in_review"]), _connector="OR"
                ),
                name="publication_copy_not_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("working_copy_of", models.F("id")), _negated=True),
                name="publication_not_its_own_copy",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("doi", ""), _negated=True), ("working_copy_of__isnull", True)),
                fields=("doi",),
                name="publication_doi_unique",
                violation_error_message="Another publication has this DOI already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("import_id", ""), _negated=True), ("working_copy_of__isnull", True)
                ),
                fields=("import_id",),
                name="publication_import_id_unique",
                violation_error_message="Another publication has this import id already.",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_changes),
    ]
