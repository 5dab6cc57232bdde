# Who has which role in which topic: granted at the topic, at a person's account or at a group, by those who look
# after accounts.
from django import forms
from django.contrib import admin

from publications.admin.base import Controls, HubForm
from publications.models import TopicRole

TWICE = "There are two roles in the same topic here. Remove one of the two: the higher one holds what the lower does."


class TopicRoleFormSet(forms.BaseInlineFormSet):
    def get_unique_error_message(self, unique_check):
        return TWICE

    def get_form_error(self):
        return TWICE


class TopicRoleInline(Controls, admin.StackedInline):
    model = TopicRole
    form = HubForm
    formset = TopicRoleFormSet
    template = "admin/edit_inline/ordered.html"
    verbose_name = "role"
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("topic", "user", "group")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("auth.view_user") or self._may_grant(request)

    def has_add_permission(self, request, obj):
        return self._may_grant(request)

    def has_change_permission(self, request, obj=None):
        return self._may_grant(request)

    def has_delete_permission(self, request, obj=None):
        return self._may_grant(request)

    def _may_grant(self, request):
        return request.user.has_perm("auth.change_user")


class RolesOfTopic(TopicRoleInline):
    verbose_name_plural = "People"
    fields = [("user", "group", "role")]
    autocomplete_fields = ["user", "group"]
    hint = "What a person, or everybody in a group, may do in this topic and all topics below it."


class RolesOfMember(TopicRoleInline):
    """Of a person or of a group."""

    verbose_name_plural = "Roles in topics"
    fields = [("topic", "role")]
    autocomplete_fields = ["topic"]
    hint = "Besides what groups allow everywhere. A role holds in all topics below its topic too."
