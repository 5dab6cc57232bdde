# The first page of a PDF as the picture of its publication, where an editor asks for it.
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Picture

from publications.images import rendition_path
from publications.models import Image
from tests.factories import jpeg, make_draft, make_file, make_image, make_publication, make_staff
from tests.forms import controls, submit
from tests.pdfs import locked_pdf, make_pdf

pytestmark = pytest.mark.django_db
RED = "1 0 0 rg 0 0 595 842 re f"


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor", username="ines"))
    return client


def change(item):
    return f"/admin/publications/publication/{item.pk}/change/"


def messages(response):
    formset = next(
        each.formset
        for each in response.context["inline_admin_formsets"]
        if each.opts.model.__name__ == "File"
    )
    return [errors for errors in formset.errors if errors]


def test_first_page_becomes_the_picture_with_honest_words_when_an_editor_asks(editor):
    item = make_publication("Who pays?")
    make_file(item, make_pdf(pages=2, drawing=RED))
    assert submit(editor, change(item), **{"files-0-first_page": "on"}).status_code == 302
    item.refresh_from_db()
    assert item.image.alternative_text == "The first page of “Who pays?”."
    assert item.image.created_by.username == "ines"
    assert (item.image.width, item.image.focal_y) == (1500, 0)
    html = editor.get(item.get_absolute_url()).content.decode()
    assert 'alt="The first page of “Who pays?”."' in html
    editor.logout()
    shown = Picture.open(BytesIO(editor.get(item.image.preview["url"]).getvalue()))
    red, green, blue = shown.getpixel((shown.width // 2, shown.height // 2))
    assert red > 200
    assert green < 50
    assert blue < 50


def test_nothing_is_drawn_unless_asked(editor):
    item = make_publication()
    make_file(item, make_pdf())
    assert "files-0-first_page" not in controls(editor.get(change(item)))
    submit(editor, change(item), summary="x")
    item.refresh_from_db()
    assert item.image is None
    assert not Image.objects.exists()


def test_file_just_chosen_is_drawn_and_takes_the_place_of_a_picture(editor):
    item = make_draft(image=make_image())
    added = {
        "files-TOTAL_FORMS": "1",
        "files-0-file": ContentFile(make_pdf(drawing=RED), name="report.pdf"),
        "files-0-label": "Report",
        "files-0-position": "0",
        "files-0-first_page": "on",
    }
    assert submit(editor, change(item), **added).status_code == 302
    item.refresh_from_db()
    assert item.image.alternative_text.startswith("The first page of")
    assert item.files.get().pages == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (locked_pdf(), "report.pdf", "asks for a password"),
        (b"%PDF-1.7 cut", "report.pdf", "cannot be drawn: it is damaged"),
        (make_pdf(box="0 0 2000 2"), "report.pdf", "at least 200 pixels wide"),
        (b"a,b", "table.csv", "Only a PDF has a first page"),
    ],
    ids=["locked", "broken", "too flat", "no PDF"],
)
def test_page_that_cannot_be_drawn_is_explained_beside_the_field_and_nothing_typed_is_lost(
    editor, content, name, words
):
    item = make_publication("Before")
    make_file(item, content, filename=name)
    response = submit(editor, change(item), title="After", **{"files-0-first_page": "on"})
    (errors,) = messages(response)
    assert words in str(errors["first_page"])
    assert controls(response)["title"] == ["After"]
    assert controls(response)["files-0-first_page"] == ["on"]
    item.refresh_from_db()
    assert (item.title, item.image) == ("Before", None)


# What becomes of pictures' files


def stored(image):
    """Which of its files are there: the original, and each rendition."""
    storage = image.file.storage
    names = [image.file.name, *map(rendition_path, image.rendition_names)]
    return [storage.exists(name) for name in names]


def test_replaced_picture_and_its_renditions_go_once_the_change_is_certain(
    django_capture_on_commit_callbacks,
):
    image = make_image(file=jpeg(300, 200, "navy"))
    former = Image.objects.get(pk=image.pk)
    assert all(stored(former))
    with django_capture_on_commit_callbacks(execute=True):
        image.file = jpeg(300, 200, "olive")
        image.save()
        assert all(stored(former))
    assert not any(stored(former))
    assert all(stored(image))


def test_renditions_of_a_former_focal_point_go_and_the_original_stays(django_capture_on_commit_callbacks):
    image = make_image(file=jpeg(300, 400, "maroon"))
    former = Image.objects.get(pk=image.pk)
    with django_capture_on_commit_callbacks(execute=True):
        image.focal_y = 0
        image.save()
    assert stored(former)[0]
    assert not any(stored(former)[1:])
    assert all(stored(image))


def test_what_another_picture_is_made_of_stays(django_capture_on_commit_callbacks):
    image, other = (make_image(file=jpeg(300, 200, "plum")) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert all(stored(other))
    with django_capture_on_commit_callbacks(execute=True):
        other.delete()
    assert not any(stored(other))
