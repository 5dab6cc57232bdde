# How somebody looks at the list of publications: filters and columns under a name. Readers see none of it.
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own, and those that colleagues share with all or with a group of theirs."""
        shared = Q(is_shared=True) & (Q(group=None) | Q(group__in=user.groups.all()))
        return self.filter(Q(owner=user) | shared)


class SavedView(models.Model):
    """A query string of the list and the columns to show under it. The one without a name is how a person's
    list is set up: their columns, and the view it opens with."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    is_shared = models.BooleanField("shared", default=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    opens_with = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [("share_savedview", "Can share views of the list of publications")]
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_unique"),
        ]

    def __str__(self):
        return self.name or f"Set-up of {self.owner}"

    @property
    def address(self) -> str:
        """The query string that shows it."""
        return f"?view={self.pk}" + (f"&{self.query}" if self.query else "")
