# What editors put at the top of a topic.
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from publications.querysets import FeaturedItemQuerySet


class FeaturedItem(models.Model):
    """A publication in a topic's featured block. It leaves by itself when it stops being public."""

    topic = models.ForeignKey("Topic", on_delete=models.CASCADE, related_name="featured_items")
    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="featured_in")
    position = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(
        "from", null=True, blank=True, help_text="Empty: as soon as it is published."
    )
    ends_at = models.DateTimeField("until", null=True, blank=True, help_text="Empty: until you remove it.")
    image = models.ForeignKey(
        "Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="featured_items",
        verbose_name="own picture",
        help_text="Shown here instead of the item's picture, while it may be used.",
    )
    words = models.TextField(
        "own words",
        blank=True,
        help_text="Shown here instead of the item's summary, in the item's language.",
    )

    objects = FeaturedItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "publication"], name="featured_item_once_per_topic"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="featured_item_ends_after_start",
            ),
        ]

    def __str__(self):
        return f"{self.publication} in {self.topic}"

    def clean(self):
        errors = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "The end must be later than the start."
        if self.image and not self.image.has_text_alternative:
            errors["image"] = (
                "This picture has no alternative text. Describe it, or mark it as decorative, before it is featured."
            )
        if errors:
            raise ValidationError(errors)

    @property
    def picture(self):
        """Its own picture while it may be used, else None."""
        return self.image if self.image and self.image.is_usable() else None
