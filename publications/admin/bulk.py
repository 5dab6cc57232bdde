# Steps for several items of the list at once: each is taken by itself, as from the item's own form, and what
# was done and what was refused is said of each.
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join

from publications import workflow
from publications.admin.buttons import is_to_come
from publications.admin.step_forms import WITH_WORDS
from publications.models import LoggedStep
from publications.readiness import problems
from publications.roles import may_somewhere
from publications.workflow import Refused

Step = LoggedStep.Step
MOST = 50  # a page of the list
PLANNED = "Its date is one to come. To publish it before, open it."


class BulkSteps:
    """For the list of publications. What readers will notice is asked about first, on a page of its own."""

    actions = [
        "submit_selected",
        "take_back_selected",
        "publish_selected",
        "cancel_selected",
        "withdraw_selected",
    ]

    def has_publish_permission(self, request):
        return may_somewhere(request.user, workflow.PUBLISH)

    @admin.action(description="Submit for review", permissions=["change"])
    def submit_selected(self, request, rows):
        return self._for_each(request, rows, workflow.submit)

    @admin.action(description="Return to draft", permissions=["change"])
    def take_back_selected(self, request, rows):
        return self._for_each(request, rows, workflow.take_back)

    @admin.action(description="Cancel the schedule", permissions=["publish"])
    def cancel_selected(self, request, rows):
        return self._for_each(request, rows, workflow.cancel)

    @admin.action(description="Publish now…", permissions=["publish"])
    def publish_selected(self, request, rows):
        if "_confirmed" not in request.POST:
            return self._ask(request, rows, Step.PUBLISH, "Publish", with_problems=True)
        passing = request.POST.getlist("_passing") if "_pass" in request.POST else []
        return self._for_each(request, rows, _publish_unless_planned, passing=passing)

    @admin.action(description="Withdraw…", permissions=["publish"])
    def withdraw_selected(self, request, rows):
        page = WITH_WORDS[Step.WITHDRAW]
        typed = request.POST if "_confirmed" in request.POST else None
        form = page.form_class(typed, label_suffix="", person=request.user)
        if form.is_valid():
            return self._for_each(request, rows, page.take, **form.cleaned_data)
        return self._ask(request, rows, Step.WITHDRAW, "Withdraw", form=form, explanation=page.explanation)

    def _for_each(self, request, rows, take, **words):
        done, refused = [], []
        for item in rows.order_by("pk")[:MOST]:
            try:
                take(item, request.user, **words)
            except Refused as refusal:
                refused.append((item, refusal))
            else:
                done.append((item, item.status))
        self._report(request, "Done:", done, messages.SUCCESS)
        self._report(request, "Not done:", refused, messages.WARNING)

    def _report(self, request, heading, items, level):
        if items:
            lines = format_html_join("", "<li>{}: {}</li>", items)
            self.message_user(request, format_html("{}<ul>{}</ul>", heading, lines), level)

    def _ask(self, request, rows, step, verb, *, with_problems=False, **context):
        items = list(rows.order_by("pk")[:MOST])
        for item in items:
            item.is_planned = step == Step.PUBLISH and is_to_come(item)
            item.is_ready = workflow.may_take(step, item, request.user) and not item.is_planned
            item.problems = problems(item) if with_problems and item.is_ready else []
        context |= self.admin_site.each_context(request) | {
            "title": f"{verb} {sum(item.is_ready for item in items)} of {len(items)}",
            "items": items,
            "verb": verb,
            "planned": PLANNED,
            "action": request.POST["action"],
            "selected_name": ACTION_CHECKBOX_NAME,
            "warnings": {each.words for item in items for each in item.problems if not each.stops},
            "media": self.media,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/publications/publication/bulk.html", context)


def _publish_unless_planned(item, by, passing):
    """What has a date to come may be under embargo until then: nobody should hit on it among many."""
    if is_to_come(item):
        raise Refused(PLANNED)
    workflow.publish(item, by, passing=passing)
