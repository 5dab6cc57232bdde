# What frames every page: the menus that editors arrange. One row, and its entries.
from functools import reduce
from operator import and_, or_

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publications.models.page import Page
from publications.querysets import MenuEntryQuerySet

# What an entry can lead to, and how each looks where it leads elsewhere.
EMPTY = {
    "list_name": Q(list_name=""),
    "page": Q(page__isnull=True),
    "topic": Q(topic__isnull=True),
    "content_type": Q(content_type__isnull=True),
    "address": Q(address=""),
}


def _leads_to(target: str) -> Q:
    return reduce(and_, (~empty if name == target else empty for name, empty in EMPTY.items()))


class Frame(models.Model):
    """There is one row, made by a migration."""

    def __str__(self):
        return self._meta.verbose_name.capitalize()


class Menus(Frame):
    """The same row, for those who may arrange the menus."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "menus"


class MenuEntry(models.Model):
    """A link in a menu. It leads to exactly one thing, and bears its name unless it has a label."""

    class Place(models.TextChoices):
        MAIN = "main", "Main menu"
        FOOTER = "footer", "Footer"

    class List(models.TextChoices):
        TOPICS = "topic-list", _("Topics")
        PUBLICATIONS = "publication-list", _("Publications")
        PEOPLE = "person-list", _("People")
        CORRECTIONS = "correction-list", _("Corrections")

    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="entries")
    place = models.CharField(max_length=10, choices=Place)
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=40, blank=True, help_text="Left empty, it is the name of the target.")
    list_name = models.CharField("list", max_length=20, choices=List, blank=True)
    page = models.ForeignKey("Page", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    topic = models.ForeignKey("Topic", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    content_type = models.ForeignKey(
        "ContentType",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="type",
    )
    address = models.URLField(
        "address elsewhere",
        max_length=500,
        blank=True,
        validators=[URLValidator(["https"])],
        help_text="Such as https://shop.example.org/.",
    )

    objects = MenuEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "menu entries"
        ordering = ["place", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=reduce(or_, map(_leads_to, EMPTY)),
                name="menu_entry_leads_to_one_thing",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def target(self) -> models.Model | None:
        return self.page or self.topic or self.content_type

    @property
    def name(self) -> str:
        if self.label:
            return self.label
        if self.content_type:
            return self.content_type.plural
        return str(self.target or self.get_list_name_display() or self.address)

    @property
    def url(self) -> str:
        if self.target:
            return self.target.get_absolute_url()
        return self.address or reverse(f"publications:{self.list_name}")

    @property
    def is_shown(self) -> bool:
        """A page that is still a draft keeps its place."""
        return not self.page or self.page.is_public

    @property
    def rel(self) -> str:
        """What HTML calls a link to a page with this role."""
        rels = {Page.Role.PRIVACY: "privacy-policy", Page.Role.TERMS: "terms-of-service"}
        return rels.get(self.page.role, "") if self.page else ""

    def clean(self):
        super().clean()
        chosen = [name for name in EMPTY if getattr(self, name)]
        if len(chosen) != 1:
            raise ValidationError(
                "An entry leads to one thing: a list, a page, a topic, a type or an address."
            )
        if self.address and not self.label:
            raise ValidationError({"label": "An address elsewhere needs a label."})
