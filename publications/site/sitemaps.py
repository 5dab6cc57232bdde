# Which pages search engines and other robots may find, and which robots may come. Only public pages under
# their own address are listed, with the date their content truly changed.
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.core.paginator import EmptyPage
from django.db.models import Exists, Max, OuterRef, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from publications import clock
from publications.listing.paging import read_page_number
from publications.listing.parts import PUBLICATIONS, Parts, last_changes
from publications.listing.prepared import Prepared, a_key, a_moment
from publications.listing.topics import newest_at, with_counts, with_latest
from publications.models import Authorship, ContentType, Entry, Page, Person, Publication, Topic
from publications.models.entry import EVERYTHING
from publications.querysets import public_now
from publications.search.finding import as_keys
from publications.site.alternates import Alternate, alternates
from publications.site.entries import updated_at
from publications.site.markup.sitemap import sitemap_index

PER_FILE = 1000  # at most 50,000 are allowed; fewer are answered sooner
PEOPLE_PER_FILE = 50  # since all that each of them wrote is looked at
KEPT_FOR = 3600  # seconds
PAGES = ["home", "topic-list", "publication-list", "person-list", "correction-list"]
# Those that say they collect texts to train language models; those that fetch a page for somebody who asks
# for it, or to find it again, have other names.
TRAINING_ROBOTS = ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Applebot-Extended"]


class SitemapInParts(Sitemap):
    """Of rows in parts by their keys: `files()` gives (number, last change) of those that have rows, `rows(start, end)`
    what is in one, by its first key and the first after it. Robots remember addresses: so the one without a number,
    and those before the first part, have the first, and a part that has lost its rows is an empty file."""

    parts: Parts
    files: Callable[[], list[tuple[int, dt.datetime | None]]]
    rows: Callable[[int, int], Iterable]

    def get_urls(self, page=1, site=None, protocol=None):
        first, last = self.parts.ends()
        number = read_page_number(str(page))
        if not number or number > last:
            raise EmptyPage
        urls = list(self.urls(f"{protocol}://{site.domain}", *self.parts.keys(max(number, first))))
        self.latest_lastmod = max((url["lastmod"] for url in urls), default=None)
        return urls

    def urls(self, host: str, start: int, end: int) -> Iterator[dict]:
        for row in self.rows(start, end):
            yield {"location": host + row.get_absolute_url(), "lastmod": self.lastmod(row)}


_publications = Prepared(
    lambda start, end, now: (
        Publication.objects.published(now)
        .filter(pk__gte=start, pk__lt=end)
        .select_related("image")
        .order_by("pk")
        .only(
            "slug",
            "language",
            "published_at",
            "changed_at",
            "translation_of",
            "image__renditions",
            "image__usable_until",
        )
    ),
    start=a_key,
    end=a_key,
    now=a_moment,
)


class PublicationSitemap(SitemapInParts):
    parts = PUBLICATIONS

    def files(self):
        return last_changes(clock.now())

    def rows(self, start, end):
        return _publications(start=start, end=end, now=clock.now())

    def lastmod(self, publication):
        return updated_at(publication)

    def urls(self, host, start, end):
        """With the picture of each publication, for searches among pictures, and its translations."""
        items = self.rows(start, end)
        found = _alternates_of(items, start, end, host)
        for item in items:
            url = {"location": host + item.get_absolute_url(), "lastmod": self.lastmod(item)}
            if preview := item.preview:
                url["picture"] = host + preview["url"]
            yield url | {"alternates": found.get(item.pk, [])}


def _alternates_of(items: list[Publication], start: int, end: int, host: str) -> dict[int, list[Alternate]]:
    """The languages of each item that there are several of, by its key. These are all that are public of the keys
    from `start` on and before `end`; what belongs to them and has other keys is asked for."""
    public = Publication.objects.published().only("slug", "language", "translation_of").order_by()
    members = {
        item.pk: item for item in (*items, *public.filter(translation_of__gte=start, translation_of__lt=end))
    }
    originals = {item.translation_of_id for item in items} - {None, *range(start, end)}
    if originals:
        keys = as_keys(sorted(originals))
        rows = public.under_any(Q(pk__in=keys), Q(translation_of__in=keys))
        members |= {item.pk: item for item in rows}
    groups: dict[int, list[Publication]] = {}
    for item in members.values():
        groups.setdefault(item.translation_of_id or item.pk, []).append(item)
    return {
        item.pk: alternates(group, lambda path: host + path)
        for group in groups.values()
        if len(group) > 1
        for item in group
    }


class ListSitemap(Sitemap):
    """Pages of lists. They change when something is published in them; those without rows are left out."""

    limit = PER_FILE

    def lastmod(self, row):
        return row.latest_at

    def get_latest_lastmod(self):
        return self.items().aggregate(latest=Max("latest_at"))["latest"]


class TopicSitemap(ListSitemap):
    def items(self):
        topics = with_latest(with_counts(Topic.objects.all()))
        return topics.filter(publication_count__gt=0).order_by("pk")


class PersonSitemap(SitemapInParts):
    parts = Parts(Person, PEOPLE_PER_FILE)

    def files(self):
        """When they last changed would take all that everybody wrote."""
        public = Publication.objects.published().filter(pk=OuterRef("publication"))
        theirs = Authorship.objects.filter(Exists(public), person=OuterRef("pk"))
        published = self.parts.of_this_part(Person.objects.filter(Exists(theirs)))
        return [(number, None) for number, _ in self.parts.told(published.order_by("pk").values("pk"))]

    def rows(self, start, end):
        public = public_now(prefix="authorships__publication__")
        latest = Max("authorships__publication__published_at", filter=public)
        people = Person.objects.published().filter(pk__gte=start, pk__lt=end)
        return people.annotate(latest_at=latest).order_by("pk")

    def lastmod(self, person):
        return person.latest_at


class TypeSitemap(ListSitemap):
    def items(self):
        entries = Entry.objects.filter(topic=EVERYTHING, type=OuterRef("pk"))
        types = ContentType.objects.annotate(latest_at=newest_at(entries, clock.now()))
        return types.filter(latest_at__isnull=False).order_by("pk")


class PageSitemap(Sitemap):
    """The pages of the site itself, whose lists change all the time, and those the institute writes."""

    def items(self):
        return [*PAGES, *Page.objects.published().order_by("pk")]

    def location(self, page):
        return page.get_absolute_url() if isinstance(page, Page) else reverse(f"publications:{page}")

    def lastmod(self, page):
        return page.changed_at if isinstance(page, Page) else None

    def get_latest_lastmod(self):
        return None


SITEMAPS = {
    "pages": PageSitemap,
    "publications": PublicationSitemap,
    "topics": TopicSitemap,
    "people": PersonSitemap,
    "types": TypeSitemap,
}


@views.x_robots_tag
def index(request):
    files = chain.from_iterable(_files(request, name, make()) for name, make in SITEMAPS.items())
    return _may_be_kept(HttpResponse(sitemap_index(files), content_type="application/xml"))


def _files(request, name: str, sitemap: Sitemap) -> Iterator[tuple[str, dt.datetime | None]]:
    """(address, last change) of each."""
    address = request.build_absolute_uri(reverse("publications:sitemap", args=[name]))
    if isinstance(sitemap, SitemapInParts):
        for number, changed in sitemap.files():
            yield f"{address}?p={number}", changed
    else:
        changed = sitemap.get_latest_lastmod()
        for number in sitemap.paginator.page_range:
            yield (f"{address}?p={number}" if number > 1 else address), changed


def section(request, section):
    return _may_be_kept(views.sitemap(request, SITEMAPS, section))


def robots(request):
    """What TOPICHUB_ROBOTS allows. Robots keep to it of their own will, or do not."""
    sitemap = f"Sitemap: {request.build_absolute_uri(reverse('publications:sitemap-index'))}"
    training = [f"User-agent: {name}" for name in TRAINING_ROBOTS]
    lines = {
        "allow": ["User-agent: *", "Disallow: /admin/", "", sitemap],
        "no-training": [*training, "Disallow: /", "", "User-agent: *", "Disallow: /admin/", "", sitemap],
        "none": ["User-agent: *", "Disallow: /"],
    }[settings.TOPICHUB_ROBOTS]
    return _may_be_kept(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


def _may_be_kept(response):
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response
