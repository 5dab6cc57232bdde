# The lines of a sitemap, of which there are thousands.
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
    changed = f"<lastmod>{lastmod.astimezone(zone).isoformat()}</lastmod>" if lastmod else ""
    image = f"<image:image><image:loc>{escape(picture)}</image:loc></image:image>" if picture else ""
    return f"<url><loc>{escape(url['location'])}</loc>{changed}{''.join(alternates)}{image}</url>\n"
