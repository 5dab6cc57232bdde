# How a public page is answered: former addresses, what was removed, pages that only staff may keep, lists.
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render

from publications.addresses import GonePage, MovedPage
from publications.briefing import Collecting, collecting_url, is_collecting
from publications.caching import private_for_staff
from publications.site.finder import ways_on


class FormerPageMiddleware:
    """Answers MovedPage with one permanent redirect that keeps the query string, and GonePage with an
    explanation."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, GonePage):
            context = {"publication": exception.publication}
            return render(request, "publications/publication_gone.html", context, status=410)
        if not isinstance(exception, MovedPage):
            return None
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{exception.address}?{query}" if query else exception.address)


def show(request, template: str, context: dict):
    return private_for_staff(request, render(request, template, context))


def show_list(request, template: str, listing, context: dict):
    """Render a page built around a FilteredList. Beyond its last page there is nothing: 404, unless a form
    that collects items asks for a page and other filters at once."""
    collecting = Collecting(request.GET, listing) if is_collecting(request.GET) else None
    if not listing.page_exists:
        if collecting:
            return redirect(collecting.first_page_url)
        raise Http404
    context |= {"listing": listing, "page": listing.page, "collecting": collecting}
    if listing.is_filtered and not listing.total and not listing.errors:
        context["ways_on"] = ways_on(listing)
    return show(request, template, context | {"collecting_url": collecting_url(listing)})
