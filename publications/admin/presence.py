# Who else has a form open, and whether a newer version was saved since: asked by open forms now and then.
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateparse import parse_datetime
from reversion import is_registered
from reversion.models import Version

from publications.history import versions_of
from publications.models.presence import give_sign, present

TOGETHER = "When you save, yours is put together with it."


class Presences:
    """For a ModelAdmin. Without a script people still see who was there when they opened the form."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.presence_view)
        return [path("<path:object_id>/presence/", view, name=self._presence_name()), *super().get_urls()]

    def _presence_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_presence"

    def presence_view(self, request, object_id, then=TOGETHER):
        """The token is for those who had to sign in again in another window while this one stayed open."""
        item = self._to_change(request, unquote(object_id))
        others = give_sign(_place(item), request.user)
        notes = [_is_here(other) for other in others] + _newer(item, request, then)
        return JsonResponse({"notes": notes, "user": request.user.pk, "token": get_token(request)})

    def _to_change(self, request, object_id):
        try:
            item = self.get_queryset(request).filter(pk=self.opts.pk.to_python(object_id)).first()
        except ValidationError:
            item = None
        if not item:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and not context["is_popup"] and self.has_change_permission(request, obj):
            context["presence"] = self.presence(request, obj, self._presence_name())
        return super().render_change_form(request, context, add, change, form_url, obj)

    def presence(self, request, obj, name):
        """What a page needs to say who else is there; `name` is that of the address to ask again."""
        others = [each for each in present(_place(obj)) if each.user_id != request.user.pk]
        return {
            "address": reverse(f"admin:{name}", args=[obj.pk]),
            "since": timezone.now().isoformat(),
            "notes": [_is_here(other) for other in others],
        }


def _place(item) -> str:
    return f"{item._meta.model_name}/{item.pk}"


def _is_here(other) -> str:
    return f"{_name(other.user)} is editing this too, since {_time(other.since)}."


def _newer(item, request, then) -> list[str]:
    """What others saved since the form was opened, and what becomes of that."""
    try:
        since = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        since = None
    if not since or timezone.is_naive(since):
        return []
    version = versions_since(item, since).exclude(revision__user=request.user).first()
    if not version:
        return []
    who, at = _name(version.revision.user), _time(version.revision.date_created)
    return [f"{who} saved a newer version at {at}. {then}"]


def versions_since(item, moment):
    """The newest first. Of menus and the like there are none."""
    if not moment or not is_registered(type(item)):
        return Version.objects.none()
    return versions_of(item).filter(revision__date_created__gt=moment).select_related("revision__user")


def _name(user) -> str:
    return (user.get_full_name() or user.get_username()) if user else "Somebody"


def _time(moment) -> str:
    return format_date(timezone.localtime(moment), "H:i")
