# Whether what was published still stands: corrected, withdrawn, removed or merged into another.
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from publications import clock


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", pgettext_lazy("state", "Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")  # the page stays, with a notice
    REMOVED = "removed", _("Removed")  # published in error, or by law: an explanation stays
    MERGED = "merged", _("Merged")  # the address leads to another item


UNPUBLISHED = {State.DRAFT, State.IN_REVIEW}
TAKEN_BACK = {State.WITHDRAWN, State.REMOVED, State.MERGED}


class Standing(models.Model):
    """What a publication knows of its own standing. `corrected_on` is the day of its latest correction, kept
    here so that lists can show it; corrections keep it true."""

    notice = models.TextField(
        "why it was withdrawn or removed",
        blank=True,
        help_text="For readers: on the page of a withdrawn item, and where a removed one was.",
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        db_index=False,
        related_name="replaces",
        verbose_name="instead, see",
        help_text="The notice names it once it is public. The address of a merged item leads to it.",
    )
    withdrawn_at = models.DateTimeField(
        "withdrawn or removed on",
        null=True,
        blank=True,
        help_text="Shown with the notice. Left empty, it is the moment you save.",
    )
    corrected_on = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    def standing_errors(self) -> dict[str, str | ValidationError]:
        errors = {}
        if self.state in {State.WITHDRAWN, State.REMOVED} and not self.notice.strip():
            errors["notice"] = "Say why. Readers who come for it find this instead."
        if reason := self._replacement_error():
            errors["replaced_by"] = reason
        return errors

    def _replacement_error(self) -> str | ValidationError:
        if not self.replaced_by:
            return "Choose the item it was merged into." if self.is_merged else ""
        if self.replaced_by_id == self.original_pk:
            return "An item cannot stand in for itself."
        if self.replaced_by.is_merged:
            words = "“%(other)s” was merged itself. Choose the item that it leads to."
            return ValidationError(words, params={"other": self.replaced_by})
        return ""

    def save(self, *args, **kwargs):
        self.date_withdrawal()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "withdrawn_at"}
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if self.is_merged:
                self._hand_on_replaced()

    def date_withdrawal(self) -> None:
        """What was taken back has the moment of it; what was not, or is public again, has none."""
        if self.state not in TAKEN_BACK:
            self.withdrawn_at = None
        elif not self.withdrawn_at:
            self.withdrawn_at = timezone.now().replace(microsecond=0)

    def _hand_on_replaced(self) -> None:
        """What led here leads on to where this leads, so that every old address needs one redirect."""
        self.replaces.exclude(pk=self.replaced_by_id).update(replaced_by=self.replaced_by_id)

    def date_correction(self) -> None:
        """To be called whenever its corrections change: to readers, and to machines, it changes with them."""
        self.corrected_on = self.corrections.aggregate(latest=Max("made_on"))["latest"]
        self.save(update_fields=["corrected_on", "changed_at"])

    @property
    def known_corrections(self) -> list:
        """The latest first. Of most publications there are none, which costs no query."""
        return list(self.corrections.all()) if self.corrected_on else []

    @property
    def is_withdrawn(self) -> bool:
        return self.state == State.WITHDRAWN

    @property
    def is_removed(self) -> bool:
        return self.state == State.REMOVED

    @property
    def is_merged(self) -> bool:
        return self.state == State.MERGED

    @property
    def has_address(self) -> bool:
        """Whether readers get an answer at its address, be it that it was removed."""
        return self.state not in UNPUBLISHED and self.published_at <= clock.now()

    @property
    def has_page(self) -> bool:
        """Whether readers find it at its address, or its page with a notice; `addressable` in querysets."""
        has_one = self.state in {State.PUBLISHED, State.WITHDRAWN} and self.published_at
        return bool(has_one and self.published_at <= clock.now())

    @property
    def replacement(self):
        """What readers are told to see instead."""
        return self.replaced_by if self.replaced_by and self.replaced_by.is_public else None


def standing_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(state__in=State.values), name="publication_state_known"),
        models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="publication_not_its_own_replacement"),
        models.CheckConstraint(
            condition=Q(replaced_by__isnull=False) | ~Q(state="merged"),
            name="publication_merged_into_another",
        ),
    ]
