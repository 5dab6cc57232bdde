# The icons of browsers and home screens: the institute's own, else the first letter of its name where it has
# a logo of its own, else the mark of the software.
from io import BytesIO

from PIL import Image, ImageDraw

from publications.social_cards import palette
from publications.social_cards.lettering import Lettering, can_write
from publications.social_cards.palette import Look
from publications.social_cards.shapes import site_mark

ICO_SIZES = [(16, 16), (32, 32), (48, 48)]


def draw_icon(size: int, look: Look, name: str, own: bytes = b"") -> bytes:
    """A PNG of this size, on white, since home screens cut corners off and fill what is transparent."""
    return _encode(_draw(size, look, name, own), "PNG", optimize=True)


def draw_favicon(look: Look, name: str, own: bytes = b"") -> bytes:
    """An ICO with the sizes of tabs."""
    return _encode(_draw(ICO_SIZES[-1][0], look, name, own), "ICO", sizes=ICO_SIZES)


def _draw(size: int, look: Look, name: str, own: bytes) -> Image.Image:
    if own:
        return _fitted(Image.open(BytesIO(own)), size)
    if look.has_logo:
        return _initial(size, look, name)
    image = Image.new("RGB", (size, size), palette.PAPER)
    margin = size // 8
    image.paste(look.accent, (margin, margin), site_mark(size - 2 * margin))
    return image


def _fitted(picture: Image.Image, size: int) -> Image.Image:
    picture = picture.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", (size, size), palette.PAPER)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _initial(size: int, look: Look, name: str) -> Image.Image:
    image = Image.new("RGB", (size, size), look.accent)
    letter = name.strip()[:1].upper()
    if letter and can_write("serif", letter):
        serif = Lettering("serif", round(size * 0.7), 600)
        left = (size - serif.width(letter)) / 2
        serif.write(ImageDraw.Draw(image), left, size * 0.74, letter, palette.PAPER)
    return image


def _encode(image: Image.Image, format: str, **options) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()
