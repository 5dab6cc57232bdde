# Proves that lists show what is written.
from itertools import islice

from django.core.management.base import BaseCommand

from publications.listing.upkeep import differences

MOST = 20


class Command(BaseCommand):
    help = (
        "Compares the entries and counts of all lists with the publications and topics. Exit status: 0 when "
        "they are equal, 1 when they differ; rebuild_listing then makes them anew."
    )

    def handle(self, *args, **options):
        found = differences()
        first = list(islice(found, MOST))
        more = sum(1 for _ in found)
        for sentence in first:
            self.stdout.write(sentence)
        if more:
            self.stdout.write(f"… and {more:,} more.")
        if first:
            raise SystemExit(1)
        self.stdout.write("All lists are as they should be.")
