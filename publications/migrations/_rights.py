# Gives the default groups their rights to models that come later.
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(rights: dict[str, dict[str, tuple]]) -> migrations.RunPython:
    """`rights` by group, then by model: {"Editor": {"image": ("add", "view")}}. A group that an
    administrator has removed stays away."""

    def give(apps, schema_editor):
        make_permissions(apps, schema_editor)
        permissions = apps.get_model("auth", "Permission").objects
        for group in apps.get_model("auth", "Group").objects.filter(name__in=rights):
            for model, actions in rights[group.name].items():
                codenames = [f"{action}_{model}" for action in actions]
                group.permissions.add(
                    *permissions.filter(codename__in=codenames, content_type__app_label="publications")
                )

    return migrations.RunPython(give, migrations.RunPython.noop)


def make_permissions(apps, schema_editor):
    """They are normally made after all migrations; groups need them before."""
    config = apps.get_app_config("publications")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None
