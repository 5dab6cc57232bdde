# What readers download. A file lives at an address inside its publication's own.
import datetime as dt
import hashlib
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from reversion.models import Version

from publications import pdf
from publications.models.slugs import make_slug

# The beginnings of addresses that lie beside those of files: of references, and of links for machines.
RESERVED = ("cite.", "linkset.")
EXTENSIONS = ["pdf", "epub", "csv", "xlsx", "ods", "json", "zip", "docx", "odt", "pptx", "txt"]


def default_label() -> str:
    """In the language of the site, as readers see it."""
    return gettext("Full report")


def stored_path(file: "File", filename: str) -> str:
    return f"files/{file.checksum[:2]}/{file.checksum}{PurePosixPath(filename).suffix.lower()}"


class File(models.Model):
    """A download. `name` is the last part of its public address and stays when the file is replaced."""

    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=stored_path, validators=[FileExtensionValidator(EXTENSIONS)])
    label = models.CharField(max_length=120, default=default_label, help_text="What readers choose by.")
    name = models.CharField(
        "address",
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\.[a-z0-9]+$", "Such as full-report.pdf.")],
        help_text="The last part of the file's address. Left empty, it is made from the label.",
    )
    language = models.CharField(max_length=12, blank=True, help_text="Only where it differs: “fr”, “ar”.")
    pages = models.PositiveIntegerField(
        null=True, blank=True, help_text="Left empty, those of a PDF are counted."
    )
    position = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, editable=False, help_text="In bytes.")
    checksum = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    replaced_at = models.DateTimeField(
        null=True, editable=False, help_text="When another content last took the place of an earlier one."
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["publication", "name"], name="file_name_once")]

    def __str__(self):
        return self.label

    @property
    def format(self) -> str:
        return PurePosixPath(self.file.name).suffix.lstrip(".").upper()

    @property
    def is_pdf(self) -> bool:
        return self.format == "PDF"

    @property
    def replaced_on(self) -> dt.date | None:
        """The day readers are told of: what was replaced before they could have it is no news to them."""
        published_at = self.publication.published_at
        if not self.replaced_at or not published_at or self.replaced_at < published_at:
            return None
        return timezone.localdate(self.replaced_at)

    def get_absolute_url(self):
        return self.address_below(self.publication)

    def address_below(self, publication) -> str:
        """For who has its publication at hand, which files of long lists do not know."""
        return reverse("publications:file-detail", args=[publication.slug, self.name])

    def clean(self):
        super().clean()
        if self.file and self.name and not self.name.endswith(self._suffix()):
            raise ValidationError({"name": f"The address must end in {self._suffix()}, as the file does."})
        if self.name.startswith(RESERVED):
            raise ValidationError(
                {"name": f"Addresses that begin with “{'” or “'.join(RESERVED)}” are kept for machines."}
            )

    def save(self, *args, **kwargs):
        stored = self._take_new_content() if self.file and not self.file._committed else None
        if self.is_pdf and self.pages is None and kwargs.get("update_fields") is None:
            self.pages = pdf.count_pages(self.file)
        if not self.name:
            self.name = self._free_name()
        super().save(*args, **kwargs)
        if stored:
            delete_unused([stored.file], self.publication_id)

    def _take_new_content(self) -> "File | None":
        """Notice by the checksum whether it really is another one; return the file as it is stored."""
        self.size, self.checksum = self.file.size, sha256(self.file)
        stored = File.objects.filter(pk=self.pk).first()
        if stored and stored.checksum != self.checksum:
            self.replaced_at = timezone.now().replace(microsecond=0)
            if self.pages == stored.pages:  # nobody counted those of the new content
                self.pages = None
        return stored

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        delete_unused([self.file], self.publication_id)
        return deleted

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


def delete_unused(contents, publication=None) -> None:
    """Take the stored content of former files away, unless another file has the same, or a version of this
    publication tells of it and might be restored. Only once the change is certain: what is rolled back needs it
    still."""

    def delete():
        for content in contents:
            if content.name and not (_is_used(content.name) or _is_in_history(content.name, publication)):
                content.storage.delete(content.name)

    transaction.on_commit(delete)


def _is_used(content: str) -> bool:
    return File.objects.filter(file=content).exists()


def _is_in_history(content: str, publication) -> bool:
    versions = Version.objects.get_for_object_reference(File.publication.field.related_model, publication)
    return bool(publication) and versions.filter(serialized_data__contains=content).exists()
