# Lists as reference managers read them: they ask a server for each item that the page names.
import re
from xml.etree import ElementTree

import pytest
import rispy
from pybtex.database import parse_string

from tests.factories import make_person, make_publication, make_topic

pytestmark = pytest.mark.django_db
LISTS = ["/topics/coast/", "/publications/", "/people/ines-corrow/", "/types/report/"]


@pytest.fixture
def walls():
    coast, ines = make_topic("Coast"), make_person("Ines Corrow")
    return [make_publication(f"Wall {number}", topics=[coast], authors=[ines]) for number in range(3)]


def find_items(client, address):
    """(the server, the ids) as a reference manager finds them in a page."""
    html = client.get(address).content.decode()
    servers = re.findall(r'<link rel="unapi-server" [^>]*href="([^"]+)"', html)
    return servers, re.findall(r'<abbr class="unapi-id" title="([^"]+)"', html)


def formats_of(response):
    return [form.get("name") for form in ElementTree.fromstring(response.content)]


@pytest.mark.parametrize("address", LISTS)
def test_every_item_of_a_list_can_be_taken_with_its_authors(client, walls, address):
    (server,), ids = find_items(client, address)
    assert ids == ["wall-2", "wall-1", "wall-0"]
    assert formats_of(client.get(server))[0] == "ris"
    for wall, name in zip(reversed(walls), ids, strict=True):
        response = client.get(f"{server}?id={name}&format=ris")
        assert response["Content-Type"].startswith("application/x-research-info-systems")
        (found,) = rispy.loads(response.content.decode())
        assert (found["type_of_reference"], found["title"]) == ("RPRT", wall.title)
        assert found["authors"] == ["Corrow, Ines"]


def test_bibtex_is_given_too(client, walls):
    text = client.get("/unapi?id=wall-1&format=bibtex").content.decode()
    (entry,) = parse_string(text, "bibtex").entries.values()
    assert entry.fields["title"] == "Wall 1"


def test_page_of_an_item_offers_that_item_alone(client, walls):
    """Its related items must not turn it into a list: that would hide what its head says."""
    assert find_items(client, "/publications/wall-0/") == ([], [])


def test_empty_list_names_no_server(client):
    make_topic("Coast")
    assert find_items(client, "/topics/coast/") == ([], [])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?id=wall-1", 300),
        ("?id=wall-1&format=mods", 406),
        ("?id=nothing", 404),
        ("?id=nothing&format=ris", 404),
        ("?id=%00", 200),
    ],
)
def test_answers_are_those_of_the_standard(client, walls, query, status):
    response = client.get(f"/unapi{query}")
    assert response.status_code == status
    if status in {200, 300}:
        assert response["Content-Type"] == "application/xml"
        assert set(formats_of(response)) == {"ris", "bibtex"}
