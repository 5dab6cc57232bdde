# What may be uploaded as a logo or an icon: a small picture, or a drawing in SVG that only draws.
import re
from hashlib import sha256
from pathlib import PurePosixPath
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from publications.images.decoding import decode, open_picture, read_bytes, upright_size
from publications.images.uploads import clean_original

MAX_BYTES = 300 * 1024
LEAST = 32  # pixels
SVG = "{http://www.w3.org/2000/svg}"
DRAWING = set(
    "svg g defs symbol use title desc metadata style path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop clipPath mask pattern filter feGaussianBlur feOffset feBlend feFlood "
    "feComposite feMerge feMergeNode feColorMatrix".split()
)
LOADS = re.compile(r"url\((?!\s*[\"']?#)|@import|image-set|javascript:|\\", re.IGNORECASE)
PLAIN = "Please save it as “plain SVG” or “optimised SVG”, or upload a PNG."


def check_logo(file) -> tuple[int, int]:
    """Width and height of an acceptable logo; raises ValidationError, in words for its editor, otherwise."""
    if file.size > MAX_BYTES:
        raise ValidationError(
            f"This file is {file.size // 1024} kB; a logo can be {MAX_BYTES // 1024} kB at most, since every page"
            " shows it. Please save a smaller copy and upload that."
        )
    data = read_bytes(file)
    return _check_svg(data) if _is_svg(data) else _check_picture(data)


def clean_logo(file) -> ContentFile:
    """The checked logo under a name made from its content, a picture without its metadata."""
    is_svg = _is_svg(read_bytes(file))
    kept = file if is_svg else clean_original(file)
    data = read_bytes(kept)
    suffix = ".svg" if is_svg else PurePosixPath(kept.name).suffix.lower()
    return ContentFile(data, name=sha256(data).hexdigest()[:32] + suffix)


def _is_svg(data: bytes) -> bool:
    return b"<svg" in data[:4096].lower()


def _check_picture(data: bytes) -> tuple[int, int]:
    image = open_picture(data)
    width, height = upright_size(image)
    if min(width, height) < LEAST:
        raise ValidationError(
            f"This picture is only {width} × {height} pixels; a logo needs at least {LEAST} in each direction."
        )
    decode(image)
    return width, height


def _check_svg(data: bytes) -> tuple[int, int]:
    try:
        text = data.decode("utf-8-sig")
        if re.search("<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise ValidationError(f"This drawing begins with a document type. {PLAIN}")
        root = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise ValidationError(f"This drawing is damaged, or not in UTF-8. {PLAIN}") from None
    for element in root.iter():
        _check_element(element)
    return _size(root)


def _check_element(element) -> None:
    """What a drawing needs may stay. Scripts, pages within it and whatever it would load may not."""
    if not element.tag.startswith(SVG) or element.tag.removeprefix(SVG) not in DRAWING:
        raise ValidationError(f"This drawing holds more than a drawing: <{_local(element.tag)}>. {PLAIN}")
    for name, value in element.attrib.items():
        if _local(name).lower().startswith("on"):
            raise ValidationError(f"This drawing holds a script: {_local(name)}. {PLAIN}")
        if LOADS.search(value) or (_local(name) == "href" and not value.startswith("#")):
            raise ValidationError(f"This drawing would load something else: {_local(name)}. {PLAIN}")
    if LOADS.search(element.text or "") and element.tag == f"{SVG}style":
        raise ValidationError(f"The styles of this drawing would load something else. {PLAIN}")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _size(root) -> tuple[int, int]:
    """In the drawing's own units: only their proportion counts."""
    numbers = root.get("viewBox", "").replace(",", " ").split()[2:]
    numbers = numbers or [root.get(name, "").removesuffix("px") for name in ("width", "height")]
    try:
        width, height = (float(number) for number in numbers)
        if not (0 < width < 1e5 and 0 < height < 1e5):
            raise ValueError
    except ValueError:
        raise ValidationError(f"This drawing does not say how large it is (viewBox). {PLAIN}") from None
    scale = 100 / height
    return max(1, round(width * scale)), 100
