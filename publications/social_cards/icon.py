# The site's mark as the icons of browsers and home screens.
from io import BytesIO

from PIL import Image

from publications.social_cards import palette
from publications.social_cards.shapes import site_mark

ICO_SIZES = [(16, 16), (32, 32), (48, 48)]


def draw_icon(size: int, hue: float, chroma: float, format: str = "PNG") -> bytes:
    """The mark on white, with a margin of a tenth: home screens cut the corners off. An ICO, for the tabs
    of browsers, holds the small sizes, without ground or margin."""
    colour = palette.accent(hue, chroma)
    buffer = BytesIO()
    if format == "ICO":
        size = max(width for width, _ in ICO_SIZES)
        Image.merge("RGBA", [*Image.new("RGB", (size, size), colour).split(), site_mark(size)]).save(
            buffer, format, sizes=ICO_SIZES
        )
        return buffer.getvalue()
    image = Image.new("RGB", (size, size), palette.PAPER)
    margin = size // 8
    image.paste(colour, (margin, margin), site_mark(size - 2 * margin))
    image.save(buffer, format, optimize=True)
    return buffer.getvalue()
