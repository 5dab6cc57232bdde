# Pictures from indoors: a wet window, pipes, a hearing room, shelves.
import math
from random import Random

from PIL import Image, ImageFilter

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
    box,
    curve,
    disc,
    finish,
    gradient,
    line,
    mix,
    noise,
    paint,
    polygon,
    ramp,
    ring,
)


def rain_glass() -> Image.Image:
    image = gradient([(0, "#101c2b"), (0.55, "#22384a"), (1, "#16242f")])
    random = Random(221)
    for colour in ("#ffb45a", "#ffd79a", "#e8684f", "#7fb4d8", "#cfe3ee"):
        lamps = [
            disc(random.uniform(0, WIDTH), random.gauss(610, 150), random.uniform(26, 74))
            for _ in range(12 if colour.startswith("#ff") else 7)
        ]
        paint(image, colour, *lamps, alpha=0.42, blur=7)
    paint(
        image, "#f4c98c", *[box(x, 690, x + 40, HEIGHT) for x in range(60, WIDTH, 230)], alpha=0.16, blur=24
    )
    behind = image.filter(ImageFilter.GaussianBlur(3)).transpose(Image.Transpose.ROTATE_180)
    for _ in range(26):
        x, y = random.uniform(0, WIDTH), random.uniform(-200, 500)
        path = [(x, y)]
        for _ in range(random.randint(5, 12)):
            x, y = x + random.uniform(-10, 10), y + 60
            path.append((x, y))
        paint(image, "#d8e6ee", line(curve(path, 5), 5), alpha=0.12, blur=2)
        paint(image, behind, disc(x, y + 12, 10, 16))
        paint(image, "#ffffff", disc(x - 3, y + 5, 2.5, 4), alpha=0.8)
    drops = [
        (random.uniform(0, WIDTH), random.uniform(0, HEIGHT), random.paretovariate(1.9) * 4)
        for _ in range(520)
    ]
    drops = [(x, y, min(r, 24)) for x, y, r in drops]
    paint(
        image, "#05090e", *[disc(x, y + r * 0.16, r * 1.06, r * 1.16) for x, y, r in drops], alpha=0.4, blur=1
    )
    paint(image, behind, *[disc(x, y, r, r * 1.08) for x, y, r in drops])
    paint(
        image, "#dcebf2", *[disc(x, y + r * 0.5, r * 0.62, r * 0.4) for x, y, r in drops], alpha=0.3, blur=1.5
    )
    paint(
        image,
        "#ffffff",
        *[disc(x - r * 0.34, y - r * 0.42, max(0.8, r * 0.17)) for x, y, r in drops],
        alpha=0.85,
    )
    return finish(image)


def _pipe(image: Image.Image, left: float, top: float, right: float, bottom: float, colour: str) -> None:
    """A round pipe, shaded across its shorter side, with a flange at either end."""
    upright = bottom - top > right - left
    stops = [
        (0, mix(colour, "#0b1218", 0.6)),
        (0.28, mix(colour, "#ffffff", 0.34)),
        (0.5, colour),
        (1, mix(colour, "#0b1218", 0.68)),
    ]
    size = (round(right - left), round(bottom - top))
    paint(image, "#0c1216", box(left + 22, top + 26, right + 22, bottom + 26), alpha=0.35, blur=12)
    image.paste(gradient(stops, size, sideways=upright), (round(left), round(top)))
    for end in (0, 1):
        if upright:
            y = top if end == 0 else bottom - 26
            area = (left - 16, y, right + 16, y + 26)
        else:
            x = left if end == 0 else right - 26
            area = (x, top - 16, x + 26, bottom + 16)
        size = (round(area[2] - area[0]), round(area[3] - area[1]))
        image.paste(gradient(stops, size, sideways=upright), (round(area[0]), round(area[1])))
        paint(
            image,
            "#10181d",
            line([area[:2], (area[2], area[1])] if upright else [area[:2], (area[0], area[3])], 2),
            alpha=0.6,
        )
        bolts = [
            disc(area[0] + (area[2] - area[0]) * k / 4, (area[1] + area[3]) / 2, 5)
            if upright
            else disc((area[0] + area[2]) / 2, area[1] + (area[3] - area[1]) * k / 4, 5)
            for k in (0.4, 1.5, 2.5, 3.6)
        ]
        paint(image, "#1d272d", *bolts, alpha=0.8)


def pipes() -> Image.Image:
    image = gradient([(0, "#cfc8b8"), (0.75, "#a9a393"), (0.76, "#77736a"), (1, "#5b5851")])
    bricks = [line([(0, y), (WIDTH, y)], 2) for y in range(0, 812, 58)]
    bricks += [
        line([(x + (y // 58 % 2) * 65, y), (x + (y // 58 % 2) * 65, y + 58)], 2)
        for y in range(0, 812, 58)
        for x in range(0, WIDTH, 130)
    ]
    paint(image, "#8d8778", *bricks, alpha=0.35)
    _pipe(image, -60, 120, 640, 230, "#8b979c")
    _pipe(image, 640, 120, 1680, 230, "#8b979c")
    _pipe(image, 210, 230, 330, 1100, "#2f6f8f")
    _pipe(image, 1180, 230, 1270, 700, "#8b979c")
    _pipe(image, -60, 560, 560, 760, "#2f6f8f")
    _pipe(image, 560, 560, 1010, 760, "#2f6f8f")
    _pipe(image, 1010, 560, 1680, 760, "#2f6f8f")
    paint(image, "#27343b", box(770, 430, 800, 562), box(728, 520, 842, 562))
    paint(image, "#0c1216", ring(797, 396, 118, 20), alpha=0.35, blur=8)
    spokes = [
        line(
            [
                (785 - 108 * math.cos(a), 380 - 108 * math.sin(a)),
                (785 + 108 * math.cos(a), 380 + 108 * math.sin(a)),
            ],
            13,
        )
        for a in (0.3, 1.35, 2.4)
    ]
    paint(image, "#9d2f28", ring(785, 380, 120, 22), *spokes)
    paint(image, "#d8604f", ring(783, 377, 114, 5), disc(782, 377, 24))
    paint(image, "#7c231e", disc(785, 380, 12))
    paint(image, "#e9e6da", disc(1225, 440, 74))
    paint(image, "#2a343a", ring(1225, 440, 76, 10), line([(1225, 440), (1262, 398)], 6), disc(1225, 440, 9))
    ticks = [
        line([(1225 + r * math.cos(a), 440 + r * math.sin(a)) for r in (52, 62)], 4)
        for a in (math.radians(d) for d in range(140, 401, 26))
    ]
    paint(image, "#2a343a", *ticks)
    return finish(image)


def hearing_room() -> Image.Image:
    image = gradient([(0, "#5a4031"), (0.5, "#6d4e3a"), (0.62, "#3d2a20"), (1, "#1c130e")])
    grain = ramp(noise(251, 140, 3, 4), [(0.2, "#4a3326"), (0.8, "#86624a")])
    image = Image.blend(image, grain, 0.3)
    paint(image, "#2c1d15", *[line([(x, 0), (x, 600)], 5) for x in range(90, WIDTH, 158)], alpha=0.7)
    paint(image, "#a88465", *[line([(x + 5, 0), (x + 5, 600)], 2) for x in range(90, WIDTH, 158)], alpha=0.4)
    for x in (340, 800, 1260):
        paint(
            image,
            "#ffdfae",
            polygon([(x - 60, -20), (x + 60, -20), (x + 190, 560), (x - 190, 560)]),
            alpha=0.28,
            blur=46,
        )
        paint(image, "#fff0cf", disc(x, 60, 90, 46), alpha=0.55, blur=26)
    for row in range(4):
        level, bow, tall = 560 + row * 128, 70 + row * 26, 96 + row * 22
        top = curve(
            [
                (-80, level + bow),
                (360, level + bow * 0.28),
                (800, level),
                (1240, level + bow * 0.28),
                (1680, level + bow),
            ],
            14,
        )
        front = [(x, y + tall) for x, y in top]
        wood = gradient([(0.4, mix("#9a6a42", "#7a4e2e", row / 3)), (1, "#24160e")])
        paint(image, "#120b07", polygon([*front, *[(x, y + 46) for x, y in front[::-1]]]), alpha=0.6, blur=12)
        paint(image, wood, polygon([*top, *front[::-1]]))
        panels = [line([(x, y + 16), (x, y + tall - 6)], 2) for x, y in top[::5]]
        paint(image, "#2b1a10", *panels, alpha=0.55)
        ledge = [(x, y - 12) for x, y in top]
        paint(image, "#d7a873", polygon([*ledge, *top[::-1]]))
        paint(image, "#f6d9a8", line(ledge, 2.5), alpha=0.8)
        microphones = []
        size = 0.7 + 0.22 * row
        for x, y in ledge[3 + row % 2 * 3 :: 7]:
            stem = curve([(x, y), (x + 5 * size, y - 34 * size), (x + 22 * size, y - 52 * size)], 5)
            microphones += [
                line(stem, 3.5 * size),
                disc(x + 25 * size, y - 55 * size, 7 * size, 6 * size),
                disc(x, y, 11 * size, 4 * size),
            ]
        paint(image, "#17100c", *microphones)
    return finish(image, vignette=0.24)


def archive_shelves() -> Image.Image:
    image = gradient([(0, "#2a211b"), (1, "#1a1411")])
    random = Random(261)
    colours = [
        "#7d3b32",
        "#2f4f5f",
        "#8b7548",
        "#4c5b43",
        "#5f4a63",
        "#a98c5e",
        "#39454d",
        "#93573a",
        "#c2b18f",
    ]
    for row in range(5):
        base, x = 200 + row * 212, -14.0
        paint(image, "#120d0a", box(0, base - 196, WIDTH, base))
        gap = 900 if row == 2 else None
        while x < WIDTH:
            if gap and gap < x < gap + 92:
                x, gap = gap + 110, None
                continue
            wide, tall, colour = random.uniform(26, 62), random.uniform(136, 176), random.choice(colours)
            spine = gradient(
                [
                    (0, mix(colour, "#0c0806", 0.35)),
                    (0.35, mix(colour, "#ffffff", 0.12)),
                    (1, mix(colour, "#0c0806", 0.5)),
                ],
                (round(wide) - 2, round(tall)),
                sideways=True,
            )
            image.paste(spine, (round(x), round(base - tall)))
            marks = [
                box(x + 3, base - tall + 16, x + wide - 6, base - tall + 20),
                box(x + 3, base - 26, x + wide - 6, base - 22),
            ]
            paint(image, mix(colour, "#f0d9a4", 0.55), *marks, alpha=0.7)
            if wide > 36:
                label = base - tall * 0.62
                paint(image, "#e9dfc6", box(x + 8, label, x + wide - 11, label + 40))
                paint(
                    image,
                    "#5c5040",
                    *[line([(x + 12, label + k), (x + wide - 16, label + k)], 2) for k in (12, 20, 28)],
                    alpha=0.7,
                )
            x += wide
        paint(image, "#6b4a30", box(0, base, WIDTH, base + 16))
        paint(image, "#a9794e", line([(0, base + 1), (WIDTH, base + 1)], 3))
        paint(image, "#000000", box(0, base + 16, WIDTH, base + 48), alpha=0.55, blur=9)
    paint(image, "#ffdca0", disc(760, 420, 620, 430), alpha=0.2, blur=160)
    paint(image, "#0d0907", box(0, 0, 120, HEIGHT), box(1480, 0, WIDTH, HEIGHT), alpha=0.4, blur=70)
    return finish(image, vignette=0.3)


PICTURES = {
    "rain-glass": rain_glass,
    "pipes": pipes,
    "hearing-room": hearing_room,
    "archive-shelves": archive_shelves,
}
