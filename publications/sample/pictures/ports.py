# Pictures of ports and ships: cranes, containers, a wake from above, ships in line.
import math
from random import Random

from PIL import Image, ImageChops

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
    Mark,
    Point,
    box,
    clouds,
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
    reflect,
    stencil,
    threshold,
    tint,
    water,
)


def harbour_dusk() -> Image.Image:
    image = gradient(
        [
            (0, "#2c2d55"),
            (0.25, "#5d4a78"),
            (0.45, "#c0717a"),
            (0.6, "#f5a663"),
            (0.66, "#fbcb80"),
            (1, "#fbcb80"),
        ]
    )
    clouds(image, 211, "#f3a07e", 640, 0.5, 0.6)
    clouds(image, 212, "#3d355f", 420, 0.42, 0.4)
    random, dark = Random(213), "#191a30"
    stacks = [box(x, 700 - random.choice((0, 18, 36, 54)), x + 44, 704) for x in range(-10, WIDTH, 46)]
    paint(image, dark, box(0, 690, WIDTH, 706), *stacks)
    for x, s in ((250, 1.0), (560, 0.8), (860, 0.72), (1160, 1.08), (1440, 0.78)):
        top, marks = 700 - 330 * s, []
        for leg in (-46, 46):
            marks.append(line([(x + leg * s, 700), (x + leg * 0.72 * s, top)], 9 * s))
        for k in range(4):
            y = 700 - 82 * k * s
            marks.append(line([(x - 44 * s, y), (x + 40 * s, y - 82 * s)], 3.5 * s))
        marks.append(line([(x - 46 * s, 700 - 120 * s), (x + 46 * s, 700 - 120 * s)], 8 * s))
        marks.append(line([(x - 200 * s, top + 6 * s), (x + 120 * s, top + 6 * s)], 10 * s))
        peak = (x + 6 * s, top - 104 * s)
        marks += [line([peak, (x + end * s, top + 4 * s)], 3 * s) for end in (-196, -80, -32, 40, 118)]
        marks.append(box(x + 70 * s, top - 4 * s, x + 116 * s, top + 34 * s))
        marks.append(line([(x - 130 * s, top), (x - 130 * s, top + 92 * s)], 2.5 * s))
        marks.append(box(x - 152 * s, top + 92 * s, x - 108 * s, top + 112 * s))
        paint(image, dark, *marks)
        paint(image, "#ffd98a", disc(peak[0], peak[1], 4), disc(x + 92 * s, top + 12 * s, 4))
    reflect(image, 706, "#6d4f72", 0.72, 5)
    shine = water(214, 706, [(0, "#f0b074"), (0.4, "#a4647a"), (1, "#3c3460")], 0.5, "#ffd9a0")
    tint(image, shine, gradient([(0, "#000000"), (0.66, "#303030"), (1, "#909090")]).convert("L"), 0.8)
    return finish(image)


def containers() -> Image.Image:
    image = ramp(noise(201, 30, 20, 5), [(0, "#56595b"), (1, "#747675")])
    random, angle = Random(202), math.radians(-13)
    colours = [
        "#c1512f",
        "#1f4e79",
        "#d8d2c2",
        "#4b7a4c",
        "#7d3b52",
        "#c8a15a",
        "#5b7d93",
        "#9c3b2e",
        "#2c3e50",
    ]

    def at(x: float, y: float) -> Point:
        return 800 + x * math.cos(angle) - y * math.sin(angle), 533 + x * math.sin(angle) + y * math.cos(
            angle
        )

    for y in range(-860, 900, 186):
        paint(image, "#e5c34a", line([at(-1100, y - 22), at(1100, y - 22)], 3), alpha=0.5)
        for stack in range(-1140, 1140, 146):
            if random.random() < 0.1 or -90 < stack - 60 < 60:
                continue
            for lane in range(3):
                if random.random() < 0.13:
                    continue
                x, top, colour = stack, y + lane * 44, random.choice(colours)
                corners = [(x, top), (x + 136, top), (x + 136, top + 40), (x, top + 40)]
                shadow = 8 + 10 * random.randint(0, 2)
                paint(
                    image, "#1c1f22", polygon(at(px + shadow, py + shadow) for px, py in corners), alpha=0.4
                )
                paint(image, colour, polygon(at(px, py) for px, py in corners))
                ribs = [line([at(x + k, top + 3), at(x + k, top + 37)], 1.6) for k in range(10, 132, 9)]
                paint(image, mix(colour, "#101418", 0.35), *ribs, alpha=0.5)
                paint(image, mix(colour, "#ffffff", 0.4), line([at(x, top), at(x + 136, top)], 2), alpha=0.7)
    return finish(image)


def ship_wake() -> Image.Image:
    image = ramp(noise(51, 5, 4, 6), [(0.15, "#0c4a55"), (0.5, "#12606a"), (0.9, "#237a80")])
    tint(image, "#d5efe9", threshold(noise(52, 170, 110, 2), 0.74, 30), 0.25)
    track = curve([(-60, 930), (300, 830), (620, 690), (900, 520), (1090, 372)], 20)
    foam = noise(53, 120, 90, 3)
    for side in (-1, 0, 1):
        trail = []
        for index, (x, y) in enumerate(track):
            age = 1 - index / len(track)
            trail.append(
                disc(x + side * 150 * age, y + side * 120 * age, 9 + (52 if side == 0 else 16) * age)
            )
        mask = ImageChops.multiply(stencil(*trail, blur=5), threshold(foam, 0.42 if side == 0 else 0.5, 60))
        tint(image, "#e4f4ef", mask, 0.75 if side == 0 else 0.5)

    def hull(points, lift=0.0) -> Mark:
        angle = math.radians(-42)
        return polygon(
            (
                1120 + lift + x * math.cos(angle) - y * math.sin(angle),
                345 + lift + x * math.sin(angle) + y * math.cos(angle),
            )
            for x, y in points
        )

    outline = [(-120, -34), (60, -36), (120, -20), (165, 0), (120, 20), (60, 36), (-120, 34)]
    paint(image, "#06303a", hull(outline, 14), alpha=0.5, blur=8)
    paint(image, "#f4f3ec", hull(outline))
    paint(image, "#c8ccc6", hull([(-104, -24), (84, -25), (84, 25), (-104, 24)]))
    paint(image, "#f7f7f2", hull([(-30, -30), (70, -30), (70, 30), (-30, 30)]))
    paint(image, "#26404a", hull([(58, -28), (72, -26), (72, 26), (58, 28)]))
    paint(image, "#b5443a", hull([(-14, -10), (18, -10), (18, 10), (-14, 10)]))
    paint(
        image, "#3a515a", *[hull([(x, -18), (x + 12, -18), (x + 12, 18), (x, 18)]) for x in (-96, -74, -52)]
    )
    return finish(image)


def convoy() -> Image.Image:
    image = gradient([(0, "#6f99b8"), (0.4, "#c8d9dc"), (0.56, "#eceee4"), (1, "#eceee4")])
    clouds(image, 83, "#ffffff", 560, 0.44, 0.75)
    paint(image, water(84, 610, [(0, "#4b7c93"), (1, "#16405a")], 0.55), box(0, 610, WIDTH, HEIGHT))
    for step in range(4):
        near = 1 - step / 4.2
        x, y, s = 170 + 1190 * (step / 3) ** 0.8, 610 + 74 * near**2.2, near**1.5
        colour = mix("#9fb1b9", "#3a4a55", near)
        outline = [(-150, -34), (-130, 0), (140, 0), (182, -44), (60, -34)]
        tower = [(-60, -34), (-52, -70), (-14, -72), (-8, -92), (34, -92), (40, -62), (72, -58), (78, -34)]
        funnel = [(-104, -34), (-100, -58), (-72, -58), (-68, -34)]
        place = lambda points, x=x, y=y, s=s: [(x + px * s, y + py * s) for px, py in points]  # noqa: E731
        mast = [line(place([(6, -92), (12, -150)]), 5 * s), line(place([(-10, -122), (32, -122)]), 4 * s)]
        gun = line(place([(88, -40), (124, -48)]), 5 * s)
        paint(image, colour, *[polygon(place(part)) for part in (outline, tower, funnel)], *mast, gun)
        paint(image, "#ffffff", line(place([(-230, 2), (-120, 2), (190, 3)]), 3 + 3 * s), alpha=0.6, blur=2)
        shadow = [(px, -py * 0.5) for px, py in outline]
        paint(image, "#14364a", polygon(place(shadow)), alpha=0.35, blur=5)
    return finish(image)


PICTURES = {
    "harbour-dusk": harbour_dusk,
    "containers": containers,
    "ship-wake": ship_wake,
    "convoy": convoy,
}
