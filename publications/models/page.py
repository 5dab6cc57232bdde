# The institute's own pages: about, accessibility, privacy, funding and whatever else it has to say.
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from publications.models.slugs import SluggedModel, page_address
from publications.querysets import PageQuerySet
from publications.richtext import RichTextField


class Page(SluggedModel):
    """A text at an address of one word, such as /about/. `role` tells machines what it is for."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", pgettext_lazy("state", "Published")

    class Role(models.TextChoices):
        ABOUT = "about", "About the organisation"
        CONTACT = "contact", "Contact"
        ACCESSIBILITY = "accessibility", "Accessibility statement"
        PRIVACY = "privacy", "Privacy"
        TERMS = "terms", "Terms of use"
        PRINCIPLES = "principles", "Publishing principles"
        CORRECTIONS = "corrections", "Corrections policy"
        FUNDING = "funding", "Funding and ownership"

    slug_source = "title"

    title = models.CharField(max_length=120)
    description = models.CharField(
        "introduction",
        max_length=300,
        blank=True,
        help_text="One or two plain sentences, shown below the title and by search engines.",
    )
    body = RichTextField("text", blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    reviewed_on = models.DateField(
        "last reviewed", null=True, blank=True, help_text="Readers see this date at the end of the page."
    )
    role = models.CharField(
        max_length=20,
        choices=Role,
        blank=True,
        help_text="Machines are told what the page is, and that it is the organisation's once a menu shows it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["draft", "published"]), name="page_state_known"),
            models.UniqueConstraint(
                fields=["role"],
                condition=~Q(role=""),
                name="page_role_unique",
                violation_error_message="Another page has this role already.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return page_address("publications:page-detail", self.slug)

    @property
    def is_public(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def status(self) -> str:
        return self.get_state_display()

    def clean(self):
        if self.slug and is_reserved(self.slug):
            raise ValidationError(
                {"slug": f"/{self.slug}/ is an address of the site itself. Choose another word, or several."}
            )
        super().clean()

    def _slug_is_taken(self, slug: str) -> bool:
        return is_reserved(slug) or super()._slug_is_taken(slug)


def is_reserved(slug: str) -> bool:
    """Whether something of the site itself answers at this address or below it."""
    names = {_name_at(f"/{slug}{ending}") for ending in ("", "/", "/x", "/x/", "/1/x")}
    return bool(names - {"", "publications:page-detail"}) or f"/{slug}/" == settings.STATIC_URL


def _name_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
