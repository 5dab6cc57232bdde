# The list behind a public page.
from publications import clock
from publications.site.previews import list_at


def list_shown(client, address: str, query=None):
    """With the page itself asked for, too, which must be there."""
    response = client.get(address, query)
    assert response.status_code == 200, address
    return list_at(response.wsgi_request.get_full_path(), clock.now()).listing
