# The kinds of publication: what a reader filters by, and how machines are told what an item is.
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from publications.models.slugs import SluggedModel, page_address


class ContentType(SluggedModel):
    """Say "type" wherever people read; Django's own class of this name is always DjangoContentType."""

    class CitationFamily(models.TextChoices):
        REPORT = "report", "Report, brief, paper, testimony"
        COMMENTARY = "commentary", "Commentary, blog post"
        NEWS = "news", "News release"
        SOFTWARE = "software", "Tool, software"

    MARKS = [
        (1, "Square"),
        (2, "Diamond"),
        (3, "Triangle"),
        (4, "Disc"),
        (5, "Two bars"),
        (6, "Cross"),
        (7, "Hexagon"),
        (8, "Inverted triangle"),
    ]

    name = models.CharField(max_length=60, unique=True, help_text="One item of this type: “Research Brief”.")
    plural = models.CharField(
        max_length=60, help_text="Heads the page of all items of this type: “Research Briefs”."
    )
    mark = models.PositiveSmallIntegerField(
        choices=MARKS,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="The shape shown before the name in lists and filters.",
    )
    citation_family = models.CharField(
        max_length=20,
        choices=CitationFamily,
        default=CitationFamily.REPORT,
        help_text="Tells reference managers how to file items of this type.",
    )
    position = models.PositiveIntegerField(default=100, help_text="Smaller numbers come first in filters.")

    class Meta:
        verbose_name = "type"
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(mark__range=(1, 8)), name="content_type_mark_1_to_8")
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return page_address("publications:type-detail", self.slug)
