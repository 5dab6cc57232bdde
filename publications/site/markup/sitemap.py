# The lines of a sitemap, of which there are thousands, and the list of all sitemaps.
import datetime as dt
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from publications.surroundings import surroundings


def sitemap_urls(urlset) -> SafeString:
    """As Django's sitemaps give them, and ours (publications/site/sitemaps.py) add to them."""
    zone = surroundings().zone
    return SafeString("".join([_url(url, zone) for url in urlset]))


def _url(url: dict, zone) -> str:
    lastmod, picture = url["lastmod"], url.get("picture")
    alternates = [
        f'<xhtml:link rel="alternate" hreflang="{escape(one.language)}" href="{escape(one.address)}"/>'
        for one in url.get("alternates", ())
    ]
    changed = _changed(lastmod, zone)
    image = f"<image:image><image:loc>{escape(picture)}</image:loc></image:image>" if picture else ""
    return f"<url><loc>{escape(url['location'])}</loc>{changed}{''.join(alternates)}{image}</url>\n"


def sitemap_index(files: Iterable[tuple[str, dt.datetime | None]]) -> str:
    """Of files by their addresses, with the moments of their last changes."""
    zone = surroundings().zone
    lines = [
        f"<sitemap><loc>{escape(address)}</loc>{_changed(changed, zone)}</sitemap>\n"
        for address, changed in files
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{"".join(lines)}</sitemapindex>\n'
    )


def _changed(moment: dt.datetime | None, zone) -> str:
    return f"<lastmod>{moment.astimezone(zone).isoformat()}</lastmod>" if moment else ""
