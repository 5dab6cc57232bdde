from django.db import migrations, models

# As Django calls it on every database.
WITHOUT_ORDER = "publications_publication_content_type_id_145d4cb7"


class Migration(migrations.Migration):
    dependencies = [("publications", "0033_list_of_no_topic")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["content_type", "-changed_at", "-id"],
                name="publication_type_changed",
                condition=models.Q(working_copy_of__isnull=True),
            ),
        ),
        # Its work is done by others that begin with the type. SQLite would copy the whole table for AlterField.
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"DROP INDEX {WITHOUT_ORDER}",
                    f"CREATE INDEX {WITHOUT_ORDER} ON publications_publication (content_type_id)",
                )
            ],
            [
                migrations.AlterField(
                    "publication",
                    "content_type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="publications",
                        to="publications.contenttype",
                        verbose_name="type",
                    ),
                )
            ],
        ),
    ]
