# The public addresses. They are for ever: a page may move, but its old address leads to the new one.
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from publications.site import (
    assistants,
    briefing,
    corrections,
    downloads,
    feeds,
    health,
    look,
    signposting,
    site_files,
    sitemaps,
    social_cards,
    suggestions,
    views,
)
from publications.surroundings import looked_up_once

app_name = "publications"


def page(route, view, name):
    """Public pages are for reading: GET and HEAD."""
    return path(route, require_safe(looked_up_once(view)), name=name)


def form(name, view, view_name):
    """Another form of every list, at an address within the list's own."""
    return [
        path(route + name, require_safe(looked_up_once(view)), {"kind": kind}, view_name)
        for route, kind in LISTS
    ]


LISTS = [
    ("publications/", ""),
    ("topics/<slug:slug>/", "topic"),
    ("people/<slug:slug>/", "person"),
    ("types/<slug:slug>/", "type"),
]
# Where feed readers, and the lists of feeds they share, look for feeds.
GUESS = r"(?:feed|rss|atom)/?|(?:feed|rss|atom|index)\.(?:xml|rss|atom|json)"
GUESS_IN_LIST = rf"/(?:{GUESS})|(?:\.feed)?\.(?:xml|rss|atom|json)(?:/feed/?)?|\.html/(?:{GUESS})"

urlpatterns = [
    page("", views.home, "home"),
    page("topics/", views.topic_list, "topic-list"),
    page("topics/<slug:slug>/", views.topic_detail, "topic-detail"),
    page("publications/", views.publication_list, "publication-list"),
    page("publications/suggestions.json", suggestions.suggestions, "suggestions"),
    page("publications/<slug:slug>/", views.publication_detail, "publication-detail"),
    page("publications/<slug:slug>/index.md", assistants.publication, "publication-markdown"),
    page("publications/<slug:slug>/linkset.json", signposting.linkset, "linkset"),
    page("topics/<slug:slug>/index.md", assistants.topic, "topic-markdown"),
    page("publications/<slug:slug>/<str:name>", downloads.file_detail, "file-detail"),
    page("corrections/", corrections.correction_list, "correction-list"),
    page("corrections/feed.atom", corrections.atom, "correction-atom-feed"),
    page("corrections/feed.json", corrections.json, "correction-json-feed"),
    page("people/", views.person_list, "person-list"),
    page("people/<slug:slug>/", views.person_detail, "person-detail"),
    page("types/<slug:slug>/", views.type_detail, "type-detail"),
    page("briefing/", briefing.briefing, "briefing"),
    page("images/<int:pk>/<str:name>", downloads.image_rendition, "image-rendition"),
    page("social-cards/<slug:kind>/<slug:name>/<slug:key>.png", social_cards.social_card, "social-card"),
    page("theme-<int:hue>-<int:chroma>-<int:greys>.css", look.theme, "theme"),
    page("logo/<str:name>", look.logo, "logo"),
    page(health.PATH, health.health, "health"),
    page("sitemap.xml", sitemaps.index, "sitemap-index"),
    page("sitemap-<slug:section>.xml", sitemaps.section, "sitemap"),
    page("robots.txt", sitemaps.robots, "robots"),
    page("favicon.ico", site_files.favicon, "favicon"),
    page("apple-touch-icon.png", site_files.icon, "apple-touch-icon"),
    page("icon-<int:size>.png", site_files.icon, "icon"),
    page("site.webmanifest", site_files.manifest, "manifest"),
    page("opensearch.xml", site_files.opensearch, "opensearch"),
    page("llms.txt", assistants.llms, "llms"),
    *form("feed.atom", feeds.atom, "atom-feed"),
    *form("feed.json", feeds.json, "json-feed"),
    re_path(rf"^(?P<rest>{GUESS})$", require_safe(feeds.guessed), name="guessed-feed"),
    re_path(
        rf"^(?P<section>topics|people|types)/(?P<slug>[-\w]+)(?P<rest>{GUESS_IN_LIST})$",
        require_safe(feeds.guessed),
        name="guessed-feed",
    ),
    # Takes every other word, so it stands last.
    page("<slug:slug>/", views.page_detail, "page-detail"),
]
