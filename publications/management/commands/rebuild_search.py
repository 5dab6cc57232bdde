# Makes the search index anew, or tells whether it is what it should be.
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from publications.models import Publication, SearchDocument
from publications.models.search_document import differences, is_sound, rebuild

NAMED = 10


class Command(BaseCommand):
    help = (
        "Makes the search index anew from all publications, after a change of LANGUAGE_CODE or of the database "
        "by other means. Readers search the old one until it is done; editors cannot save meanwhile on SQLite."
    )

    def add_arguments(self, parser):
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--check", action="store_true", help="change nothing; say whether the index is what it should be"
        )
        choice.add_argument(
            "--if-empty", action="store_true", help="do nothing when something is indexed already"
        )

    def handle(self, *args, check, if_empty, verbosity, **options):
        if check:
            self._check()
        elif not (if_empty and (SearchDocument.objects.exists() or not Publication.objects.exists())):
            total = rebuild(self._show if verbosity and self.stderr.isatty() else lambda done, total: None)
            if verbosity:
                self.stdout.write(f"Indexed {total} publications.")

    def _check(self):
        wrong = list(islice(differences(), NAMED + 1))
        if wrong:
            keys = ", ".join(map(str, wrong[:NAMED])) + (" and others" if len(wrong) > NAMED else "")
            raise CommandError(f"The index is wrong for publications {keys}. Run rebuild_search.")
        if not is_sound():
            raise CommandError("The database's own index is damaged. Run rebuild_search.")
        self.stdout.write(f"The index of {SearchDocument.objects.count()} publications is right.")

    def _show(self, done, total):
        self.stderr.write(f"\rIndexing: {done:,} of {total:,} ", ending="\n" if done == total else "")
        self.stderr.flush()
