# What may be uploaded as a picture, and what is kept of it.
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from publications.images.decoding import (
    decode,
    encode,
    open_picture,
    read_bytes,
    upright,
    upright_size,
)

MAX_BYTES = 20 * 1024 * 1024
MIN_WIDTH, MIN_HEIGHT = 200, 100

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "AVIF": (".avif",),
    "GIF": (".gif",),
}
# How an original is written anew when it carries metadata. A GIF keeps its first frame, as PNG.
KEPT_AS = {
    "JPEG": ("JPEG", {"quality": 92}),
    "PNG": ("PNG", {}),
    "WEBP": ("WEBP", {"quality": 95}),
    "AVIF": ("AVIF", {"quality": 90, "speed": 8}),
    "GIF": ("PNG", {}),
}
# Lists of what may stay, so that a kind of metadata nobody thought of goes rather than stays.
HARMLESS_INFO = {
    *("adobe", "adobe_transform", "jfif", "jfif_density", "jfif_unit", "jfif_version"),
    *("progression", "progressive", "interlace", "version", "aspect", "dpi", "srgb", "gamma", "chromaticity"),
    *("icc_profile", "transparency", "background", "loop", "duration", "timestamp"),
}
HARMLESS_SEGMENTS = {"APP0": b"JFIF\0", "APP2": b"ICC_PROFILE\0", "APP14": b"Adobe"}


class UploadFacts(NamedTuple):
    """What an upload really is, whatever its name says."""

    format: str  # JPEG, PNG, WEBP, AVIF or GIF
    width: int  # in pixels, of the upright picture, as is the height
    height: int
    checksum: str  # SHA-256 of the bytes, hexadecimal


def check_upload(file):
    """Return the facts of an acceptable picture; raise ValidationError, in words for its editor, otherwise.

    Decodes the whole picture, so that damage is found here and not by a reader.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            f"This file is {file.size / 1024**2:.1f} MB; pictures can be {MAX_BYTES // 1024**2} MB at most."
            " Please save a smaller copy and upload that.",
            code="too_large",
        )
    data = read_bytes(file)
    image = open_picture(data)
    width, height = upright_size(image)
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise ValidationError(
            f"This picture is only {width} × {height} pixels; it must be at least {MIN_WIDTH} pixels wide"
            f" and {MIN_HEIGHT} high to look right on a page.",
            code="too_small",
        )
    decode(image)
    return UploadFacts(_real_format(image), width, height, sha256(data).hexdigest())


def clean_original(file):
    """Return the file to keep: upright, free of location and all other metadata, its ending truthful.

    That is `file` itself when nothing is wrong with it. A picture that has metadata, needs turning or
    moves comes back as a new ContentFile: its first frame, encoded again at high quality with its colour
    profile. One whose name has another type's ending comes back as the same bytes under a better name.
    """
    data = read_bytes(file)
    image = open_picture(data)
    decode(image)  # some metadata lies behind the pixels
    name = PurePosixPath(file.name or "picture")
    real_format = _real_format(image)
    if _is_clean(image):
        if name.suffix.lower() in SUFFIXES[real_format]:
            return file
        return ContentFile(data, name=name.stem + SUFFIXES[real_format][0])
    kept_format, options = KEPT_AS[real_format]
    picture = upright(image).copy()
    picture.info = {key: image.info[key] for key in ("icc_profile", "transparency") if key in image.info}
    content = encode(picture, kept_format, {"icc_profile": image.info.get("icc_profile"), **options})
    return ContentFile(content, name=name.stem + SUFFIXES[kept_format][0])


def _real_format(image):
    # A telephone's JPEG with a second picture behind the first is an MPO to Pillow.
    return "JPEG" if image.format == "MPO" else image.format


def _is_clean(image):
    # A picture that lies on its side says so in its metadata, so it is never clean.
    if getattr(image, "is_animated", False) or not HARMLESS_INFO.issuperset(image.info):
        return False
    segments = getattr(image, "applist", ())  # of a JPEG; a comment is one of them
    return all(
        name in HARMLESS_SEGMENTS and data.startswith(HARMLESS_SEGMENTS[name]) for name, data in segments
    )
