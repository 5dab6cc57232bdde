# The colours of the site's style sheet as drawing wants them. Only what cards and icons show.
from math import cos, radians, sin
from typing import NamedTuple


def _to_srgb(lightness: float, chroma: float, hue: float) -> tuple[int, int, int]:
    """An OKLCH colour, as the style sheet gives it, in sRGB of eight bits. What sRGB cannot show is cut off."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return tuple(round(255 * _encoded(min(max(value, 0), 1))) for value in linear)


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


COOL = 248  # the tint of the greys
PAPER = (255, 255, 255)
INK = _to_srgb(0.225, 0.03, COOL)
SOFT = _to_srgb(0.43, 0.025, COOL)
NOTICE = _to_srgb(0.955, 0.045, 88)


class Look(NamedTuple):
    """What editors chose of it. With a logo of theirs, the mark of the software is not shown."""

    hue: float = 352
    chroma: float = 0.15
    has_logo: bool = False

    @property
    def accent(self) -> tuple[int, int, int]:
        return _to_srgb(0.42, self.chroma, self.hue)
