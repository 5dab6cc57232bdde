# What frames every page: its head for machines, the files it needs, the menus.
from html import escape

from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from publications.models.slugs import address_root
from publications.site.markup.words import gettext as _

GLASS = '<svg class="icon" aria-hidden="true" width="20" height="20" viewBox="0 0 20 20"><path d="M13.2 13.2 18 18M15 8.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z"/></svg>'
MARK = '<svg aria-hidden="true" width="34" height="34" viewBox="0 0 34 34"><path d="M2 22 9.5 9l5 8.2L20 6l12 16z"/><path class="line" d="M2 26.5h30M7 31h20"/></svg>'
FONTS = ("fonts/literata-latin.woff2", "fonts/public-sans-latin.woff2")
STYLES = ("tokens.css", "site.css")


def head_for_machines(head) -> SafeString:
    """As publications/site/metadata.py has it."""
    twin, unapi = escape(head.twin), escape(head.unapi)
    lines = [
        f'<meta name="description" content="{escape(head.description)}">',
        "" if head.is_indexed else '<meta name="robots" content="noindex">',
        f'<link rel="canonical" href="{escape(head.address)}">',
        f'<link rel="alternate" type="text/markdown" href="{twin}">' if twin else "",
        f'<link rel="unapi-server" type="application/xml" title="unAPI" href="{unapi}">' if unapi else "",
        f'<link rel="describedby" type="text/plain" href="{address_root("publications:llms")}">',
        *(
            f'<link rel="alternate" hreflang="{escape(one.language)}" href="{escape(one.address)}">'
            for one in head.alternates
        ),
        *(f'<meta property="{name}" content="{escape(content)}">' for name, content in head.properties),
        '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">' if head.has_dublin_core else "",
        *(f'<meta name="{name}" content="{escape(content)}">' for name, content in head.names),
        json_ld(head.graph),
    ]
    return mark_safe("\n".join(filter(None, lines)))


def json_ld(data) -> SafeString:
    """A block of linked data, which browsers neither run nor show. Its words cannot end the block."""
    return mark_safe(json_script(data).replace("application/json", "application/ld+json", 1))


def assets(look, own_stylesheet: str, site_name: str, feeds) -> SafeString:
    """Fonts, styles, icons, and what else belongs to a page."""
    address, name = address_root, escape(site_name)
    styles = [*map(static, STYLES), look.theme_url, own_stylesheet and static(own_stylesheet)]
    lines = [
        *(
            f'<link rel="preload" href="{static(font)}" as="font" type="font/woff2" crossorigin>'
            for font in FONTS
        ),
        *(f'<link rel="stylesheet" href="{style}">' for style in styles if style),
        f'<link rel="icon" href="{look.icon_url or static("mark.svg")}">',
        f'<link rel="apple-touch-icon" href="{address("publications:apple-touch-icon")}">',
        f'<link rel="manifest" href="{address("publications:manifest")}">',
        f'<link rel="search" type="application/opensearchdescription+xml" title="{name}" href="{address("publications:opensearch")}">',
        *(_feed_links(feeds) if feeds else ()),
        f'<script src="{static("search.js")}" defer></script>',
    ]
    return mark_safe("\n".join(lines))


def _feed_links(feeds) -> list[str]:
    return [
        f'<link rel="alternate" type="{media}" title="{escape(feeds.title)}" href="{escape(address)}">'
        for media, address in (("application/atom+xml", feeds.atom), ("application/feed+json", feeds.json))
    ]


def brand(look, site_name: str) -> SafeString:
    """The logo or the mark, and the name unless it stands in the logo."""
    name = escape(site_name)
    drawn, written = MARK, name
    if look.logo_url:
        ground = "" if look.logo_suits_dark else " on-white"
        alt, written = (name, "") if look.logo_has_name else ("", name)
        drawn = f'<img class="logo{ground}" src="{look.logo_url}" width="{look.logo_width}" height="{look.logo_height}" alt="{alt}">'
    return mark_safe(f'<a class="brand" href="{address_root("publications:home")}">{drawn}{written}</a>')


def menu(entries, *, says_where=True) -> SafeString:
    """The items of a menu; `says_where` marks the one that leads here."""
    return mark_safe("\n        ".join(_menu_item(entry, says_where) for entry in entries))


def _menu_item(entry, says_where) -> str:
    rel = f' rel="{entry["rel"]}"' if entry["rel"] else ""
    current = f' aria-current="{entry["current"]}"' if says_where and entry["current"] else ""
    return f'<li><a href="{escape(entry["url"])}"{rel}{current}>{escape(entry["name"])}</a></li>'


def quick_search() -> SafeString:
    everything, suggestions = map(address_root, ("publications:publication-list", "publications:suggestions"))
    words = _("Search publications")
    return mark_safe(
        f'<form class="quick" role="search" action="{everything}" method="get" data-suggestions="{suggestions}" data-label="{_("Suggestions")}">\n'
        f'      <label class="vh" for="quick-q">{words}</label>\n'
        f'      <input id="quick-q" name="q" type="search" placeholder="{words}" autocomplete="off">\n'
        f'      <button type="submit">{GLASS}<span class="vh">{_("Search")}</span></button>\n'
        "    </form>\n"
        f'    <a class="quick-link" href="{everything}">{GLASS}<span class="vh">{words}</span></a>'
    )
