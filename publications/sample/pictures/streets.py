# Pictures of single streets: trees and cars from above, a row of roofs.
import math
from random import Random

from PIL import Image

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
    box,
    clouds,
    disc,
    finish,
    gradient,
    line,
    mix,
    noise,
    paint,
    polygon,
    ramp,
    tint,
)


def street_trees() -> Image.Image:
    image = ramp(noise(181, 90, 60, 3), [(0, "#c3b7a4"), (1, "#d8cdba")])
    paint(image, "#6d6f70", box(0, 360, WIDTH, 706))
    paint(image, "#d9d2c2", box(0, 346, WIDTH, 360), box(0, 706, WIDTH, 720))
    paint(image, "#eae6da", *[box(x, 529, x + 70, 537) for x in range(30, WIDTH, 150)])
    roofs = ["#a9573e", "#b97052", "#8d4b3a", "#c08c68", "#7d7f80"]
    random, x = Random(182), -30.0
    while x < WIDTH:
        wide = random.uniform(170, 300)
        for top, ridge_y, bottom in ((-20, 90, 190), (880, 980, HEIGHT + 20)):
            colour = random.choice(roofs)
            paint(image, "#3c3230", box(x + 10, top + 14, x + wide + 4, bottom + 16), alpha=0.35, blur=9)
            paint(image, colour, box(x, top, x + wide - 6, bottom))
            paint(image, mix(colour, "#2c1f1c", 0.25), box(x, ridge_y, x + wide - 6, bottom))
            paint(image, mix(colour, "#ffffff", 0.3), line([(x, ridge_y), (x + wide - 6, ridge_y)], 3))
            paint(image, "#4b3a35", box(x + wide * 0.3, ridge_y - 26, x + wide * 0.3 + 24, ridge_y + 8))
        x += wide
    paving = [line([(x, 192), (x, 346)], 1.5) for x in range(0, WIDTH, 46)] + [
        line([(x, 720), (x, 880)], 1.5) for x in range(0, WIDTH, 46)
    ]
    paint(image, "#a39883", *paving, alpha=0.6)
    for x, y, colour, away in (
        (140, 420, "#a8332e", 1),
        (660, 420, "#dfe2df", 1),
        (1180, 646, "#2f5272", -1),
        (1400, 420, "#6b7b4b", 1),
        (420, 646, "#e0b13e", -1),
    ):
        paint(image, "#2c2d2e", box(x - 66, y - 26, x + 74, y + 38), alpha=0.4, blur=6)
        paint(
            image,
            colour,
            box(x - 62, y - 30, x + 62, y + 30),
            disc(x - 62 * away, y, 16, 29),
            disc(x + 62 * away, y, 18, 29),
        )
        paint(image, "#27343b", box(x - 34, y - 25, x - 18, y + 25), box(x + 24, y - 25, x + 42, y + 25))
        paint(image, mix(colour, "#ffffff", 0.18), box(x - 16, y - 25, x + 22, y + 25))
    trees = [
        (x + random.uniform(-16, 16), y, random.uniform(72, 104))
        for x in range(60, WIDTH + 60, 196)
        for y in (282, 792)
    ]
    paint(image, "#2c2f2c", *[disc(x + 36, y + 40, r) for x, y, r in trees], alpha=0.38, blur=8)
    for x, y, r in trees:
        for share, colour in ((1, "#3d5f38"), (0.82, "#4f7743"), (0.56, "#688f50"), (0.3, "#86a961")):
            leaves = []
            for k in range(15):
                angle = math.tau * k / 15 + share * 9
                shift = (1 - share) * r * 0.34
                leaves.append(
                    disc(
                        x - shift + 0.72 * share * r * math.cos(angle),
                        y - shift + 0.72 * share * r * math.sin(angle),
                        r * share * random.uniform(0.24, 0.36),
                    )
                )
            paint(
                image,
                colour,
                *leaves,
                disc(x - (1 - share) * r * 0.34, y - (1 - share) * r * 0.34, r * share * 0.75),
            )
    return finish(image, vignette=0.1)


def roofs() -> Image.Image:
    image = gradient([(0, "#a9c6d3"), (0.3, "#f2e6d2"), (1, "#f2e6d2")])
    clouds(image, 191, "#ffffff", 420, 0.46, 0.7)
    random = Random(192)
    colours = ["#b4553b", "#c46f4c", "#8d4a3b", "#5f6c75", "#a8694f", "#74808a"]
    for row in range(6):
        near = row / 5
        scale, x = 0.5 + near * 0.95, -160.0 - 70 * (row % 2)
        level = 330 + 118 * row
        while x < WIDTH + 60:
            wide, tall = random.uniform(190, 290) * scale, random.uniform(80, 120) * scale
            colour = mix("#c9b9ae", random.choice(colours), 0.35 + 0.65 * near)
            top = level - random.uniform(0, 36) * scale
            wall = mix("#f3e7d3", "#c9ae8c", near * 0.6)
            paint(
                image,
                wall,
                polygon(
                    [
                        (x, HEIGHT),
                        (x, top + tall),
                        (x + wide * 0.36, top),
                        (x + wide * 0.72, top + tall),
                        (x + wide * 0.72, HEIGHT),
                    ]
                ),
            )
            slope = [
                (x + wide * 0.36, top),
                (x + wide * 1.16, top),
                (x + wide * 1.5, top + tall),
                (x + wide * 0.72, top + tall),
            ]
            paint(image, colour, polygon(slope))
            paint(image, mix(wall, "#7a5f4d", 0.35), box(x + wide * 0.72, top + tall, x + wide * 1.5, HEIGHT))
            courses = [
                line(
                    [
                        (x + wide * (0.36 + 0.06 * k), top + tall * k / 6),
                        (x + wide * (1.16 + 0.057 * k), top + tall * k / 6),
                    ],
                    1.5 * scale,
                )
                for k in range(1, 6)
            ]
            paint(image, mix(colour, "#2a1c18", 0.35), *courses, alpha=0.5)
            paint(
                image,
                mix(colour, "#fff3df", 0.35),
                line([(x + wide * 0.36, top), (x + wide * 1.16, top)], 4 * scale),
            )
            paint(
                image,
                mix(wall, "#5a4636", 0.5),
                line(
                    [(x - 5, top + tall + 5), (x + wide * 0.36, top), (x + wide * 0.72, top + tall + 5)],
                    5 * scale,
                ),
            )
            paint(
                image,
                "#44525b",
                box(
                    x + wide * 0.28,
                    top + tall * 0.62,
                    x + wide * 0.28 + 24 * scale,
                    top + tall * 0.62 + 32 * scale,
                ),
            )
            if random.random() < 0.6:
                cx, cy = x + wide * random.uniform(0.7, 1.0), top + 8 * scale
                paint(
                    image,
                    mix("#8d5a45", "#6d3f31", near),
                    box(cx, cy - 46 * scale, cx + 26 * scale, cy + 10 * scale),
                )
                paint(image, "#4c2f26", box(cx - 3, cy - 50 * scale, cx + 26 * scale + 3, cy - 42 * scale))
            x += wide * random.uniform(1.3, 1.5)
        tint(image, "#f3e4cc", gradient([(0.2, "#000000"), (1, "#ffffff")]).convert("L"), 0.1 * (1 - near))
    return finish(image)


PICTURES = {"street-trees": street_trees, "roofs": roofs}
