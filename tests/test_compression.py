# What is sent compressed to browsers that take it.
import gzip

import pytest

from tests.factories import make_file, make_image, make_publication, make_topic

pytestmark = pytest.mark.django_db
TAKES_GZIP = {"accept-encoding": "gzip, deflate"}  # those that take Brotli too: see test_page_cache.py


@pytest.mark.parametrize("address", ["/topics/coast/", "/topics/coast/feed.atom", "/topics/coast/feed.json"])
def test_texts_are_sent_compressed_and_are_the_same_texts(client, address):
    make_publication("Wall", topics=[make_topic("Coast")], summary="Who pays for it. " * 50)
    plain, packed = client.get(address), client.get(address, headers=TAKES_GZIP)
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed["Vary"]


def test_feed_that_was_sent_compressed_is_not_sent_again_unchanged(client):
    make_publication("Wall", summary="Who pays for it. " * 50)
    first = client.get("/publications/feed.atom", headers=TAKES_GZIP)
    again = client.get("/publications/feed.atom", headers=TAKES_GZIP | {"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_files_and_their_parts_and_pictures_are_sent_as_they_are(client):
    image = make_image()
    publication = make_publication("Wall", image=image)
    file = make_file(publication, b"1,2\n" * 500, "table.csv")
    for address, headers in [
        (file.get_absolute_url(), TAKES_GZIP),
        (file.get_absolute_url(), TAKES_GZIP | {"range": "bytes=0-999"}),
        (image.rendition_url(image.renditions["jpeg"]["name"]), TAKES_GZIP),
    ]:
        response = client.get(address, headers=headers)
        assert response.status_code in {200, 206}
        assert "Content-Encoding" not in response, address
