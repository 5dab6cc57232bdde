# The pictures of a batch: found among those that are there, or made. Same file and same words are one picture.
import hashlib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db.models import Q

from publications import images
from publications.exchange.importing.report import IN_HISTORY
from publications.exchange.importing.values import quoted
from publications.history import recording
from publications.images.uploads import MAX_BYTES
from publications.models import Image

WORDS = ("alternative_text", "is_decorative", "caption", "credit", "licence", "focal_x", "focal_y")
CHUNK = 500


class Pictures:
    """Costs a query or two a batch, and a second or two for each picture that is new here. In a dry run
    files are checked, not stored."""

    def __init__(self, folder: Path, report, *, dry_run: bool):
        self.folder, self.report, self.dry_run = folder.resolve(), report, dry_run
        self._refusals = {}  # by checksum; "" for a good file

    def place(self, items) -> None:
        """Set the image of each item whose row has a picture."""
        wanted = [_Wanted(item, *self._file_of(item)) for item in items if item.row.picture]
        wanted = [want for want in wanted if not want.is_met()]
        library, keys = self._library(wanted), {want.key for want in wanted}
        awaited = []
        for want in wanted:
            if want.key not in library:
                library[want.key] = image = want.reusable(keys) or Image()
                with recording(None, IN_HISTORY, image):
                    self._write(image, want)
                if image.pk is None:
                    awaited.append(image)
        Image.objects.bulk_create(awaited, batch_size=CHUNK)
        for want in wanted:
            want.item.publication.image = library[want.key]
            want.item.changed.add("image")

    def count(self, items) -> None:
        """Of what went in."""
        if awaited := sum(bool(item.row.picture and not item.row.picture.file) for item in items):
            self.report.counted["pictures without a file, for which pages show a stand-in: {:,}"] += awaited

    def _library(self, wanted) -> dict:
        found = {}
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            checksums = {want.checksum for want in some if want.checksum}
            texts = {want.words["alternative_text"] for want in some if not want.checksum}
            same = Q(checksum__in=checksums) | Q(checksum="", alternative_text__in=texts)
            for image in Image.objects.filter(same).order_by("-pk"):
                found[_key(image.checksum, _words(image))] = image
        return found

    def _write(self, image, want) -> None:
        """Save a picture that has a file; a new one without is left to be saved with others."""
        for name, value in want.words.items():
            setattr(image, name, value)
        if self.dry_run:
            image.checksum = want.checksum
        elif want.path and image.checksum != want.checksum:
            with want.path.open("rb") as content:
                image.file = File(content, name=want.path.name)
                image.save()
        else:
            if want.checksum and not image.checksum:
                for name in ("file", "width", "height", "checksum", "renditions"):
                    setattr(image, name, getattr(want.current, name))
            if image.file or image.pk:
                image.save()

    def _file_of(self, item) -> tuple[Path | None, str]:
        """Path and checksum of the file a row names; (None, "") where there is none to be had."""
        name = item.row.picture.file
        if not name:
            return None, ""
        try:
            path = self._path(name)
            with path.open("rb") as file:
                checksum = hashlib.file_digest(file, "sha256").hexdigest()
            current = item.publication.image
            if not (current and current.checksum == checksum):
                self._check(path, checksum)
            return path, checksum
        except ValidationError as error:
            self._warn(item.row, " ".join(error.messages))
        except (OSError, ValueError, RuntimeError) as error:
            self._warn(item.row, f"cannot be read: {error}")
        return None, ""

    def _path(self, name) -> Path:
        path = (self.folder / name.replace("\\", "/")).resolve()
        if not path.is_relative_to(self.folder):
            raise ValidationError(f"{quoted(name)} lies outside the folder of pictures")
        if not path.is_file():
            raise ValidationError(f"there is no file {quoted(name)} in the folder {self.folder}")
        if path.stat().st_size > MAX_BYTES:
            raise ValidationError(f"{quoted(name)} is larger than {MAX_BYTES // 1024**2} MB")
        return path

    def _check(self, path, checksum) -> None:
        """Raises ValidationError for what is no picture we take. Judges each file once."""
        if checksum not in self._refusals:
            try:
                with path.open("rb") as file:
                    images.check_upload(File(file, name=path.name))
                self._refusals[checksum] = ""
            except ValidationError as error:
                self._refusals[checksum] = " ".join(error.messages)
        if self._refusals[checksum]:
            raise ValidationError(self._refusals[checksum])

    def _warn(self, row, reason) -> None:
        self.report.warn(row.number, "image.file", f"{reason}; the item went in without the picture itself")


class _Wanted:
    """The picture a row asks for, beside the one its item has: what the row does not state stays."""

    def __init__(self, item, path, checksum):
        self.item, self.path = item, path
        self.current = item.publication.image
        self.checksum = checksum or (self.current.checksum if self.current else "")
        self.words = _words(self.current or Image()) | item.row.picture.words

    @property
    def key(self):
        return _key(self.checksum, self.words)

    def is_met(self) -> bool:
        return bool(self.current) and self.key == _key(self.current.checksum, _words(self.current))

    def reusable(self, keys) -> Image | None:
        """The item's present picture, if changing it is what is meant: its file arrives at last, or its
        words change and it is nobody else's."""
        image = self.current
        if not image or image.checksum not in ("", self.checksum):
            return None
        if _key(image.checksum, _words(image)) in keys:  # another row wants it as it is
            return None
        if not image.checksum and self.words == _words(image):
            return image
        others = image.publications.exclude(pk=self.item.publication.pk).exists() or image.topics.exists()
        return None if others else image


def _words(image) -> dict:
    return {name: getattr(image, name) for name in WORDS}


def _key(checksum, words):
    return (checksum, *(words[name] for name in WORDS))
