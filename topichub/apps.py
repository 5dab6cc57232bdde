# Puts the project's admin site in the place of Django's.
from django.contrib.admin.apps import AdminConfig


class HubAdminConfig(AdminConfig):
    default_site = "publications.admin.site.HubAdminSite"
