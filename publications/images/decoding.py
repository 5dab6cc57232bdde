# Opening, decoding and turning what somebody uploaded; a refusal is a ValidationError in kind words.
# What an upload may be is decided in uploads.py, what readers get of it in renditions.py.
from io import BytesIO

from django.core.exceptions import ValidationError
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
MAX_PIXELS = 60_000_000

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_bytes(file):
    """Return the whole content of a Django file, which is left at the position it had."""
    if file.closed:
        file.open()
    position = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(position)
    return data


def open_picture(data):
    """Return the picture with only its header read: the pixel count is judged before a pixel is decoded."""
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("far too many") from None
    except Exception:  # the decoders raise errors of many kinds on hostile input
        raise ValidationError(_name_the_kind(data), code="unreadable") from None
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels(f"{image.width} × {image.height}")
    return image


def decode(image):
    try:
        image.load()
    except Exception:  # as above
        raise ValidationError(
            "This picture is damaged or incomplete. Please open it in a picture program, save it again"
            " and upload the new copy.",
            code="damaged",
        ) from None


def turn_needed(image):
    """Return the transposition that makes the picture upright, or None."""
    try:
        return TURNS.get(image.getexif().get(ORIENTATION))
    except Exception:  # broken metadata is common, and no reason to refuse a good picture
        return None


def upright(image):
    turn = turn_needed(image)
    return image if turn is None else image.transpose(turn)


def upright_size(image):
    sideways = turn_needed(image) in (TURNS[5], TURNS[6], TURNS[7], TURNS[8])
    return (image.height, image.width) if sideways else image.size


def encode(picture, format, options):
    buffer = BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def _too_many_pixels(amount):
    return ValidationError(
        f"This picture has {amount} pixels; at most {MAX_PIXELS // 1_000_000} million in all are allowed."
        " Please save a smaller copy and upload that.",
        code="too_many_pixels",
    )


def _name_the_kind(data):
    """Say what a file that is no acceptable picture seems to be, so that its owner knows what to do."""
    accepted = "pictures must be JPEG, PNG, WebP, AVIF or GIF."
    if not data:
        return "This file is empty."
    if b"<svg" in data[:4096].lower():
        return f"This file is an SVG drawing; {accepted}"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc"):
        return f"This file is an HEIC photograph, as many telephones make them; {accepted}"
    if data.startswith(b"%PDF"):
        return f"This file is a PDF document; {accepted}"
    if data.startswith((b"II*\0", b"MM\0*")):
        return f"This file is a TIFF picture; {accepted}"
    return f"This file cannot be read as a picture; {accepted}"
