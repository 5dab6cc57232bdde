# Fills an empty database with the sample collection, for a first look and for trying things out.
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publications.models import Publication
from publications.sample.loading import DEMO_PASSWORD, create_demo_users, load_collection


class Command(BaseCommand):
    help = "Loads the publications of an invented institute into a database that holds none yet."

    def add_arguments(self, parser):
        parser.add_argument(
            "--pictures", type=Path, metavar="DIR", help="pictures drawn before; else they are drawn now"
        )
        parser.add_argument(
            "--with-demo-users",
            action="store_true",
            help="also create users whose password everybody knows, when there are no users: never on a public site",
        )

    def handle(self, *args, with_demo_users, pictures, verbosity, **options):
        if Publication.objects.exists():
            self.stdout.write("The database holds publications already, so the sample was not loaded.")
        else:
            self._load(pictures, verbosity)
        if with_demo_users and (names := create_demo_users()) and verbosity:
            self.stdout.write(f"Sign in as {' or '.join(names)} with the password {DEMO_PASSWORD}.")

    def _load(self, pictures, verbosity):
        watched = verbosity and self.stderr.isatty()
        reports = load_collection(self._show if watched else lambda *step: None, pictures)
        problems = [str(problem) for report in reports for problem in report.problems]
        if problems:
            raise CommandError("The sample is incomplete: " + "; ".join(problems))
        if verbosity:
            self.stdout.write(f"Loaded {sum(report.created for report in reports)} sample publications.")

    def _show(self, step, done, total):
        self.stderr.write(f"\r{step}: {done} of {total} ", ending="\n" if done >= total else "")
        self.stderr.flush()
