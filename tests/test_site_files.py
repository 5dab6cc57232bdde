# The small files beside the pages: icons, the manifest, the description of the search.
import re
from io import BytesIO
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Picture

from publications.models import Frame
from tests.factories import make_publication

pytestmark = pytest.mark.django_db
NAMES = {"": "http://a9.com/-/spec/opensearch/1.1/"}


def links(client):
    html = client.get("/").content.decode()
    return dict(re.findall(r'<link rel="([a-z -]+)"[^>]* href="([^"]+)">', html))


def picture_at(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]
    return response["Content-Type"], Picture.open(BytesIO(response.content))


def test_browsers_find_an_icon_where_they_look(client):
    kind, icon = picture_at(client, "/favicon.ico")
    assert kind == "image/x-icon"
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_page_names_icon_manifest_and_search(client):
    found = links(client)
    kind, icon = picture_at(client, found["apple-touch-icon"])
    assert (kind, icon.size) == ("image/png", (180, 180))
    assert icon.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert (133, 27, 85) in {colour for _, colour in icon.convert("RGB").getcolors(maxcolors=100_000)}
    assert client.get(found["manifest"]).status_code == client.get(found["search"]).status_code == 200


def test_own_icon_and_colour_of_the_institute_are_shown(client):
    row = Frame.objects.get()
    row.accent, row.icon = "#005ea5", drawing("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>")
    row.save()
    red, green, blue = picture_at(client, "/apple-touch-icon.png")[1].convert("RGB").getpixel((5, 5))
    assert blue > red and blue > green
    content = BytesIO()
    Picture.new("RGB", (64, 64), "lime").save(content, "PNG")
    row.icon = ContentFile(content.getvalue(), name="icon.png")
    row.save()
    for address in ("/apple-touch-icon.png", "/icon-512.png", "/favicon.ico"):
        assert picture_at(client, address)[1].convert("RGB").getpixel((10, 10)) == (0, 255, 0)


def drawing(text):
    return ContentFile(text.encode(), name="icon.svg")


def test_manifest_tells_the_name_and_icons_of_the_promised_sizes(client, settings):
    settings.TOPICHUB_SITE_NAME = "Skerry & “Institute”"
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert manifest["name"] == "Skerry & “Institute”"
    for icon in manifest["icons"]:
        width, height = picture_at(client, icon["src"])[1].size
        assert icon["sizes"] == f"{width}x{height}"
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]


def test_no_other_sizes_are_drawn(client):
    assert client.get("/icon-100000.png").status_code == 404


def test_search_described_to_browsers_works(client, settings):
    settings.TOPICHUB_SITE_NAME = "Institute for Shores & <Harbours>"
    make_publication("The wall")
    response = client.get("/opensearch.xml")
    assert response["Content-Type"] == "application/opensearchdescription+xml"
    document = ElementTree.fromstring(response.content)
    assert document.findtext("ShortName", namespaces=NAMES) == "Institute for Sh"
    assert "<Harbours>" in document.findtext("Description", namespaces=NAMES)
    for url in document.findall("Url", NAMES):
        address = url.get("template").replace("{searchTerms}", quote("the wall"))
        response = client.get(address)
        assert response["Content-Type"].partition(";")[0] == url.get("type")
        assert "The wall" in response.content.decode() or url.get("rel") == "self"
