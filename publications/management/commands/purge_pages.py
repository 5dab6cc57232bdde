# For after an import or a change by hand: what editors save is told to the network by itself.
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from publications.site.purging import purge


class Command(BaseCommand):
    help = "Tells the CDN or proxy in front of the site to forget its pages (TOPICHUB_PURGE_COMMAND)."

    def handle(self, *args, **options):
        if not settings.TOPICHUB_PURGE_COMMAND:
            raise CommandError("TOPICHUB_PURGE_COMMAND is not set, so there is nobody to tell.")
        if not purge():
            raise CommandError("The command failed; see above.")
