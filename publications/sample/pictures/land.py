# Pictures of open country: hills, fields and a river from above, dry ground, power lines.
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
    noise,
    paint,
    polygon,
    ramp,
    ridge,
    threshold,
    tint,
)


def hills_evening() -> Image.Image:
    image = gradient([(0, "#4c5a86"), (0.28, "#b79bb0"), (0.5, "#f5c7a4"), (1, "#f9ddb8")])
    paint(image, "#fff6dd", disc(1210, 190, 44))
    paint(image, "#9f8ba6", disc(1192, 180, 43))
    clouds(image, 19, "#f7d6bd", 500, 0.44, 0.5)
    for row in range(7):
        near = row / 6
        crest = ridge(row + 11, 470 + row * 88, 70 + row * 13, 0.5, 9)
        top, foot = mix("#c4a0ae", "#1c2340", near), mix("#dcb8b4", "#27304f", near)
        start = (440 + row * 84) / HEIGHT
        paint(
            image, gradient([(0, top), (start, top), (min(1, start + 0.17), foot), (1, foot)]), polygon(crest)
        )
    return finish(image)


def river_bends() -> Image.Image:
    random, plots = Random(111), []
    for column in range(-3, 20):
        for row in range(-3, 18):
            x, y, shade = column * 104 + row * 30, row * 84 - column * 18, random.choice(range(20, 256, 33))
            plots.append((polygon([(x, y), (x + 104, y - 18), (x + 134, y + 66), (x + 30, y + 84)]), shade))
    colours = ["#6f8f4c", "#88a055", "#a9b264", "#c4b873", "#7c8e4d", "#d3c68a", "#5d7d45", "#b79f5e"]
    image = Image.new("RGB", (WIDTH, HEIGHT), "#88a055")
    for index, colour in enumerate(colours):
        paint(image, colour, *[plot for plot, shade in plots if shade // 33 == index])
    paint(image, "#4f6b3d", *[line([*plot.points, plot.points[0]], 3) for plot, _ in plots], alpha=0.55)
    tint(image, "#f3ecc4", threshold(noise(112, 7, 5, 5), 0.55, 90), 0.2)
    bends = [
        (-60, 250),
        (120, 200),
        (250, 340),
        (190, 520),
        (330, 640),
        (500, 520),
        (480, 330),
        (620, 220),
        (790, 330),
        (770, 560),
        (640, 720),
        (760, 880),
        (960, 800),
        (980, 560),
        (1080, 400),
        (1250, 430),
        (1290, 640),
        (1200, 820),
        (1340, 950),
        (1500, 860),
        (1660, 900),
    ]
    river = curve(bends, 14)
    cut_offs = [
        curve([(300, 760), (390, 870), (520, 850), (560, 770)], 10),
        curve([(880, 220), (960, 120), (1080, 130), (1110, 240)], 10),
        curve([(1330, 330), (1430, 290), (1480, 400), (1420, 490)], 10),
    ]
    paint(image, "#5f7a45", line(river, 120), *[line(path, 64) for path in cut_offs], alpha=0.75, blur=10)
    paint(image, "#e6d8a8", line([(x + 7, y + 9) for x, y in river], 62), alpha=0.9, blur=2)
    paint(image, "#2f7487", line(river, 52), *[line(path, 26) for path in cut_offs])
    paint(image, "#7db4bb", line([(x - 6, y - 5) for x, y in river], 16), alpha=0.5, blur=5)
    trees = [
        (x + random.choice((-1, 1)) * random.uniform(48, 70), y + random.uniform(-24, 24))
        for x, y in river[::3]
    ]
    paint(image, "#1f3d2a", *[disc(x + 5, y + 6, 12) for x, y in trees], alpha=0.4, blur=3)
    paint(image, "#3c6340", *[disc(x, y, random.uniform(7, 14)) for x, y in trees])
    return finish(image, vignette=0.1)


def cracked_earth() -> Image.Image:
    image = gradient([(0, "#efe9dc"), (0.24, "#f7f1e2"), (1, "#f7f1e2")])
    paint(image, "#c3b5a4", polygon([(x, y * 0.4 + 150) for x, y in ridge(131, 270, 80, 0.5)]))
    paint(image, "#a9937c", polygon([(x, y * 0.4 + 175) for x, y in ridge(132, 290, 60, 0.5)]))
    soil = ramp(noise(133, 40, 26, 5), [(0.2, "#a57d58"), (0.8, "#d3ad80")])
    paint(image, "#5a3d2a", box(0, 296, WIDTH, HEIGHT))
    random = Random(134)

    def corner(column: int, row: int) -> Point:
        jitter = Random(column * 999 + row)
        depth = max(0.0, (row + jitter.uniform(-0.28, 0.28)) / 15) ** 2.1
        y = 296 + 860 * depth
        spread = 0.16 + 1.05 * depth
        return 800 + (column + jitter.uniform(-0.3, 0.3) + (0.5 if row % 2 else 0)) * 190 * spread, y

    for row in range(15):
        for column in range(-26, 27):
            plate = [
                corner(column, row),
                corner(column + 1, row),
                corner(column + 1, row + 1),
                corner(column, row + 1),
            ]
            x, y = (sum(part) / 4 for part in zip(*plate, strict=True))
            shrunk = [(x + (px - x) * 0.93, y + (py - y) * 0.9) for px, py in plate]
            if -200 < x < WIDTH + 200:
                paint(image, soil, polygon(shrunk))
                paint(image, mix("#8d6644", "#ffe6bd", random.random()), polygon(shrunk), alpha=0.14)
                paint(image, "#f2d7aa", line(shrunk[:2], 1 + row * 0.16), alpha=0.55)
    haze = gradient([(0, "#000000"), (0.26, "#000000"), (0.285, "#ffffff"), (0.5, "#000000"), (1, "#000000")])
    tint(image, "#f3e6cf", haze.convert("L"), 0.75)
    return finish(image)


def pylons() -> Image.Image:
    image = gradient([(0, "#2d2a4a"), (0.35, "#8a4a5c"), (0.6, "#e2785a"), (0.74, "#f9b872"), (1, "#f9b872")])
    clouds(image, 141, "#f6a27e", 760, 0.48, 0.55)
    paint(image, "#fff0c4", disc(420, 760, 60))
    paint(image, "#fff0c4", disc(420, 760, 90), alpha=0.4, blur=40)
    paint(image, "#6a3b4f", polygon(ridge(142, 790, 46, 0.5)))
    paint(image, "#3a2740", polygon(ridge(143, 850, 38, 0.5)))
    towers = [
        (1330, 985, 1.0),
        (905, 905, 0.62),
        (655, 866, 0.4),
        (505, 846, 0.27),
        (410, 834, 0.19),
        (345, 826, 0.13),
    ]
    tips = []
    for x, foot, s in towers:
        top, bars = foot - 830 * s, []
        for side in (-1, 1):
            bars.append(
                line(
                    [
                        (x + side * 120 * s, foot),
                        (x + side * 34 * s, foot - 470 * s),
                        (x + side * 10 * s, top),
                    ],
                    9 * s,
                )
            )
        for k in range(7):
            low, high = 120 - 14.5 * k, 120 - 14.5 * (k + 1)
            y = foot - 78 * k * s
            bars.append(line([(x - low * s, y), (x + high * s, y - 78 * s)], 4 * s))
            bars.append(line([(x + low * s, y), (x - high * s, y - 78 * s)], 4 * s))
        arms = []
        for lift, reach in ((520, 190), (640, 150), (750, 105)):
            y = foot - lift * s
            arms.append(polygon([(x - reach * s, y), (x, y - 34 * s), (x + reach * s, y), (x, y + 4 * s)]))
            bars.extend(
                line([(x + side * reach * s, y), (x + side * reach * s, y + 44 * s)], 5 * s)
                for side in (-1, 1)
            )
        tips.append(
            [
                (x + side * reach * s, foot - lift * s + 44 * s)
                for lift, reach in ((520, 190), (640, 150), (750, 105))
                for side in (-1, 1)
            ]
        )
        paint(image, mix("#1a1426", "#7a4656", 1 - s**0.5), *bars, *arms)
    tips.insert(0, [(x + 900, y - 130) for x, y in tips[0]])
    wires = []
    for near, far, (_, _, s) in zip(tips, tips[1:], towers, strict=False):
        for (x1, y1), (x2, y2) in zip(near, far, strict=True):
            wires.append(
                line(
                    curve([(x1, y1), ((x1 + x2) / 2, (y1 + y2) / 2 + 70 * s), (x2, y2)], 14), max(1.2, 3 * s)
                )
            )
    paint(image, "#1f1829", *wires, alpha=0.85)
    paint(image, gradient([(0.8, "#2a1d31"), (1, "#120d18")]), polygon(ridge(144, 975, 26, 0.5)))
    return finish(image)


PICTURES = {
    "hills-evening": hills_evening,
    "river-bends": river_bends,
    "cracked-earth": cracked_earth,
    "pylons": pylons,
}
