# Preview links: what is hidden, for people without an account. All that a link opens has its own address behind
# the link's (/preview/KEY/topics/coast/), and so have all links, pictures and files in it: `reverse` puts that
# before every address while such a page is made. What a link does not open leads to the page that readers get.
# What is sent for one is kept by nobody.
from contextlib import contextmanager
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, get_script_prefix, resolve, set_script_prefix
from django.utils.cache import patch_cache_control

from publications.addresses import MovedPage, OpenList, open_list
from publications.changes.ahead import applied, looking_at
from publications.models import FeaturedItem, PreviewLink, Publication, Topic
from publications.models.preview_link import WHERE
from publications.roles import curated_by
from publications.visibility import may_view_hidden, sees_hidden

LISTS = {"publication-list": "", "topic-detail": "topic", "person-detail": "person", "type-detail": "type"}
ITEMS = {"publication-detail", "file-detail", "image-rendition"}


class Preview:
    """What one link opens."""

    def __init__(self, link: PreviewLink):
        self.link = link

    @cached_property
    def list(self) -> OpenList | None:
        return list_at(self.link.address, self.link.moment) if self.link.address else None

    @cached_property
    def publications(self):
        """The items it opens, as far as its maker may see them."""
        seen = Publication.with_copies.visible_to(self.link.created_by)
        if not self.list:
            return seen.filter(pk=self.link.publication_id)
        listed = self.list.listing.matching().values("pk")
        return seen.filter(Q(pk__in=listed) | Q(pk__in=self.featured.values("publication")))

    @property
    def featured(self):
        """At the top of its list, if that is the page of a topic; of what is planned there, what its maker sees."""
        subject, maker = self.list and self.list.subject, self.link.created_by
        if not isinstance(subject, Topic):
            return FeaturedItem.objects.none()
        sees_plans = may_view_hidden(maker) or subject.pk in curated_by(maker)
        live = FeaturedItem.objects.live(self.link.moment if sees_plans else None)
        return live.filter(topic=subject, publication__in=Publication.objects.visible_to(maker))

    def shows_list(self, path: str, params: QueryDict) -> bool:
        """Whether this is its list, or a part of it: further filters only narrow it."""
        if not self.list or path not in {self.list.listing.path, self.link.address.partition("?")[0]}:
            return False
        chosen = QueryDict(self.list.listing.query.removeprefix("?"))
        return all(
            set(params.getlist(name)) == set(chosen.getlist(name)) for name in chosen if name != "sort"
        )


def list_at(address: str, moment) -> OpenList | None:
    """The list at this address of the site, also under a former address; None where there is none."""
    path, _, query = address.partition("?")
    try:
        match = resolve(path)
        if match.url_name not in LISTS:
            return None
        return open_list(QueryDict(query), moment, LISTS[match.url_name], match.kwargs.get("slug", ""))
    except MovedPage as moved:
        return list_at(f"{moved.address}?{query}", moment)
    except (Resolver404, Http404):
        return None


def open_preview(request) -> Preview | None:
    """What the link opens behind whose address this request is."""
    return getattr(request, "preview", None)


class PreviewMiddleware:
    """Whatever is asked for behind a link is made as for a reader, and is not to be kept, indexed, or told to
    other sites."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(WHERE):
            return self.get_response(request)
        token, _, rest = request.path_info.removeprefix(WHERE).partition("/")
        links = PreviewLink.objects.open().select_related("created_by", "publication")
        link = links.filter(token=token.replace("\x00", "")).first() if token else None
        if link and sees_hidden(link.created_by):
            response = self._show(request, Preview(link), f"/{rest}")
        else:
            response = self.get_response(request)  # nothing lives there
        response.headers.pop("Cache-Control", None)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _show(self, request, preview, path):
        shows_list = preview.shows_list(path, request.GET)
        item = preview.link.publication and preview.link.publication.get_absolute_url()
        request.path_info, request.user, request.preview = path, AnonymousUser(), preview
        if not shows_list and not _is_of_an_item(path):
            return _as_readers_get_it(request)
        with _within(preview.link), _as_it_will_be(preview.link, path, shows_list):
            response = self.get_response(request)
        if response.status_code == 404:
            return _as_readers_get_it(request)
        if response.status_code == 200 and request.method == "GET" and (shows_list or path == item):
            preview.link.count_opening()
        return response


@contextmanager
def _as_it_will_be(link: PreviewLink, path: str, shows_list: bool):
    """A list at its moment, as its maker may see it; the change to a live item as if it were live. Pictures are the same before."""
    if shows_list:
        with looking_at(link.moment, link.created_by):
            yield
    elif (
        link.publication and link.publication.is_working_copy and resolve(path).url_name != "image-rendition"
    ):
        with applied(link.publication):
            yield
    else:
        yield


def _is_of_an_item(path: str) -> bool:
    try:
        return resolve(path).url_name in ITEMS
    except Resolver404:
        return False


def _as_readers_get_it(request) -> HttpResponseRedirect:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{request.path_info}?{query}" if query else request.path_info)


@contextmanager
def _within(link: PreviewLink):
    former = get_script_prefix()
    set_script_prefix(link.within)
    try:
        yield
    finally:
        set_script_prefix(former)
