# Pictures of open shores and open water: waves, rocks, dunes, turbines, a cable on the seabed.
import math
from random import Random

from PIL import Image, ImageChops

from publications.sample.pictures.canvas import (
    HEIGHT,
    WIDTH,
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
    ridge,
    stencil,
    threshold,
    tint,
    water,
)


def storm_sea() -> Image.Image:
    image = gradient([(0, "#2b3640"), (0.3, "#56646b"), (0.45, "#9aa4a5"), (1, "#26404a")])
    clouds(image, 31, "#1d262d", 520, 0.55, 0.7)
    random, foam = Random(14), noise(8, 130, 60, 3)
    for row in range(8):
        far, level, tall, long = row / 7, 425 + row**1.6 * 24, 8 + row * 19, 60 + row * 46
        start, crest = random.uniform(0, 9), []
        for x in range(-10, WIDTH + 11, 10):
            swell = 1 - abs(math.sin(x / long + start)) ** 0.8
            crest.append((x, level - tall * swell * (0.65 + 0.35 * math.sin(x / 230 + row * 2))))
        light, dark = mix("#8b9fa2", "#3a6a73", far), mix("#64777d", "#0e2731", far)
        top = (level - tall) / HEIGHT
        foot = min(1, (level + tall * 0.8) / HEIGHT)
        body = gradient([(0, light), (top, light), (foot, dark), (1, "#0b2029")])
        streaks = ramp(foam, [(0, dark), (0.62, dark), (0.72, "#b9c9c8"), (1, "#e6eeec")])
        body = Image.blend(body, streaks, 0.1)
        paint(image, body, polygon([(0, HEIGHT), *crest, (WIDTH, HEIGHT)]))
        spume = [point for point in crest if point[1] < level - tall * 0.42]
        flecks = [
            disc(
                x + random.uniform(-16, 16),
                y + random.uniform(-4, 0.5 * tall),
                random.uniform(0.5, 2.0) + 1.6 * far,
            )
            for x, y in spume
            for _ in range(3 + row)
        ]
        paint(image, "#eef3f1", *flecks, alpha=0.6, blur=0.6)
        paint(image, "#f4f7f5", line(crest, 1 + row * 0.7), alpha=0.4, blur=1.4)
    rain = [(random.uniform(0, 1700), random.uniform(-40, 600)) for _ in range(260)]
    paint(image, "#dfe6e6", *[line([(x, y), (x - 26, y + 70)], 1) for x, y in rain], alpha=0.16)
    return finish(image)


def skerries() -> Image.Image:
    image = gradient([(0, "#8fa3c0"), (0.28, "#d9c3c6"), (0.46, "#f4dcc0"), (1, "#f4dcc0")])
    clouds(image, 12, "#f9ead8", 480, 0.45, 0.7)
    sea = water(13, 500, [(0, "#e6cdbb"), (0.35, "#a9afbf"), (1, "#5d7390")], 0.35)
    paint(image, sea, box(0, 500, WIDTH, HEIGHT))
    random = Random(21)
    for step in range(15):
        near = step / 14
        colour = mix("#a89aa4", "#252c3a", near)
        x, y = random.uniform(-60, WIDTH), 506 + 380 * near**1.7
        wide, tall = 70 + 330 * near * random.uniform(0.6, 1.2), 8 + 74 * near
        top = [
            (x + wide * i / 12, y - tall * math.sin(math.pi * i / 12) * random.uniform(0.55, 1))
            for i in range(13)
        ]
        paint(image, colour, polygon([(px, 2 * y - py + 2) for px, py in top]), alpha=0.3, blur=3)
        paint(image, colour, polygon(top))
        paint(image, "#f6e7d6", line([(x - 8, y + 1), (x + wide + 8, y + 1)], 2), alpha=0.6)
    rock = [(980, 930), (1040, 858), (1130, 822), (1210, 806), (1300, 826), (1380, 880), (1440, 930)]
    lantern = polygon([(1188, 640), (1232, 640), (1210, 600)])
    paint(image, "#1d2431", polygon(rock), line([(1210, 820), (1210, 640)], 9), lantern)
    paint(image, "#ffdf9a", disc(1210, 652, 60), alpha=0.5, blur=24)
    paint(image, "#fff3cf", disc(1210, 652, 9))
    return finish(image)


def dunes() -> Image.Image:
    image = gradient([(0, "#7fa3b5"), (0.32, "#cfdcd9"), (0.4, "#eceadf"), (1, "#d9c79d")])
    clouds(image, 71, "#ffffff", 380, 0.42, 0.7)
    paint(image, water(2, 420, [(0, "#5f93a0"), (1, "#487f8e")], 0.5), box(0, 420, WIDTH, 560))
    random = Random(17)
    for row in range(5):
        near = row / 4
        crest = curve(
            [
                (
                    x,
                    500
                    + row * 105
                    + 46 * math.sin(x / (260 + 40 * row) + row * 2.1)
                    + random.uniform(-14, 14),
                )
                for x in range(-100, WIDTH + 201, 150)
            ],
            8,
        )
        light, dark = ("#efe0b9", "#c8ad78") if row % 2 else ("#f3e8c8", "#b79c6b")
        top = (470 + row * 105) / HEIGHT
        sand = gradient([(0, light), (top, light), (min(1, top + 0.22), dark), (1, dark)])
        paint(image, sand, polygon([(0, HEIGHT), *crest, (WIDTH, HEIGHT)]))
        blades = []
        for _ in range(34 + 10 * row):
            x, y = random.choice(crest)
            for _ in range(round(8 + 6 * near)):
                tall, bend = (24 + 70 * near) * random.uniform(0.5, 1), random.uniform(-0.5, 0.75)
                foot = x + random.uniform(-20, 20) * (0.5 + near)
                blade = [
                    (foot, y + 8),
                    (foot + bend * tall * 0.3, y - tall * 0.6),
                    (foot + bend * tall, y - tall),
                ]
                blades.append(line(blade, 1 + 1.4 * near))
        paint(image, mix("#8d9a63", "#53673a", near), *blades, alpha=0.9)
    return finish(image)


def coast_aerial() -> Image.Image:
    slant = gradient([(0, "#ffffff"), (1, "#000000")], sideways=True).convert("L")
    height = Image.blend(slant, noise(44, 4, 3, 6), 0.42)
    sea = [(0, "#0f4a6b"), (0.32, "#1c7590"), (0.43, "#48a9ad"), (0.49, "#a4d6c3")]
    land = [(0.495, "#f2e6c6"), (0.53, "#dcc795"), (0.545, "#8a9d5c"), (0.75, "#5f7f4b"), (1, "#456640")]
    image = ramp(height, [*sea, *land])
    random, plots = Random(8), []
    for column in range(-7, 18):
        for row in range(-2, 20):
            x, y, shade = (
                column * 92 + row * 22,
                row * 78 - column * 24 + 60,
                random.choice(range(60, 256, 39)),
            )
            plots.append(polygon([(x, y), (x + 88, y - 23), (x + 108, y + 51), (x + 20, y + 74)], shade))
    greens = ["#4d6d40", "#7d9a55", "#94a75f", "#6a8a4c", "#b0ab66", "#c0b878"]
    fields = ramp(stencil(*plots), [(i / 5, colour) for i, colour in enumerate(greens)])
    tint(image, fields, threshold(height, 0.57, 5), 0.8)
    foam = ImageChops.difference(threshold(height, 0.488, 4), threshold(height, 0.496, 4))
    tint(image, "#ffffff", foam, 0.9)
    return finish(image, vignette=0.1)


def turbines() -> Image.Image:
    image = gradient([(0, "#c9a9a0"), (0.35, "#efcfb0"), (0.62, "#fbe8c8"), (1, "#fbe8c8")])
    clouds(image, 27, "#fdeeda", 640, 0.5, 0.6)
    paint(image, "#fff8e2", disc(520, 560, 150), alpha=0.55, blur=50)
    paint(image, "#fffbee", disc(520, 560, 54))
    sea = water(28, 715, [(0, "#d7bfb0"), (0.4, "#9d9aa6"), (1, "#64708a")], 0.4, "#fff2d8")
    paint(image, sea, box(0, 715, WIDTH, HEIGHT))
    random = Random(9)
    places = [(x, 0.3) for x in range(160, 1600, 190)] + [(x, 0.55) for x in range(60, 1600, 330)]
    for x, near in [*places, (270, 1.0), (820, 1.0), (1370, 1.0)]:
        foot, hub, reach = 715 + 190 * (near - 0.25), 715 - 420 * near, 205 * near
        turn, colour = random.uniform(0, 120), mix("#d3bdb2", "#4e566b", near)
        tower = [(x - 10 * near, foot), (x - 4 * near, hub), (x + 4 * near, hub), (x + 10 * near, foot)]
        marks = [polygon(tower), disc(x, hub, 9 * near)]
        for blade in range(3):
            angle = math.radians(turn + 120 * blade)
            ux, uy = math.cos(angle), math.sin(angle)
            tip, wide = (x + ux * reach, hub + uy * reach), 8 * near
            root = (x + ux * reach * 0.22 - uy * wide, hub + uy * reach * 0.22 + ux * wide)
            marks.append(polygon([(x, hub), root, tip]))
        paint(image, colour, *marks)
        ripples = [
            box(x - 9 * near, foot + k * 9, x + 9 * near, foot + k * 9 + 4) for k in range(round(10 * near))
        ]
        if ripples:
            paint(image, colour, *ripples, alpha=0.3, blur=2)
    return finish(image)


def cable_seabed() -> Image.Image:
    image = gradient([(0, "#3f93a6"), (0.35, "#1d667f"), (0.7, "#0d3d57"), (1, "#08283d")])
    rays = []
    for left, width in ((120, 60), (330, 130), (620, 70), (850, 160), (1180, 90), (1380, 50)):
        rays.append(polygon([(left, -20), (left + width, -20), (left + width - 330, 900), (left - 520, 900)]))
    fade = gradient([(0, "#ffffff"), (0.75, "#000000"), (1, "#000000")]).convert("L")
    tint(image, "#b9e6e4", ImageChops.multiply(stencil(*rays, blur=26), fade), 0.35)
    for row, colour in enumerate(("#12495f", "#0e3a50", "#0a2b3f")):
        floor = ridge(70 + row, 700 + row * 110, 40, 0.5)
        sand = Image.blend(
            gradient([(0, colour), (1, colour)]),
            ramp(noise(row, 60, 110, 3), [(0, "#05202f"), (1, "#3a7683")]),
            0.25,
        )
        paint(image, sand, polygon(floor))
    path = curve(
        [(1660, 690), (1480, 704), (1260, 742), (980, 760), (760, 812), (640, 900), (380, 980), (-60, 1000)],
        40,
    )
    for shift, colour, share in (
        (10, "#041722", 1.15),
        (0, "#1a1f22", 1.0),
        (-5, "#c77f35", 0.62),
        (-9, "#f0b566", 0.18),
    ):
        marks = [
            disc(x, y + shift * (0.25 + i / len(path)), share * (3 + 25 * (i / len(path)) ** 1.4))
            for i, (x, y) in enumerate(path)
        ]
        paint(image, colour, *marks, alpha=0.7 if shift == 10 else 1, blur=6 if shift == 10 else 0)
    random = Random(12)
    weed = []
    for _ in range(70):
        x, y, tall = (
            random.choice([random.uniform(0, 300), random.uniform(1050, 1600)]),
            random.uniform(880, HEIGHT),
            random.uniform(40, 150),
        )
        sway = random.uniform(-30, 30)
        weed.append(
            line(
                curve([(x, y), (x + sway, y - tall * 0.5), (x - sway * 0.3, y - tall)], 6),
                random.uniform(3, 8),
            )
        )
    paint(image, "#06303a", *weed, alpha=0.85)
    motes = [
        disc(random.uniform(0, WIDTH), random.uniform(0, 900), random.uniform(0.8, 2.4)) for _ in range(160)
    ]
    paint(image, "#d5f2ee", *motes, alpha=0.45)
    return finish(image)


PICTURES = {
    "storm-sea": storm_sea,
    "skerries": skerries,
    "dunes": dunes,
    "coast-aerial": coast_aerial,
    "turbines": turbines,
    "cable-seabed": cable_seabed,
}
