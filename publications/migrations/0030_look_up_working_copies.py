# The index of working copies, with the condition as SQLite must have it to look up by that index.
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0029_parts")]

    operations = [
        migrations.RemoveConstraint(model_name="publication", name="publication_one_working_copy"),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("working_copy_of__isnull", False)),
                fields=("working_copy_of",),
                name="publication_one_working_copy",
            ),
        ),
    ]
