# Bringing back what was deleted: a page that says what comes and what cannot, reached from the publish log.
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from publications import workflow
from publications.models import LoggedStep, Publication
from publications.visibility import may_view_hidden
from publications.workflow import Refused

PAGE = "publications_publication_bring_back"
DELETED = "admin:publications_loggedstep_changelist"


def may_bring_back(user) -> bool:
    """What a deleted item was is for those who see everything."""
    return user.has_perm(workflow.ADD) and may_view_hidden(user)


def with_return(steps):
    """Rows of the log, each with whether its item was deleted and is there again (`is_back`)."""
    return steps.annotate(is_back=Exists(Publication.with_copies.filter(pk=OuterRef("deleted_key"))))


class BringsBack:
    """For the admin of publications."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.bring_back_view)
        return [path("deleted/<int:deletion>/", view, name=PAGE), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        deleted = f"{reverse(DELETED)}?step={LoggedStep.Step.DELETE}" if may_bring_back(request.user) else ""
        return super().changelist_view(request, (extra_context or {}) | {"deleted_url": deleted})

    def bring_back_view(self, request, deletion):
        if not may_bring_back(request.user):
            raise PermissionDenied
        deletions = LoggedStep.objects.filter(step=LoggedStep.Step.DELETE, deleted_key__isnull=False)
        deletion = get_object_or_404(deletions, pk=deletion)
        context = {"title": f"Bring back: {deletion.title}", "deletion": deletion}
        try:
            with transaction.atomic():
                item, lost = workflow.bring_back(deletion, request.user)
                context |= {"item": item, "lost": lost, "topics": list(item.topics.all())}
                context |= {"files": list(item.files.all())}
                context |= {"authors": list(item.authorships.select_related("person"))}
                if request.method != "POST":
                    transaction.set_rollback(True)
        except Refused as refusal:
            context["refusal"] = str(refusal)
        if request.method == "POST" and "item" in context:
            return self._brought_back(request, item, lost)
        context |= self.admin_site.each_context(request) | {"opts": self.opts, "back": reverse(DELETED)}
        return TemplateResponse(request, "admin/publications/publication/bring_back.html", context)

    def _brought_back(self, request, item, lost):
        self.message_user(request, f"“{item}” is back, as a draft.", messages.SUCCESS)
        for sentence in lost:
            self.message_user(request, sentence, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:publications_publication_change", args=[item.pk]))
