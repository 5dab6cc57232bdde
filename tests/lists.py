# The list behind a public page.
import re

from publications import clock
from publications.site.previews import list_at

ROW = re.compile(r'class="entry-title"><a href="([^"]+)"')


def list_shown(client, address: str, query=None):
    """What the page itself shows: these rows in this order, and their number where there are any."""
    response = client.get(address, query)
    assert response.status_code == 200, address
    listing, html = (
        list_at(response.wsgi_request.get_full_path(), clock.now()).listing,
        response.content.decode(),
    )
    assert ROW.findall(html) == [row.get_absolute_url() for row in listing.page.rows], address
    assert not listing.total or f"of {listing.total_in_words}," in html, address
    return listing
