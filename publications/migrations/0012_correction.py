import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from publications.migrations._rights import grant

RIGHTS = {"correction": ("add", "change", "delete", "view")}


def add_to_footer(apps, schema_editor):
    entries = apps.get_model("publications", "MenuEntry").objects
    for frame in apps.get_model("publications", "Frame").objects.all():
        last = entries.filter(frame=frame, place="footer").order_by("-position").first()
        position = last.position + 1 if last else 0
        entries.create(frame=frame, place="footer", position=position, list_name="correction-list")


def remove_from_menus(apps, schema_editor):
    apps.get_model("publications", "MenuEntry").objects.filter(list_name="correction-list").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0011_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="corrected_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="date")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clarification", "Clarification"),
                            ("correction", "Correction"),
                            ("substantive", "Substantive correction"),
                            ("retraction", "Partial retraction"),
                        ],
                        default="correction",
                        max_length=15,
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        help_text="What was wrong, where, and what it is now: “Table 1 gave 31% for Port Sorrel. It is 13%.”"
                    ),
                ),
                (
                    "changes_conclusions",
                    models.BooleanField(
                        default=False,
                        help_text="Readers are told either way.",
                        verbose_name="the conclusions change",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="publications.publication",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_on", "-pk"],
                "indexes": [models.Index(fields=["-made_on", "-id"], name="correction_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["clarification", "correction", "substantive", "retraction"])
                        ),
                        name="correction_kind_known",
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="menuentry",
            name="list_name",
            field=models.CharField(
                blank=True,
                choices=[
                    ("topic-list", "Topics"),
                    ("publication-list", "Publications"),
                    ("person-list", "People"),
                    ("correction-list", "Corrections"),
                ],
                max_length=20,
                verbose_name="list",
            ),
        ),
        migrations.RunPython(add_to_footer, remove_from_menus),
        grant({"Author": {"correction": ("view",)}, "Editor": RIGHTS, "Administrator": RIGHTS}),
    ]
