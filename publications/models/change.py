# A change to a live item that is prepared beside it: what there is to know of it besides its content, which is that
# of its working copy.
from django.conf import settings
from django.db import models
from django.db.models import Q


class ChangeQuerySet(models.QuerySet):
    def due(self, now):
        """Those whose time has come, in the order in which they go live."""
        return self.filter(goes_live_at__lte=now).order_by("goes_live_at", "pk")


class Change(models.Model):
    """`base` is what the live item was when copy and item last agreed (a snapshot, see publications/history/):
    whatever differs from it was changed on purpose, here or there."""

    copy = models.OneToOneField(
        "Publication", on_delete=models.CASCADE, primary_key=True, related_name="change"
    )
    base = models.JSONField()
    goes_live_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    failure = models.TextField(blank=True, help_text="Why it did not go live when its time came.")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["goes_live_at", "copy"],
                condition=Q(goes_live_at__isnull=False),
                name="change_goes_live",
            )
        ]

    def __str__(self):
        return f"Change to {self.copy}"
