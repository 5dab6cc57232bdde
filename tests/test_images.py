# Uploaded pictures: what is refused, what is kept, and the files readers get. All on real files.
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from hypothesis import given, strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from publications.images import (
    check_alternative_text,
    check_upload,
    clean_original,
    focal_crop_box,
    render,
    rendition_path,
    uploads,
)

RED, WHITE = (255, 0, 0), (255, 255, 255)
LOCATION = b"52 deg 31"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def storage(tmp_path):
    return FileSystemStorage(tmp_path)


def saved(picture, format="JPEG", *, name=None, **options):
    buffer = BytesIO()
    picture.save(buffer, format, **options)
    return ContentFile(buffer.getvalue(), name=name or f"picture.{format.lower()}")


def plain(width=480, height=320, colour="teal", mode="RGB"):
    return Image.new(mode, (width, height), colour)


def with_corner(width, height, corner_box):
    picture = plain(width, height, "white")
    picture.paste(RED, corner_box)
    return picture


def exif(orientation=None, location=False):
    tags = Image.Exif()
    if orientation:
        tags[ExifTags.Base.Orientation] = orientation
    if location:
        tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = LOCATION
    return tags.tobytes()


def content(file):
    file.seek(0)
    return file.read()


def opened(file):
    return Image.open(BytesIO(content(file)))


def rendered(manifest, storage):
    """Every picture of the manifest as (format, listed width, decoded picture)."""
    listed = [(format, entry) for format in ("avif", "webp") for entry in manifest[format]]
    for format, entry in [*listed, ("jpeg", manifest["jpeg"])]:
        with storage.open(rendition_path(entry["name"])) as file:
            yield format, entry["width"], opened(file)


def opened_rendition(entry, storage):
    with storage.open(rendition_path(entry["name"])) as file:
        picture = Image.open(file)
        picture.load()
    return picture


def largest(manifest, storage):
    """The largest rendition, decoded from WebP, whose colours are the easiest to compare."""
    with storage.open(rendition_path(manifest["webp"][-1]["name"])) as file:
        return opened(file).convert("RGB")


def is_near(colour, expected, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(colour, expected, strict=True))


def refusal(file):
    with pytest.raises(ValidationError) as caught:
        check_upload(file)
    return caught.value


def stored_files(storage):
    return {path: path.stat().st_mtime_ns for path in Path(storage.location).rglob("*.*")}


# What is accepted


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_facts_of_an_accepted_picture(format):
    facts = check_upload(saved(plain(300, 220), format))
    assert facts[:3] == (format, 300, 220)


def test_real_type_counts_not_the_name():
    assert check_upload(saved(plain(), "PNG", name="holiday.jpg")).format == "PNG"


def test_telephone_jpeg_with_a_second_picture_is_a_jpeg():
    file = saved(plain(), "MPO", save_all=True, append_images=[plain(colour="red")], name="both.jpg")
    assert opened(file).format == "MPO"
    assert check_upload(file).format == "JPEG"
    assert opened(clean_original(file)).format == "JPEG"


def test_size_is_that_of_the_upright_picture():
    facts = check_upload(saved(plain(480, 320), exif=exif(orientation=6)))
    assert (facts.width, facts.height) == (320, 480)


def test_checksum_tells_pictures_apart():
    first, same, other = (saved(plain(colour=colour)) for colour in ("red", "red", "blue"))
    assert check_upload(first).checksum == check_upload(same).checksum != check_upload(other).checksum


def test_checking_leaves_the_file_where_it_was():
    file = saved(plain())
    file.seek(7)
    check_upload(file)
    assert file.tell() == 7


# What is refused


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"/>', "SVG drawing"),
        (b"<?xml version='1.0'?><!-- a chart --><svg></svg>", "SVG drawing"),
        (b"<!doctype html><script>alert(1)</script>", "cannot be read"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (b"", "empty"),
        (b"GIF89a", "cannot be read"),
    ],
)
def test_other_files_are_refused_by_what_they_are(data, word):
    error = refusal(ContentFile(data, name="picture.png"))
    assert error.code == "unreadable"
    assert word in error.message


def test_tiff_is_refused():
    assert "TIFF" in refusal(saved(plain(), "TIFF", name="scan.jpg")).message


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_truncated_file_is_refused(format):
    whole = saved(Image.effect_noise((400, 300), 80).convert("RGB"), format)
    half = ContentFile(whole.read()[: whole.size // 2], name=whole.name)
    assert refusal(half).code in {"damaged", "unreadable"}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [8_000, 10_000, 30_000])
def test_bomb_is_refused_by_what_its_header_promises(side):
    header = bytearray(saved(plain(), "PNG").read())
    header[16:24] = side.to_bytes(4) * 2
    header[29:33] = crc32(header[12:29]).to_bytes(4)
    assert refusal(ContentFile(bytes(header), name="huge.png")).code == "too_many_pixels"


def test_too_large_file_is_refused_with_both_sizes():
    error = refusal(ContentFile(bytes(uploads.MAX_BYTES + 1024**2), name="picture.jpg"))
    assert error.code == "too_large"
    assert "21.0 MB" in error.message and "20 MB" in error.message


@pytest.mark.parametrize("size", [(1, 1), (199, 300), (300, 99)])
def test_too_small_picture_is_refused(size):
    assert refusal(saved(plain(*size), "PNG")).code == "too_small"


# What is kept of an upload


def test_clean_upload_is_kept_as_it_is():
    for format, name in [("JPEG", "a.jpeg"), ("PNG", "a.PNG"), ("WEBP", "a.webp"), ("AVIF", "a.avif")]:
        file = saved(plain(), format, name=name)
        assert clean_original(file) is file


def test_colour_profile_alone_is_no_reason_to_encode_again():
    file = saved(plain(), icc_profile=SRGB, name="a.jpg")
    assert clean_original(file) is file


def test_wrong_ending_is_put_right():
    file = saved(plain(), "PNG", name="page.html")
    kept = clean_original(file)
    assert kept.name == "page.png"
    assert content(kept) == content(file)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_location_is_gone_from_the_kept_original(format):
    file = saved(plain(), format, exif=exif(location=True))
    assert LOCATION in content(file)
    kept = clean_original(file)
    assert LOCATION not in content(kept)
    assert not opened(kept).getexif()


def test_profile_stays_when_the_rest_goes():
    kept = clean_original(saved(plain(), icc_profile=SRGB, exif=exif(location=True)))
    assert opened(kept).info["icc_profile"] == SRGB


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("JPEG", {"xmp": b"<x:xmpmeta>52 deg 31</x:xmpmeta>"}),
        ("JPEG", {"comment": LOCATION}),
        ("JPEG", {"extra": b"\xff\xed\x00\x0b" + LOCATION}),
        ("JPEG", {"extra": b"\xff\xe2\x00\x0b" + LOCATION}),
        ("WEBP", {"xmp": b"<x:xmpmeta>52 deg 31</x:xmpmeta>"}),
        ("GIF", {"comment": LOCATION}),
    ],
)
def test_other_metadata_is_gone_from_the_kept_original(format, options):
    file = saved(plain(), format, **options)
    assert LOCATION in content(file)
    assert LOCATION not in content(clean_original(file))


def test_text_of_a_png_is_gone_from_the_kept_original():
    text = PngImagePlugin.PngInfo()
    text.add_text("Location", LOCATION.decode())
    file = saved(plain(), "PNG", pnginfo=text)
    assert LOCATION in content(file)
    assert LOCATION not in content(clean_original(file))


def test_kept_original_is_upright():
    sideways = with_corner(480, 320, (0, 0, 100, 100))
    kept = opened(clean_original(saved(sideways, exif=exif(orientation=6))))
    assert kept.size == (320, 480)
    assert is_near(kept.getpixel((310, 10)), RED)


def test_transparency_survives_in_the_kept_original():
    picture = Image.new("RGBA", (300, 200), (255, 0, 0, 0))
    kept = opened(clean_original(saved(picture, "PNG", exif=exif(location=True))))
    assert kept.convert("RGBA").getpixel((5, 5))[3] == 0


# What readers get


def test_every_file_of_the_manifest_has_the_listed_size_and_format(storage):
    manifest = render(saved(plain(2000, 1400)), storage)
    assert (manifest["width"], manifest["height"]) == (1440, 960)
    assert [entry["width"] for entry in manifest["avif"]] == [320, 640, 960, 1440]
    assert [entry["width"] for entry in manifest["webp"]] == [320, 640, 960, 1440]
    assert (manifest["jpeg"]["width"], manifest["jpeg"]["height"]) == (960, 640)
    for format, width, picture in rendered(manifest, storage):
        picture.load()
        assert (picture.format.lower(), picture.size) == (format, (width, round(width * 2 / 3)))
    assert (manifest["card"]["width"], manifest["card"]["height"]) == (1200, 630)
    assert opened_rendition(manifest["card"], storage).size == (1200, 630)
    assert len(stored_files(storage)) == 10


def test_crop_for_link_previews_keeps_the_focal_point_and_is_not_made_of_a_small_picture(storage):
    picture = with_corner(1000, 1000, (0, 900, 1000, 1000))
    top = opened_rendition(render(saved(picture), storage, focal=(0.5, 0))["card"], storage)
    bottom = opened_rendition(render(saved(picture), storage, focal=(0.5, 1))["card"], storage)
    assert not is_near(top.getpixel((600, 620)), bottom.getpixel((600, 620)))
    assert "card" not in render(saved(plain(599, 900)), storage)


def test_names_are_the_end_of_their_paths(storage):
    name = render(saved(plain()), storage)["jpeg"]["name"]
    assert rendition_path(name) == f"images/{name[:2]}/{name}"
    assert storage.exists(rendition_path(name))


def test_pictures_are_never_enlarged(storage):
    manifest = render(saved(plain(700, 900)), storage)
    assert [entry["width"] for entry in manifest["avif"]] == [320, 640]
    assert manifest["jpeg"]["width"] == 640


def test_picture_narrower_than_every_width_keeps_its_own(storage):
    manifest = render(saved(plain(250, 300)), storage)
    assert [entry["width"] for entry in manifest["webp"]] == [250]
    assert (manifest["width"], manifest["height"]) == (250, 167)
    assert [picture.size for _, _, picture in rendered(manifest, storage)] == [(250, 167)] * 3


def test_second_rendering_makes_nothing_anew(storage):
    file = saved(plain())
    manifest = render(file, storage)
    before = stored_files(storage)
    assert render(file, storage) == manifest
    assert stored_files(storage) == before


def test_only_missing_files_are_made(storage):
    file = saved(plain())
    manifest = render(file, storage)
    before = stored_files(storage)
    lost = rendition_path(manifest["jpeg"]["name"])
    storage.delete(lost)
    render(file, storage)
    after = stored_files(storage)
    assert after.keys() == before.keys()
    assert {path for path in after if after[path] != before[path]} <= {Path(storage.path(lost))}


def test_rendering_by_several_at_once_leaves_one_set(storage):
    upload = content(saved(plain()))
    with ThreadPoolExecutor(4) as pool:
        manifests = list(pool.map(lambda _: render(ContentFile(upload), storage), range(4)))
    assert manifests == manifests[:1] * 4
    assert len(stored_files(storage)) == 3


def test_closed_file_is_opened_again(storage):
    name = storage.save("original.jpg", saved(plain()))
    file = storage.open(name)
    file.close()
    assert render(file, storage)["width"] == 320


def test_focal_point_moves_the_crop(storage):
    file = saved(with_corner(900, 200, (800, 0, 900, 200)))
    centred, right = render(file, storage), render(file, storage, focal=(1, 0.5))
    assert centred["webp"][0]["name"] != right["webp"][0]["name"]
    assert is_near(largest(centred, storage).getpixel((290, 100)), WHITE)
    assert is_near(largest(right, storage).getpixel((290, 100)), RED)


def test_focal_point_counts_in_the_upright_picture(storage):
    upright = with_corner(200, 900, (0, 800, 200, 900))
    sideways = upright.transpose(Image.Transpose.ROTATE_90)
    manifest = render(saved(sideways, exif=exif(orientation=6)), storage, focal=(0.5, 1))
    picture = largest(manifest, storage)
    assert is_near(picture.getpixel((100, 120)), RED)
    assert is_near(picture.getpixel((100, 10)), WHITE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_renditions_are_upright(storage, orientation):
    upright = with_corner(330, 220, (0, 0, 110, 110))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    as_held = upright.transpose(undo[orientation]) if orientation in undo else upright
    picture = largest(render(saved(as_held, exif=exif(orientation)), storage), storage)
    assert picture.size == (320, 213)
    corners = [picture.getpixel(place) for place in ((20, 20), (300, 20), (20, 190), (300, 190))]
    assert is_near(corners[0], RED)
    assert all(is_near(corner, WHITE) for corner in corners[1:])


def test_no_metadata_in_any_rendition(storage):
    options = {"exif": exif(location=True), "icc_profile": SRGB, "comment": LOCATION}
    file = saved(plain(), xmp=b"<x:xmpmeta>52 deg 31</x:xmpmeta>", **options)
    for _, _, picture in rendered(render(file, storage), storage):
        assert not picture.getexif()
        assert not {"xmp", "icc_profile", "comment", "photoshop", "exif"} & picture.info.keys()
    assert not [path for path in stored_files(storage) if LOCATION in path.read_bytes()]


def test_cmyk_becomes_rgb(storage):
    picture = Image.new("CMYK", (480, 320), (0, 255, 255, 0))
    red, green, blue = largest(render(saved(picture), storage), storage).getpixel((100, 100))
    assert red > 200 and green < 60 and blue < 60


def test_sixteen_bits_are_scaled_not_clipped(storage):
    picture = Image.new("I;16", (480, 320), 0x8000)
    assert is_near(largest(render(saved(picture, "PNG"), storage), storage).getpixel((9, 9)), (128,) * 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_white_shows_through_transparency(storage, mode):
    picture = Image.new("RGBA", (480, 320), (0, 0, 0, 0)).convert(mode)
    assert is_near(largest(render(saved(picture, "PNG"), storage), storage).getpixel((9, 9)), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_few_colours_are_no_hindrance(storage, mode):
    picture = plain(colour="white").convert(mode)
    assert is_near(largest(render(saved(picture, "PNG"), storage), storage).getpixel((9, 9)), WHITE)


def test_first_frame_of_an_animation_is_shown(storage):
    file = saved(plain(colour="red"), "GIF", save_all=True, append_images=[plain(colour="blue")])
    assert check_upload(file).format == "GIF"
    assert is_near(largest(render(file, storage), storage).getpixel((9, 9)), RED)
    kept = clean_original(file)
    assert kept.name == "picture.png"
    assert is_near(opened(kept).convert("RGB").getpixel((9, 9)), RED)


def test_colours_are_converted_to_srgb(storage):
    profile = SRGB.replace(b"rXYZ", b"temp").replace(b"gXYZ", b"rXYZ").replace(b"temp", b"gXYZ")
    picture = largest(render(saved(plain(colour="red"), icc_profile=profile), storage), storage)
    assert is_near(picture.getpixel((9, 9)), (0, 255, 0), tolerance=30)


def test_profile_of_another_kind_of_colour_is_ignored(storage):
    cie_lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = largest(render(saved(plain(colour="red"), icc_profile=cie_lab), storage), storage)
    assert is_near(picture.getpixel((9, 9)), RED)


def test_broken_profile_and_broken_exif_are_tolerated(storage):
    file = saved(plain(colour="red"), icc_profile=b"no profile", exif=b"Exif\0\0no tags")
    check_upload(file)
    assert not opened(clean_original(file)).getexif()
    assert is_near(largest(render(file, storage), storage).getpixel((9, 9)), RED)


# The crop


fraction = st.floats(0, 1)
side = st.integers(1, 20_000)


@given(width=side, height=side, ratio=st.floats(0.2, 5), focal=st.tuples(fraction, fraction))
def test_crop_lies_inside_has_the_ratio_and_holds_the_focal_point(width, height, ratio, focal):
    left, top, right, bottom = focal_crop_box(width, height, ratio, focal)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert left <= focal[0] * width <= right
    assert top <= focal[1] * height <= bottom
    assert right - left == width or bottom - top == height
    is_ratio_reachable = width >= ratio and height * ratio >= 1
    crop_width, crop_height = right - left, bottom - top
    assert abs(crop_width - crop_height * ratio) <= max(1, ratio) or not is_ratio_reachable


def test_crop_is_centred_on_the_focal_point_where_it_can_be():
    assert focal_crop_box(1000, 200, 3 / 2, (0.5, 0.5)) == (350, 0, 650, 200)
    assert focal_crop_box(1000, 200, 3 / 2, (0.25, 0.5)) == (100, 0, 400, 200)
    assert focal_crop_box(300, 1000, 3 / 2, (0.5, 0.9)) == (0, 800, 300, 1000)


# The words that stand for a picture


FILE_NAMES = """
IMG_2034.jpg
IMG_2034
dsc01234
DSC_0042.JPG
image001
Image 3
picture
PXL_20260102
20260102
scan 12
untitled-1
annual_report_cover
harbour.webp
our harbour (1).jpeg
photo-final-v2.png
550e8400-e29b-41d4-a716-446655440000
https://example.org/a/b.jpg
screenshot 2026-01-02 at 10.00
Screenshot 2026-01-02 at 10.00.12.png
WhatsApp Image 2026-01-02 at 10.00
"""
SENTENCES = """
Harbour
Façade
港の夜景
COVID-19
Photo of two nurses
Image of a coast
Picture of 3 boats
Photo 12 of the series: dawn
Two nurses at a ward in 2019.
A map at 1:50.000
Chart: rents rose by 4.5 per cent from 2010 to 2024
Mother-and-child clinic, ward 12
A computer window that shows the file harbour.png
A screenshot of the form, with the field IMG_2034.jpg marked
"""


@pytest.mark.parametrize("text", FILE_NAMES.strip().splitlines())
def test_file_name_is_no_alternative_text(text):
    with pytest.raises(ValidationError, match="looks like a file name"):
        check_alternative_text(text)


@pytest.mark.parametrize("text", SENTENCES.strip().splitlines())
def test_sentences_are_alternative_texts(text):
    check_alternative_text(text)
