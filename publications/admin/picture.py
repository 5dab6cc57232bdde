# A picture as forms show it: the crop readers get, the words that stand for it, a way to its own form.
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse

from publications.admin.display import preview_address
from publications.models import Image


def picture_shown(image, linked=True):
    """The preview, or the empty frame of one, which the script fills when a picture is chosen."""
    address = preview_address(image) if image else ""
    return render_to_string("admin/_picture.html", {"image": image, "address": address, "linked": linked})


class PictureChoice:
    """For forms where a picture is chosen: shows the stored one, and another one once it is chosen."""

    picture_field = "image"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.related_model is Image and field:
            field.widget.attrs["data-preview"] = reverse("admin:publications_image_preview", args=[0])
        return field

    @admin.display(description="Preview")
    def picture_in_form(self, item):
        return picture_shown(getattr(item, self.picture_field))
