# Who has which form open, so that two who write at once know of each other. Nobody's past is kept: a row says
# until when somebody was seen, and goes a day later.
import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone

LASTS = dt.timedelta(seconds=45)  # after the last sign; open forms give one every 15 seconds
KEPT = dt.timedelta(days=1)


class Presence(models.Model):
    place = models.CharField(max_length=120)  # such as "publication/12"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["place", "user"], name="presence_once")]

    def __str__(self):
        return f"{self.user} at {self.place}"


def present(place: str) -> list[Presence]:
    """Whoever came first stands first."""
    here = Presence.objects.filter(place=place, seen_at__gt=timezone.now() - LASTS)
    return list(here.select_related("user").order_by("since", "pk"))


def give_sign(place: str, user) -> list[Presence]:
    """Say that somebody is there, and return who else is. Two queries, and one more on arrival."""
    here, now = {presence.user_id: presence for presence in present(place)}, timezone.now()
    mine = here.pop(user.pk, None)
    if not mine:
        Presence.objects.filter(seen_at__lt=now - KEPT).delete()
    sign = Presence(place=place, user=user, since=mine.since if mine else now, seen_at=now)
    known_by = {"unique_fields": ["place", "user"], "update_fields": ["since", "seen_at"]}
    Presence.objects.bulk_create([sign], update_conflicts=True, **known_by)
    return list(here.values())
