# The sample collection: what is in it, that its pictures can be drawn, and that it loads.
import json
import re
from collections import Counter
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from PIL import Image as Picture

from publications.exchange.importing import import_publications
from publications.models import ContentType, FeaturedItem, Image, MenuEntry, Page, Person, Publication, Topic
from publications.sample.loading import DEMO_PASSWORD, FILES, FOLDER, ORGANISATIONS
from publications.sample.pictures import DRAWINGS, draw
from tests.factories import make_publication, make_topic

DATA = [json.loads(path.read_text()) for path in FILES]
TOPICS = [topic for data in DATA for topic in data.get("topics", [])]
ROWS = [row for data in DATA for row in data["publications"]]
IMAGES = [row["image"] for row in ROWS if "image" in row]


def depth(topic, parents):
    parent = parents.get(topic)
    return 1 + depth(parent, parents) if parent else 1


def test_about_320_publications_stand_in_14_topics():
    assert 310 <= len(ROWS) <= 330
    assert len(TOPICS) == 14
    assert {topic for row in ROWS for topic in row["topics"]} == {topic["name"] for topic in TOPICS}


def test_topics_are_a_tree_of_three_levels_and_all_are_introduced():
    parents = {topic["name"]: topic.get("parent") for topic in TOPICS}
    assert max(depth(topic, parents) for topic in parents) == 3
    assert all(topic["intro"].startswith("<p>") and topic["description"].endswith(".") for topic in TOPICS)


@pytest.mark.django_db
def test_every_default_type_is_used():
    assert {row["type"] for row in ROWS} == set(ContentType.objects.values_list("name", flat=True))


def test_dates_span_thirty_years_and_several_days_are_shared():
    past = [row["date"][:10] for row in ROWS if row.get("date", "9") < "2026-11-20"]
    days = Counter(past)
    assert (min(past)[:4], max(past)[:4]) == ("1996", "2026")
    assert len({day[:4] for day in past}) >= 25
    assert sum(count >= 4 for count in days.values()) >= 4


def test_only_the_three_scheduled_items_are_dated_ahead():
    ahead = [row for row in ROWS if row.get("date", "") > "2026-11-20"]
    assert [row["date"][:4] for row in ahead] == ["2031"] * 3
    assert not any("state" in row for row in ahead)


def test_unfinished_and_withdrawn_items_are_there():
    states = Counter(row["state"] for row in ROWS if "state" in row)
    assert states == {"draft": 2, "in_review": 2, "withdrawn": 1, "removed": 1}
    taken_back = [row for row in ROWS if row.get("state") in {"withdrawn", "removed"}]
    assert all(row["withdrawal_note"] and row["withdrawn_at"] and row["replaced_by"] for row in taken_back)


def test_corrections_of_every_kind_are_there_and_none_is_older_than_its_item():
    corrected = [(row, correction) for row in ROWS for correction in row.get("corrections", ())]
    assert Counter(correction["kind"] for _, correction in corrected) == {
        "clarification": 2,
        "correction": 1,
        "substantive": 1,
        "retraction": 1,
    }
    assert {correction["conclusions_change"] for _, correction in corrected} == {True, False}
    assert all(row["date"] <= correction["date"] for row, correction in corrected)


def test_three_studies_have_companions_of_three_other_types():
    types = {row["id"]: row["type"] for row in ROWS}
    studies = {}
    for row in ROWS:
        if "lead" in row:
            studies.setdefault(row["lead"], set()).add(row["type"])
    assert len(studies) == 3
    assert all(len(companions - {types[lead]}) == 3 for lead, companions in studies.items())


def test_three_items_are_there_in_several_languages():
    languages = {}
    for row in ROWS:
        if "translation_of" in row:
            languages.setdefault(row["translation_of"], []).append(row["language"])
    assert sorted(map(sorted, languages.values())) == [["ar"], ["ar", "de", "fr"], ["en"]]
    originals = {row["id"]: row["language"] for row in ROWS if row.get("id") in languages}
    assert sorted(originals.values()) == ["en", "en", "fr"]


@pytest.mark.parametrize("key", ["title", "summary", "id", "number", "doi"])
def test_no_two_items_share(key):
    values = [row[key] for row in ROWS if key in row]
    assert len(values) > 40
    assert [value for value, count in Counter(values).items() if count > 1] == []


def test_dois_and_addresses_are_reserved_for_examples():
    addresses = re.findall(r"https?://[^\"<\s]+", json.dumps(ROWS))
    assert {row["doi"].split("/")[0] for row in ROWS if "doi" in row} == {"10.5555"}
    assert {address.split("/")[2] for address in addresses} == {"example.org"}
    assert all("url" in row for row in ROWS if row["type"] == "Tool")


def test_some_items_are_long_and_some_in_other_scripts():
    assert max(len(row["title"]) for row in ROWS) > 250
    assert {row["language"] for row in ROWS if "language" in row} >= {"el", "ar", "zh-Hans", "uk", "ja", "fr"}


def test_some_bodies_are_long_and_none_is_empty():
    assert all(row["body_html"].startswith("<p>") for row in ROWS)
    assert sum(row["body_html"].count("<h2>") >= 2 for row in ROWS) >= 45


def test_more_than_half_have_a_picture_described_by_words_that_are_no_file_name():
    assert 0.5 < len(IMAGES) / len(ROWS) < 0.7
    assert all(len(image["alt"].split()) > 5 and image["file"] not in image["alt"] for image in IMAGES)
    assert all(image["credit"] and image.get("caption") != image["alt"] for image in IMAGES)


def test_featured_items_vary_from_none_to_four_and_some_have_no_picture():
    places = [(place["topic"], "image" in row) for row in ROWS for place in row.get("featured_in", [])]
    count = Counter(topic for topic, _ in places)
    assert {count[topic["name"]] for topic in TOPICS} == {0, 1, 2, 3, 4}
    assert not all(pictured for _, pictured in places)


def test_pictures_used_and_pictures_drawn_are_the_same():
    assert {image["file"] for image in IMAGES} == {f"{name}.jpg" for name in DRAWINGS}


@pytest.mark.parametrize("name", DRAWINGS)
def test_picture_can_be_drawn(name, tmp_path):
    with Picture.open(draw(name, tmp_path)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1600, 1067))
        assert len(set(picture.resize((40, 27)).get_flattened_data())) > 100


def test_pictures_come_out_the_same_every_time(tmp_path):
    first = draw("dot-chart", tmp_path).read_bytes()
    assert draw("dot-chart", tmp_path).read_bytes() == first


@pytest.fixture
def small_pictures(tmp_path, settings):
    """One small picture for each drawing, since rendering the real ones takes half a minute."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for number, name in enumerate(DRAWINGS):
        Picture.new("RGB", (330, 220), (number * 6, 90, 120)).save(tmp_path / f"{name}.jpg")
    return tmp_path


def load(**options):
    output = StringIO()
    call_command("load_sample", stdout=output, **options)
    return output.getvalue()


@pytest.mark.django_db
def test_sample_loads_into_an_empty_database_and_again_changes_nothing(small_pictures, client):
    assert load(pictures=small_pictures) == f"Loaded {len(ROWS)} sample publications.\n"
    assert Publication.objects.count() == len(ROWS)
    assert Topic.objects.count() == 14
    assert Image.objects.exclude(renditions={}).exists()
    assert FeaturedItem.objects.exists()
    assert len(client.get("/corrections/").context["page"].rows) == 6
    assert Publication.objects.filter(lead__isnull=False).count() == 9
    assert Publication.objects.filter(translation_of__isnull=False).count() == 5
    organisations = Person.objects.filter(is_organisation=True, authorships__isnull=False)
    assert set(organisations.values_list("name", flat=True)) == set(ORGANISATIONS)
    assert_institute_has_its_pages(client)
    for path in FILES:
        report = import_publications(path, images_dir=small_pictures)
        assert (report.created, report.updated, report.rejected, report.warnings) == (0, 0, 0, [])


def assert_institute_has_its_pages(client):
    """Every link in them leads somewhere, and each stands in the footer."""
    roles = {"about", "accessibility", "privacy", "corrections", "funding"}
    assert set(Page.objects.published().values_list("role", flat=True)) == roles
    footer = [entry.page for entry in MenuEntry.objects.filter(place="footer", page__isnull=False)]
    assert {page.role for page in footer} == roles
    for page in footer:
        html = client.get(page.get_absolute_url()).content.decode()
        addresses = re.findall(r'href="([^"]+)"', page.body)
        assert all(client.get(path).status_code == 200 for path in addresses if path.startswith("/"))
        assert all("example.org" in address for address in addresses if not address.startswith("/"))
        assert "Last reviewed" in html


def test_accessibility_statement_has_every_part():
    pages = json.loads((FOLDER / "pages.json").read_text())
    statement = next(page for page in pages if page["role"] == "accessibility")
    for part in (
        "is committed to",
        "What this statement covers",
        "partially compliant",
        "Content that is not accessible",
        "WCAG 1.3.1",
        "by 30 June 2027",
        "mailto:access@example.org",
        "Office for Equal Access",
        "was prepared on 6 October 2025 and last reviewed on 5 October 2026",
    ):
        assert part in statement["body_html"], part
    assert statement["title"] == "Accessibility statement"


@pytest.mark.django_db
def test_sample_says_that_it_is_english_on_a_site_that_is_not(small_pictures, settings):
    settings.LANGUAGE_CODE = "ar"
    load(pictures=small_pictures)
    assert not Publication.objects.filter(language="").exists()
    assert Publication.objects.filter(translation_of__isnull=False).count() == 5
    assert set(ContentType.objects.filter(publications__isnull=False)) == set(ContentType.objects.all())


@pytest.mark.django_db
def test_sample_stays_out_of_a_database_that_holds_publications(small_pictures):
    make_publication()
    assert "was not loaded" in load(pictures=small_pictures)
    assert Publication.objects.count() == 1


@pytest.mark.django_db
def test_demo_users_are_made_only_when_asked_for_and_nobody_is_there(django_user_model):
    make_publication()
    topic = make_topic("Coasts and seas")
    load()
    assert not django_user_model.objects.exists()
    load(with_demo_users=True)
    names = ("author", "editor", "admin", "coast")
    author, editor, admin, coast = (authenticate(username=name, password=DEMO_PASSWORD) for name in names)
    for user, group in ((author, "Author"), (editor, "Editor")):
        assert user.is_staff and not user.is_superuser and user.groups.get().name == group
    assert admin.is_superuser
    assert coast.topic_roles.get().topic == topic and not coast.groups.exists()
    assert "Sign in" not in load(with_demo_users=True)
