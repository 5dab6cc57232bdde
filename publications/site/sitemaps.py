# Which pages search engines and other robots may find, and which robots may come. Only public pages under
# their own address are listed, with the date their content truly changed.
from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Max, OuterRef, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from publications import clock
from publications.listing.entries import EntryList
from publications.listing.topics import newest_at, with_counts, with_latest
from publications.models import ContentType, Entry, Page, Person, Publication, Topic
from publications.models.entry import EVERYTHING
from publications.querysets import public_now
from publications.search.finding import as_keys
from publications.site.alternates import Alternate, alternates
from publications.site.entries import updated_at

PER_FILE = 10_000  # at most 50,000 are allowed; fewer are answered sooner
KEPT_FOR = 3600  # seconds
PAGES = ["home", "topic-list", "publication-list", "person-list", "correction-list"]
# Those that say they collect texts to train language models; those that fetch a page for somebody who asks
# for it, or to find it again, have other names.
TRAINING_ROBOTS = ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Applebot-Extended"]


class _OldestFirst:
    """All publications as a paginator asks for them: neither counted nor skipped one by one. A file that is
    full seldom changes, since what is new comes last."""

    def __init__(self, entries: EntryList):
        self.entries = entries

    def count(self) -> int:
        return self.entries.total

    def __getitem__(self, part: slice):
        rows = self.entries.slice(part.start, part.stop - part.start, oldest_first=True)
        rows = rows.select_related("image")
        return rows.only(
            "slug", "published_at", "changed_at", "translation_of", "image__renditions", "image__usable_until"
        )


class PublicationSitemap(Sitemap):
    limit = PER_FILE

    def items(self):
        return _OldestFirst(EntryList(clock.now()))

    def lastmod(self, publication):
        return updated_at(publication)

    def get_latest_lastmod(self):
        """Each by the index of its order."""
        public = Publication.objects.published()
        dated, changed = public.newest_first().first(), Publication.objects.listed().last_change()
        return max(dated.published_at, changed) if dated else None

    def get_urls(self, page=1, site=None, protocol=None):
        """With the picture of each publication, for searches among pictures, and its translations."""
        urls = super().get_urls(page, site, protocol)
        found = _alternates_of([url["item"] for url in urls], f"{protocol}://{site.domain}")
        for url in urls:
            if preview := url["item"].preview:
                url["picture"] = f"{protocol}://{site.domain}{preview['url']}"
            url["alternates"] = found.get(url["item"].pk, [])
        return urls


def _alternates_of(items: list[Publication], host: str) -> dict[int, list[Alternate]]:
    """The languages of each item that there are several of, by its key. Two queries."""
    translated = Publication.objects.filter(translation_of__in=as_keys([item.pk for item in items]))
    originals = {item.translation_of_id for item in items} | set(
        translated.values_list("translation_of", flat=True)
    )
    keys = as_keys(sorted(originals - {None}))
    rows = Publication.objects.published().under_any(Q(pk__in=keys), Q(translation_of__in=keys))
    groups: dict[int, list[Publication]] = {}
    for item in rows.only("slug", "language", "translation_of"):
        groups.setdefault(item.translation_of_id or item.pk, []).append(item)
    return {
        item.pk: found
        for group in groups.values()
        if (found := alternates(group, lambda path: host + path))
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


class PersonSitemap(ListSitemap):
    def items(self):
        public = public_now(prefix="authorships__publication__")
        latest = Max("authorships__publication__published_at", filter=public)
        return Person.objects.published().annotate(latest_at=latest).order_by("pk")


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


def index(request):
    return _may_be_kept(views.index(request, SITEMAPS, sitemap_url_name="publications:sitemap"))


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
