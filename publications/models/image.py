# Pictures: one row per picture with its words and rights. Files and renditions are made at upload.
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property

from publications import clock, images
from publications.models.slugs import address_root
from publications.querysets import ImageQuerySet


def original_path(image: "Image", filename: str) -> str:
    suffix = PurePosixPath(filename).suffix.lower()[:5]
    return f"originals/{image.checksum[:2]}/{image.checksum}{suffix}"


class Image(models.Model):
    """A picture that publications and topics may share.

    `renditions` lists the files pages use (see `images.render`), so that a page never opens a file.
    A picture may be announced before its file exists; pages then show a stand-in with the same words.
    """

    # No ImageField: its own check would open the file before ours, and answer in its words.
    file = models.FileField(
        upload_to=original_path,
        blank=True,
        help_text="JPEG, PNG, WebP, AVIF or GIF, at best 1,500 pixels wide or more. "
        "Location and camera data are removed.",
    )
    alternative_text = models.CharField(
        max_length=400,
        blank=True,
        help_text="What the picture shows, in a sentence, for readers who cannot see it.",
    )
    is_decorative = models.BooleanField(
        "decorative",
        default=False,
        help_text="The picture adds nothing to the text; it is then not read out.",
    )
    caption = models.TextField(blank=True, help_text="Shown below the picture, without the credit.")
    credit = models.CharField(max_length=200, blank=True, help_text="Such as “Photo: A. Name / Agency”.")
    licence = models.CharField(max_length=120, blank=True)
    usable_until = models.DateField(
        null=True, blank=True, help_text="After this day the picture no longer shows anywhere."
    )
    focal_x = models.FloatField(
        "focal point, from the left",
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0 is the left edge, 1 the right. Crops keep this point in the picture.",
    )
    focal_y = models.FloatField(
        "focal point, from the top",
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0 is the top edge, 1 the bottom.",
    )
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    checksum = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    renditions = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "picture"
        ordering = ["-pk"]
        indexes = [  # of the few that need a hand
            models.Index(
                fields=["-id"],
                name="image_undescribed",
                condition=models.Q(alternative_text="", is_decorative=False),
            ),
            models.Index(fields=["-id"], name="image_decorative", condition=models.Q(is_decorative=True)),
            models.Index(fields=["-id"], name="image_awaited", condition=models.Q(file="")),
            models.Index(
                fields=["usable_until", "-id"],
                name="image_usable_until",
                condition=models.Q(usable_until__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="image_focal_point_inside",
            ),
        ]

    def __str__(self):
        return self.alternative_text or self.caption or f"Picture {self.pk}"

    @property
    def has_text_alternative(self) -> bool:
        return self.is_decorative or bool(self.alternative_text.strip())

    @property
    def alt(self) -> str:
        return "" if self.is_decorative else self.alternative_text

    def is_usable(self, now=None) -> bool:
        return not self.usable_until or self.usable_until >= (
            timezone.localdate(now) if now else clock.today()
        )

    def rendition_url(self, name: str) -> str:
        return self.rendition_root + name

    @cached_property
    def rendition_root(self) -> str:
        """What these addresses begin with, looked up once for the dozen renditions of a picture."""
        return f"{address_root('publications:image-rendition', 0, 'x').removesuffix('0/x')}{self.pk}/"

    @property
    def preview(self) -> dict | None:
        """`url`, `width` and `height` of the JPEG, the one format that every program can show."""
        return self._rendition("jpeg")

    @property
    def card(self) -> dict | None:
        """The same of the crop for link previews. Small pictures have none."""
        return self._rendition("card")

    def _rendition(self, name: str) -> dict | None:
        rendition = self.renditions.get(name)
        return rendition and rendition | {"url": self.rendition_url(rendition["name"])}

    @property
    def rendition_names(self) -> set[str]:
        sets = [*self.renditions.get("avif", []), *self.renditions.get("webp", [])]
        single = [self.renditions.get("jpeg"), self.renditions.get("card")]
        return {rendition["name"] for rendition in [*sets, *single] if rendition}

    def clean(self):
        super().clean()
        if self.alternative_text:
            try:
                images.check_alternative_text(self.alternative_text)
            except ValidationError as error:
                raise ValidationError({"alternative_text": error.messages}) from error
        if self.file:
            self._check_file()
        if not self.has_text_alternative and self._shows_in_public():
            raise ValidationError(
                {"alternative_text": "Readers see this picture with an item, so it needs these words."}
            )

    def _shows_in_public(self) -> bool:
        return bool(self.pk) and (
            self.publications.filter(state="published").exists() or self.featured_items.exists()
        )

    def _check_file(self) -> None:
        try:
            if not self.file._committed:
                images.check_upload(self.file)
            elif not self.file.storage.exists(self.file.name):
                raise ValidationError("The stored file of this picture is lost. Please upload it again.")
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from error

    def save(self, *args, **kwargs):
        """Checks and stores a new file; makes renditions when the file or the focal point changed, or
        when some lack.

        Costs up to a few seconds for a large picture, once. Raises ValidationError for a file that is
        not a picture we take.
        """
        if self.file and not self.file._committed:
            self._store_original()
        is_remade = self._make_renditions()
        former = Image.objects.filter(pk=self.pk).first() if is_remade and self.pk else None
        if is_remade and kwargs.get("update_fields") is not None:
            made = {"file", "width", "height", "checksum", "renditions"}
            kwargs["update_fields"] = {*kwargs["update_fields"], *made}
        super().save(*args, **kwargs)
        if former:
            former.delete_unused_files()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        self.delete_unused_files()
        return deleted

    def delete_unused_files(self) -> None:
        """Take away what this picture is made of, unless another picture has the same. Only once the change
        is certain: what is rolled back needs it still. Renditions made together have the same name's beginning,
        so that the JPEG stands for all of them."""

        def delete():
            paths = []
            if self.file and not Image.objects.filter(file=self.file.name).exists():
                paths.append(self.file.name)
            jpeg = self.renditions.get("jpeg", {}).get("name")
            if jpeg and not Image.objects.filter(renditions__jpeg__name=jpeg).exists():
                paths += map(images.rendition_path, self.rendition_names)
            for path in paths:
                self.file.storage.delete(path)

        transaction.on_commit(delete)

    def _make_renditions(self) -> bool:
        """Whether the stored renditions had to change."""
        focal = [self.focal_x, self.focal_y]
        if not self.file:
            changed, self.renditions = bool(self.renditions), {}
            return changed
        if self.renditions.get("focal") == focal and self.renditions.get("version") == images.SET_VERSION:
            return False
        with self.file.open("rb") as original:
            self.renditions = images.render(original, self.file.storage, focal=focal) | {"focal": focal}
        return True

    def _store_original(self) -> None:
        """Keep the upload upright and without metadata; the same picture twice is one file."""
        facts = images.check_upload(self.file)
        self.width, self.height, self.checksum = facts.width, facts.height, facts.checksum
        content = images.clean_original(self.file)
        path, storage = original_path(self, content.name), self.file.storage
        if not storage.exists(path):
            path = storage.save(path, content)
        self.file = path
        self.renditions = {}
