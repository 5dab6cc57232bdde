from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils.translation import gettext_lazy as _, override, pgettext_lazy

TYPES = [
    # name, plural, slug, mark, citation family
    (_("Report"), _("Reports"), "report", 1, "report"),
    (_("Research Brief"), _("Research Briefs"), "research-brief", 5, "report"),
    (_("Working Paper"), _("Working Papers"), "working-paper", 7, "report"),
    (_("Testimony"), _("Testimonies"), "testimony", 3, "report"),
    (_("Commentary"), pgettext_lazy("plural", "Commentary"), "commentary", 2, "commentary"),
    (_("News Release"), _("News Releases"), "news-release", 4, "news"),
    (_("Tool"), _("Tools"), "tool", 6, "software"),
]
ALL = ("add", "change", "delete", "view")
WRITE = ("add", "change", "view")
AUTHOR = {
    "publication": WRITE,
    "authorship": ALL,
    "file": ALL,
    "image": WRITE,
    "person": ("add", "view"),
    "topic": ("view",),
    "contenttype": ("view",),
    "featureditem": ("view",),
}
EDITOR = AUTHOR | {
    "publication": (*ALL, "publish"),
    "image": ALL,
    "person": WRITE,
    "topic": WRITE,
    "featureditem": ALL,
    "redirect": ("view",),
}
ADMINISTRATOR = EDITOR | {
    "person": ALL,
    "topic": ALL,
    "contenttype": ALL,
    "redirect": ("view", "delete"),
    "user": ALL,
    "group": ("view",),
}
GROUPS = {"Author": AUTHOR, "Editor": EDITOR, "Administrator": ADMINISTRATOR}


def add_types(apps, schema_editor):
    """Named in the language the site has when it is set up; their addresses are the same everywhere."""
    content_types = apps.get_model("publications", "ContentType")
    for position, (name, plural, slug, mark, family) in enumerate(TYPES, start=1):
        with override(settings.LANGUAGE_CODE):
            name, plural = str(name), str(plural)
        content_types.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "plural": plural,
                "mark": mark,
                "citation_family": family,
                "position": position * 10,
            },
        )


def remove_unused_types(apps, schema_editor):
    slugs = [slug for _, _, slug, _, _ in TYPES]
    unused = apps.get_model("publications", "ContentType").objects.filter(publications__isnull=True)
    unused.filter(slug__in=slugs).delete()


def add_groups(apps, schema_editor):
    for label in ("auth", "publications"):
        # Permissions are normally made after all migrations; the groups need them now.
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects
    for name, rights in GROUPS.items():
        group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for model, actions in rights.items():
            codenames = [f"{action}_{model}" for action in actions]
            found = permissions.filter(
                codename__in=codenames, content_type__app_label__in=["publications", "auth"]
            )
            group.permissions.add(*found)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(add_types, remove_unused_types),
        migrations.RunPython(add_groups, remove_groups),
    ]
