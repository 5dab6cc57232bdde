# The links in headers, read back by a program that follows them.
import json

import pytest
import signposting
from django.core.exceptions import ValidationError

from publications.models import File
from tests.factories import make_file, make_person, make_publication, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db
HUB = "http://testserver"
PAGE = f"{HUB}/publications/the-wall/"


def read(response, address):
    return signposting.find_signposting_http_link([response["Link"]], address)


def addresses(links):
    return {str(link.target) for link in links}


@pytest.fixture
def wall():
    wall = make_publication(
        "The wall",
        topics=[make_topic("Coast")],
        authors=[make_person("Ines Corrow", orcid="0000-0002-1825-0097"), make_person("Abel Stannard")],
        doi="10.5555/wall",
    )
    make_file(wall)
    return wall


def test_header_leads_to_all_that_belongs_to_the_item(client, wall):
    links = read(client.get("/publications/the-wall/"), PAGE)
    assert str(links.citeAs.target) == "https://doi.org/10.5555/wall"
    assert addresses(links.types) == {"https://schema.org/AboutPage", "https://schema.org/Report"}
    assert addresses(links.authors) == {"https://orcid.org/0000-0002-1825-0097"}
    assert {(str(link.target), str(link.type)) for link in links.items} == {
        (f"{PAGE}full-report.pdf", "application/pdf")
    }
    assert addresses(links.describedBy) == {
        f"{PAGE}{name}" for name in ("cite.bib", "cite.ris", "cite.json", "index.md")
    }
    assert str(links.collection.target) == f"{HUB}/topics/coast/"
    assert str(links.linksets.pop().target) == f"{PAGE}linkset.json"


def test_links_lead_somewhere_and_to_what_they_say(client, wall):
    links = read(client.get("/publications/the-wall/"), PAGE)
    for link in [*links.items, *links.describedBy, *links.linksets]:
        response = client.get(str(link.target))
        assert response.status_code == 200
        assert response["Content-Type"].partition(";")[0] == str(link.type)


def test_file_leads_back_to_its_page(client, wall):
    response = client.get("/publications/the-wall/full-report.pdf")
    assert str(read(response, f"{PAGE}full-report.pdf").collection.target) == PAGE


def test_header_is_the_same_without_the_page(client, wall):
    for address in ("/publications/the-wall/", "/publications/the-wall/full-report.pdf"):
        head, get = client.head(address), client.get(address)
        assert head["Link"] == get["Link"]


def test_many_links_are_named_in_a_set_and_the_header_stays_short(client, wall):
    wall.topics.set([make_topic() for _ in range(60)])
    response = client.get("/publications/the-wall/")
    assert response["Link"] == f'<{PAGE}linkset.json>; rel="linkset"; type="application/linkset+json"'
    assert len(client.get("/publications/the-wall/linkset.json").json()["linkset"][0]["collection"]) == 60


def test_link_set_is_one_by_its_standard(client, wall):
    response = client.get("/publications/the-wall/linkset.json")
    assert response["Content-Type"] == "application/linkset+json"
    content = json.loads(response.content)
    assert set(content) == {"linkset"}
    own, *others = content["linkset"]
    assert own["anchor"] == PAGE
    assert own["cite-as"] == [{"href": "https://doi.org/10.5555/wall"}]
    assert {"anchor": f"{PAGE}full-report.pdf", "collection": [{"href": PAGE, "type": "text/html"}]} in others
    assert {"anchor": f"{PAGE}cite.ris", "describes": [{"href": PAGE, "type": "text/html"}]} in others


def test_doi_of_a_reprint_is_its_publishers(client):
    make_publication(
        "Reprint", type="commentary", external_url="https://daily.example/wall", doi="10.5555/theirs"
    )
    header = client.get("/publications/reprint/")["Link"]
    assert '<https://doi.org/10.5555/theirs>; rel="related"' in header
    assert "cite-as" not in header


def test_withdrawn_item_offers_no_file(client):
    make_file(make_withdrawn("Wrong sums"))
    assert 'rel="item"' not in client.get("/publications/wrong-sums/")["Link"]
    assert "item" not in client.get("/publications/wrong-sums/linkset.json").json()["linkset"][0]


def test_no_file_takes_the_address_of_the_set(wall):
    file = make_file(wall, filename="linkset.json", label="Linkset", content=b"{}")
    file.name = "linkset.json"
    with pytest.raises(ValidationError, match="kept for machines"):
        file.full_clean()
    assert File.objects.get(pk=file.pk).name != "linkset.json"
