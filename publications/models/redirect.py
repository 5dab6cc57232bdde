# Every slug that ever was. Rows are written by SluggedModel; pages read them when a slug is unknown.
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from publications.models.slugs import SLUG_LENGTH

TARGETS = ("publication", "topic", "person", "contenttype", "page")


def _leads_to(target: str) -> Q:
    return Q(**{f"{name}__isnull": name != target for name in TARGETS})


class Redirect(models.Model):
    """A former slug of exactly one publication, topic, person, type or page. It leads to the page in one hop,
    however often the slug changed, because it names the row and not an address."""

    slug = models.SlugField(max_length=SLUG_LENGTH)
    publication = models.ForeignKey(
        "Publication", on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )
    topic = models.ForeignKey(
        "Topic", on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )
    person = models.ForeignKey(
        "Person", on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )
    contenttype = models.ForeignKey(
        "ContentType",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="former_slugs",
        verbose_name="type",
    )
    page = models.ForeignKey(
        "Page", on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug", "pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="redirect_newest")]
        constraints = [
            models.CheckConstraint(
                condition=reduce(or_, map(_leads_to, TARGETS)),
                name="redirect_leads_to_one_page",
            ),
            *(
                models.UniqueConstraint(
                    fields=["slug"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"redirect_{name}_slug_unique",
                )
                for name in TARGETS
            ),
        ]

    def __str__(self):
        return self.slug

    @property
    def target(self):
        return next(filter(None, (getattr(self, name) for name in TARGETS)))
