# The two kinds of shape that cards and icons are made of: the site's mark, and the marks of types. Both are
# those of the style sheet and of mark.svg.
import math

from PIL import Image, ImageDraw

SMOOTHING = 4  # drawn so many times larger, then made smaller
# mark.svg, in its own units: hills above two lines of water.
HILLS = [(2, 22), (9.5, 9), (14.5, 17.2), (20, 6), (32, 22)]
WATER = [(2, 32, 26.5), (7, 27, 31)]  # from, to, height
UNITS = 34


def _points(text: str) -> list[tuple[float, float]]:
    numbers = [float(number) / 100 for number in text.replace(",", " ").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


# In fractions of a square, with how much larger than the square they are drawn to weigh the same.
TYPE_MARKS = {
    1: ([_points("0 0, 100 0, 100 100, 0 100")], 1),
    2: ([_points("50 0, 100 50, 50 100, 0 50")], 1.3),
    3: ([_points("50 0, 100 100, 0 100")], 1.1),
    4: (
        [
            [
                (0.5 + 0.5 * math.cos(n / 32 * math.tau), 0.5 + 0.5 * math.sin(n / 32 * math.tau))
                for n in range(32)
            ]
        ],
        1,
    ),
    5: ([_points("0 0, 100 0, 100 38, 0 38"), _points("0 62, 100 62, 100 100, 0 100")], 1),
    6: (
        [_points("34 0, 66 0, 66 34, 100 34, 100 66, 66 66, 66 100, 34 100, 34 66, 0 66, 0 34, 34 34")],
        1.15,
    ),
    7: ([_points("26 4, 74 4, 100 50, 74 96, 26 96, 0 50")], 1.1),
    8: ([_points("0 0, 100 0, 50 100")], 1.1),
}


def site_mark(size: int) -> Image.Image:
    """The site's mark in a square, as a mask to be filled with a colour."""
    scale = size * SMOOTHING / UNITS
    mask = Image.new("L", (size * SMOOTHING,) * 2)
    draw = ImageDraw.Draw(mask)
    draw.polygon([(x * scale, y * scale) for x, y in HILLS], fill=255)
    for left, right, height in WATER:
        draw.rectangle((left * scale, (height - 1) * scale, right * scale, (height + 1) * scale), fill=255)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


def type_mark(number: int, size: int) -> Image.Image:
    """The mark of a type, as a mask. It may be somewhat larger than `size`, for its weight."""
    polygons, weight = TYPE_MARKS[number]
    side = round(size * weight)
    large = side * SMOOTHING
    mask = Image.new("L", (large, large))
    draw = ImageDraw.Draw(mask)
    for polygon in polygons:
        draw.polygon([(x * large, y * large) for x, y in polygon], fill=255)
    return mask.resize((side, side), Image.Resampling.LANCZOS)
