# Colours as people choose them, turned into what the stylesheet takes: a hue and a strength. How light or
# dark they are drawn is decided there, so that text can be read whatever the hue. Knows no models.
import math
from functools import lru_cache

# Linear light to the cone responses of Oklab, and these to its three axes (B. Ottosson, 2020).
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_A = (1.9779984951, -2.4285922050, 0.4505937099)
TO_B = (0.0259040371, 0.7827717662, -0.8086757660)


@lru_cache(maxsize=100)
def hue_and_chroma(colour: str) -> tuple[int, float]:
    """Of “#851b55”, as `oklch()` in CSS takes them: whole degrees, and thousandths."""
    light = [_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)]
    cones = [math.cbrt(_product(row, light)) for row in TO_CONES]
    a, b = _product(TO_A, cones), _product(TO_B, cones)
    return round(math.degrees(math.atan2(b, a))) % 360, round(math.hypot(a, b), 3)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _product(row, values) -> float:
    return sum(weight * value for weight, value in zip(row, values, strict=True))
