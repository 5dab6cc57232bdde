# Pictures of inland water: reservoirs, a dam, a delta, marsh.
import math
from random import Random

from PIL import Image, ImageChops

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
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
    ridge,
    threshold,
    tint,
    water,
)


def reservoir_mist() -> Image.Image:
    image = gradient([(0, "#b9cad2"), (0.4, "#e4e9e6"), (1, "#e4e9e6")])
    for row in range(5):
        near = row / 4
        crest = ridge(row + 205, 420 + row * 52, 120 - row * 12, 0.55, 9)
        colour, haze = mix("#a5bac4", "#22424f", near), mix("#d5dfe0", "#557683", near)
        start = (340 + row * 60) / HEIGHT
        fill = gradient([(0, colour), (start, colour), (0.65, haze), (1, haze)])
        paint(image, fill, polygon(crest))
    reflect(image, 690, "#b7c7cb", 0.7, 2.2)
    shine = water(61, 690, [(0, "#dfe6e5"), (1, "#7f9aa4")], 0.4)
    tint(image, shine, gradient([(0, "#000000"), (0.64, "#2a2a2a"), (1, "#b0b0b0")]).convert("L"), 0.8)
    mist = gradient([(0, "#000000"), (0.52, "#000000"), (0.645, "#ffffff"), (0.7, "#303030"), (1, "#000000")])
    wisps = threshold(noise(62, 2, 16, 4), 0.45, 110)
    tint(image, "#f4f6f3", ImageChops.multiply(wisps, mist.convert("L")), 0.75)
    return finish(image)


def reservoir_low() -> Image.Image:
    image = gradient([(0, "#9bb9c9"), (0.3, "#dfe4dc"), (1, "#dfe4dc")])
    clouds(image, 88, "#ffffff", 360, 0.42, 0.7)
    paint(image, "#8c9a86", polygon(ridge(32, 330, 70, 0.5)))
    paint(image, "#6d8063", polygon(ridge(34, 390, 40, 0.5)))
    for step in range(16):
        share = step / 15
        wide, tall = 1020 - 560 * share, 380 - 225 * share
        middle = 800 + 60 * math.sin(2 + 0.1 * step)
        rim = []
        for k in range(72):
            angle = math.tau * k / 72
            bulge = 1 + 0.09 * math.sin(3 * angle + 0.8) + 0.05 * math.sin(7 * angle + 2)
            rim.append((middle + wide * bulge * math.cos(angle), 800 + tall * bulge * math.sin(angle)))
        shade = mix("#b08d62", "#ead8b4", share) if step % 2 else mix("#9b7a55", "#d9c39a", share)
        paint(image, shade, polygon(curve([*rim, rim[0]], 4)))
        pool = rim
    lake = water(33, 560, [(0, "#a9c3c9"), (1, "#3f7488")], 0.5)
    paint(image, "#7b6347", polygon([(x, y + 7) for x, y in pool]), alpha=0.5, blur=6)
    paint(image, lake, polygon(curve([*pool, pool[0]], 4)))
    paint(image, "#4f4a42", polygon([(1008, 770), (1016, 420), (1084, 420), (1092, 770)]))
    paint(image, "#8f887b", polygon([(1008, 770), (1016, 420), (1048, 420), (1048, 770)]))
    bands = [box(1010, y, 1090, y + 8) for y in range(470, 760, 58)]
    paint(image, "#d9cfb9", *bands, alpha=0.5)
    paint(image, "#5c3f33", polygon([(998, 424), (1050, 356), (1102, 424)]), box(1090, 430, 1600, 442))
    piers = [box(x, 442, x + 10, 620 - (x - 1200) * 0.25) for x in range(1200, 1600, 110)]
    paint(image, "#6d5a4b", *piers)
    paint(image, "#2c4b57", box(1012, 772, 1088, 850), alpha=0.35, blur=5)
    return finish(image)


def dam() -> Image.Image:
    image = gradient([(0, "#a8c4d0"), (0.4, "#e2ebe6"), (1, "#c9d5cc")])
    clouds(image, 93, "#ffffff", 340, 0.46, 0.8)
    paint(image, "#93a9a4", polygon(ridge(94, 270, 70, 0.5)))
    lip = curve([(300, 330), (560, 372), (800, 384), (1040, 372), (1300, 330)], 16)
    toe = curve([(1080, 900), (940, 935), (800, 945), (660, 935), (520, 900)], 16)
    wall = ramp(noise(95, 30, 90, 3), [(0, "#a9aaa3"), (1, "#d3d2c8")])
    paint(image, wall, polygon([*lip, *toe]))
    half = [point for point in lip if point[0] <= 800]
    under = [point for point in toe if point[0] <= 800]
    paint(image, "#5f6d70", polygon([*half, *under]), alpha=0.28, blur=30)
    courses = []
    for step in range(1, 12):
        share = step / 12
        wide, level = 500 - 220 * share, 330 + 570 * share
        courses.append(line(curve([(800 - wide, level), (800, level + 52), (800 + wide, level)], 16), 2))
    joints = [
        line([(800 + k * 66, 384 - abs(k) * 5), (800 + k * 38, 943 - abs(k) * 4)], 2) for k in range(-6, 7)
    ]
    paint(image, "#7f837e", *courses, *joints, alpha=0.45)
    paint(image, "#e9e9e1", line(lip, 14))
    paint(
        image,
        "#58636a",
        line([(x, y - 16) for x, y in lip], 3),
        *[line([(x, y), (x, y - 16)], 2) for x, y in lip[::2]],
    )
    spill = [(772, 380), (828, 380), (850, 950), (750, 950)]
    falling = ramp(noise(96, 260, 9, 3), [(0.2, "#c6dadd"), (0.8, "#ffffff")])
    paint(image, falling, polygon(spill), alpha=0.95, blur=2)
    left = [(0, 200), (150, 250), (310, 320), (420, 560), (540, 905), (600, HEIGHT), (0, HEIGHT)]
    right = [
        (WIDTH, 170),
        (1450, 240),
        (1290, 320),
        (1180, 560),
        (1060, 905),
        (1000, HEIGHT),
        (WIDTH, HEIGHT),
    ]
    paint(image, gradient([(0, "#55725c"), (1, "#20382f")]), polygon(left), polygon(right))
    random = Random(97)
    for shade in ("#2c4a3b", "#3f624b", "#1b3329"):
        trees = []
        for _ in range(260):
            y = random.uniform(250, HEIGHT + 40)
            edge = 300 + (y - 320) * 0.41 if y > 320 else 300 - (320 - y) * 2.2
            x = random.uniform(-20, max(0, edge - 18))
            x, tall = (x if random.random() < 0.5 else WIDTH - x), 26 + (y - 250) * 0.07
            trees.append(polygon([(x - tall * 0.36, y), (x, y - tall * 1.5), (x + tall * 0.36, y)]))
        paint(image, shade, *trees)
    pool = water(98, 940, [(0, "#7fa3a6"), (1, "#2d5b63")], 0.6)
    paint(
        image, pool, polygon([(560, 945), (700, 936), (900, 936), (1040, 945), (1080, HEIGHT), (520, HEIGHT)])
    )
    paint(
        image,
        "#ffffff",
        *[
            disc(800 + random.gauss(0, 44), 948 + random.uniform(-26, 22), random.uniform(8, 28))
            for _ in range(40)
        ],
        alpha=0.6,
        blur=9,
    )
    return finish(image)


def _marsh_ground(seed) -> Image.Image:
    return ramp(
        noise(seed, 7, 5, 7),
        [(0.2, "#2f5a3c"), (0.42, "#557c47"), (0.58, "#8a9a57"), (0.75, "#b3a869"), (0.95, "#c9b982")],
    )


def delta() -> Image.Image:
    image = _marsh_ground(101)
    reach = Image.blend(
        gradient([(0, "#000000"), (1, "#ffffff")], sideways=True).convert("L"), noise(102, 5, 6, 6), 0.3
    )
    sea = ramp(noise(103, 6, 6, 6), [(0.2, "#0f5c77"), (0.8, "#2d8aa0")])
    tint(image, "#9db58a", threshold(reach, 0.70, 30), 0.8)
    tint(image, "#5fa7a6", threshold(reach, 0.735, 22), 0.85)
    tint(image, sea, threshold(reach, 0.77, 22))
    random, streams = Random(104), []

    def branch(x: float, y: float, heading: float, width: float) -> None:
        path: list[Point] = [(x, y)]
        for _ in range(random.randint(3, 5)):
            heading = heading * 0.75 + random.uniform(-0.5, 0.5)
            x, y = x + 62 * math.cos(heading), y + 62 * math.sin(heading)
            path.append((x, y))
        streams.append((curve(path, 8), width))
        if x < 1330:
            spread = random.uniform(0.32, 0.6)
            branch(x, y, heading + spread, width * random.uniform(0.66, 0.82))
            if width > 9 or random.random() < 0.35:
                branch(x, y, heading - spread, width * random.uniform(0.6, 0.8))

    trunk = curve([(-40, 500), (120, 540), (260, 490), (400, 530)], 12)
    streams.append((trunk, 44))
    branch(400, 530, 0.1, 38)
    paint(image, "#33563d", *[line(path, width + 12) for path, width in streams], alpha=0.5, blur=4)
    paint(image, "#3c8795", *[line(path, width) for path, width in streams])
    paint(image, "#7fb9bb", *[line(path, width * 0.35) for path, width in streams], alpha=0.45, blur=2)
    return finish(image, vignette=0.1)


def wetland() -> Image.Image:
    image = gradient([(0, "#86a9b8"), (0.32, "#d3ded9"), (0.42, "#eff0e4"), (1, "#eff0e4")])
    clouds(image, 121, "#ffffff", 420, 0.46, 0.8)
    random, wood = Random(122), []
    for x in range(-10, WIDTH + 10, 7):
        tall = 16 + 14 * math.sin(x / 130) + random.uniform(0, 20)
        wood.append(polygon([(x - 9, 455), (x, 455 - tall), (x + 9, 455)]))
    paint(image, "#5f7d73", *wood, box(0, 446, WIDTH, 460))
    reflect(image, 456, "#dbe3de", 0.55, 1.6)
    sheen = water(123, 456, [(0, "#e3e8e0"), (1, "#8ba8ae")], 0.28)
    tint(image, sheen, gradient([(0, "#000000"), (0.43, "#606060"), (1, "#c8c8c8")]).convert("L"), 0.9)
    for row in range(8):
        near = row / 7
        x0, y = random.uniform(-200, 1300), 490 + 520 * near**1.4
        wide, tall = 240 + 520 * near, 18 + 108 * near
        light, dark, mirrored = [], [], []
        for _ in range(round(190 + 150 * near)):
            share = random.random()
            x, foot = x0 + wide * share, y + random.uniform(-0.1, 0.12) * tall * 2
            high, bend = (
                tall * random.uniform(0.6, 1.15) * (0.55 + math.sin(math.pi * share) * 0.55),
                random.uniform(-12, 16) * (0.3 + near),
            )
            blade = line(
                [(x, foot), (x + bend * 0.3, foot - high * 0.6), (x + bend, foot - high)], 1 + 2 * near
            )
            (light if random.random() < 0.5 else dark).append(blade)
            mirrored.append(line([(x, foot), (x + bend * 0.6, foot + high * 0.55)], 1 + 2 * near))
        paint(image, mix("#8fa083", "#515f39", near), *mirrored, alpha=0.28, blur=2)
        paint(image, mix("#97a67a", "#5c6b33", near), *dark)
        paint(image, mix("#b5b981", "#a9a650", near), *light)
    return finish(image)


PICTURES = {
    "reservoir-mist": reservoir_mist,
    "reservoir-low": reservoir_low,
    "dam": dam,
    "delta": delta,
    "wetland": wetland,
}
