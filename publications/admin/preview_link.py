# Preview links: who outside may see what is hidden, and until when.
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html

from publications import clock
from publications.admin.base import HubForm, HubModelAdmin
from publications.admin.display import day_and_time, quiet, state_mark
from publications.admin.filters import ChoiceFilter
from publications.models import PreviewLink, Publication
from publications.site.previews import list_at

OF_AN_ITEM, OF_A_LIST = ["publication"], ["address", "moment"]
LIST_HELP = "Of a topic, a type, a person or all publications, with its filters: /topics/coast/?type=report"


class WorksFilter(ChoiceFilter):
    title = "link"
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("works", "Works"), ("ended", "Ended"), ("expired", "Expired")]

    def narrow(self, rows, value):
        if value == "works":
            return rows.filter(pk__in=PreviewLink.objects.open().values("pk"))
        if value == "ended":
            return rows.filter(is_ended=True)
        return rows.filter(is_ended=False, expires_at__lte=timezone.now())


class PreviewLinkForm(HubForm):
    maker = None  # who makes a new link shows no more than they may see

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "address" in self.fields:
            self.fields["address"].required = True
            self.fields["address"].help_text = LIST_HELP

    def clean_publication(self):
        publication = self.cleaned_data["publication"]
        if not Publication.with_copies.visible_to(self.maker).filter(pk=publication.pk).exists():
            raise ValidationError("You may not see it yourself.")
        return publication

    def clean_address(self):
        """In its one canonical form, as that is what the link opens."""
        found = list_at(self.cleaned_data["address"], clock.now())
        if not found:
            raise ValidationError(
                "There is no such list here. An address begins with a stroke: /topics/coast/"
            )
        if found.listing.errors:
            raise ValidationError([words for each in found.listing.errors.values() for words in each])
        if found.listing.values.get("q"):
            raise ValidationError("A preview cannot hold words to search for. Take q=… out of the address.")
        return found.listing.url()


@admin.register(PreviewLink)
class PreviewLinkAdmin(HubModelAdmin):
    form = PreviewLinkForm
    list_display = ["shown", "label", "state", "until", "opened", "by", "end"]
    list_filter = [WorksFilter]
    list_select_related = ["publication", "created_by"]
    search_fields = ["label", "publication__title", "address"]
    search_help_text = "Part of the label, of the title or of the address."
    ordering = ["-created_at", "-pk"]
    sortable_by = ["label", "until"]
    autocomplete_fields = ["publication"]
    readonly_fields = ["to_send", "opened"]
    view_on_site = False

    def get_urls(self):
        end = path(
            "<int:pk>/end/",
            self.admin_site.admin_view(self.end_view),
            name="publications_previewlink_end",
        )
        return [end, *super().get_urls()]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if self.sees_all(request) else rows.visible_to(request.user)

    def get_fields(self, request, obj=None):
        if not obj:
            is_of_a_list = "address" in request.GET or "address" in request.POST
            return [*(OF_A_LIST if is_of_a_list else OF_AN_ITEM), "label", "expires_at"]
        shown = OF_AN_ITEM if obj.publication_id else OF_A_LIST
        return [*shown, "label", "expires_at", "is_ended", "to_send", "opened"]

    def get_readonly_fields(self, request, obj=None):
        """A link is for one thing for good: whoever has it must not be shown another."""
        return [*self.readonly_fields, *OF_AN_ITEM, *OF_A_LIST] if obj else self.readonly_fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.maker = request.user
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A change to a live item is no choice, but its form leads here with it."""
        if db_field.name == "publication":
            kwargs["queryset"] = Publication.with_copies.all()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        given = super().get_changeform_initial_data(request)
        try:
            return given | ({"moment": clock.read_moment(given["moment"])} if "moment" in given else {})
        except ValueError:
            return given | {"moment": None}

    def get_object(self, request, object_id, from_field=None):
        if link := super().get_object(request, object_id, from_field):
            link.whole_address = request.build_absolute_uri(link.get_absolute_url())
        return link

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        """Links are ended, so that one can still see later who had one."""
        return False

    def end_view(self, request, pk):
        """One click in the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        link = self.get_object(request, str(pk))
        if not link:
            raise Http404
        if not self.has_change_permission(request, link):
            raise PermissionDenied
        link.is_ended = True
        link.save(update_fields=["is_ended"])
        self.log_change(request, link, "Ended.")
        self.message_user(request, f"“{link.label}” has ended: it opens nothing any more.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:publications_previewlink_changelist"))

    @admin.display(description="shows")
    def shown(self, link):
        if link.publication:
            return str(link.publication)
        return format_html("{} <br>{}", link.address, quiet(format_html("on {}", day_and_time(link.moment))))

    @admin.display(description="Address to send")
    def to_send(self, link):
        if not link.works:
            return quiet(f"{link.status}: it opens nothing any more.")
        return format_html('<a href="{}">{}</a>', link.whole_address, link.whole_address)

    @admin.display(description="state")
    def state(self, link):
        return state_mark(link.status)

    @admin.display(description="until", ordering="expires_at")
    def until(self, link):
        return day_and_time(link.expires_at)

    @admin.display(description="opened")
    def opened(self, link):
        if not link.times_opened:
            return quiet("Never")
        times = "once" if link.times_opened == 1 else f"{link.times_opened} times, last"
        return f"{times} on {format_date(link.opened_on, 'j M Y')}"

    @admin.display(description="made by")
    def by(self, link):
        return link.created_by.get_full_name() or link.created_by.get_username() if link.created_by else ""

    @admin.display(description="end")
    def end(self, link):
        if not link.works:
            return ""
        address = reverse("admin:publications_previewlink_end", args=[link.pk])
        return format_html(
            '<button form="end-link" formaction="{}">End<span class="visually-hidden"> {}</span></button>',
            address,
            link.label,
        )
