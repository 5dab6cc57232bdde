# What readers download. A file lives at an address inside its publication's own.
import hashlib
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.urls import reverse

from publications.models.slugs import make_slug

RESERVED = "cite."  # the beginning of the addresses of references, beside those of files
EXTENSIONS = ["pdf", "epub", "csv", "xlsx", "ods", "json", "zip", "docx", "odt", "pptx", "txt"]


def stored_path(file: "File", filename: str) -> str:
    return f"files/{file.checksum[:2]}/{file.checksum}{PurePosixPath(filename).suffix.lower()}"


class File(models.Model):
    """A download. `name` is the last part of its public address and stays when the file is replaced."""

    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=stored_path, validators=[FileExtensionValidator(EXTENSIONS)])
    label = models.CharField(max_length=120, default="Full report", help_text="What readers choose by.")
    name = models.CharField(
        "address",
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\.[a-z0-9]+$", "Such as full-report.pdf.")],
        help_text="The last part of the file's address. Left empty, it is made from the label.",
    )
    language = models.CharField(max_length=12, blank=True, help_text="Only where it differs: “fr”, “ar”.")
    pages = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, editable=False, help_text="In bytes.")
    checksum = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["publication", "name"], name="file_name_once")]

    def __str__(self):
        return self.label

    @property
    def format(self) -> str:
        return PurePosixPath(self.file.name).suffix.lstrip(".").upper()

    def get_absolute_url(self):
        return reverse("publications:file-detail", args=[self.publication.slug, self.name])

    def clean(self):
        super().clean()
        if self.file and self.name and not self.name.endswith(self._suffix()):
            raise ValidationError({"name": f"The address must end in {self._suffix()}, as the file does."})
        if self.name.startswith(RESERVED):
            raise ValidationError(
                {"name": f"Addresses that begin with “{RESERVED}” are kept for references."}
            )

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self.size = self.file.size
            self.checksum = sha256(self.file)
        if not self.name:
            self.name = self._free_name()
        super().save(*args, **kwargs)

    def _suffix(self) -> str:
        return PurePosixPath(self.file.name).suffix.lower()

    def _free_name(self) -> str:
        others = set(
            File.objects.filter(publication=self.publication)
            .exclude(pk=self.pk)
            .values_list("name", flat=True)
        )
        base, suffix, number = make_slug(self.label, "file"), self._suffix(), 1
        name = f"{base}{suffix}"
        while name in others or name.startswith(RESERVED):
            number += 1
            name = f"{base}-{number}{suffix}"
        return name


def sha256(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
