# The publish log: who moved which publication from one state to another. Rows are added by workflow.py,
# and neither changed nor removed.
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from publications.querysets import OfPublicationsQuerySet

FINAL = "The publish log is only ever added to."


class LoggedStepQuerySet(OfPublicationsQuerySet):
    """Nothing here changes or removes a row: see `LoggedStep`."""

    def bypasses(self):
        """Steps for which a rule was passed over."""
        return self.exclude(bypassed="")

    def since(self, moment):
        return self.filter(at__gte=moment)

    def update(self, *args, **kwargs):
        raise TypeError(FINAL)

    bulk_update = delete = update


class LoggedStep(models.Model):
    """One step of one publication. It outlives the item and the person, whose names it keeps."""

    class Step(models.TextChoices):
        SUBMIT = "submit", "Submitted for review"
        TAKE_BACK = "take_back", "Returned to draft"
        PUBLISH = "publish", "Published"
        SCHEDULE = "schedule", "Scheduled"
        CHANGE_DATE = "change_date", "Date changed"
        CANCEL = "cancel", "Schedule cancelled"
        WITHDRAW = "withdraw", "Withdrawn"
        REMOVE = "remove", "Removed"
        MERGE = "merge", "Merged into another"
        RESTORE = "restore", "Published again"
        DELETE = "delete", "Deleted"
        BRING_BACK = "bring_back", "Brought back"
        # Of a change to a live item; they are logged with the item.
        BEGIN = "begin", "Change begun"
        SEND = "send", "Change submitted for review"
        RETURN = "return", "Change returned to draft"
        PLAN = "plan", "Change planned"
        UNPLAN = "unplan", "Plan of a change cancelled"
        GO_LIVE = "go_live", "Change made live"
        FAIL = "fail", "Change could not go live"
        DISCARD = "discard", "Change discarded"

    publication = models.ForeignKey(
        "Publication", on_delete=models.SET_NULL, null=True, related_name="steps", editable=False
    )
    deleted_key = models.BigIntegerField(null=True, editable=False)  # of an item that is there no more
    title = models.CharField(max_length=400, editable=False)
    step = models.CharField(max_length=12, choices=Step, editable=False)
    from_state = models.CharField("from", max_length=12, editable=False)
    to_state = models.CharField("to", max_length=12, editable=False)
    published_at = models.DateTimeField("publication date", null=True, editable=False)
    note = models.TextField(blank=True, editable=False)
    bypassed = models.TextField(
        blank=True, editable=False, help_text="What was passed over, one reason on each line."
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    by_name = models.CharField("by", max_length=320, editable=False)

    objects = LoggedStepQuerySet.as_manager()

    class Meta:
        verbose_name = "log entry"
        verbose_name_plural = "publish log entries"
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="step_newest"),
            models.Index(fields=["step", "-at", "-id"], name="step_kind_newest"),
            models.Index(fields=["-at"], name="step_bypass_newest", condition=~Q(bypassed="")),
        ]

    def __str__(self):
        return f"{self.get_step_display()}: {self.title}"

    @property
    def reasons(self) -> list[str]:
        return self.bypassed.splitlines()

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(FINAL)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(FINAL)
