# Takes old versions away, and the contents of former files that only they told of. Nothing is pruned by itself.
import re
from datetime import timedelta
from itertools import batched

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from reversion.models import Revision

from publications.history import all_versions_of
from publications.models import File, LoggedStep, Publication

FOLDER = "files"  # where contents lie
NAMED = re.compile(rf'"file": "({FOLDER}/[^"]+)"')
BATCH = 500
IN_PROGRESS = timedelta(days=1)  # what was stored just now may belong to a change that is not finished


class Command(BaseCommand):
    help = (
        "Takes away versions older than DAYS, but for the newest KEEP of each item, all versions of publications "
        "that were deleted so long ago, and the contents of former files that no version tells of any more. Safe "
        "to repeat."
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=730)
        parser.add_argument("--keep", type=int, default=20)

    def handle(self, *, days, keep, verbosity, **options):
        call_command("deleterevisions", "publications", days=days, keep=keep, verbosity=0)
        _forget_deleted(timezone.now() - timedelta(days=days))
        storage, gone = File._meta.get_field("file").storage, 0
        for name in sorted(_stored(storage) - _told_of()):
            if storage.get_modified_time(name) < timezone.now() - IN_PROGRESS:
                storage.delete(name)
                gone += 1
        if verbosity:
            self.stdout.write(f"Contents of former files taken away: {gone}.")


def _forget_deleted(since) -> None:
    """What was deleted before that moment, and not brought back, cannot be brought back any more."""
    deletions = LoggedStep.objects.filter(step=LoggedStep.Step.DELETE, at__lt=since)
    keys = deletions.filter(deleted_key__isnull=False).values_list("deleted_key", flat=True)
    for some in batched(keys.order_by("at", "pk").iterator(), BATCH):
        there = set(Publication.objects.filter(pk__in=some).values_list("pk", flat=True))
        gone = [str(key) for key in some if key not in there]
        versions = all_versions_of(Publication).filter(object_id__in=gone)
        Revision.objects.filter(pk__in=versions.values("revision")).delete()


def _stored(storage) -> set[str]:
    return {
        f"{FOLDER}/{folder}/{name}"
        for folder in _list(storage, FOLDER)[0]
        for name in _list(storage, f"{FOLDER}/{folder}")[1]
    }


def _list(storage, folder):
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _told_of() -> set[str]:
    names = set(File.objects.values_list("file", flat=True))
    for data in all_versions_of(Publication).values_list("serialized_data", flat=True).iterator():
        names.update(NAMED.findall(data))
    return names
