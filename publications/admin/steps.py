# The steps of the workflow in the form of a publication: its buttons, and what stands in the way of publishing. The
# pages of the steps that need words are in step_forms.py.
from copy import copy

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from publications import workflow
from publications.admin import change_steps
from publications.admin.buttons import buttons, in_a_while, is_to_come
from publications.admin.choices import name_for, unname_hidden_links
from publications.admin.display import day_and_time
from publications.admin.impact import impact, impact_of_change, leaving
from publications.admin.step_forms import WITH_WORDS
from publications.changes.steps import Clashing
from publications.clock import comes_twice, moment_in_words
from publications.models import LoggedStep, PreviewLink, Publication, Redirect
from publications.readiness import problems
from publications.workflow import NotReady, Refused

Step = LoggedStep.Step
TWICE = "The clocks go back that night, so this time comes twice; the offset says which one is meant."
STAGES_TO_COME = {"draft", "in_review", "scheduled"}  # of items that readers do not see yet
TO_COME = "Its date is one to come. Publish it on that date, or now, with the button that says so."
DONE = {
    Step.SUBMIT: "Saved and submitted: it waits for an editor.",
    Step.TAKE_BACK: "Saved, and a draft again.",
    Step.PUBLISH: "Published: readers see it now.",
    Step.CANCEL: "Saved. The schedule is cancelled, and it is a draft again.",
    Step.RESTORE: "Published again: readers see it now.",
    **change_steps.DONE,
}
NOT_YET = "Saved, but not published yet: see below."
MEANWHILE = {
    True: "Nothing of yours is saved yet. Look at the form, and save again if it should be as you have it.",
    False: "Your text is below and was not saved: only an editor may change it now. Copy it, and send it to one.",
}


def as_opened(item) -> str:
    """What a form remembers of the item it was opened for, to notice that somebody moved it meanwhile."""
    return f"{workflow.stage(item)} {item.published_at.isoformat() if item.published_at else ''}".strip()


def overtaken_by(item, allowed: bool) -> str:
    """For the person whose form was opened before somebody else moved the item."""
    last = item.steps.first()
    who = f" by {last.by_name} on {moment_in_words(last.at)}" if last else ""
    return f"While you were writing, this became {item.status}{who}. {MEANWHILE[allowed]}"


class Steps:
    """For the admin of publications. A step is taken after everything typed was saved, and in the same
    transaction; when it is refused, the text stays saved and the form says what stands in the way."""

    def get_urls(self):
        pages = [("step/<slug:step>/", self.step_view, "step"), ("impact/", self.impact_view, "impact")]
        addresses = [
            path(
                f"<path:object_id>/{end}",
                self.admin_site.admin_view(view),
                name=f"publications_publication_{name}",
            )
            for end, view, name in pages
        ]
        return [*addresses, *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        """Remembers what is stored, because a form that is refused changes the object. While a form is saved
        nobody else moves the item, so that it is read once."""
        if request.method != "POST":
            return self._remembering(request, super().get_object(request, object_id, from_field))
        known, item = getattr(request, "locked", ("", None))
        if known != object_id:
            item = self._remembering(request, self._locked(request, object_id))
            request.locked = object_id, item
        return item

    def _locked(self, request, object_id):
        try:
            key = self.opts.pk.to_python(object_id)
        except ValidationError:
            return None
        return self.get_queryset(request).select_for_update().filter(pk=key).first()

    def _remembering(self, request, item):
        if item:
            prefetch_related_objects([item], "topics")
            unname_hidden_links(item, request.user)
            item.stored_title, item.stored_status = item.title, item.status
            item.stored_schedule = item.published_at if item.is_scheduled else None
            item.stored_date, item.as_opened = item.published_at, as_opened(item)
        return item

    # The form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        overtaken = context["adminform"].form.overtaken
        context |= {"show_save_and_add_another": False, "overtaken": overtaken}
        if overtaken and not self.may_change(request, obj):
            context |= {"opened_as": request.POST["_opened_as"], "show_save": False}
            context |= {"show_save_and_continue": False}
        elif not context["is_popup"] and (add or self.has_change_permission(request, obj)):
            context |= self._steps_in_form(request, obj, bool(context["errors"]))
        if overtaken:
            context |= {"errors": []}  # nothing of this person's is wrong
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _steps_in_form(self, request, item, is_refused):
        if not item:
            return {"steps": buttons(Publication(), request.user)}
        asked = request.GET.get("asked", "")
        shown = copy(item)
        shown.published_at = item.stored_date
        context = {"opened_as": item.as_opened}
        is_waiting = workflow.stage(shown) in {*STAGES_TO_COME, *change_steps.STAGES}
        if not is_refused and (is_waiting or asked):
            found = problems(item, item.published_at)
            passing = [each.words for each in found] if not any(each.stops for each in found) else []
            context |= {"checks": found, "show_checks": True, "passing": passing if asked else []}
            context["unseen"] = self._unseen(request, item)
        all_the_same = asked if context.get("passing") else ""
        return context | {"steps": buttons(shown, request.user, all_the_same), "asked": asked}

    def _unseen(self, request, item) -> bool:
        """Whether publishing it now would be a bypass of review, and this person could do it."""
        step = Step.PLAN if item.is_working_copy else Step.SCHEDULE
        may_publish = workflow.may_take(step, item, request.user)
        return may_publish and not workflow.is_reviewed(item, request.user)

    def save_model(self, request, obj, form, change):
        """The date of what is scheduled or public is changed by a step, which is logged."""
        chosen = obj.published_at
        is_dated = change and obj.state == Publication.State.PUBLISHED
        if is_dated:
            obj.published_at = obj.stored_date
        super().save_model(request, obj, form, change)
        if is_dated and chosen != obj.stored_date:
            workflow.change_date(obj, request.user, chosen)

    def get_deleted_objects(self, objs, request):
        """Its preview links and former addresses go with it. What was merged into it, or names it in a notice,
        stands in the way, and may be hidden from this person."""
        shown, counts, refused, in_the_way = super().get_deleted_objects(objs, request)
        refused -= {model._meta.verbose_name for model in (PreviewLink, Redirect)}
        if in_the_way:
            in_the_way = [name_for(request.user, other) for obj in objs for other in obj.replaces.all()]
        return shown, counts, refused, in_the_way

    def delete_model(self, request, obj):
        workflow.delete(obj, request.user)

    # Taking a step

    def response_add(self, request, obj, post_url_continue=None):
        return self._take_step(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._take_step(request, obj) or super().response_change(request, obj)

    def _take_step(self, request, item):
        step = request.POST.get("_step")
        if step not in IN_FORM or IS_POPUP_VAR in request.POST:
            return None
        asked = ""
        try:
            IN_FORM[step](item, request)
        except NotReady:
            asked = f"?asked={step}"
            self.message_user(
                request, change_steps.NOT_YET if item.is_working_copy else NOT_YET, messages.WARNING
            )
        except Clashing as clash:
            self.message_user(request, f"Saved. {clash}", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:publications_publication_clashes", args=[item.pk]))
        except Refused as refusal:
            self.message_user(request, f"Saved. {refusal}", messages.WARNING)
        else:
            self.message_user(request, _done(step, item), messages.SUCCESS)
            item = item.working_copy_of if step == Step.GO_LIVE else item
        return HttpResponseRedirect(self._address_of_form(request, item, asked))

    def _address_of_form(self, request, item, query=""):
        address = reverse("admin:publications_publication_change", args=[item.pk]) + query
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(filters, address)

    def step_view(self, request, object_id, step):
        """Asks for the words a step needs, and takes it."""
        with transaction.atomic():
            item = self.get_object(request, object_id)
            if not item or step not in WITH_WORDS:
                raise Http404
            may = request.user.has_perm(workflow.RULES[step].right, item)
            if not self.has_view_permission(request, item) or not may:
                raise PermissionDenied
            page = WITH_WORDS[step]
            form = page.form_class(request.POST or None, label_suffix="", person=request.user)
            if request.method == "POST" and form.is_valid():
                try:
                    page.take(item, request.user, **form.cleaned_data)
                except Clashing:
                    return HttpResponseRedirect(
                        reverse("admin:publications_publication_clashes", args=[item.pk])
                    )
                except Refused as refusal:
                    form.add_error(None, str(refusal))
                else:
                    self.message_user(request, page.done, messages.SUCCESS)
                    item = item.working_copy_of if step == Step.DISCARD else item
                    return HttpResponseRedirect(self._address_of_form(request, item))
        context = self.admin_site.each_context(request)
        context |= {"title": f"{page.heading}: {item}", "item": item, "form": form, "page": page}
        context |= {
            "opts": self.opts,
            "media": self.media + form.media,
            "may_take": workflow.may_take(step, item, request.user),
            "leaving": leaving(item, request.user) if workflow.stage(item) == "published" else None,
        }
        return TemplateResponse(request, "admin/publications/publication/step.html", context)

    def impact_view(self, request, object_id):
        """What changes for readers when it appears, or when a change to it goes live."""
        item = self.get_object(request, object_id)
        if not item or not (item.is_working_copy or workflow.stage(item) in STAGES_TO_COME):
            raise Http404
        if not self.has_view_permission(request, item):
            raise PermissionDenied
        found = (impact_of_change if item.is_working_copy else impact)(item, request.user)
        context = self.admin_site.each_context(request) | found
        context |= {"title": f"What changes for readers: {item}", "item": item, "opts": self.opts}
        template = "impact_of_change" if item.is_working_copy else "impact"
        return TemplateResponse(request, f"admin/publications/publication/{template}.html", context)


def _publish(item, request):
    """A date to come that was typed just now means a schedule, whatever button was pressed beside it."""
    if is_to_come(item) and item.published_at != getattr(item, "stored_date", None):
        raise Refused(TO_COME)
    workflow.publish(item, request.user, passing=request.POST.getlist("_passing"))


IN_FORM = {
    Step.SUBMIT: lambda item, request: workflow.submit(item, request.user),
    Step.TAKE_BACK: lambda item, request: workflow.take_back(item, request.user),
    Step.PUBLISH: _publish,
    Step.SCHEDULE: lambda item, request: workflow.schedule(
        item, request.user, item.published_at, passing=request.POST.getlist("_passing")
    ),
    Step.CANCEL: lambda item, request: workflow.cancel(item, request.user),
    Step.RESTORE: lambda item, request: workflow.restore(
        item, request.user, passing=request.POST.getlist("_passing")
    ),
    **change_steps.IN_FORM,
}


def _done(step, item):
    if step == Step.SCHEDULE:
        at = item.published_at
        words = format_html("Scheduled: readers see it from {} on, {}.", day_and_time(at), in_a_while(at))
        return format_html("{} {}", words, TWICE) if comes_twice(at) else words
    return DONE[step]
