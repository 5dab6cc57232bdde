# What admins ask before they show or change anything: the person's groups, or a role of theirs on the object.
from django.contrib.auth import get_permission_codename

from publications.roles import may_somewhere


class ObjectRights:
    """For an admin of rows. Without a row the question is whether there is any such row at all: the list opens,
    and its queryset says which rows are in it."""

    def has_add_permission(self, request):
        return self._may(request, "add")

    def has_change_permission(self, request, obj=None):
        return self._may(request, "change", obj)

    def has_delete_permission(self, request, obj=None):
        return self._may(request, "delete", obj)

    def has_view_permission(self, request, obj=None):
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def sees_all(self, request) -> bool:
        """Whether their groups show them every row there is, and not a role some of them."""
        rights = (get_permission_codename(action, self.opts) for action in ("view", "change"))
        return any(request.user.has_perm(f"{self.opts.app_label}.{right}") for right in rights)

    def _may(self, request, action, obj=None):
        right = f"{self.opts.app_label}.{get_permission_codename(action, self.opts)}"
        return may_somewhere(request.user, right) if obj is None else request.user.has_perm(right, obj)


class PartRights(ObjectRights):
    """For rows within a form: `obj` is what they belong to, and decides."""

    def has_add_permission(self, request, obj=None):
        return self._may(request, "add", obj)
