from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = "Publications"

    def ready(self):
        # A migration can make a table anew, without its triggers, and no later migration would know.
        post_migrate.connect(_watch_tables, sender=self)


def _watch_tables(**kwargs):
    from publications.listing.generation import watch_tables

    watch_tables()
