# Makes the entries and counts that lists are served from anew.
from django.core.management.base import BaseCommand

from publications.listing.upkeep import rebuild


class Command(BaseCommand):
    help = (
        "Makes the entries and counts of all lists anew from the publications and topics, while readers read and "
        "editors save. Needed after a change of TIME_ZONE."
    )

    def handle(self, *args, **options):
        rebuild()
        self.stdout.write("All lists are made anew.")
