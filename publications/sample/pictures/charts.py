# Pictures of things drawn or plotted: a sea chart, a radar screen, two diagrams.
import math
from random import Random

from PIL import Image, ImageChops

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
    box,
    disc,
    finish,
    gradient,
    line,
    noise,
    paint,
    polygon,
    ramp,
    ring,
    stencil,
    threshold,
    tint,
)


def chart_table() -> Image.Image:
    height = noise(271, 4, 3, 6)
    stops = [
        (0, "#e7dcb8"),
        (0.42, "#e9dfbd"),
        (0.455, "#d9cd9c"),
        (0.46, "#b9d8d8"),
        (0.52, "#cde4e0"),
        (0.525, "#a5cddb"),
        (0.62, "#b5d6e0"),
        (0.625, "#8ebfd4"),
        (1, "#7db2cc"),
    ]
    image = ramp(height, stops)
    for level, colour in (
        (0.458, "#4f4a3a"),
        (0.523, "#4d7f97"),
        (0.575, "#6a9cb2"),
        (0.623, "#4d7f97"),
        (0.36, "#b3a271"),
        (0.28, "#b3a271"),
    ):
        contour = ImageChops.difference(
            threshold(height, level - 0.0022, 2), threshold(height, level + 0.0022, 2)
        )
        tint(image, colour, contour, 0.85)
    grid = [line([(x, 0), (x, HEIGHT)], 1.5) for x in range(150, WIDTH, 325)] + [
        line([(0, y), (WIDTH, y)], 1.5) for y in range(130, HEIGHT, 270)
    ]
    paint(image, "#4a5560", *grid, alpha=0.3)
    rose, ink = (470, 690), "#a12a6f"
    marks = [ring(*rose, 190, 3), ring(*rose, 158, 1.5), ring(*rose, 66, 1.5)]
    for degree in range(0, 360, 5):
        a = math.radians(degree)
        inner = 158 if degree % 10 else 150 if degree % 30 else 140
        marks.append(
            line([(rose[0] + r * math.cos(a), rose[1] + r * math.sin(a)) for r in (inner, 190)], 1.6)
        )
    for degree in range(0, 360, 45):
        a, long = math.radians(degree), 140 if degree % 90 == 0 else 96
        tip = (rose[0] + long * math.cos(a), rose[1] + long * math.sin(a))
        side = (rose[0] + 20 * math.cos(a + 0.6), rose[1] + 20 * math.sin(a + 0.6))
        marks.append(polygon([rose, side, tip]))
    paint(image, ink, *marks, alpha=0.75)
    course = [(120, 1000), (330, 860), (700, 640), (930, 420), (1200, 300), (1500, 150)]
    dashes = []
    for (x1, y1), (x2, y2) in zip(course, course[1:], strict=False):
        pieces = int(math.dist((x1, y1), (x2, y2)) / 30)
        dashes += [
            line(
                [(x1 + (x2 - x1) * k / pieces, y1 + (y2 - y1) * k / pieces) for k in (piece, piece + 0.6)], 5
            )
            for piece in range(pieces)
        ]
    paint(image, ink, *dashes, *[ring(x, y, 11, 4) for x, y in course[1:-1]])
    paint(image, "#fbf6e6", polygon([(1120, 1010), (1150, 986), (1560, 820), (1572, 846)]), alpha=0.9)
    paint(image, "#7a5b2e", line([(1120, 1010), (1566, 834)], 3))
    paint(image, "#c89b3c", polygon([(1150, 986), (1560, 820), (1572, 846), (1162, 1012)]))
    paint(image, "#2b2620", polygon([(1120, 1010), (1150, 986), (1156, 1000)]))
    return finish(image, vignette=0.22)


def radar() -> Image.Image:
    image = gradient([(0, "#0a1614"), (1, "#060d0c")])
    centre, reach = (800, 533), 480
    paint(image, "#0d2a22", disc(*centre, reach + 6))
    for step in range(60):
        angle = math.radians(-40 - step * 1.6)
        after = math.radians(-40 - (step + 1.2) * 1.6)
        wedge = [
            centre,
            *[(centre[0] + reach * math.cos(a), centre[1] + reach * math.sin(a)) for a in (angle, after)],
        ]
        paint(image, "#3fe09a", polygon(wedge), alpha=0.42 * (1 - step / 60) ** 2)
    shore = threshold(noise(241, 5, 4, 6), 0.60, 14)
    lit = ramp(noise(242, 200, 140, 2), [(0.3, "#1c7a55"), (0.75, "#8df5c0")])
    tint(image, lit, ImageChops.multiply(shore, stencil(disc(*centre, reach))), 0.6)
    rings = [ring(*centre, reach * share, 2) for share in (0.25, 0.5, 0.75, 1)]
    spokes = []
    for degree in range(0, 360, 10):
        a, inner = math.radians(degree), 0.0 if degree % 90 == 0 else 0.965 if degree % 30 else 0.93
        spokes.append(
            line(
                [
                    (centre[0] + reach * share * math.cos(a), centre[1] + reach * share * math.sin(a))
                    for share in (inner, 1)
                ],
                2,
            )
        )
    paint(image, "#4fbf92", *rings, *spokes, alpha=0.55)
    random = Random(243)
    for _ in range(22):
        a, far = random.uniform(0, math.tau), reach * math.sqrt(random.uniform(0.03, 0.9))
        x, y = centre[0] + far * math.cos(a), centre[1] + far * math.sin(a)
        tail = [disc(x - k * 9, y + k * 5, 5 - k * 0.7) for k in range(1, 6)]
        paint(image, "#8df5c0", *tail, alpha=0.3)
        paint(image, "#d9ffe9", disc(x, y, random.uniform(4, 7)), blur=0.8)
        paint(image, "#8df5c0", disc(x, y, 16), alpha=0.35, blur=7)
    edge = math.radians(-40)
    paint(
        image,
        "#c9ffe2",
        line([centre, (centre[0] + reach * math.cos(edge), centre[1] + reach * math.sin(edge))], 4),
        alpha=0.9,
        blur=1,
    )
    paint(image, "#22302d", ring(*centre, reach + 54, 46))
    paint(image, "#3d4f4a", ring(*centre, reach + 56, 6), ring(*centre, reach + 12, 4))
    return finish(image)


def line_chart() -> Image.Image:
    image = ramp(noise(281, 90, 60, 4), [(0, "#f1ebdc"), (1, "#faf6ea")])
    rules = [line([(170, y), (1480, y)], 1.5) for y in range(200, 900, 112)]
    paint(image, "#b9b2a0", *rules)
    random, value, points = Random(282), 0.0, []
    for step in range(101):
        value = value * 0.86 + random.gauss(0, 15)
        points.append(
            (170 + step * 13.1, 760 - 4.3 * step - 0.012 * step**2 + value + 20 * math.sin(step / 7))
        )
    trend = [(x, 765 - 4.3 * k - 0.012 * k**2) for k, (x, _) in enumerate(points)]
    band = [(x, y - 34 - 0.5 * k) for k, (x, y) in enumerate(trend)]
    floor = [(x, y + 34 + 0.5 * k) for k, (x, y) in enumerate(trend)]
    paint(image, "#7fb0b8", polygon([*band, *floor[::-1]]), alpha=0.35)
    paint(image, "#3f8290", line(trend, 3), alpha=0.7)
    for start, end in ((0, 22), (25, 58), (61, 101)):
        paint(image, "#1d2b3a", line(points[start:end], 5))
    paint(image, "#b23a48", *[disc(*points[k], 11) for k in (21, 57, 100)])
    paint(image, "#f7f2e4", *[disc(*points[k], 5) for k in (21, 57, 100)])
    ticks = [line([(170 + k * 131, 900), (170 + k * 131, 916)], 3) for k in range(11)]
    paint(image, "#1d2b3a", line([(170, 150), (170, 900), (1480, 900)], 4), *ticks)
    labels = [box(148 + k * 131, 932, 192 + k * 131, 941) for k in range(11)] + [
        box(104, y - 5, 146, y + 4) for y in range(200, 900, 112)
    ]
    paint(image, "#8f8a7c", *labels, alpha=0.6)
    paint(image, "#1d2b3a", box(170, 78, 560, 96))
    paint(image, "#8f8a7c", box(170, 112, 420, 122), alpha=0.8)
    return finish(image, vignette=0.12)


def dot_chart() -> Image.Image:
    image = ramp(noise(291, 90, 60, 4), [(0, "#16283a"), (1, "#1c3145")])
    random = Random(292)
    for row in range(15):
        y, middle = 110 + row * 60, 420 + row * 46
        paint(image, "#4d6578", line([(230, y), (1500, y)], 1.5), alpha=0.8)
        paint(image, "#8fa3b0", box(90, y - 5, 90 + random.uniform(60, 116), y + 5), alpha=0.6)
        for colour, shift, spread in (("#5fb3b3", -130, 80), ("#f2c14e", 10, 70), ("#e4572e", 170, 60)):
            beads = [
                disc(
                    max(240, min(1490, middle + shift + random.gauss(0, spread))),
                    y,
                    random.choice((7, 9, 11, 15)),
                )
                for _ in range(5)
            ]
            paint(image, colour, *beads, alpha=0.85)
        paint(image, "#f7f3e6", line([(middle, y - 19), (middle, y + 19)], 4))
    paint(image, "#4d6578", *[line([(x, 70), (x, 990)], 1) for x in range(230, 1501, 254)], alpha=0.5)
    return finish(image, vignette=0.14)


PICTURES = {
    "chart-table": chart_table,
    "radar": radar,
    "line-chart": line_chart,
    "dot-chart": dot_chart,
}
