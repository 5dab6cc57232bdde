import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def date_withdrawals(apps, schema_editor):
    """The best that is known of those withdrawn before."""
    withdrawn = apps.get_model("publications", "Publication").objects.filter(state="withdrawn")
    withdrawn.update(withdrawn_at=F("changed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0006_publish_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="publication",
            name="publication_state_known",
        ),
        migrations.RenameField("publication", "withdrawal_note", "notice"),
        migrations.AlterField(
            model_name="publication",
            name="notice",
            field=models.TextField(
                blank=True,
                help_text="For readers: on the page of a withdrawn item, and where a removed one was.",
                verbose_name="why it was withdrawn or removed",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The notice names it once it is public. The address of a merged item leads to it.",
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="replaces",
                to="publications.publication",
                verbose_name="instead, see",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Shown with the notice. Left empty, it is the moment you save.",
                null=True,
                verbose_name="withdrawn or removed on",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("in_review", "In review"),
                    ("published", "Published"),
                    ("withdrawn", "Withdrawn"),
                    ("removed", "Removed"),
                    ("merged", "Merged"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "in_review", "published", "withdrawn", "removed", "merged"])
                ),
                name="publication_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="publication_not_its_own_replacement",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaced_by__isnull", False),
                    models.Q(("state", "merged"), _negated=True),
                    _connector="OR",
                ),
                name="publication_merged_into_another",
            ),
        ),
        migrations.RunPython(date_withdrawals, migrations.RunPython.noop),
    ]
