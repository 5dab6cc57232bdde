# Links by which people without an account see one hidden item, until a date.
import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from publications.querysets import PreviewLinkQuerySet

LASTS = dt.timedelta(days=14)


def make_token() -> str:
    return secrets.token_urlsafe(24)


def in_a_while() -> dt.datetime:
    return timezone.now().replace(microsecond=0) + LASTS


class PreviewLink(models.Model):
    """Who has the address sees the page, pictures and files of one publication as readers will."""

    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="preview_links")
    label = models.CharField(
        "for whom", max_length=120, help_text="So that you know later which link to end: “Reviewers, May”."
    )
    token = models.CharField(max_length=64, unique=True, default=make_token, editable=False)
    expires_at = models.DateTimeField("until", default=in_a_while)
    is_ended = models.BooleanField("ended", default=False, help_text="The link stops working at once.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.publication}: {self.label}"

    def get_absolute_url(self):
        return self.publication.get_absolute_url() + self.key

    @property
    def key(self) -> str:
        """What the addresses of the item, its pictures and its files need to open."""
        return f"?preview={self.token}"

    @property
    def works(self) -> bool:
        return not self.is_ended and self.expires_at > timezone.now()
