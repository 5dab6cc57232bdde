# What frames every page: its head for machines, the files it needs, the menus.
from html import escape

from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.safestring import SafeString

from publications.models.slugs import address_root
from publications.site.markup.words import gettext as _

GLASS = '<svg class="icon" aria-hidden="true" width="20" height="20" viewBox="0 0 20 20"><path d="M13.2 13.2 18 18M15 8.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z"/></svg>'
MARK = '<svg aria-hidden="true" width="34" height="34" viewBox="0 0 34 34"><path d="M2 22 9.5 9l5 8.2L20 6l12 16z"/><path class="line" d="M2 26.5h30M7 31h20"/></svg>'
FONTS = ("fonts/literata-latin.woff2", "fonts/public-sans-latin.woff2")
STYLES = ("tokens.css", "site.css")
_write_json = DjangoJSONEncoder(check_circular=False).encode


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
    return SafeString("\n".join(filter(None, lines)))


def json_ld(data) -> SafeString:
    """A block of linked data, which browsers neither run nor show. Its words cannot end the block."""
    text = _write_json(data).replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return SafeString(f'<script type="application/ld+json">{text}</script>')


def assets(look, own_stylesheet: str, site_name: str) -> SafeString:
    """Fonts, styles, icons, and what else belongs to every page."""
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
    ]
    return SafeString("\n".join(lines))


def feed_links(feeds) -> SafeString:
    if not feeds:
        return SafeString("")
    links = [
        f'<link rel="alternate" type="{media}" title="{escape(feeds.title)}" href="{escape(address)}">\n'
        for media, address in (("application/atom+xml", feeds.atom), ("application/feed+json", feeds.json))
    ]
    return SafeString("".join(links))


def brand(look, site_name: str) -> SafeString:
    """The logo or the mark, and the name unless it stands in the logo."""
    name = escape(site_name)
    drawn, written = MARK, name
    if look.logo_url:
        ground = "" if look.logo_suits_dark else " on-white"
        alt, written = (name, "") if look.logo_has_name else ("", name)
        drawn = f'<img class="logo{ground}" src="{look.logo_url}" width="{look.logo_width}" height="{look.logo_height}" alt="{alt}">'
    return SafeString(f'<a class="brand" href="{address_root("publications:home")}">{drawn}{written}</a>')


def menu(entries, path: str = "") -> SafeString:
    """The items of a menu, (name, address, relation) each. Given the path of the page, the one that leads here says so."""
    return SafeString("\n        ".join(_menu_item(*entry, path) for entry in entries))


def _menu_item(name: str, url: str, relation: str, path: str) -> str:
    rel = f' rel="{relation}"' if relation else ""
    current = (
        ' aria-current="page"' if path == url else ' aria-current="true"' if path.startswith(url) else ""
    )
    return f'<li><a href="{escape(url)}"{rel}{current}>{escape(name)}</a></li>'


def crumbs(above, here: str = "") -> SafeString:
    """The way to the page: (name, address) of each step after Home, and the name of the page itself."""
    links = "\n    ".join(f'<li><a href="{escape(url)}">{escape(name)}</a></li>' for name, url in above)
    last = f'<li><span aria-current="page">{escape(here)}</span></li>' if here else ""
    return SafeString(
        f'<nav class="crumbs wrap" aria-label="{_("Breadcrumb")}">\n  <ol>\n'
        f'    <li><a href="{address_root("publications:home")}">{_("Home")}</a></li>\n'
        f"    {links}\n"
        f"    {last}\n"
        "  </ol>\n</nav>\n"
    )


def quick_search() -> SafeString:
    everything, suggestions = map(address_root, ("publications:publication-list", "publications:suggestions"))
    words = _("Search publications")
    return SafeString(
        f'<form class="quick" role="search" action="{everything}" method="get" data-suggestions="{suggestions}" data-label="{_("Suggestions")}">\n'
        f'      <label class="vh" for="quick-q">{words}</label>\n'
        f'      <input id="quick-q" name="q" type="search" placeholder="{words}" autocomplete="off">\n'
        f'      <button type="submit">{GLASS}<span class="vh">{_("Search")}</span></button>\n'
        "    </form>\n"
        f'    <a class="quick-link" href="{everything}">{GLASS}<span class="vh">{words}</span></a>'
    )
