# Makes the entries and counts that lists are served from anew.
from django.core.management.base import BaseCommand

from publications.listing.upkeep import rebuild


class Command(BaseCommand):
    help = (
        "Makes the entries and counts of all lists anew from the publications and topics. Readers see whole "
        "lists meanwhile; editors who save wait. Needed after a change of TIME_ZONE, and of use after a large import."
    )

    def handle(self, *args, **options):
        rebuild()
        self.stdout.write("All lists are made anew.")
