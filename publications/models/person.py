# Authors. A person here is not an account, and may be an organisation.
import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction

from publications.folding import fold
from publications.models.slugs import SluggedModel, page_address
from publications.querysets import PersonQuerySet

ORCID = re.compile(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")


def orcid_is_valid(orcid: str) -> bool:
    """Whether the last character is the ISO 7064 check digit of the others."""
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return orcid[-1] == ("X" if check == 10 else str(check))


class Person(SluggedModel):
    name = models.CharField(max_length=150, help_text="As readers see it: “Ines van der Corrow”.")
    sort_name = models.CharField(
        max_length=160,
        blank=True,
        help_text="As a library files it: “Corrow, Ines van der”. Left empty, it is made from the name.",
    )
    is_organisation = models.BooleanField(default=False)
    biography = models.TextField(blank=True, help_text="Plain text, shown on the person's page.")
    orcid = models.CharField(
        "ORCID iD",
        max_length=19,
        blank=True,
        validators=[RegexValidator(ORCID, "An ORCID iD looks like 0000-0002-1825-0097.")],
    )

    # Begins with the name as filed, so it also sorts people the same on every database, accents aside.
    search_name = models.CharField(max_length=320, editable=False, default="", db_index=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["search_name", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return page_address("publications:person-detail", self.slug)

    def clean(self):
        super().clean()
        if ORCID.match(self.orcid) and not orcid_is_valid(self.orcid):
            raise ValidationError({"orcid": "This ORCID iD has a typing error: its last digit does not fit."})

    def save(self, *args, **kwargs):
        if not self.sort_name:
            self.sort_name = make_sort_name(self.name, self.is_organisation)
        self.search_name = make_search_name(self.name, self.sort_name)
        with transaction.atomic():
            stored = Person.objects.filter(pk=self.pk).values_list("name", "sort_name").first()
            super().save(*args, **kwargs)
            if stored and stored != (self.name, self.sort_name):
                index_publications(self.authorships.values_list("publication", flat=True))

    @property
    def initial(self) -> str:
        """The letter to file under, without its accent."""
        return self.sort_name[:1] and fold(self.sort_name[:1]).upper()


def index_publications(keys) -> None:
    from publications.models.search_document import index

    index(keys)


def make_sort_name(name: str, is_organisation: bool = False) -> str:
    """“Ines Corrow” files as “Corrow, Ines”; an organisation and a single word file as they are."""
    given, _, family = name.strip().rpartition(" ")
    return name.strip() if is_organisation or not given else f"{family}, {given}"


def make_search_name(name: str, sort_name: str) -> str:
    return fold(f"{sort_name} {name}")[:320]


class Authorship(models.Model):
    """One name in the byline of one publication."""

    publication = models.ForeignKey("Publication", on_delete=models.CASCADE, related_name="authorships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="authorships")
    position = models.PositiveSmallIntegerField(default=0)
    name_as_printed = models.CharField(
        max_length=150, blank=True, help_text="Only where this publication prints another form of the name."
    )
    role = models.CharField(max_length=60, blank=True, help_text="Such as “editor”; empty for an author.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "person"], name="authorship_person_once")
        ]

    def __str__(self):
        return self.printed_name

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)
            if kwargs.get("update_fields") != ["position"]:
                index_publications([self.publication_id])

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            index_publications([self.publication_id])
        return deleted

    @property
    def printed_name(self) -> str:
        return self.name_as_printed or self.person.name
