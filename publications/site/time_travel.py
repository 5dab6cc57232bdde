# For staff: any page as readers see it at another moment, by adding `?at=2026-12-24T09:00` to its address.
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from publications import clock
from publications.caching import private_for_staff
from publications.changes.ahead import applied_until
from publications.querysets import may_view_hidden


class TimeTravelMiddleware:
    """The page is made for a reader, so that it is the page readers get at that moment, and nothing more.
    For readers themselves `at` means nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.moment_error = ""
        if "at" not in request.GET or request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        staff = request.user
        if not may_view_hidden(staff):
            return self.get_response(request)
        try:
            moment = clock.read_moment(request.GET["at"])
        except ValueError as error:
            request.moment_error = str(error)
            return self.get_response(request)
        request.user = AnonymousUser()
        with applied_until(moment), clock.looking_at(moment):
            response = self.get_response(request)
            if response.streaming and not hasattr(response, "file_to_stream"):
                response.streaming_content = list(response.streaming_content)  # while the changes are there
        request.user = staff
        response["X-Robots-Tag"] = "noindex"
        return private_for_staff(request, response)
