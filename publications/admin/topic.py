# Topics and their featured items: what readers see first on a topic's page, and why not.
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html

from publications import richtext
from publications.admin.base import HubModelAdmin, OrderedFormSet, OrderedInline, count_of, folded_words
from publications.admin.display import day_and_time, quiet, state_mark
from publications.admin.filters import ChoiceFilter
from publications.admin.history import Versioned
from publications.admin.picture import PictureChoice
from publications.folding import fold
from publications.models import FeaturedItem, Topic


class FeaturedFormSet(OrderedFormSet):
    def clean(self):
        super().clean()
        wanted = [form.cleaned_data for form in self.forms if self._counts(form)]
        most, slots = most_at_once(wanted), self.instance.slots
        if slots and most > slots:
            places = "one featured item" if slots == 1 else f"{slots} featured items"
            raise ValidationError(
                f"This topic shows {places} at a time, and {most} are chosen for the same time. "
                "Remove some, give them times that do not overlap, or raise “Featured items” (six at most)."
            )

    def _counts(self, form):
        data = getattr(form, "cleaned_data", None) or {}
        return bool(data.get("publication")) and not data.get("DELETE")


def most_at_once(items, now=None) -> int:
    """The largest number of these featured items that any moment from now on has. Each is a dict with
    `starts_at` and `ends_at`, either of which may be None."""
    now = now or timezone.now()
    spans = [(max(item.get("starts_at") or now, now), item.get("ends_at")) for item in items]
    spans = [(start, end) for start, end in spans if end is None or end > start]
    return max(
        (sum(first <= start and (end is None or end > start) for first, end in spans) for start, _ in spans),
        default=0,
    )


def why_not_showing(item, now=None):
    """Why readers do not see this featured item now, in words; "" when they do."""
    now = now or timezone.now()
    if item.ends_at and item.ends_at <= now:
        return format_html("Ended on {}.", day_and_time(item.ends_at))
    if item.starts_at and item.starts_at > now:
        return format_html("Begins on {}.", day_and_time(item.starts_at))
    if item.publication.is_scheduled:
        return format_html("Scheduled: appears on {}.", day_and_time(item.publication.published_at))
    if not item.publication.is_public:
        return f"{item.publication.status}: appears once it is published."
    return ""


class FeaturedItemInline(OrderedInline):
    model = FeaturedItem
    formset = FeaturedFormSet
    verbose_name, verbose_name_plural = "featured item", "Featured items"
    fields = ["position", "publication", ("starts_at", "ends_at"), "image", "words", "showing"]
    readonly_fields = ["showing"]
    autocomplete_fields = ["publication", "image"]
    hint = "In this order at the top of the topic's page. The first one leads."

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("publication", "topic", "image")

    @admin.display(description="Now")
    def showing(self, item):
        if not item.pk:
            return "Shows once it is saved and public."
        reason = why_not_showing(item)
        if not reason:
            return state_mark("Showing")
        return format_html("{} {}", state_mark("Not showing"), quiet(reason))


class LevelFilter(ChoiceFilter):
    title = "level"
    parameter_name = "level"

    def lookups(self, request, model_admin):
        return [("top", "Topmost"), ("below", "Below another")]

    def narrow(self, rows, value):
        return rows.filter(parent__isnull=value == "top")


@admin.register(Topic)
class TopicAdmin(PictureChoice, Versioned, HubModelAdmin):
    picture_field = "picture"
    list_display = ["name", "within", "featured", "description"]
    list_filter = [LevelFilter]
    list_select_related = ["parent"]
    search_fields = ["name"]
    search_help_text = "Words of the name. Case and accents do not count."
    autocomplete_fields = ["parent", "picture"]
    inlines = [FeaturedItemInline]
    readonly_fields = ["picture_in_form", "introduction_as_shown"]
    fieldsets = [
        ("The topic", {"fields": ["name", "description", "introduction"]}),
        ("Place", {"fields": ["parent", "position"]}),
        ("Top of the page", {"fields": ["slots", "tops_up"]}),
        ("Picture", {"fields": ["picture", "picture_in_form"]}),
        ("Address", {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(featured_now=count_of(FeaturedItem.objects.live(), "topic"))

    def get_search_results(self, request, queryset, search_term):
        """Topics count in hundreds, so their names are folded here and not in the database."""
        words = folded_words(search_term)
        if not words:
            return queryset, False
        names = Topic.objects.values_list("pk", "name")
        found = [pk for pk, name in names if all(word in fold(name) for word in words)]
        return queryset.filter(pk__in=found), False

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        (name, _), *rest = fieldsets
        return [(name, {"fields": ["name", "description", "introduction_as_shown"]}), *rest]

    @admin.display(description="within", ordering="parent__name")
    def within(self, topic):
        return topic.parent or quiet("Topmost")

    @admin.display(description="featured now", ordering="featured_now")
    def featured(self, topic):
        return f"{topic.featured_now} of {topic.slots} featured"

    @admin.display(description="Introduction")
    def introduction_as_shown(self, topic):
        return richtext.show(topic.introduction)
