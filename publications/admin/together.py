# Forms that several people have open at once. Whoever saves later has what they changed put together with what
# is stored meanwhile; only what both changed comes back, with everything typed, for them to choose.
from copy import copy

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from publications.admin.form_state import stored_state
from publications.admin.meanwhile import Meanwhile, in_a_row, seal, unseal
from publications.admin.presence import versions_since

OPENED, RESTORED, TYPED, STEP = "_opened", "_restored", "_typed", "_step"


class Together:
    """For a ModelAdmin whose forms are `HubForm`s."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with transaction.atomic():
            if object_id and request.method == "POST" and OPENED in request.POST:
                self._lock_if_known(unquote(object_id))
                item = self.get_object(request, unquote(object_id))
                if not item and self.has_add_permission(request):
                    self._make_new(request)
                    object_id, form_url = (
                        None,
                        reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add"),
                    )
                elif item and self.has_change_permission(request, item):
                    self._merge(request, item)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _merge(self, request, item):
        """The row is locked before, so that what is compared is what is stored until this save is done."""
        opened, at = unseal(request.POST[OPENED])
        form, formsets, names = self._forms_of(request, item)
        data = request.POST.copy()
        meanwhile = Meanwhile(form, formsets, names, opened, data, request.FILES)
        if not meanwhile.is_nothing:
            data[OPENED] = seal(meanwhile.put_together(), timezone.now().isoformat())
            meanwhile.by = _who(item, at, request.user)
            request.POST, request.meanwhile = data, meanwhile

    def _make_new(self, request):
        """What was sent for an item that is gone, for the form of a new one."""
        form, formsets, names = self._forms_of(request, None)
        data = request.POST.copy()
        del data[OPENED]
        Meanwhile(form, formsets, names, {}, data, request.FILES).put_together()
        request.POST, request.is_gone = data, True

    def _lock_if_known(self, object_id):
        try:
            self._lock(self.opts.pk.to_python(object_id))
        except ValidationError:
            return  # such an item is not found either

    def _lock(self, key):
        list(self.model._base_manager.select_for_update().filter(pk=key).values_list("pk"))

    def _forms_of(self, request, item):
        """Its form and inlines as they are opened now."""
        opening = copy(request)
        opening.method = "GET"
        fields = flatten_fieldsets(self.get_fieldsets(opening, item))
        form = self.get_form(opening, item, change=bool(item), fields=fields)(instance=item)
        formsets, inlines = self._create_formsets(opening, form.instance, change=bool(item))
        found = zip(formsets, inlines, strict=True)
        found = [
            (formset, inline) for formset, inline in found if inline.has_change_permission(request, item)
        ]
        names = {formset.prefix: str(inline.verbose_name_plural) for formset, inline in found}
        return form, {formset.prefix: formset for formset, _ in found}, names

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        meanwhile = getattr(request, "meanwhile", None)
        unseen = meanwhile and (not meanwhile.is_settled or (STEP in request.POST and meanwhile.has_unseen))
        form.is_only_shown = bool(unseen) or RESTORED in request.POST or hasattr(request, "is_gone")
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form, inlines = context["adminform"].form, context["inline_admin_formsets"]
        if request.method == "POST":
            context |= {
                "opened": request.POST.get(OPENED, ""),
                "typed": typed_name(request),
                "is_unsaved": True,
            }
        elif change and self.has_change_permission(request, obj):
            state = stored_state(form, [inline.formset for inline in inlines if inline.has_change_permission])
            context["opened"] = seal(state, timezone.now().isoformat())
        context |= {
            "meanwhile": getattr(request, "meanwhile", None),
            "is_gone": hasattr(request, "is_gone"),
            "is_restored": RESTORED in request.POST,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def message_user(self, request, message, level=messages.INFO, extra_tags="", fail_silently=False):
        """Tells the browser too that what it keeps of this form is saved."""
        if typed := typed_name(request):
            extra_tags = f"{extra_tags} saved-{typed}".strip()
        super().message_user(request, message, level, extra_tags, fail_silently)

    def response_change(self, request, obj):
        meanwhile = getattr(request, "meanwhile", None)
        if meanwhile and meanwhile.changed:
            self.message_user(request, f"{meanwhile.said} Yours is saved together with it.", messages.INFO)
        return super().response_change(request, obj)


def typed_name(request) -> str:
    """The name under which a browser keeps what was typed."""
    name = request.POST.get(TYPED, "")
    return name if name.isascii() and name.isalnum() else ""


def _who(item, since, user) -> str:
    """Who made a version of it since; else who changed it last, where the item knows that."""
    people = {version.revision.user: None for version in versions_since(item, since)[:9]}
    people = list(people) or [getattr(item, "changed_by", None)]
    return in_a_row([_name(person, user) for person in people])


def _name(person, user) -> str:
    if person == user:
        return "you, in another window,"
    return person.get_full_name() or person.get_username() if person else "somebody else"
