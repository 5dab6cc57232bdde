# What frames every page: how the site looks, and the menus that editors arrange. One row, and its entries.
from functools import reduce
from operator import and_, or_

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publications.colours import hue_and_chroma
from publications.images import check_logo, clean_logo
from publications.models.page import Page
from publications.models.slugs import address_root
from publications.querysets import MenuEntryQuerySet

LOGOS = "logos/"
MOST_CHROMA = 150  # thousandths: up to here every hue can be read on every ground

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
    """There is one row, made by a migration. A logo's name is made from its content, so its address may be kept."""

    ACCENT = "#851b55"  # as tokens.css has it, like the first of the greys
    GREYS = [
        (248, "Cool, towards blue"),
        (75, "Warm, towards sand"),
        (150, "Towards green"),
        (310, "Towards violet"),
    ]

    accent = models.CharField(
        max_length=7,
        default=ACCENT,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "A colour looks like #851b55.")],
        help_text="Of links, marks and buttons, here in the admin too. Its hue and strength are kept; how light "
        "or dark it is drawn is chosen so that everybody can read it.",
    )
    greys = models.PositiveSmallIntegerField(
        choices=GREYS, default=GREYS[0][0], help_text="The tint of text, grounds and lines."
    )
    logo = models.FileField(
        upload_to=LOGOS,
        blank=True,
        help_text="SVG, or PNG, WebP, AVIF or JPEG at twice the size it shows at, 34 pixels high. "
        "Left empty, the mark of the software stands there.",
    )
    logo_has_name = models.BooleanField(
        "the logo contains the name", default=False, help_text="The name is then not written beside it."
    )
    logo_suits_dark = models.BooleanField(
        "the logo suits dark screens",
        default=False,
        help_text="Otherwise readers with a dark screen see it on a white ground.",
    )
    logo_width = models.PositiveIntegerField(default=0, editable=False)
    logo_height = models.PositiveIntegerField(default=0, editable=False)
    icon = models.FileField(
        upload_to=LOGOS,
        blank=True,
        help_text="A square SVG or PNG, for the tabs of browsers and for feed readers.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "appearance"

    def __str__(self):
        return self._meta.verbose_name.capitalize()

    @property
    def theme_url(self) -> str:
        """The stylesheet with the colours, where they are not those of the software."""
        if (self.accent, self.greys) == (self.ACCENT, self.GREYS[0][0]):
            return ""
        hue, chroma = self.hue_and_chroma
        return reverse("publications:theme", args=[hue, round(chroma * 1000), self.greys])

    @property
    def hue_and_chroma(self) -> tuple[int, float]:
        """The accent as pages draw it."""
        hue, chroma = hue_and_chroma(self.accent)
        return hue, min(chroma, MOST_CHROMA / 1000)

    @property
    def logo_url(self) -> str:
        return _address(self.logo)

    @property
    def icon_url(self) -> str:
        return _address(self.icon)

    def clean(self):
        super().clean()
        errors = {}
        for name in ("logo", "icon"):
            file = getattr(self, name)
            try:
                width, height = check_logo(file) if file and not file._committed else (1, 1)
                if name == "icon" and width != height:
                    raise ValidationError("An icon is as high as it is wide.")
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)

    def save(self, *args, **kwargs):
        if self.logo and not self.logo._committed:
            self.logo_width, self.logo_height = check_logo(self.logo)
        for name in ("logo", "icon"):
            file = getattr(self, name)
            if file and not file._committed:
                setattr(self, name, clean_logo(file))
        super().save(*args, **kwargs)


def _address(file) -> str:
    """Of a file that is stored; one that was just refused has none."""
    stored = file and file._committed
    return reverse("publications:logo", args=[file.name.removeprefix(LOGOS)]) if stored else ""


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
        return str(self.target or (self.list_name and self.List(self.list_name).label) or self.address)

    @property
    def url(self) -> str:
        if self.target:
            return self.target.get_absolute_url()
        return self.address or address_root(f"publications:{self.list_name}")

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
