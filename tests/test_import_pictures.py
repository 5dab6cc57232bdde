# Pictures of imported rows: words, files, sharing; nothing is lost where a file is missing or bad.
import pytest

from publications.models import Image, Publication
from tests.factories import jpeg, make_image
from tests.importing import only, row, run, take_in, write_json

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def put(folder, name="gauge.jpg", **look):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(jpeg(**look).read())


def picture(file="gauge.jpg", alt="A tide gauge", **keys):
    return {"alt": alt, "file": file} | keys


def test_a_picture_comes_with_words_file_and_renditions(tmp_path, client):
    put(tmp_path / "pictures", width=600, height=400)
    image = picture(caption="At low water.", credit="Photo: B. Reed", licence="CC BY 4.0", focal=[0.2, 0.75])
    done = take_in(tmp_path, row(image=image), options=["--images", str(tmp_path / "pictures")])

    stored = only().image
    assert done.status == 0
    assert (stored.alternative_text, stored.caption) == ("A tide gauge", "At low water.")
    assert (stored.credit, stored.licence) == ("Photo: B. Reed", "CC BY 4.0")
    assert (stored.focal_x, stored.focal_y, stored.width) == (0.2, 0.75, 600)
    page = client.get(only().get_absolute_url()).content.decode()
    for shown in ("A tide gauge", "At low water.", "Photo: B. Reed"):
        assert shown in page
    address = stored.rendition_url(stored.renditions["jpeg"]["name"])
    assert address in page
    assert client.get(address).status_code == 200


def test_the_same_file_with_the_same_words_is_one_picture(tmp_path):
    put(tmp_path, "one.jpg")
    put(tmp_path, "copy.jpg")
    put(tmp_path, "other.jpg", colour="navy")
    take_in(
        tmp_path,
        row("A", image=picture("one.jpg")),
        row("B", image=picture("copy.jpg")),
        row("C", image=picture("one.jpg", caption="Another caption")),
        row("D", image=picture("other.jpg")),
    )
    images = {item.title: item.image for item in Publication.objects.select_related("image")}
    assert images["A"] == images["B"]
    assert len(set(images.values())) == Image.objects.count() == 3
    assert images["A"].file.name == images["C"].file.name


def test_a_picture_of_the_library_is_used_again(tmp_path):
    mine = make_image("A tide gauge")
    put(tmp_path)
    take_in(tmp_path, row(image=picture()))
    assert only().image == mine


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.jpg", "there is no file “none.jpg”"),
        ("../secret.jpg", "“../secret.jpg” lies outside the folder of pictures"),
        ("/etc/passwd", "“/etc/passwd” lies outside the folder of pictures"),
        ("text.jpg", "This file cannot be read as a picture"),
        ("a\0b.jpg", "there is no file “ab.jpg”"),
        (".", "there is no file “.”"),
    ],
)
def test_without_a_good_file_the_words_go_in_with_a_warning(tmp_path, name, reason):
    put(tmp_path, "secret.jpg")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "text.jpg").write_text("no picture")
    rows = [row(image=picture(name))]
    done = take_in(tmp_path / "in", *rows)
    assert done.status == 0
    assert [line for line in done.lines if line.startswith("warning: row 1: image.file: ") and reason in line]
    assert (only().image.alternative_text, only().image.file.name) == ("A tide gauge", "")
    assert "unchanged 1," in take_in(tmp_path / "in", *rows).summary
    assert Image.objects.count() == 1


def test_a_file_that_comes_later_completes_the_picture_that_waits_for_it(tmp_path):
    rows = [row(title, image=picture()) for title in ("A", "B")]
    path = write_json(tmp_path, *rows)
    run(path)
    waiting = Image.objects.get()
    put(tmp_path)
    assert run(path).status == 0
    assert Image.objects.get() == waiting
    assert Image.objects.get().renditions
    assert "unchanged 2," in run(path).summary


def test_pictures_without_a_file_are_counted_not_listed(tmp_path):
    done = take_in(tmp_path, *(row(f"Item {n}", image={"alt": f"A gauge at station {n}"}) for n in range(3)))
    assert "pictures without a file, for which pages show a stand-in: 3" in done.lines
    assert "image.file" not in done.text


def test_changed_words_change_the_picture_unless_others_use_it(tmp_path):
    put(tmp_path)
    take_in(tmp_path, row("A", image=picture()))
    alone = Image.objects.get()
    assert "updated 1," in take_in(tmp_path, row("A", image=picture(credit="Photo: B. Reed"))).summary
    assert Image.objects.get() == alone
    assert Image.objects.get().credit == "Photo: B. Reed"

    take_in(tmp_path, row("B", image=picture(credit="Photo: B. Reed")))
    take_in(tmp_path, row("B", image=picture(credit="Photo: I. Corrow")))
    credits = {item.title: item.image.credit for item in Publication.objects.select_related("image")}
    assert credits == {"A": "Photo: B. Reed", "B": "Photo: I. Corrow"}


def test_what_a_row_does_not_state_of_its_picture_stays(tmp_path):
    put(tmp_path)
    take_in(tmp_path, row(image=picture(caption="Kept")))
    assert "unchanged 1," in take_in(tmp_path, row(image={"alt": "A tide gauge"})).summary
    assert "unchanged 1," in take_in(tmp_path, row()).summary
    assert only().image.caption == "Kept"
    assert only().image.file
    assert "updated 1," in take_in(tmp_path, row(image=None)).summary
    assert only().image is None


@pytest.mark.parametrize(
    ("image", "line"),
    [
        (
            {"file": "a.jpg"},
            "row 1: image.alt: is missing; say what the picture shows, or write “decorative”: true",
        ),
        (
            {"alt": " "},
            "row 1: image.alt: is missing; say what the picture shows, or write “decorative”: true",
        ),
        ({"alt": "IMG_2041.jpg"}, "row 1: image.alt: “IMG_2041.jpg” looks like a file name."),
        ({"alt": "x" * 401}, "row 1: image.alt: Ensure this value has at most 400 characters (it has 401)."),
        ({"alt": "A gauge", "decorative": "perhaps"}, "row 1: image.decorative: must be true or false"),
        ({"alt": "A gauge", "focal": [0, 2]}, "row 1: image.focal: must be two numbers from 0 to 1"),
        ("a.jpg", "row 1: image: must be an object with “alt”, “caption”, “credit” and “file”"),
    ],
)
def test_a_published_item_needs_a_picture_that_all_can_understand(tmp_path, image, line):
    done = take_in(tmp_path, row(image=image))
    assert done.status == 1
    assert line in done.text
    assert not Publication.objects.exists()


def test_a_decorative_picture_and_one_of_a_draft_need_no_words(tmp_path):
    done = take_in(
        tmp_path,
        row("A", image={"decorative": True}),
        row("B", image={"caption": "To be described"}, state="draft"),
    )
    assert done.summary.startswith("created 2,")


def test_a_dry_run_checks_pictures_and_stores_none(tmp_path):
    put(tmp_path)
    rows = [row("A", image=picture()), row("B", image=picture("none.jpg"))]
    done = take_in(tmp_path, *rows, options=["--dry-run"])
    assert "row 2: image.file" in done.text
    assert not Image.objects.exists()
    assert not (tmp_path / "media").exists()
