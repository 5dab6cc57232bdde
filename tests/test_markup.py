# What pages put together in Python: nothing that editors or readers write becomes markup.
from datetime import date

import pytest
from django.utils import translation

from publications.models import ContentType, Image, Publication
from publications.site.markup.numbers import count
from tests.factories import (
    make_entry,
    make_featured,
    make_image,
    make_person,
    make_publication,
    make_topic,
)

pytestmark = pytest.mark.django_db
HOSTILE = "<i>\"&'"


@pytest.mark.parametrize(
    "address", ["/", "/topics/coast/", "/publications/", "/publications/?q=zz", "/people/"]
)
def test_what_editors_write_is_never_markup(client, address):
    topic = make_topic(f"Coast {HOSTILE}", slug="coast", introduction="", description=HOSTILE)
    image = make_image(HOSTILE)
    Image.objects.update(caption=HOSTILE, credit=HOSTILE)
    ContentType.objects.filter(slug="report").update(name=HOSTILE, plural=HOSTILE)
    lead = make_publication(HOSTILE, summary=HOSTILE, image=image, topics=[topic], language="de")
    other = make_publication(
        f"zz {HOSTILE}", lead=lead, topics=[topic], authors=[make_person(f"Zed {HOSTILE}")]
    )
    Publication.objects.update(corrected_on=date(2026, 11, 3))
    make_featured(topic, lead)
    make_featured(topic, other, words=HOSTILE)
    make_entry("main", address="https://example.org/?a=1&b=2", label=HOSTILE)
    html = client.get(address).content.decode()
    assert "<i>" not in html and "&lt;i&gt;&quot;&amp;&#x27;" in html
    assert "?a=1&amp;b=2" in html


@pytest.mark.parametrize("query", ["from", "to", "q", "type", "page"])
def test_what_readers_type_is_never_markup(client, query):
    make_publication(topics=[make_topic("Coast")])
    for path in ("/topics/coast/", "/publications/"):
        assert "<i>" not in client.get(path, {query: HOSTILE}).content.decode()


def test_counts_follow_the_language_of_the_page():
    for language, words in (("en-gb", "publications"), ("de", "Publikationen"), ("en-gb", "publications")):
        with translation.override(language):
            assert words in count(2)
