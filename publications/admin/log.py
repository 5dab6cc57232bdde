# The publish log: to look at, for everybody who works here. Nobody adds to it by hand, changes or shortens it.
from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from publications.admin.base import HubModelAdmin
from publications.admin.bring_back import PAGE, may_bring_back, with_return
from publications.admin.changelist import HubChangeList
from publications.admin.display import day_and_time, quiet
from publications.admin.filters import ChoiceFilter, DateRange, FormFilter
from publications.models import LoggedStep

CHOOSES_A_MOMENT = {LoggedStep.Step.SCHEDULE, LoggedStep.Step.CHANGE_DATE}
PASSED_OVER = mark_safe('<span class="status" data-status="doubtful">Passed over</span>')
DELETIONS = ("step", LoggedStep.Step.DELETE)
MOST = 1000  # in the history of one item
LOOKED_THROUGH = 20_000  # for parts of names and titles, which no index is in the order of


class StepFilter(ChoiceFilter):
    title = "step"
    parameter_name = "step"

    def lookups(self, request, model_admin):
        return LoggedStep.Step.choices

    def narrow(self, rows, value):
        return rows.filter(step=value)


class BypassFilter(ChoiceFilter):
    title = "rules"
    parameter_name = "rules"

    def lookups(self, request, model_admin):
        return [("passed-over", "Passed over")]

    def narrow(self, rows, value):
        return rows.bypasses()


class PersonAndDates(DateRange):
    ranges = {"at": ("from", "to", "From", "To")}
    person = forms.CharField(
        required=False,
        label="Person",
        help_text=f"Part of the name. The newest {LOOKED_THROUGH:,} steps are looked through; choose dates for others.",
    )

    def narrow(self, rows):
        rows, name = super().narrow(rows), self.cleaned_data["person"]
        return newest(rows).filter(by_name__icontains=name) if name else rows


def newest(rows):
    """No more than can be looked through while somebody waits."""
    return rows.filter(pk__in=rows.order_by("-at", "-pk").values("pk")[:LOOKED_THROUGH])


class PersonAndDatesFilter(FormFilter):
    title = "person and date"
    form_class = PersonAndDates
    parameter_names = ("person", "from", "to")


class LogList(HubChangeList):
    @property
    def opens_filters(self):
        """Not for what was deleted, which the list of publications leads to."""
        return any(pair != DELETIONS for _, pair in self.chosen)

    @property
    def is_of_deleted(self) -> bool:
        return DELETIONS in self.pairs

    @property
    def heading(self) -> str:
        return "Deleted publications" if self.is_of_deleted else super().heading


@admin.register(LoggedStep)
class LoggedStepAdmin(HubModelAdmin):
    list_display = ["item", "what", "who", "when", "words"]
    list_display_links = None
    list_filter = [StepFilter, BypassFilter, PersonAndDatesFilter]
    list_select_related = ["publication"]
    search_fields = ["title"]
    search_help_text = (
        f"Part of the title. The newest {LOOKED_THROUGH:,} steps are looked through; choose dates for others."
    )
    ordering = ["-at", "-pk"]
    sortable_by = []

    def get_changelist(self, request, **kwargs):
        return LogList

    def changelist_view(self, request, extra_context=None):
        """The deleted publications stand in the section of publications, which leads to them."""
        page = super().changelist_view(request, extra_context)
        shown = getattr(page, "context_data", None) or {}
        if "cl" in shown and shown["cl"].is_of_deleted:
            publications = reverse("admin:publications_publication_changelist")
            for section in shown["sections"]:
                section["is_current"] = section["url"] == publications
        return page

    def get_urls(self):
        """The list alone."""
        return [each for each in super().get_urls() if each.name == "publications_loggedstep_changelist"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        rows = rows if self.sees_all(request) else rows.visible_to(request.user)
        return with_return(rows) if may_bring_back(request.user) else rows

    def get_search_results(self, request, queryset, search_term):
        words = search_term.replace("\x00", "").strip()
        return (newest(queryset).filter(title__icontains=words) if words else queryset), False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="publication")
    def item(self, row):
        if row.deleted_key and not getattr(row, "is_back", True):
            address = reverse(f"admin:{PAGE}", args=[row.pk])
            words = '{} {} <a href="{}">Bring it back…<span class="visually-hidden"> {}</span></a>'
            return format_html(words, row.title, quiet("(deleted)"), address, row.title)
        if not row.publication:
            return format_html("{} {}", row.title, quiet("(deleted)"))
        address = reverse("admin:publications_publication_change", args=[row.publication_id])
        return format_html('<a href="{}">{}</a>', address, row.title)

    @admin.display(description="step")
    def what(self, row):
        return step_mark(row)

    @admin.display(description="by")
    def who(self, row):
        return row.by_name

    @admin.display(description="when")
    def when(self, row):
        return day_and_time(row.at)

    @admin.display(description="words")
    def words(self, row):
        return words_of(row)


def step_mark(row):
    """The step, with the mark of the state it led to."""
    state = row.to_state.replace("_", "-")
    return format_html('<span class="status" data-status="{}">{}</span>', state, row.get_step_display())


def words_of(row):
    """The moment that was chosen, what was said with the step, and what was passed over."""
    chosen = row.published_at if row.step in CHOOSES_A_MOMENT else None
    lines = [format_html("For {}", day_and_time(chosen))] if chosen else []
    lines += [row.note] if row.note else []
    lines += [format_html("{} {}", PASSED_OVER, reason) for reason in row.reasons]
    return format_html_join("", "<p>{}</p>", ([line] for line in lines))
