# Topics: their names, their tree and their texts. What stands at the top of a topic is arranged on its board.
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import format_html

from publications import richtext
from publications.admin.base import HubModelAdmin, folded_words
from publications.admin.board.page import BoardPage
from publications.admin.counting import count_of, count_some, in_words
from publications.admin.display import quiet
from publications.admin.filters import ChoiceFilter
from publications.admin.history import Versioned
from publications.admin.picture import PictureChoice
from publications.admin.topic_role import RolesOfTopic
from publications.folding import fold
from publications.models import FeaturedItem, Publication, Topic
from publications.visibility import may_view_hidden


class LevelFilter(ChoiceFilter):
    title = "level"
    parameter_name = "level"

    def lookups(self, request, model_admin):
        return [("top", "Topmost"), ("below", "Below another")]

    def narrow(self, rows, value):
        return rows.filter(parent__isnull=value == "top")


@admin.register(Topic)
class TopicAdmin(BoardPage, PictureChoice, Versioned, HubModelAdmin):
    picture_field = "picture"
    list_display = ["name", "within", "featured", "description"]
    list_filter = [LevelFilter]
    list_select_related = ["parent"]
    search_fields = ["name"]
    search_help_text = "Words of the name. Case and accents do not count."
    autocomplete_fields = ["parent", "picture"]
    inlines = [RolesOfTopic]
    readonly_fields = ["picture_in_form", "introduction_as_shown", "top"]
    fieldsets = [
        ("The topic", {"fields": ["name", "description", "introduction"]}),
        ("Place", {"fields": ["parent", "position"]}),
        ("Top of the page", {"fields": ["top"]}),
        ("Picture", {"fields": ["picture", "picture_in_form"]}),
        ("Address", {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(featured_now=count_of(FeaturedItem.objects.live(), "topic"))

    def _lock(self, key):
        """All topics, in one order, as whoever moves or deletes one: a save may move it."""
        Topic.objects.lock_tree()

    def get_search_results(self, request, queryset, search_term):
        """Topics count in hundreds, so their names are folded here and not in the database."""
        words = folded_words(search_term)
        if not words:
            return queryset, False
        names = Topic.objects.values_list("pk", "name")
        found = [pk for pk, name in names if all(word in fold(name) for word in words)]
        return queryset.filter(pk__in=found), False

    def get_readonly_fields(self, request, obj=None):
        """Where a topic stands and what it is called is for those who look after all of them."""
        fields = super().get_readonly_fields(request, obj)
        if request.user.has_perm("publications.change_topic"):
            return fields
        return [*fields, "name", "parent", "position", "slug"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        (name, _), *rest = fieldsets
        return [(name, {"fields": ["name", "description", "introduction_as_shown"]}), *rest]

    def history_view(self, request, object_id, extra_context=None):
        if not self._may_look_back(request, self.get_object(request, unquote(object_id))):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def compare_view(self, request, object_id):
        if not self._may_look_back(request, self.get_object(request, unquote(object_id))):
            raise PermissionDenied
        return super().compare_view(request, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["hides_history"] = not self._may_look_back(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def render_delete_form(self, request, context):
        [number] = count_some(Publication.objects.filter(topics=context["object"]))
        context["stays"] = number and f"Publications that stay, and leave this topic: {in_words(number)}."
        return super().render_delete_form(request, context)

    def _may_look_back(self, request, topic) -> bool:
        """History tells what was planned at the top: it is for those who see that."""
        return self.sees_all(request) or bool(topic and self.has_change_permission(request, topic))

    def may_change(self, request, item):
        """A version holds the name and the place as well, and hidden items of other topics."""
        return request.user.has_perm("publications.change_topic")

    def names_parts(self, request):
        return may_view_hidden(request.user)

    @admin.display(description="within", ordering="parent__name")
    def within(self, topic):
        return topic.parent or quiet("Topmost")

    @admin.display(description="featured now", ordering="featured_now")
    def featured(self, topic):
        address = reverse("admin:publications_topic_board", args=[topic.pk])
        words = f"{topic.featured_now} of {topic.slots} featured"
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description="Featured items")
    def top(self, topic):
        if not topic.pk:
            return "Save the topic first, then arrange what stands at the top of its page."
        address = reverse("admin:publications_topic_board", args=[topic.pk])
        filled = f"{min(topic.featured_now, topic.slots)} of {topic.slots} places are filled now."
        return format_html('{} <a href="{}">Arrange the top of the page</a>', filled, address)

    @admin.display(description="Introduction")
    def introduction_as_shown(self, topic):
        return richtext.show(topic.introduction)
