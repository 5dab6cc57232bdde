# After an upgrade that shows pictures in further sizes: makes what stored pictures lack.
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from publications import images
from publications.models import Image


class Command(BaseCommand):
    help = "Makes the sizes that stored pictures lack. Safe to repeat, and quick when nothing is to do."

    def handle(self, *args, verbosity, **options):
        lacking = Image.objects.lacking_renditions(images.SET_VERSION).order_by("pk")
        made, lost = 0, []
        for pk in list(lacking.values_list("pk", flat=True)):
            image = Image.objects.get(pk=pk)
            try:
                image.save(update_fields=["renditions"])
            except (OSError, ValidationError):  # its file is gone or damaged; the others need theirs
                lost.append(str(pk))
            else:
                made += 1
        if verbosity:
            self.stdout.write(f"Made what {made} {'picture' if made == 1 else 'pictures'} lacked.")
        if lost:
            raise CommandError(f"The files of these pictures cannot be read: {', '.join(lost)}.")
