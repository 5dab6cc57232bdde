# A whole topic page, as an institute would bring it: every item, picture and word arrives, in order, once.
import json
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.html import escape

from publications.models import Image, Publication, Topic
from tests.factories import jpeg
from tests.importing import run

FILE = Path(__file__).parent / "data" / "topic_page.json"
COLLECTION = json.loads(FILE.read_text(encoding="utf-8"))
ROWS = COLLECTION["publications"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    for number, row in enumerate(row for row in ROWS if row["image"]):
        (tmp_path / row["image"]["file"]).write_bytes(jpeg(colour=(10 * number, 90, 120)).read())
    return run(FILE, "--images", str(tmp_path))


def test_everything_is_there_as_in_the_file_and_nothing_twice(imported):
    assert (imported.status, imported.summary) == (0, "created 20, updated 0, unchanged 0, rejected 0")
    items = list(Publication.objects.newest_first().select_related("content_type", "image"))
    assert [stated(item) for item in items] == [as_stated(row) for row in ROWS]
    assert Image.objects.count() == 14
    topic = Topic.objects.get()
    assert topic.introduction == COLLECTION["topics"][0]["intro"]
    assert [place.publication.title for place in topic.featured_items.all()] == [
        ROWS[0]["title"],
        ROWS[1]["title"],
    ]


def stated(item):
    image = item.image and {
        "alt": item.image.alternative_text,
        "caption": item.image.caption,
        "credit": item.image.credit,
        "has file": bool(item.image.file),
    }
    return {
        "title": item.title,
        "type": item.content_type.name,
        "topics": [topic.name for topic in item.topics.all()],
        "date": timezone.localdate(item.published_at).isoformat(),
        "summary": item.summary,
        "body_html": item.body,
        "authors": [one.printed_name for one in item.authorships.all()],
        "url": item.external_url,
        "number": item.report_number,
        "doi": item.doi,
        "image": image,
    }


def as_stated(row):
    image = row["image"] and {key: row["image"][key] for key in ("alt", "caption", "credit")} | {
        "has file": True
    }
    row = {"number": "", "doi": ""} | row | {"image": image}
    row.pop("featured_in", None)
    return row


def test_the_topic_page_lists_all_items_in_the_order_of_the_file(imported, client):
    page = client.get(Topic.objects.get().get_absolute_url()).content.decode()
    explore = page[page.index('id="explore"') :]
    places = [explore.index(Publication.objects.get(title=row["title"]).get_absolute_url()) for row in ROWS]
    assert places == sorted(places)


def test_each_item_has_its_picture_with_its_words_on_its_own_page(imported, client):
    for item in Publication.objects.exclude(image=None).select_related("image"):
        page = client.get(item.get_absolute_url()).content.decode()
        for words in (item.image.alternative_text, item.image.caption, item.image.credit):
            assert escape(words) in page
        assert item.image.rendition_url(item.image.renditions["jpeg"]["name"]) in page


def test_importing_it_again_changes_nothing(imported, tmp_path):
    again = run(FILE, "--images", str(tmp_path))
    assert again.lines == ["created 0, updated 0, unchanged 20, rejected 0"]
    assert Image.objects.count() == 14
