# What was wrong in a publication, and what it says now. Public as its publication is.
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.querysets import CorrectionQuerySet


class Correction(models.Model):
    """A dated note to readers. It stays on the page of its publication, beside the text it corrected."""

    class Kind(models.TextChoices):
        CLARIFICATION = "clarification", _("Clarification")
        CORRECTION = "correction", _("Correction")
        SUBSTANTIVE = "substantive", _("Substantive correction")
        RETRACTION = "retraction", _("Partial retraction")

    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="corrections")
    made_on = models.DateField("date", default=timezone.localdate)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.CORRECTION)
    note = models.TextField(
        help_text="What was wrong, where, and what it is now: “Table 1 gave 31% for Port Sorrel. It is 13%.”"
    )
    changes_conclusions = models.BooleanField(
        "the conclusions change", default=False, help_text="Readers are told either way."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_on", "-pk"]
        indexes = [models.Index(fields=["-made_on", "-id"], name="correction_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["clarification", "correction", "substantive", "retraction"]),
                name="correction_kind_known",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.made_on}"

    def clean(self):
        super().clean()
        if self.made_on and self.made_on > timezone.localdate():
            raise ValidationError({"made_on": "This day is yet to come. Readers see a correction at once."})

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.publication.date_correction()

    @transaction.atomic
    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        self.publication.date_correction()
        return deleted
