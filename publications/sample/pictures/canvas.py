# The drawing tools the sample pictures share: gradients, clouds, water, ridges, smooth-edged shapes.
# Everything is drawn from seeded noise, so each picture comes out the same every time. No scene lives here.
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 1067
SIZE = (WIDTH, HEIGHT)
SMOOTH = 2  # shapes are drawn this many times larger and reduced, which smooths their edges

Point = tuple[float, float]
Stops = Sequence[tuple[float, str]]  # (position 0..1, "#rrggbb")


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` (0..1) of the way from the first to the second."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@lru_cache(maxsize=512)
def _table(stops: tuple) -> list[tuple[int, int, int]]:
    colours = []
    for step in range(256):
        at = step / 255
        before = max((s for s in stops if s[0] <= at), default=stops[0])
        after = min((s for s in stops if s[0] >= at), default=stops[-1])
        span = after[0] - before[0]
        colours.append(rgb(mix(before[1], after[1], (at - before[0]) / span if span else 0)))
    return colours


def gradient(stops: Stops, size=SIZE, sideways=False) -> Image.Image:
    """A smooth run of colours from top to bottom, or from left to right."""
    scale = Image.new("RGB", (1, 256))
    scale.putdata(_table(tuple(stops)))
    scale = scale.resize((1, size[0] if sideways else size[1]), Image.Resampling.BICUBIC)
    scale = scale.transpose(Image.Transpose.ROTATE_90) if sideways else scale
    return scale.resize(size, Image.Resampling.NEAREST)  # one line repeated, so there is nothing to smooth


def noise(seed, across: int, down: int, octaves=4, size=SIZE) -> Image.Image:
    """Soft grey noise with `across` x `down` large blots, each octave twice as fine and half as strong."""
    random, total = Random(seed), None
    draft = (size[0] // 2, size[1] // 2)  # soft blots lose nothing by being mixed at half the size
    for octave in range(octaves):
        cells = (across << octave, down << octave)
        blots = Image.frombytes("L", cells, random.randbytes(cells[0] * cells[1]))
        blots = blots.resize(draft, Image.Resampling.BICUBIC)
        total = blots if total is None else Image.blend(total, blots, 1 / (2**octave + 1))
    return total.resize(size, Image.Resampling.BICUBIC)


def ramp(grey: Image.Image, stops: Stops) -> Image.Image:
    """Grey turned into colour by its brightness."""
    table = _table(tuple(stops))
    return Image.merge("RGB", [grey.point([colour[i] for colour in table]) for i in range(3)])


def threshold(grey: Image.Image, level: float, softness=6) -> Image.Image:
    """A mask of what is brighter than level (0..1), its edge `softness` grey steps wide."""
    edge = level * 255
    return grey.point([max(0, min(255, round((v - edge) / softness * 255 + 128))) for v in range(256)])


@dataclass(frozen=True)
class Mark:
    """One drawn thing: its kind, corner points, line width (pixels) and strength (255 covers fully)."""

    kind: str
    points: tuple[Point, ...]
    width: float = 0
    value: int = 255

    def draw(self, pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
        points = [((x - left) * SMOOTH, (y - top) * SMOOTH) for x, y in self.points]
        width = max(1, round(self.width * SMOOTH))
        match self.kind:
            case "polygon":
                pen.polygon(points, fill=self.value)
            case "line":
                pen.line(points, fill=self.value, width=width, joint="curve")
            case "disc":
                pen.ellipse(points, fill=self.value)
            case "ring":
                pen.ellipse(points, outline=self.value, width=width)


def polygon(points: Iterable[Point], value=255) -> Mark:
    return Mark("polygon", tuple(points), value=value)


def line(points: Iterable[Point], width: float = 2, value=255) -> Mark:
    return Mark("line", tuple(points), width, value)


def box(left: float, top: float, right: float, bottom: float, value=255) -> Mark:
    return polygon([(left, top), (right, top), (right, bottom), (left, bottom)], value)


def disc(x: float, y: float, across: float, down: float | None = None, value=255) -> Mark:
    down = across if down is None else down
    return Mark("disc", ((x - across, y - down), (x + across, y + down)), value=value)


def ring(x: float, y: float, radius: float, width: float = 2, value=255) -> Mark:
    return Mark("ring", ((x - radius, y - radius), (x + radius, y + radius)), width, value)


def paint(image: Image.Image, fill: str | Image.Image, *marks: Mark, alpha=1.0, blur: float = 0) -> None:
    """Fill the marks with a colour or with the same place of another picture; edges come out smooth."""
    pad = 2 + 3 * blur + max(mark.width for mark in marks)
    across = [x for mark in marks for x, _ in mark.points]
    down = [y for mark in marks for _, y in mark.points]
    left, right = max(0, math.floor(min(across) - pad)), min(WIDTH, math.ceil(max(across) + pad))
    top, bottom = max(0, math.floor(min(down) - pad)), min(HEIGHT, math.ceil(max(down) + pad))
    if left >= right or top >= bottom:
        return
    mask = Image.new("L", ((right - left) * SMOOTH, (bottom - top) * SMOOTH))
    pen = ImageDraw.Draw(mask)
    for mark in marks:
        mark.draw(pen, left, top)
    mask = mask.reduce(SMOOTH)
    if blur:
        mask = mask.filter(ImageFilter.GaussianBlur(blur))
    fill = fill if isinstance(fill, str) else fill.crop((left, top, right, bottom))
    tint(image, fill, mask, alpha, (left, top))


def tint(image: Image.Image, fill: str | Image.Image, mask: Image.Image, alpha=1.0, at=(0, 0)) -> None:
    """Fill where the mask is bright."""
    if alpha < 1:
        mask = mask.point([round(v * alpha) for v in range(256)])
    image.paste(rgb(fill) if isinstance(fill, str) else fill, at, mask)


def stencil(*marks: Mark, blur: float = 0) -> Image.Image:
    """The marks as a mask of the whole picture, to be combined with noise before it is used."""
    mask = Image.new("RGB", SIZE)
    paint(mask, "#ffffff", *marks, blur=blur)
    return mask.getchannel(0)


def ridge(seed, level: float, height: float, roughness=0.5, steps=9) -> list[Point]:
    """A mountain or shore line across the picture, closed along its foot, ready to fill."""
    random, heights, spread = Random(seed), [0.0, 0.0], 1.0
    heights = [random.uniform(-1, 1), random.uniform(-1, 1)]
    for _ in range(steps):
        pairs = zip(heights, heights[1:], strict=False)
        middles = [(a + b) / 2 + random.uniform(-spread, spread) for a, b in pairs]
        heights = [h for pair in zip(heights, middles, strict=False) for h in pair] + heights[-1:]
        spread *= roughness
    across = WIDTH / (len(heights) - 1)
    line = [(i * across, level - h * height) for i, h in enumerate(heights)]
    return [(0, HEIGHT), *line, (WIDTH, HEIGHT)]


def curve(points: Sequence[Point], steps=14) -> list[Point]:
    """A smooth line through all the points."""
    ends = [points[0], *points, points[-1]]
    line = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                tuple(
                    0.5
                    * (
                        2 * b[i]
                        + (c[i] - a[i]) * t
                        + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
                        + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
                    )
                    for i in (0, 1)
                )
            )
    return [*line, points[-1]]


def clouds(image: Image.Image, seed, colour: str, bottom=HEIGHT * 0.6, amount=0.5, alpha=0.6) -> None:
    """Long thin clouds, thinning out towards `bottom` (pixels from the top)."""
    veil = threshold(noise(seed, 3, 11, 5), 1 - amount, softness=70)
    fade = gradient([(0, "#606060"), (0.35, "#ffffff"), (1, "#000000")], (WIDTH, round(bottom))).convert("L")
    mask = Image.new("L", SIZE)
    mask.paste(fade)
    tint(image, colour, ImageChops.multiply(veil, mask), alpha)


def water(seed, top: float, stops: Stops, contrast=0.5, light="#ffffff") -> Image.Image:
    """A picture whose part below `top` is rippling water, finer towards the horizon."""
    image, random = gradient(stops), Random(seed)
    depth = HEIGHT - round(top)
    image.paste(gradient(stops, (WIDTH, depth)), (0, round(top)))
    grain = Image.new("L", SIZE, 128)
    y, band = float(top), 3.0
    while y < HEIGHT:
        rows = max(2, math.ceil(band))
        cells = max(8, round(3600 / band))
        strip = Image.frombytes("L", (cells, 3), random.randbytes(cells * 3))
        grain.paste(strip.resize((WIDTH, rows + 1), Image.Resampling.BICUBIC), (0, round(y)))
        y += band
        band *= 1.09
    grain = Image.blend(grain, noise(seed, 60, 300, 2), 0.35).filter(ImageFilter.GaussianBlur(1.1))
    shine = grain.point([round(max(0, v - 140) * contrast) for v in range(256)])
    shade = grain.point([round(max(0, 116 - v) * contrast) for v in range(256)])
    image.paste(rgb(light), (0, 0), shine)
    image.paste(rgb(mix(stops[-1][1], "#000000", 0.5)), (0, 0), shade)
    return image


def reflect(image: Image.Image, level: int, tint: str, strength=0.55, wobble=5.0, seed=1) -> None:
    """Mirror what stands above `level` in the water below it."""
    depth = HEIGHT - level
    mirrored = image.crop((0, 0, WIDTH, level)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirrored = mirrored.crop((0, 0, WIDTH, depth)) if level >= depth else mirrored.resize((WIDTH, depth))
    mirrored = mirrored.filter(ImageFilter.GaussianBlur(2))
    random, drift = Random(seed), 0.0
    for row in range(depth):
        drift = drift * 0.82 + random.uniform(-1, 1) * wobble * (0.3 + row / depth)
        line = mirrored.crop((0, row, WIDTH, row + 1))
        mirrored.paste(ImageChops.offset(line, round(drift), 0), (0, row))
    flat = Image.new("RGB", (WIDTH, depth), rgb(tint))
    image.paste(Image.blend(flat, mirrored, strength), (0, level))


@cache
def _grain(strength: int) -> Image.Image:
    speck = Image.frombytes("L", (800, 534), Random(7).randbytes(800 * 534)).resize(SIZE)
    speck = speck.point([128 - strength + round(v * 2 * strength / 255) for v in range(256)])
    return Image.merge("RGB", [speck] * 3)


@cache
def _corners(strength: float) -> Image.Image:
    corner = Image.radial_gradient("L").resize(SIZE)
    return corner.point([round(max(0, v - 110) * strength * 1.75) for v in range(256)])


def finish(image: Image.Image, grain=9, vignette=0.16) -> Image.Image:
    """A little paper grain and darker corners: what makes flat colour look printed."""
    image = ImageChops.overlay(image, _grain(grain))
    image.paste((12, 18, 26), (0, 0), _corners(vignette))
    return image
