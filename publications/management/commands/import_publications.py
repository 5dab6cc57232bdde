# Takes a file of publications in; see docs/formats.md.
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publications.exchange.importing import UnreadableFile, import_publications

BAR = 40


class Command(BaseCommand):
    help = (
        "Takes publications in from a JSON or CSV file. Running it again updates what changed. "
        "Exit status: 0 when all is in, 1 when something was rejected, 2 when nothing was written."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--images", type=Path, metavar="DIR", help="where pictures are; else beside FILE")
        parser.add_argument("--dry-run", action="store_true", help="report, but write nothing")
        parser.add_argument("--strict", action="store_true", help="take in all rows or none")

    def handle(self, *args, file, images, dry_run, strict, **options):
        try:
            report = import_publications(
                file, images_dir=images, dry_run=dry_run, strict=strict, progress=self._progress_bar()
            )
        except UnreadableFile as error:
            raise CommandError(str(error), returncode=2) from error
        for line in report.lines():
            self.stdout.write(line)
        if report.exit_status:
            raise SystemExit(report.exit_status)

    def _progress_bar(self):
        """Draws only for someone who watches, and only when the picture changes."""
        if not self.stderr.isatty():
            return None
        drawn = None

        def draw(done, total):
            nonlocal drawn
            filled = BAR * done // (total or 1)
            if filled != drawn:
                drawn = filled
                ending = "\n" if done >= total else ""
                self.stderr.write(
                    f"\r[{'#' * filled}{' ' * (BAR - filled)}] {done:,} of {total:,} rows", ending=ending
                )
                self.stderr.flush()

        return draw
