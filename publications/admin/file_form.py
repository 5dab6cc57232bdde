# The form of a file, by which its first page can become the picture of its publication.
from io import BytesIO

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from publications import images, pdf
from publications.admin.base import OrderedForm
from publications.models import Image

BOX = 1500, 2200  # pixels: as wide as the largest rendition
WHY_NOT = {
    "locked": "This PDF asks for a password, so its first page cannot be drawn. Upload one without, or choose "
    "another picture.",
    "broken": "The first page of this PDF cannot be drawn: it is damaged, or takes too long. Choose another "
    "picture.",
    "large": "This PDF is too large for its first page to be drawn. Choose another picture.",
}
NO_PDF = "Only a PDF has a first page that can be drawn."


class FileForm(OrderedForm):
    first_page = forms.BooleanField(
        required=False,
        label="Use the first page as the picture",
        help_text="For a PDF: on saving, its first page becomes the picture of this publication, in place of the "
        "one chosen above. You can change its words, and what part of it shows, like those of any picture.",
    )

    class Meta(OrderedForm.Meta):
        widgets = {"pages": forms.NumberInput(attrs={"min": 1})}

    def clean(self):
        """Draws the page, so that what cannot be drawn is said beside the field."""
        cleaned = super().clean()
        self.drawn_page = None
        if cleaned.get("first_page") and cleaned.get("file"):
            try:
                self.drawn_page = _draw(cleaned["file"])
            except ValidationError as error:
                self.add_error("first_page", error)
        return cleaned


def _draw(file) -> ContentFile:
    if not file.name.lower().endswith(".pdf"):
        raise ValidationError(NO_PDF)
    try:
        page = pdf.draw_first_page(file, *BOX)
    except pdf.Problem as problem:
        raise ValidationError(WHY_NOT[str(problem)]) from None
    content = BytesIO()
    page.save(content, "PNG")
    picture = ContentFile(content.getvalue(), name="first-page.png")
    images.check_upload(picture)  # a page may be too flat to show
    return picture


def _words(title: str) -> str:
    """Honest, and all that can be known: an editor who sees the page can say more."""
    return f"The first page of “{title[:300]}”."


def use_first_page(publication, forms_of_files, user) -> None:
    """Give the publication the page that was drawn, the first where there are several."""
    page = next((form.drawn_page for form in forms_of_files if getattr(form, "drawn_page", None)), None)
    if not page:
        return
    # The top of a page is what tells one from another.
    image = Image(
        file=page,
        alternative_text=_words(publication.title),
        credit=settings.TOPICHUB_SITE_NAME,
        focal_y=0,
        created_by=user,
    )
    image.save()
    publication.image = image
    publication.save(update_fields=["image", "changed_at"])
