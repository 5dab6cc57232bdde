# Pictures of cities: blocks from above, flats by night, a hot afternoon.
import math
from random import Random

from PIL import Image

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
    paint,
    polygon,
    tint,
)


def _iso(x: float, y: float, z: float = 0.0) -> Point:
    """Where a point of the ground plan (and height z) lies in a picture seen at an angle from above."""
    return 800 + (x - y) * 0.86, 40 + (x + y) * 0.46 - z


def city_blocks() -> Image.Image:
    image = gradient([(0, "#dccdb3"), (1, "#cbb592")])
    canal = curve([(-300, 900), (250, 820), (520, 640), (760, 700), (1100, 560), (1500, 640)], 12)
    channel = [_iso(x, y) for x, y in canal]
    paint(image, "#8d7a5c", line(channel, 92))
    paint(image, "#3f7b86", line([(x, y + 5) for x, y in channel], 76))
    paint(image, "#78aeb1", line([(x, y + 16) for x, y in channel], 16), alpha=0.5, blur=4)
    random = Random(151)
    tiles = ["#b5694b", "#c47d58", "#a4573f", "#d19a70", "#8f5340", "#c9b08a", "#9aa09d"]

    def clear(x: float, y: float) -> bool:
        return all(math.dist((x, y), point) > 82 for point in canal)

    plots = [
        (block_x + dx, block_y + dy)
        for block_x in range(-520, 1900, 172)
        for block_y in range(-520, 1900, 148)
        for dx in (0, 48, 96)
        for dy in (0, 44, 88)
        if (dx, dy) != (48, 44)
    ]
    for x, y in sorted(plots, key=sum):
        foot = _iso(x + 20, y + 20)
        if not clear(x + 20, y + 20) or not (-60 < foot[0] < WIDTH + 60 and -20 < foot[1] < HEIGHT + 120):
            continue
        if random.random() < 0.07:
            paint(image, "#5f7f4e", disc(foot[0], foot[1] - 14, 19, 17))
            paint(image, "#7c9a5f", disc(foot[0] - 5, foot[1] - 20, 11, 9))
            continue
        w, d, z = random.uniform(38, 46), random.uniform(34, 42), random.choice((24, 32, 40, 52, 78))
        roof = random.choice(tiles)
        wall = mix("#efe2c8", roof, 0.12)
        paint(
            image,
            wall,
            polygon([_iso(x, y + d), _iso(x + w, y + d), _iso(x + w, y + d, z), _iso(x, y + d, z)]),
        )
        side = [_iso(x + w, y), _iso(x + w, y + d), _iso(x + w, y + d, z), _iso(x + w, y, z)]
        paint(image, mix(wall, "#5b4a41", 0.42), polygon(side))
        top = [_iso(x, y, z), _iso(x + w, y, z), _iso(x + w, y + d, z), _iso(x, y + d, z)]
        paint(image, roof, polygon(top))
        crest = [_iso(x, y + d / 2, z + 9), _iso(x + w, y + d / 2, z + 9)]
        paint(image, mix(roof, "#fff0d8", 0.25), polygon([crest[0], crest[1], top[2], top[3]]))
        paint(image, mix(roof, "#3a2a24", 0.2), polygon([top[0], top[1], crest[1], crest[0]]))
    haze = gradient([(0, "#ffffff"), (0.45, "#000000"), (1, "#000000")]).convert("L")
    tint(image, "#f4e7cf", haze, 0.6)
    return finish(image)


def city_night() -> Image.Image:
    image = gradient([(0, "#0b1430"), (0.55, "#21355f"), (0.8, "#4b5a80"), (1, "#4b5a80")])
    random = Random(161)
    stars = [
        disc(random.uniform(0, WIDTH), random.uniform(0, 420), random.uniform(0.6, 1.6)) for _ in range(140)
    ]
    paint(image, "#ffffff", *stars, alpha=0.7)
    clouds(image, 162, "#5d6f97", 600, 0.42, 0.35)
    for row in range(4):
        near = row / 3
        wall, dark, x, warm, cool = (
            mix("#3b4a72", "#0d1426", near),
            mix("#2b385c", "#080d1b", near),
            -40.0,
            [],
            [],
        )
        while x < WIDTH:
            wide = random.uniform(80, 190) * (0.6 + 0.6 * near)
            top = 520 + row * 110 - random.uniform(0, 280 - 30 * row)
            paint(image, wall, box(x, top, x + wide, HEIGHT))
            paint(image, dark, box(x + wide * 0.72, top, x + wide, HEIGHT))
            if random.random() < 0.4:
                paint(
                    image,
                    wall,
                    line([(x + wide * 0.3, top), (x + wide * 0.3, top - 46)], 3),
                    box(x + 10, top - 16, x + 40, top),
                )
            pane, step = 9 + 9 * near, 26 + 18 * near
            for level in range(int((HEIGHT - top) / (step * 1.15))):
                for column in range(int((wide * 0.7 - pane) / step) + 1):
                    if random.random() < 0.27:
                        px, py = x + 10 + column * step, top + 18 + level * step * 1.15
                        (warm if random.random() < 0.82 else cool).append(
                            box(px, py, px + pane, py + pane * 1.35)
                        )
            x += wide + random.uniform(0, 14)
        paint(image, "#ffc970", *warm, alpha=0.35 + 0.15 * near, blur=6)
        paint(image, mix("#c9a878", "#ffdd98", near), *warm)
        paint(image, mix("#8ea3c4", "#c7dcf2", near), *cool)
        tint(image, "#5d6f97", gradient([(0.4, "#000000"), (1, "#ffffff")]).convert("L"), 0.16 * (1 - near))
    return finish(image)


def city_heat() -> Image.Image:
    image = gradient([(0, "#d9603a"), (0.35, "#ef9350"), (0.7, "#f9c878"), (1, "#fbe0a0")])
    paint(image, "#fff0bf", disc(980, 400, 300), alpha=0.45, blur=70)
    paint(image, "#fff6d8", disc(980, 400, 178))
    clouds(image, 171, "#fbd191", 700, 0.42, 0.4)
    random = Random(172)
    for row in range(5):
        near, x, towers = row / 4, -30.0, []
        while x < WIDTH:
            wide = random.uniform(50, 150) * (0.8 + 0.5 * near)
            top = 620 + row * 95 - random.uniform(0, 300 - 48 * row)
            towers.append(box(x, top, x + wide, HEIGHT))
            kind = random.random()
            if kind < 0.25:
                towers.append(polygon([(x, top), (x + wide / 2, top - 30 - 20 * near), (x + wide, top)]))
            elif kind < 0.45:
                towers.append(line([(x + wide / 2, top), (x + wide / 2, top - 70)], 4))
            elif kind < 0.65:
                towers.append(box(x + wide * 0.2, top - 22, x + wide * 0.5, top))
            x += wide + random.uniform(-8, 10)
        colour = mix("#eba861", "#5e2a2b", near)
        top = 0.5 + 0.09 * row
        paint(
            image,
            gradient([(0, colour), (top, colour), (1, mix(colour, "#f9c27c", 0.45 * (1 - near)))]),
            *towers,
        )
    shimmer = [
        curve([(x, y + 8 * math.sin(x / 90 + y)) for x in range(-20, WIDTH + 60, 60)], 4)
        for y in range(560, 800, 22)
    ]
    paint(image, "#ffe9b8", *[line(wave, 3) for wave in shimmer], alpha=0.14, blur=2)
    return finish(image)


PICTURES = {
    "city-blocks": city_blocks,
    "city-night": city_night,
    "city-heat": city_heat,
}
