# How a public page is answered: former addresses, what was removed, pages that only staff may keep, lists.
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render

from publications.addresses import GonePage, MovedPage
from publications.briefing import Collecting, collecting_url, is_collecting
from publications.caching import private_for_staff
from publications.site.context import frame_of, words
from publications.site.filled import fill
from publications.site.finder import ways_on
from publications.site.markup.frame import feed_links, head_for_machines
from publications.site.markup.lists import around, ledger
from publications.site.staff_bar import staff_bar


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
    machines = head_for_machines(context["head"])
    context |= {"machines": machines, "feed_links": feed_links(context.get("feeds"))}
    return private_for_staff(request, render(request, template, context))


def show_filled(request, template: str, head, feeds, parts: dict):
    """A page whose template decides by nothing but which parts there are."""
    frame = {**frame_of(request, feeds), "machines": head_for_machines(head), "staff_bar": staff_bar(request)}
    return private_for_staff(request, HttpResponse(fill(template, words(), frame | parts)))


def show_list(
    request, template: str, listing, head, feeds, parts: dict, topic=None, with_types=True, rows=ledger
):
    """A page built around a FilteredList. Beyond its last page there is nothing: 404, unless a form that collects
    items asks for a page and other filters at once."""
    collecting = Collecting(request.GET, listing) if is_collecting(request.GET) else None
    if not listing.page_exists:
        if collecting:
            return redirect(collecting.first_page_url)
        raise Http404
    is_empty = listing.is_filtered and not listing.total and not listing.errors
    return private_for_staff(
        request,
        HttpResponse(
            fill(
                template,
                words() | {"with_types": with_types, "has_errors": bool(listing.errors)},
                {
                    **frame_of(request, feeds),
                    "machines": head_for_machines(head),
                    "staff_bar": staff_bar(request, topic, listing=listing),
                    "atom_feed": feeds.atom,
                    "json_feed": feeds.json,
                    **around(
                        listing,
                        collecting,
                        collecting_url(listing),
                        is_empty and ways_on(listing),
                        rows,
                        with_types=with_types,
                    ),
                    **parts,
                },
            )
        ),
    )
