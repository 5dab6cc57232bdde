# How a public page is found and answered: former addresses, pages for staff alone, lists with bad input.
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from publications.models import Redirect


class MovedPage(Exception):
    """The page asked for lives at another address now."""

    def __init__(self, address: str):
        super().__init__(address)
        self.address = address


def get_page_or_moved(queryset, slug: str, suffix: str = ""):
    """The row with this slug. MovedPage when the slug is a former one of a row in the queryset, with the
    suffix of the address asked for; else Http404."""
    if row := queryset.filter(slug=slug).first():
        return row
    kind = queryset.model._meta.model_name
    former = Redirect.objects.filter(slug=slug, **{f"{kind}__isnull": False}).values(kind)
    if row := queryset.filter(pk__in=former).first():
        raise MovedPage(row.get_absolute_url() + suffix)
    raise Http404


class MovedPageMiddleware:
    """Answers MovedPage with one permanent redirect that keeps the query string."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, MovedPage):
            return None
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{exception.address}?{query}" if query else exception.address)


def private_for_staff(request, response):
    """What staff are sent may be hidden from readers, so no cache on the way may keep it."""
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_store=True)
    return response


def show(request, template: str, context: dict):
    return private_for_staff(request, render(request, template, context))


def show_list(request, template: str, listing, context: dict):
    """Render a page built around a FilteredList. Beyond its last page there is nothing: 404."""
    if not listing.page_exists:
        raise Http404
    return show(request, template, {"listing": listing, "page": listing.page, **context})
