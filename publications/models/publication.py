# The publication: what editors write and readers cite. Rules of visibility live in querysets.py.
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from publications import clock
from publications.models.entry import ListedModel
from publications.models.file import File, delete_unused
from publications.models.slugs import page_address
from publications.models.standing import UNPUBLISHED, Standing, State, standing_constraints
from publications.models.translated import Translated
from publications.models.working_copy import ORIGINAL, MayBeCopied, PublicationManager, copy_constraints
from publications.querysets import PublicationQuerySet
from publications.richtext import RichTextField

PER_PART = 1000  # keys in a part of all items, such as one of the sitemap
DOI = RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI looks like 10.5555/abc-123, without https://doi.org/.")


class Publication(ListedModel, Standing, MayBeCopied, Translated):
    """A report, commentary, testimony, news release, brief or tool. `state` is what editors decided; what the
    public sees is that *and* the clock: a published item with a time in the future is scheduled, and appears
    at its second without any job."""

    State = State

    slug_source = "title"
    marked_title = passage = (
        ""  # what a FoundList gives its rows; a template's look for what is not there is slow
    )
    pick = None  # what `featured_in` gives: the FeaturedItem by which it stands at the top of a topic
    # What the search index holds of the row itself.
    SEARCHED = frozenset(
        "title subtitle summary key_findings body report_number doi state published_at content_type".split()
    )
    IN_ROWS = (  # of lists, with the key of the type
        *"slug title summary published_at state language corrected_on lead content_type".split(),
        *("image__usable_until", "image__renditions"),
    )
    ON_UNTYPED_CARDS = (
        *IN_ROWS,
        *(f"image__{name}" for name in "alternative_text is_decorative caption credit".split()),
    )
    ON_CARDS = (*ON_UNTYPED_CARDS, *(f"content_type__{name}" for name in "slug name plural mark".split()))

    content_type = models.ForeignKey(
        "ContentType", on_delete=models.PROTECT, related_name="publications", verbose_name="type"
    )
    topics = models.ManyToManyField(
        "Topic",
        related_name="publications",
        blank=True,
        help_text="It also lists in the topics above these.",
    )
    title = models.CharField(max_length=400)
    subtitle = models.CharField(max_length=400, blank=True)
    summary = models.TextField(
        blank=True, help_text="One to three plain sentences, shown in lists and by search engines."
    )
    key_findings = models.TextField(blank=True, help_text="Plain text, one finding on each line.")
    body = RichTextField(blank=True)
    published_at = models.DateTimeField(
        "publication date",
        null=True,
        blank=True,
        help_text="Readers see it from this moment on, to the second. In the future: it is scheduled.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    image = models.ForeignKey(
        "Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="publications",
        verbose_name="picture",
    )
    authors = models.ManyToManyField("Person", through="Authorship", related_name="publications")
    report_number = models.CharField(max_length=60, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True, validators=[DOI])
    external_url = models.URLField(
        "address elsewhere",
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="Where a tool runs, or where a reprinted text first appeared.",
    )
    lead = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="companions",
        verbose_name="main item of the study",
        help_text="For a brief, news release or tool: the report it belongs to. They then point to each other.",
    )
    import_id = models.CharField(
        max_length=200, blank=True, help_text="The item's name in the system it was imported from."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = PublicationManager()
    with_copies = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [("publish_publication", "Can publish, schedule and withdraw publications")]
        indexes = [
            # The lists of the admin: in their orders, with what their filters ask for beside it.
            models.Index(
                fields=["-changed_at", "-id", "state", "content_type", "published_at"],
                name="publication_last_changed",
                condition=ORIGINAL,
            ),
            models.Index(
                fields=["state", "-changed_at", "-id"], name="publication_state_changed", condition=ORIGINAL
            ),
            models.Index(
                fields=["changed_by", "-changed_at", "-id"],
                name="publication_person_changed",
                condition=ORIGINAL,
            ),
            models.Index(fields=["published_at", "id"], name="publication_by_date", condition=ORIGINAL),
            models.Index(fields=["title", "id"], name="publication_by_title", condition=ORIGINAL),
            models.Index(
                fields=["state", "-changed_at", "-id"],
                name="publication_no_summary",
                condition=ORIGINAL & Q(summary=""),
            ),
            models.Index(
                fields=["language", "-changed_at", "-id"],
                name="publication_language_changed",
                condition=ORIGINAL & ~Q(language=""),
            ),
            # Of the few that have one: by an index of all rows databases would expect to find most of them.
            *(
                models.Index(
                    fields=[name], name=f"publication_has_{name}", condition=Q(**{f"{name}__isnull": False})
                )
                for name in ("lead", "translation_of", "replaced_by", "withdrawn_at")
            ),
            models.Index(fields=["state", "-published_at", "-id"], name="publication_newest"),
            models.Index(
                F("id") / PER_PART,
                Greatest("published_at", "changed_at").desc(),
                name="publication_part_changed",
                condition=ORIGINAL,
            ),
            models.Index(
                fields=["content_type", "state", "-published_at", "-id"], name="publication_type_newest"
            ),
        ]
        constraints = [
            *Translated.Meta.constraints,
            *standing_constraints(),
            *copy_constraints(),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | Q(state__in=["draft", "in_review"]),
                name="publication_published_has_date",
            ),
            models.CheckConstraint(condition=~Q(lead=F("id")), name="publication_not_its_own_lead"),
            models.UniqueConstraint(
                fields=["doi"],
                condition=~Q(doi="") & ORIGINAL,
                name="publication_doi_unique",
                violation_error_message="Another publication has this DOI already.",
            ),
            models.UniqueConstraint(
                fields=["import_id"],
                condition=~Q(import_id="") & ORIGINAL,
                name="publication_import_id_unique",
                violation_error_message="Another publication has this import id already.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return page_address("publications:publication-detail", self.slug)

    def clean_fields(self, exclude=None):
        """What a form has just read to point at it is there, and is not looked up once more."""
        fields = (field for field in self._meta.concrete_fields if field.is_relation)
        read = {field.name for field in fields if field.is_cached(self) and getattr(self, field.attname)}
        super().clean_fields({*(exclude or ()), *read})

    def clean(self):
        super().clean()
        errors = self.standing_errors() | self.translation_errors()
        if self.state not in UNPUBLISHED and not self.published_at:
            errors["published_at"] = "A published item needs its date and time."
        if self.state == self.State.PUBLISHED and self.image and not self.image.has_text_alternative:
            errors["image"] = (
                "This picture has no alternative text. Describe it, or mark it as decorative, before publishing."
            )
        if self.lead and self.lead.lead_id:
            words = "“%(lead)s” belongs to a study itself. Choose that study's main item."
            errors["lead"] = ValidationError(words, params={"lead": self.lead})
        elif self.lead and (self.lead_id == self.original_pk or self._has_companions()):
            errors["lead"] = "This item is the main item of its study, so it cannot belong to another."
        if errors:
            raise ValidationError(errors)

    def _has_companions(self) -> bool:
        return bool(self.pk) and Publication.objects.filter(lead=self.original_pk).exists()

    def save(self, *args, **kwargs):
        from publications.models.search_document import index, index_moved

        fields = kwargs.get("update_fields")
        searched = self.SEARCHED if fields is None else self.SEARCHED.intersection(fields)
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if searched == {"state", "published_at"}:
                index_moved(self)
            elif searched:
                index([self.pk])

    def delete(self, *args, **kwargs):
        here = Q(publication=self) | Q(publication__working_copy_of=self)
        contents = [file.file for file in File.objects.filter(here)]
        key = self.pk
        deleted = super().delete(*args, **kwargs)
        delete_unused(contents, key)
        return deleted

    @property
    def _is_published_with_date(self) -> bool:
        return self.state == self.State.PUBLISHED and self.published_at is not None

    @property
    def is_public(self) -> bool:
        return self._is_published_with_date and self.published_at <= clock.now()

    @property
    def is_scheduled(self) -> bool:
        return self._is_published_with_date and self.published_at > clock.now()

    @property
    def status(self) -> str:
        """The state in words an editor uses: a published item that waits for its time is Scheduled."""
        return gettext("Scheduled") if self.is_scheduled else self.get_state_display()

    @property
    def picture(self):
        """The image while it may be used, else None."""
        image = self.image
        return image if image and image.is_usable() else None

    @property
    def featured_picture(self):
        """The picture at the top of a topic: the one editors gave it there, or its own."""
        return (self.pick and self.pick.picture) or self.picture

    @property
    def featured_words(self) -> str:
        return (self.pick and self.pick.words.strip()) or self.summary

    @property
    def preview(self) -> dict | None:
        """The picture as programs that are no browsers show it, if there is one."""
        return self.picture and self.picture.preview

    @property
    def findings(self) -> list[str]:
        return [line.strip() for line in self.key_findings.splitlines() if line.strip()]
