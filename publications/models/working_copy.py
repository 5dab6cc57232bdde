# A change to a live item is prepared in a second row beside it, its working copy: an item in every sense, but for
# readers and lists. What is the same for both is what they are in `original`.
from django.db import models
from django.db.models import F, Q

from publications.models.slugs import SLUG_HELP, SLUG_LENGTH, SluggedModel
from publications.querysets import PublicationQuerySet, original_rule

ORIGINAL = original_rule()


class PublicationManager(models.Manager.from_queryset(PublicationQuerySet)):
    """The originals alone, so that no list, count or choice has an item twice."""

    def get_queryset(self):
        return super().get_queryset().originals()


class MayBeCopied(SluggedModel):
    """`objects` has the originals alone, so that no list, count or choice shows an item twice; whoever works on
    changes asks `with_copies`. Addresses and names are unique among originals: a copy has those of its own."""

    slug = models.SlugField(max_length=SLUG_LENGTH, blank=True, help_text=SLUG_HELP)
    # Indexed by the constraint alone: an index of all rows would tempt databases to look up the originals by it.
    working_copy_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    @property
    def original_pk(self) -> int | None:
        return self.working_copy_of_id or self.pk

    @property
    def is_working_copy(self) -> bool:
        return self.working_copy_of_id is not None

    @property
    def working_copy(self):
        """The change being prepared to this item, if there is one."""
        return type(self).with_copies.filter(working_copy_of=self.pk).first() if self.pk else None

    def _slug_owner(self):
        return self.original_pk

    def _rows_with_addresses(self):
        return type(self).objects.all()


def copy_constraints() -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["slug"], condition=ORIGINAL, name="publication_slug_unique"),
        models.UniqueConstraint(
            fields=["working_copy_of"],
            # As SQLite must have it to look up by this index.
            condition=Q(working_copy_of__isnull=False),
            name="publication_one_working_copy",
        ),
        models.CheckConstraint(
            condition=ORIGINAL | Q(state__in=["draft", "in_review"]), name="publication_copy_not_public"
        ),
        models.CheckConstraint(condition=~Q(working_copy_of=F("id")), name="publication_not_its_own_copy"),
    ]
