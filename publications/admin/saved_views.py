# Views of the list under a name, for oneself or shared; the columns of the list; and what it opens with.
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from publications.admin.base import HubForm
from publications.admin.columns import TITLE, USUAL
from publications.admin.several import parted
from publications.clock import zone
from publications.models import SavedView

SHARE = "publications.share_savedview"
LIST = "admin:publications_publication_changelist"
EVERYBODY = "all"
NOT_KEPT = {"view", "p", "_popup", "_to_field"}


class SetUp:
    """How the list is set up for somebody at this moment. One query."""

    def __init__(self, request):
        self.user = request.user
        self.chosen = request.GET.get("view", "")
        rows = list(SavedView.objects.visible_to(request.user))
        self.views = [row for row in rows if row.name]
        self.own = next((row for row in rows if not row.name and row.owner_id == request.user.pk), None)

    @cached_property
    def view(self) -> SavedView | None:
        return next((row for row in self.views if str(row.pk) == self.chosen), None)

    @property
    def opening_view(self) -> SavedView | None:
        wanted = self.own and self.own.opens_with_id
        return next((row for row in self.views if row.pk == wanted), None)

    @property
    def columns(self) -> list[str]:
        """Of the view, else the person's own, else the usual ones."""
        stored = (self.view and self.view.columns) or (self.own and self.own.columns) or USUAL
        return stored if TITLE in stored else [TITLE, *stored]

    @property
    def is_own_view(self) -> bool:
        return bool(self.view and self.view.owner_id == self.user.pk)


def set_up(request) -> SetUp:
    if not hasattr(request, "list_set_up"):
        request.list_set_up = SetUp(request)
    return request.list_set_up


def audiences(user) -> list[tuple[str, str]]:
    """With whom this person may share."""
    groups = [(str(group.pk), f"Members of {group.name}") for group in user.groups.order_by("name")]
    return [("", "Nobody"), (EVERYBODY, "Everybody who works here"), *groups]


class ViewForm(HubForm):
    audience = forms.ChoiceField(required=False, label="Share with")

    class Meta:
        model = SavedView
        fields = ["name"]
        help_texts = {"name": "It stands above the list."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        view = self.instance
        self.fields["name"].required = True
        self.fields["audience"].choices = audiences(view.owner)
        self.initial["audience"] = str(view.group_id or EVERYBODY) if view.is_shared else ""
        if not view.owner.has_perm(SHARE):
            del self.fields["audience"]

    def clean_name(self):
        name, owner = self.cleaned_data["name"], self.instance.owner
        if SavedView.objects.filter(owner=owner, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                "You have a view of this name already. Choose another name, or change that view."
            )
        return name

    def save(self, commit=True):
        chosen = self.cleaned_data.get("audience", "")
        self.instance.is_shared = bool(chosen)
        self.instance.group_id = int(chosen) if chosen.isdecimal() else None
        return super().save(commit)


class SavedViews:
    """For the list of publications: its forms send here, and come back to the list."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("views/", guarded(self.views_view), name="publications_publication_views"),
            path("columns/", guarded(self.columns_view), name="publications_publication_columns"),
            *super().get_urls(),
        ]

    def get_list_display(self, request):
        return [name for name in set_up(request).columns if name in self.all_columns]

    def changelist_view(self, request, extra_context=None):
        """Opened plainly, it shows the view its person chose for that."""
        opening = None if request.GET or request.method != "GET" else set_up(request).opening_view
        if opening:
            return HttpResponseRedirect(opening.address)
        return super().changelist_view(request, (extra_context or {}) | {"zone": zone()})

    def views_view(self, request):
        """Saves the list as it is looked at under a name; changes, deletes or opens with a view of one's own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stored = set_up(request).view
        mine = stored if stored and stored.owner_id == request.user.pk else None
        pressed = request.POST
        if "_open" in pressed:
            return self._open_with(request, stored)
        if "_delete" in pressed and mine:
            mine.delete()
            messages.success(request, f"The view “{mine.name}” is deleted. No publication is.")
            return HttpResponseRedirect(reverse(LIST) + "?view=0")
        view = mine if mine and "_save_new" not in pressed else SavedView(owner=request.user)
        form = ViewForm(pressed if request.method == "POST" else None, instance=view)
        if form.is_valid():
            view.query, view.columns = _query_of(request), self._columns(set_up(request).columns)
            form.save()
            messages.success(request, f"The view “{view.name}” is saved.")
            return HttpResponseRedirect(reverse(LIST) + view.address)
        context = self.admin_site.each_context(request) | {
            "title": "Save this view",
            "form": form,
            "view": mine,
            "shown": stored,
            "opts": self.opts,
            "media": self.media,
            "back": f"{reverse(LIST)}?{request.GET.urlencode()}",
        }
        return TemplateResponse(request, "admin/publications/publication/view.html", context)

    def _open_with(self, request, view):
        own, _ = SavedView.objects.get_or_create(owner=request.user, name="")
        own.opens_with = view
        own.save(update_fields=["opens_with"])
        words = f"with “{view.name}”" if view else "with all publications"
        messages.success(request, f"The list opens {words} from now on.")
        return HttpResponseRedirect(reverse(LIST) + (view.address if view else "?view=0"))

    def columns_view(self, request):
        """For the view that is open, where it is one's own; else for every list without columns of its own."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        chosen = sorted(
            request.POST.getlist("column"), key=lambda name: _number(request.POST.get(f"place_{name}"))
        )
        columns = [] if "_usual" in request.POST else self._columns(chosen)
        own, _ = SavedView.objects.get_or_create(owner=request.user, name="")
        view = (
            SavedView.objects.filter(owner=request.user, pk=_number(request.POST.get("view"))).first() or own
        )
        view.columns = columns
        view.save(update_fields=["columns"])
        messages.success(request, "The columns are saved.")
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        query["view"] = view.pk if view.name else "0"
        return HttpResponseRedirect(f"{reverse(LIST)}?{query.urlencode()}")

    def _columns(self, names):
        return [name for name in dict.fromkeys(names) if name in self.all_columns]


def _query_of(request) -> str:
    """What a view keeps of the address."""
    pairs = [(name, value) for name, values in parted(request.GET).lists() for value in values if value]
    return urlencode([pair for pair in pairs if pair[0] not in NOT_KEPT])


def _number(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
