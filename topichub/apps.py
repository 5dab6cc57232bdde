# Puts the project's admin site in the place of Django's.
from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class HubAdminConfig(AdminConfig):
    default_site = "publications.admin.site.HubAdminSite"

    def ready(self):
        # Django would make the site first and import its package while at it, whose modules would then
        # register with a site that is thrown away.
        import_module("publications.admin")
        super().ready()
