# The list behind a public page.
import re

from publications import clock
from publications.site.previews import list_at

ROW = re.compile(r'class="entry-title"><a href="([^"]+)"')


def list_shown(client, address: str, query=None):
    """What the page itself shows: these rows in this order, and their number where there are any."""
    response = client.get(address, query)
    assert response.status_code == 200, address
    listing = list_at(response.wsgi_request.get_full_path(), clock.now()).listing
    html = response.content.decode()
    assert ROW.findall(html) == [row.get_absolute_url() for row in listing.page.rows], address
    assert not listing.page.rows or f"of {total_of(listing)}," in html, address
    return listing


def total_of(listing) -> str:
    return f"over {listing.total:,}" if listing.is_cut else f"{listing.total:,}"
