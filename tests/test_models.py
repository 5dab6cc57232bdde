# Rules of the written side: what the database and the forms refuse, what saving makes.
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from publications.models import ContentType, FeaturedItem, Person, Publication, Topic
from publications.richtext import sanitize
from tests.factories import (
    make_draft,
    make_featured,
    make_file,
    make_image,
    make_person,
    make_publication,
    make_topic,
    make_type,
)
from tests.searching import search

pytestmark = pytest.mark.django_db


def refused(row, field):
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.message_dict[field][0]


def test_default_types_are_there_with_distinct_marks():
    names = ["Report", "Research Brief", "Working Paper", "Testimony", "Commentary", "News Release", "Tool"]
    assert list(ContentType.objects.values_list("name", flat=True)) == names
    assert len(set(ContentType.objects.values_list("mark", flat=True))) == 7


@pytest.mark.parametrize(
    "make",
    [
        lambda: make_publication(published_at=None),
        lambda: make_draft(state="nonsense"),
        lambda: [make_publication(doi="10.5555/a") for _ in range(2)],
        lambda: [make_publication(import_id="a") for _ in range(2)],
        lambda: [make_publication(slug="a") for _ in range(2)],
        lambda: make_topic(slots=7),
        lambda: make_type(mark=9),
        lambda: make_featured(
            make_topic(), make_publication(), starts_at=timezone.now(), ends_at=timezone.now() - timedelta(1)
        ),
        lambda: make_image(file="", focal_x=1.5),
    ],
)
def test_database_refuses_what_must_never_be(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_item_is_featured_once_per_topic_and_written_once_by_a_person():
    topic, item, person = make_topic(), make_publication(), make_person()
    make_featured(topic, item)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_featured(topic, item)
    item.authorships.create(person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        item.authorships.create(person=person)


def test_a_topic_cannot_lie_within_itself():
    coast = make_topic("Coast")
    walls = make_topic("Walls", parent=coast)
    coast.parent = walls
    assert "lies within it" in refused(coast, "parent")
    with pytest.raises(ValidationError), transaction.atomic():
        coast.save()
    assert not Topic.objects.get(pk=coast.pk).parent


def test_everything_within_a_topic_follows_the_tree():
    coast = make_topic("Coast")
    walls = make_topic("Walls", parent=coast)
    joints = make_topic("Joints", parent=walls)
    assert joints.is_within(coast)
    assert not coast.is_within(joints)
    walls.parent = None
    walls.save()
    assert not joints.is_within(coast)
    assert joints.is_within(walls)


def test_publishing_needs_a_date_and_words_for_the_picture():
    item = make_draft(image=make_image("", file=""))
    item.state = "published"
    assert "needs its date" in refused(item, "published_at")
    assert "no alternative text" in refused(item, "image")
    item.published_at = timezone.now()
    item.image.is_decorative = True
    item.full_clean()


def test_a_picture_without_words_is_not_featured_nor_emptied_of_them_there():
    image = make_image("", file="")
    item = make_featured(make_topic(), make_publication())
    item.image = image
    assert "no alternative text" in refused(item, "image")
    item.save()
    image.caption = "The quay."
    assert "needs these words" in refused(image, "alternative_text")


def test_file_name_is_refused_as_alternative_text():
    assert "looks like a file name" in refused(make_image("IMG_2034.jpg", file=""), "alternative_text")


def test_picture_of_a_published_item_keeps_its_words():
    image = make_image("A sea wall", file="")
    image.alternative_text = ""
    image.full_clean()
    make_publication(image=image)
    assert "needs these words" in refused(image, "alternative_text")
    image.is_decorative = True
    image.full_clean()


def test_study_has_one_main_item():
    report, brief = make_publication(), make_publication()
    brief.lead = report
    brief.full_clean()
    brief.save()
    tool = make_publication()
    tool.lead = brief
    assert "belongs to a study itself" in refused(tool, "lead")
    report.lead = make_publication()
    assert "main item of its study" in refused(report, "lead")


def test_order_is_newest_first_and_total():
    day = datetime(2016, 9, 22, tzinfo=UTC)
    first, second = make_publication(published_at=day), make_publication(published_at=day)
    newer = make_publication(published_at=day + timedelta(seconds=1))
    assert list(Publication.objects.newest_first()) == [newer, second, first]
    assert list(Publication.objects.oldest_first()) == [first, second, newer]


def test_body_is_safe_whichever_way_it_is_saved():
    item = make_publication(body="<p>Good</p><script>bad()</script>")
    assert Publication.objects.get(pk=item.pk).body == "<p>Good</p>"
    item.body = '<p style="x" onclick="bad()">Better</p>'
    item.save(update_fields=["body"])
    assert Publication.objects.get(pk=item.pk).body == "<p>Better</p>"
    assert search(Publication.objects.all(), "better").get() == item


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<h1>A</h1><h2>B</h2>", "<h2>A</h2><h3>B</h3>"),
        ("<b>a</b> <i>b</i>", "<strong>a</strong> <em>b</em>"),
        ("one & two\n\nthree", "<p>one &amp; two</p><p>three</p>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<img src="https://elsewhere.example/x.gif"><p>a</p>', "<p>a</p>"),
        ("<iframe src=x></iframe><style>p{}</style><p>a\x00</p>", "<p>a</p>"),
        ("", ""),
    ],
)
def test_rich_text_keeps_structure_and_loses_danger(dirty, clean):
    assert sanitize(dirty) == clean
    assert sanitize(clean) == clean


def test_feature_ends_after_it_starts():
    item = FeaturedItem(topic=make_topic(), publication=make_publication(), starts_at=timezone.now())
    item.ends_at = item.starts_at
    assert "later than the start" in refused(item, "ends_at")


@pytest.mark.parametrize(
    ("name", "filed"), [("Ines van der Corrow", "Corrow, Ines van der"), ("Plato", "Plato")]
)
def test_person_is_filed_by_the_last_name(name, filed):
    assert make_person(name).sort_name == filed


def test_organisation_is_filed_as_it_is():
    assert make_person("Skerry Institute", is_organisation=True).sort_name == "Skerry Institute"


def test_orcid_with_a_typing_error_is_refused():
    person = Person(name="Ada", orcid="0000-0002-1825-0097")
    person.full_clean()
    person.orcid = "0000-0002-1825-0079"
    assert "typing error" in refused(person, "orcid")


def test_file_gets_address_size_and_checksum():
    publication = make_publication("Wall")
    first = make_file(publication, b"%PDF-1.7 x", label="Full report")
    second = make_file(publication, b"%PDF-1.7 y", label="Full report")
    assert [first.name, second.name] == ["full-report.pdf", "full-report-2.pdf"]
    assert first.size == 10
    assert len(first.checksum) == 64
    first.name = "report.csv"
    assert "must end in .pdf" in refused(first, "name")


@pytest.mark.parametrize("name", ["page.html", "run.exe", "picture.svg", "noextension"])
def test_file_of_another_kind_is_refused(name):
    assert "not allowed" in refused(make_file(make_publication(), filename=name), "file")


def test_moved_focal_point_makes_new_renditions_whatever_is_saved():
    image = make_image()
    before = image.rendition_names
    image.focal_x = 0.2
    image.save(update_fields=["focal_x"])
    image.refresh_from_db()
    assert not before & image.rendition_names


def test_no_file_takes_the_address_of_a_reference():
    file = make_file(make_publication(), b"{}", filename="x.json", label="Cite")
    assert file.name == "cite-2.json"
    file.name = "cite.json"
    assert "kept for machines" in refused(file, "name")
