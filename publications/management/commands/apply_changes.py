# For operators behind a network that answers by itself: to be run when planned changes go live, or every minute.
from django.core.management.base import BaseCommand

from publications.changes.due import apply_due


class Command(BaseCommand):
    help = (
        "Put the changes to live items whose time has come into them. Without it, the next request does so; a network "
        "in front of the site that answers by itself may then be a moment late."
    )

    def handle(self, **options):
        done = apply_due()
        self.stdout.write(f"{done.live} went live, {done.failed} could not, {done.waiting} wait.")
