# What readers see when a page cannot be shown. The page for a fault of ours asks the database nothing.
import re

from django.shortcuts import render
from django.utils.translation import gettext as _

from publications.listing.topics import with_counts
from publications.models import Topic
from publications.models.preview_link import WHERE
from publications.site.frame import do_without_database

TOPICS = 6


def bad_request(request, exception=None):
    return _page(
        request, 400, _("This address cannot be read"), _("Please check it, or search for what you need.")
    )


def permission_denied(request, exception=None):
    return _page(
        request,
        403,
        _("This page is not open to you"),
        _("You may need to sign in with another account."),
    )


def page_not_found(request, exception=None):
    if request.path_info.startswith(WHERE):
        return _page(
            request,
            404,
            _("This preview has ended"),
            _("Please ask whoever sent you the link for a new one."),
        )
    topics = with_counts(Topic.objects.all()).order_by("-publication_count", "pk")[:TOPICS]
    return _page(
        request,
        404,
        _("This page is not here"),
        _(
            "The address may be mistyped, or the page may have moved. "
            "Every publication can be found by its title."
        ),
        words=" ".join(re.findall(r"[^\W\d_]{2,}", request.path.rpartition("/publications/")[2]))[:100],
        topics=[topic for topic in topics if topic.publication_count],
    )


def server_error(request):
    do_without_database(request)
    return _page(
        request,
        500,
        _("Something went wrong on our side"),
        _("The fault has been recorded. Please try again in a little while."),
    )


def csrf_failure(request, reason=""):
    return _page(
        request,
        403,
        _("This form could not be accepted"),
        _(
            "Your browser did not send the cookie that protects it. "
            "Go back, reload the page and send it again."
        ),
    )


def _page(request, status, heading, explanation, **context):
    context |= {"status": status, "heading": heading, "explanation": explanation}
    return render(request, "_error.html", context, status=status)
