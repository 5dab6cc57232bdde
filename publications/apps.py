# The application, and what is done after each migration.
from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = "Publications"

    def ready(self):
        # A migration can make a table anew, without its triggers and without what the database knew of its rows, and no
        # later migration would know.
        post_migrate.connect(_watch_tables, sender=self)
        post_migrate.connect(_look_at_tables, sender=self)


def _watch_tables(**kwargs):
    from publications.listing.generation import watch_tables

    watch_tables()


def _look_at_tables(app_config, apps=apps, **kwargs):
    """`apps` has the models that are migrated to; where nothing is, as by `flush`, all there are."""
    from publications import bulk

    models = apps.get_models(include_auto_created=True)
    bulk.analyze_unwatched(*(model for model in models if model._meta.app_label == app_config.label))
