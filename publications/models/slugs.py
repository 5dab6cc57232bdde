# Addresses that never break: every model with a page has a slug, made from its name when left empty,
# and leaves a redirect behind when it changes.
from functools import lru_cache
from itertools import count

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify

from publications.surroundings import surroundings

SLUG_LENGTH = 80
SLUG_HELP = (
    "The last part of the page's address. Left empty, it is made from the title. "
    "After a change the old address leads to the new one."
)


def make_slug(text: str, fallback: str = "item") -> str:
    """Lower-case ASCII words of a text in any script, cut between words at 80 characters."""
    slug = slugify(anyascii(text))
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return slug or fallback


def numbered(slug: str, number: int) -> str:
    """The slug itself, then slug-2, slug-3 and so on, within the length allowed."""
    suffix = f"-{number}" if number > 1 else ""
    return slug[: SLUG_LENGTH - len(suffix)] + suffix


def page_address(view: str, slug: str) -> str:
    """As `reverse` has it, which a page of a list asks for dozens of times."""
    if not slug:
        return reverse(view, args=[slug])
    here = surroundings()
    return f"{_parent(view, here.prefix, here.urlconf)}{slug}/"


def address_root(view: str, *args) -> str:
    """`reverse`, remembered. Behind a preview link all addresses begin with the link's."""
    here = surroundings()
    return _reversed(view, args, here.prefix, here.urlconf)


@lru_cache(maxsize=500)
def _parent(view, prefix, urlconf) -> str:
    """What the addresses of all pages of this kind begin with."""
    return reverse(view, args=["x"]).removesuffix("x/")


@lru_cache(maxsize=500)
def _reversed(view, args, prefix, urlconf) -> str:
    return reverse(view, args=args)


class SluggedModel(models.Model):
    """A row with a page of its own.

    `slug_source` names the field a slug is made from. Saving a changed slug records the old one, so that
    former addresses lead here for good; a slug that ever was is never given to another row.
    """

    slug_source = "name"

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True, blank=True, help_text=SLUG_HELP)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        instance = super().from_db(db, field_names, values, **kwargs)
        instance.remember_stored()
        return instance

    def remember_stored(self) -> None:
        """What is stored, to be compared when it is saved; for whatever makes instances out of rows."""
        self._stored_slug = self.__dict__.get("slug")

    def clean(self):
        super().clean()
        is_its_own = (
            self.pk and self.slug == getattr(self, "_stored_slug", None) and self._slug_owner() == self.pk
        )
        if self.slug and not is_its_own and self._slug_is_taken(self.slug):
            raise ValidationError({"slug": "This address belongs, or once belonged, to another page."})

    def is_free(self, slug: str) -> bool:
        """Whether this may be its address."""
        return not self._slug_is_taken(slug)

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = self._free_slug()
            kwargs = _with_field(kwargs, "slug")
        old_slug = getattr(self, "_stored_slug", None)
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if old_slug and old_slug != self.slug and self._slug_owner() == self.pk:
                self._record_redirect(old_slug)
        self._stored_slug = self.slug

    def _free_slug(self) -> str:
        base = make_slug(getattr(self, self.slug_source), fallback=self._meta.model_name)
        if not self._slug_is_taken(base):
            return base
        taken = set(self._slugs_like(base))
        return next(slug for slug in (numbered(base, n) for n in count(2)) if slug not in taken)

    def _slugs_like(self, base: str):
        """All present and former slugs that could be in the way of a numbered one."""
        stem = base[: SLUG_LENGTH - 10]
        present = self._rows_with_addresses().exclude(pk=self._slug_owner()).filter(slug__startswith=stem)
        former = self._former_slugs().filter(slug__startswith=stem)
        return [*present.values_list("slug", flat=True), *former.values_list("slug", flat=True)]

    def _slug_is_taken(self, slug: str) -> bool:
        owner = self._slug_owner()
        others = self._rows_with_addresses().filter(slug=slug).exclude(pk=owner)
        former = self._former_slugs().filter(slug=slug)
        if owner:
            former = former.exclude(**{self._meta.model_name: owner})
        return others.exists() or former.exists()

    def _slug_owner(self):
        """The key of the row that has, or is to have, this address."""
        return self.pk

    def _rows_with_addresses(self):
        return type(self)._base_manager.all()

    def _former_slugs(self):
        from publications.models.redirect import Redirect

        return Redirect.objects.filter(**{f"{self._meta.model_name}__isnull": False})

    def _record_redirect(self, old_slug: str) -> None:
        mine = self._former_slugs().filter(**{self._meta.model_name: self.pk})
        mine.filter(slug=self.slug).delete()  # back to a former address: it must not lead away
        mine.get_or_create(slug=old_slug, defaults={self._meta.model_name: self})


def _with_field(kwargs: dict, field: str) -> dict:
    if kwargs.get("update_fields") is None:
        return kwargs
    return kwargs | {"update_fields": {*kwargs["update_fields"], field}}
