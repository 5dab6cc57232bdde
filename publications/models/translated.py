# The language of a text, and what joins it to the same text in other languages.
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from publications import languages
from publications.querysets import original_rule

LANGUAGE = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "A language code such as en, fr or pt-BR.")


class Translated(models.Model):
    """Translations point to the original, so that a text in many languages is one group: its original and
    all that point there. For readers the group has no order of rank."""

    language = models.CharField(
        max_length=12,
        blank=True,
        validators=[LANGUAGE],
        help_text="A code such as fr, ar or pt-BR. Only where it differs from the site's.",
    )
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="translations",
        verbose_name="translation of",
        help_text="The item in the language it was written in. Each page then leads to the others: "
        "“Also in: Français”.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(translation_of=F("id")), name="%(class)s_not_its_own_translation"
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                condition=original_rule(),
                name="%(class)s_one_translation_in_a_language",
            ),
        ]

    def translation_errors(self) -> dict[str, str | ValidationError]:
        """What is wrong, by field: translations of translations, and two texts in one language."""
        original = self.translation_of
        if original and original.pk == self.original_pk:
            return {"translation_of": "An item is no translation of itself."}
        if original and original.translation_of_id:
            words = "“%(original)s” is a translation itself. Choose the item it translates."
            return {"translation_of": ValidationError(words, params={"original": original})}
        if original and self._translations().exists():
            return {"translation_of": "Others are translations of this item, so it is no translation."}
        for other in self._others_in_group():
            if languages.is_same(other.language, self.language):
                words = "“%(other)s” is in this language already; say which one this is in."
                return {"language": ValidationError(words, params={"other": other})}
        return {}

    def _others_in_group(self):
        if original := self.translation_of:
            return [original, *original.translations.exclude(pk=self.original_pk)]
        return self._translations()

    def _translations(self):
        rows = type(self).objects
        return rows.filter(translation_of=self.original_pk) if self.pk else rows.none()
