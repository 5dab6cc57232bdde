# Accounts of staff and their groups. Only a superuser may make, change or delete a superuser.
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User

from publications.admin.base import HubForm, HubModelAdmin
from publications.admin.display import day, quiet, state_mark
from publications.admin.filters import ChoiceFilter
from publications.admin.topic_role import RolesOfMember

admin.site.unregister([User, Group])


class ActiveFilter(ChoiceFilter):
    title = "account"
    parameter_name = "account"

    def lookups(self, request, model_admin):
        return [("active", "Active"), ("closed", "Closed")]

    def narrow(self, rows, value):
        return rows.filter(is_active=value == "active")


class GroupFilter(ChoiceFilter):
    title = "group"
    parameter_name = "group"

    def lookups(self, request, model_admin):
        return [(str(pk), name) for pk, name in Group.objects.order_by("name").values_list("pk", "name")]

    def narrow(self, rows, value):
        return rows.filter(groups=int(value))


class UserForm(HubForm, UserChangeForm):
    """Says of a password how it is kept, and not what is kept."""


@admin.register(User)
class HubUserAdmin(HubModelAdmin, UserAdmin):
    form = UserForm
    list_display = ["username", "full_name", "email", "roles", "account", "last_seen"]
    list_filter = [ActiveFilter, GroupFilter]
    search_help_text = "Part of the user name, name or e-mail address."
    filter_horizontal = []
    autocomplete_fields = ["groups"]
    fieldsets = [
        ("Sign-in", {"fields": ["username", "password"]}),
        ("Person", {"fields": [("first_name", "last_name"), "email"]}),
        ("What they may do", {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    inlines = [RolesOfMember]
    powers = ("Everything", {"fields": ["is_superuser"]})
    add_fieldsets = [("Sign-in", {"fields": ["username", "usable_password", "password1", "password2"]})]
    view_on_site = False

    def for_list(self, rows):
        return rows.prefetch_related("groups", "topic_roles__topic")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, self.powers] if obj and request.user.is_superuser else fieldsets

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description="groups and roles")
    def roles(self, user):
        names = [group.name for group in user.groups.all()] + ["Superuser"] * user.is_superuser
        names += [f"{role.get_role_display()} in {role.topic}" for role in user.topic_roles.all()]
        return ", ".join(names) or quiet("No group")

    @admin.display(description="account", ordering="is_active")
    def account(self, user):
        return state_mark("Active" if user.is_active else "Closed")

    @admin.display(description="last signed in", ordering="last_login")
    def last_seen(self, user):
        return day(user.last_login) if user.last_login else quiet("Never signed in")


def _may_touch(user, other):
    return user.is_superuser or other is None or not other.is_superuser


class GroupForm(HubForm):
    class Meta:
        model = Group
        fields = ["name", "permissions"]
        widgets = {"permissions": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field = self.fields["permissions"]
            ours = field.queryset.filter(content_type__app_label__in=["publications", "auth"])
            field.queryset = ours.order_by("content_type__app_label", "name")
            field.label_from_instance = lambda permission: permission.name


@admin.register(Group)
class HubGroupAdmin(HubModelAdmin, GroupAdmin):
    form = GroupForm
    inlines = [RolesOfMember]
    filter_horizontal = []
    list_display = ["name", "members"]
    view_on_site = False

    def for_list(self, rows):
        return rows.prefetch_related("user_set")

    @admin.display(description="members")
    def members(self, group):
        names = [user.get_full_name() or user.username for user in group.user_set.all()]
        return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or quiet(
            "Nobody"
        )
