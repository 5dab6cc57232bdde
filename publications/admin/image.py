# Pictures: seen as readers see them, described for those who cannot.
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from publications.admin.base import MOST_WORDS, HubForm, HubModelAdmin
from publications.admin.counting import count_of, in_words
from publications.admin.display import quiet, thumbnail
from publications.admin.filters import ChoiceFilter
from publications.admin.history import Versioned
from publications.admin.picture import picture_shown
from publications.models import FeaturedItem, Image, Publication, Topic

UNDESCRIBED = Q(alternative_text="", is_decorative=False)


class ImageForm(HubForm):
    class Meta:
        widgets = {
            "file": AdminFileWidget(attrs={"accept": ".jpg,.jpeg,.png,.webp,.avif,.gif"}),
            "alternative_text": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 3}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.05}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.05}),
        }
        help_texts = {
            "alternative_text": "What the picture shows, in a sentence, for readers who cannot see it. "
            "An item is only published when its picture is described or marked as decorative.",
            "is_decorative": "It adds nothing to the text, and is then not read out. Rare: choose it for patterns.",
        }


class WordsFilter(ChoiceFilter):
    title = "words"
    parameter_name = "words"

    def lookups(self, request, model_admin):
        return [("missing", "Not described"), ("decorative", "Decorative"), ("given", "Described")]

    def narrow(self, rows, value):
        rules = {
            "missing": UNDESCRIBED,
            "decorative": Q(is_decorative=True),
            "given": Q(is_decorative=False) & ~Q(alternative_text=""),
        }
        return rows.filter(rules[value])


class FileFilter(ChoiceFilter):
    title = "file"
    parameter_name = "has"

    def lookups(self, request, model_admin):
        return [("no-file", "File awaited"), ("expired", "No longer usable")]

    def narrow(self, rows, value):
        return (
            rows.filter(file="") if value == "no-file" else rows.filter(usable_until__lt=timezone.localdate())
        )


class UseFilter(ChoiceFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request, model_admin):
        return [("nowhere", "Used nowhere")]

    def narrow(self, rows, value):
        return rows.filter(publications_using=0, changes_using=0, topics_using=0, featured_using=0)


@admin.register(Image)
class ImageAdmin(Versioned, HubModelAdmin):
    form = ImageForm
    list_display = ["preview", "words", "credit", "use", "size"]
    list_display_links = ["words"]
    list_filter = [WordsFilter, FileFilter, UseFilter]
    search_fields = ["alternative_text"]
    search_help_text = "Words of the description, caption or credit."
    ordering = ["-pk"]
    readonly_fields = ["preview_in_form"]
    fieldsets = [
        ("The picture", {"fields": ["file", "preview_in_form", ("focal_x", "focal_y")]}),
        ("For readers who cannot see it", {"fields": ["alternative_text", "is_decorative"]}),
        ("Below the picture", {"fields": ["caption", "credit"]}),
        ("Rights", {"fields": [("licence", "usable_until")]}),
    ]
    view_on_site = False

    def get_urls(self):
        shown = path(
            "<int:pk>/preview/",
            self.admin_site.admin_view(self.preview_view),
            name="publications_image_preview",
        )
        return [shown, *super().get_urls()]

    def preview_view(self, request, pk):
        """The preview of a picture just chosen in another form."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = self.get_queryset(request).filter(pk=pk).first()
        if not image:
            raise Http404
        return HttpResponse(picture_shown(image))

    def get_queryset(self, request):
        rows, items = super().get_queryset(request), Publication.with_copies.all()
        if not self.sees_all(request):
            rows, items = rows.visible_to(request.user), items.readable_by(request.user)
        return rows.annotate(
            publications_using=count_of(items.originals(), "image"),
            changes_using=count_of(items.copies(), "image"),
            topics_using=count_of(Topic.objects.all(), "picture"),
            featured_using=count_of(FeaturedItem.objects.all(), "image"),
        )

    def get_search_results(self, request, queryset, search_term):
        for word in search_term.replace("\x00", "").split()[:MOST_WORDS]:
            found = (
                Q(alternative_text__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word)
            )
            queryset = queryset.filter(found)
        return queryset, False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="picture")
    def preview(self, image):
        return thumbnail(image)

    @admin.display(description="what it shows", ordering="alternative_text")
    def words(self, image):
        if image.is_decorative:
            return format_html("{} {}", str(image), quiet("Decorative"))
        if not image.alternative_text:
            return format_html(
                '{} <span class="status" data-status="missing">Not described</span>',
                image.caption or str(image),
            )
        return image.alternative_text

    @admin.display(description="used", ordering="publications_using")
    def use(self, image):
        parts = [
            _counted(image.publications_using, "publication"),
            _counted(image.topics_using, "topic"),
            _counted(image.featured_using, "featured item"),
            _counted(image.changes_using, "change being prepared", "changes being prepared"),
        ]
        return ", ".join(part for part in parts if part) or quiet("Used nowhere")

    @admin.display(description="size", ordering="width")
    def size(self, image):
        return f"{image.width} × {image.height}" if image.width else quiet("File awaited")

    @admin.display(description="As readers see it")
    def preview_in_form(self, image):
        return picture_shown(image if image.pk else None, linked=False)


def _counted(number, noun, plural=""):
    return f"{in_words(number)} {noun if number == 1 else plural or noun + 's'}" if number else ""
