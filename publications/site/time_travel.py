# For staff: any page as readers see it at another moment, by adding `?at=2026-12-24T09:00` to its address; or as they
# will once a change to a live item is live, by its key (`?change=12`).
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from publications import clock
from publications.caching import private_for_staff
from publications.changes.ahead import applied, looking_at
from publications.models import Publication
from publications.visibility import sees_hidden

LONGEST_KEY = 18  # digits of the largest number that databases keep as a key


class TimeTravelMiddleware:
    """The page is made for a reader, so that it is the page readers get at that moment, and nothing more; for
    people whose rights end at their topics, as if nobody else had planned anything. For readers themselves `at` means nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.moment_error, request.shown_change = "", None
        asked = {"at", "change"} & request.GET.keys()
        if not asked or request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        if change := _change_of(request):
            request.shown_change = change
            return self._show(request, applied(change))
        if "at" not in asked or not sees_hidden(request.user):
            return self.get_response(request)
        try:
            moment = clock.read_moment(request.GET["at"])
        except ValueError as error:
            request.moment_error = str(error)
            return self.get_response(request)
        return self._show(request, looking_at(moment, request.user))

    def _show(self, request, frame):
        staff, request.user = request.user, AnonymousUser()
        with frame:
            response = read_whole(self.get_response(request))
        request.user = staff
        response["X-Robots-Tag"] = "noindex"
        return private_for_staff(request, response)


def _change_of(request):
    """The change that is to be shown as if it were live already, to those who may see it."""
    key = request.GET.get("change", "")
    if not sees_hidden(request.user) or not key.isdecimal() or len(key) > LONGEST_KEY:
        return None
    rows = Publication.with_copies.copies().visible_to(request.user)
    return rows.filter(pk=key).select_related("changed_by").first()


def read_whole(response):
    """Lists for download read the database while they are sent, and must do so while the changes are there."""
    if response.streaming and not hasattr(response, "file_to_stream"):
        response.streaming_content = list(response.streaming_content)
    return response
