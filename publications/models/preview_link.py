# Links by which people without an account see what is hidden, until a date: one item, or a list as it will be.
import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from publications import clock
from publications.models.standing import State
from publications.querysets import PreviewLinkQuerySet

LASTS = dt.timedelta(days=14)
WHERE = "/preview/"  # what is opened by a link has its own address behind this and the link's key


def make_token() -> str:
    return secrets.token_urlsafe(24)


def in_a_while() -> dt.datetime:
    return timezone.now().replace(microsecond=0) + LASTS


class PreviewLink(models.Model):
    """Who has the address sees one publication with its pictures and files as readers will; or one list, such
    as the page of a topic, as readers see it at a moment, and the publications in it."""

    publication = models.ForeignKey(
        "Publication", on_delete=models.CASCADE, related_name="preview_links", null=True
    )
    address = models.CharField("list", max_length=500, blank=True)
    moment = models.DateTimeField("as readers see it on", null=True)
    label = models.CharField(
        "for whom", max_length=120, help_text="So that you know later which link to end: “Reviewers, May”."
    )
    token = models.CharField(max_length=64, unique=True, default=make_token, editable=False)
    expires_at = models.DateTimeField("until", default=in_a_while)
    is_ended = models.BooleanField("ended", default=False, help_text="The link stops working at once.")
    times_opened = models.PositiveIntegerField(default=0, editable=False)
    opened_on = models.DateField(null=True, editable=False)  # the last day; nothing is kept of who it was
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="preview_of_an_item_or_a_list",
                condition=Q(publication__isnull=False, address="", moment__isnull=True)
                | Q(publication__isnull=True, address__startswith="/", moment__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="preview_link_newest")]

    def __str__(self):
        return f"{self.publication or self.address}: {self.label}"

    def get_absolute_url(self):
        return self.within + (self.address or self.publication.get_absolute_url()).removeprefix("/")

    @property
    def within(self) -> str:
        """What the addresses of all it opens begin with."""
        return f"{WHERE}{self.token}/"

    @property
    def status(self) -> str:
        if self.is_ended:
            return "Ended"
        if self.expires_at <= timezone.now():
            return "Expired"
        return "Works" if self._maker_is_here and not self._is_gone else "Does not open"

    @property
    def works(self) -> bool:
        return self.status == "Works"

    @property
    def _maker_is_here(self) -> bool:
        return bool(self.created_by and self.created_by.is_active and self.created_by.is_staff)

    @property
    def _is_gone(self) -> bool:
        return bool(self.publication and self.publication.state in {State.REMOVED, State.MERGED})

    def count_opening(self):
        """Nothing is kept of who opened it, when in the day, or from where."""
        PreviewLink.objects.filter(pk=self.pk).update(
            times_opened=models.F("times_opened") + 1, opened_on=clock.today()
        )
