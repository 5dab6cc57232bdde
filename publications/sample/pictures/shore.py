# Pictures of built shores: walls, staffs, groynes, a barrier, a lighthouse and houses near the edge.
import math
from random import Random

from PIL import Image

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
    reflect,
    ridge,
    threshold,
    tint,
    water,
)


def sea_wall() -> Image.Image:
    image = gradient([(0, "#6f93ab"), (0.3, "#b9ccd2"), (0.42, "#e9ebe2")])
    clouds(image, 4, "#f7f6f0", 400, 0.42, 0.8)
    paint(image, water(5, 425, [(0, "#2c6274"), (1, "#143f50")], 0.6), box(0, 425, WIDTH, HEIGHT))
    eye = (470, 425)
    paint(image, "#5d7a55", polygon([eye, (WIDTH, 450), (WIDTH, 640)]))
    paint(image, "#7c9465", polygon([eye, (WIDTH, 480), (WIDTH, 560)]), alpha=0.7)
    stone = ramp(noise(9, 40, 30, 3), [(0, "#b9b3a6"), (1, "#d8d3c6")])
    paint(image, stone, polygon([eye, (WIDTH, 600), (WIDTH, HEIGHT), (520, HEIGHT)]))
    paint(image, "#e6e1d5", polygon([eye, (WIDTH, 600), (WIDTH, 690)]), alpha=0.9)
    paint(image, "#7b7b78", polygon([eye, (880, HEIGHT), (520, HEIGHT)]), alpha=0.75)
    paint(image, "#f4f5f0", polygon([eye, (540, HEIGHT), (486, HEIGHT)]), alpha=0.85, blur=3)
    joints, rails = [], [line([eye, (WIDTH, 690 - lift)], 3) for lift in (113, 62)]
    for step in range(1, 26):
        far = (1 - 0.86**step) ** 1.6
        top = (eye[0] + 1695 * far, eye[1] + 348 * far)
        foot = (eye[0] + 78 * far, eye[1] + 835 * far)
        bow = ((top[0] + foot[0]) / 2 + 90 * far, (top[1] + foot[1]) / 2 + 130 * far)
        joints.append(line(curve([top, bow, foot], 8), 1 + 2 * far))
        x, y = eye[0] + 1300 * far, eye[1] + 305 * far
        rails.append(line([(x, y), (x, y - 130 * far)], 1 + 4 * far))
    paint(image, "#86837b", *joints, alpha=0.6)
    paint(image, "#33434c", *rails)
    return finish(image)


def tide_staff() -> Image.Image:
    image = gradient([(0, "#aebbbd"), (0.42, "#dfe3de"), (0.5, "#e4e6e0"), (0.7, "#b7c6c8"), (1, "#7f989f")])
    posts = [(250 + 1010 * t**1.35, 40 + 470 * t**1.3, 5 + 30 * t) for t in (i / 10 for i in range(11))]
    for index, (x, tall, thick) in enumerate(posts):
        near = index / 10
        colour, foot = mix("#b4bfc0", "#27343a", near), 540 + 330 * near**1.5
        ripples = [
            box(x - thick / 2 + math.sin(k * 1.7) * k * 0.8, top, x + thick / 2, top + tall / 50)
            for k in range(18)
            if (top := foot + k * tall / 30)
        ]
        paint(image, colour, *ripples, alpha=0.35, blur=2)
        paint(image, colour, box(x - thick / 2, foot - tall * 0.9, x + thick / 2, foot))
    x, foot = posts[-1][0] + 130, 905
    ripples = [
        box(x - 26 + 5 * math.sin(k * 2.1), foot + k * 14, x + 30, foot + k * 14 + 8) for k in range(11)
    ]
    paint(image, "#33434a", *ripples, alpha=0.4, blur=2)
    paint(image, "#efece2", box(x - 30, 300, x + 30, foot))
    marks = [box(x - 30, 366 + k * 20, x - 30 + (44 if k % 4 == 0 else 26), 372 + k * 20) for k in range(24)]
    paint(image, "#1f2a30", box(x - 30, 300, x + 30, 352), box(x - 30, 850, x + 30, foot), *marks)
    tint(image, "#ffffff", threshold(noise(3, 2, 9, 4), 0.58, 90), 0.22)
    return finish(image)


def lighthouse() -> Image.Image:
    image = gradient([(0, "#0e1b33"), (0.5, "#27456a"), (0.72, "#54769a"), (1, "#15304a")])
    random = Random(4)
    stars = [(random.uniform(0, WIDTH), random.uniform(0, 560), random.uniform(0.6, 1.8)) for _ in range(240)]
    paint(image, "#ffffff", *[disc(*star) for star in stars], alpha=0.8)
    clouds(image, 90, "#7d9ab8", 700, 0.4, 0.3)
    paint(image, water(6, 760, [(0, "#3f6384"), (1, "#10263d")], 0.45), box(0, 760, WIDTH, HEIGHT))
    lamp = (1130, 300)
    for spread, strength in ((120, 0.16), (70, 0.2), (30, 0.3)):
        left = polygon([lamp, (-40, 180 - spread), (-40, 180 + spread)])
        right = polygon([lamp, (1700, 372 - spread / 2), (1700, 372 + spread / 2)])
        paint(image, "#ffefc2", left, right, alpha=strength, blur=10)
    rock = [(x, y) for x, y in ridge(52, 830, 40, 0.55)[1:-1] if x > 560]
    head = [(x, y - 150 * max(0, 1 - abs(x - 1150) / 520) ** 0.7) for x, y in rock]
    paint(image, "#0a1522", polygon([(440, HEIGHT), *head, (WIDTH, HEIGHT)]))
    paint(image, "#e8ebe8", polygon([(1082, 720), (1102, 345), (1158, 345), (1178, 720)]))
    paint(image, "#a63a33", polygon([(1090, 560), (1095, 470), (1165, 470), (1170, 560)]))
    paint(image, "#0f1d30", polygon([(1140, 345), (1158, 345), (1178, 720), (1146, 720)]), alpha=0.45, blur=3)
    roof = polygon([(1102, 270), (1158, 270), (1130, 232)])
    paint(image, "#15202e", roof, box(1090, 330, 1170, 348), box(1104, 268, 1156, 276))
    paint(image, "#fff3c9", box(1108, 276, 1152, 330))
    paint(image, "#fff0c0", disc(1130, 300, 95), alpha=0.45, blur=36)
    return finish(image)


def hill_village() -> Image.Image:
    image = gradient([(0, "#39456e"), (0.3, "#8c7da0"), (0.52, "#f0b79a"), (0.62, "#f7d3ac"), (1, "#f7d3ac")])
    clouds(image, 15, "#f6c9ac", 560, 0.46, 0.55)
    paint(image, water(23, 640, [(0, "#d8b5a8"), (1, "#4c5f86")], 0.35), box(0, 640, WIDTH, HEIGHT))
    far = [(x, 640 - 70 * math.sin(max(0, 700 - x) / 460)) for x in range(0, 701, 20)]
    paint(image, "#7c7494", polygon([(0, 641), *far, (700, 641)]))

    def slope(x):
        return 850 - 480 * ((x - 480) / 1120) ** 0.72 + 18 * math.sin(x / 60)

    hill = [(x, slope(x)) for x in range(480, WIDTH + 21, 20)]
    ground = gradient([(0.3, "#565273"), (1, "#1a2138")])
    paint(image, ground, polygon([(330, HEIGHT), (420, 890), *hill, (WIDTH + 20, HEIGHT)]))
    random, houses = Random(31), []
    for row in range(5):
        for column in range(12):
            x, size = 690 + column * 78 + random.uniform(-20, 20) + row * 14, 20 + row * 5
            houses.append((x, slope(min(x, WIDTH)) + 40 + row * 76 + random.uniform(-10, 10), size))
    for x, y, s in houses:
        gable = [(x - s, y), (x - s, y - s), (x, y - s * 1.7), (x + s, y - s), (x + s, y)]
        paint(image, "#33385a", polygon(gable), box(x + s * 0.4, y - s * 1.9, x + s * 0.62, y - s * 1.2))
        roof = [(x, y - s * 1.7), (x + s, y - s), (x + s * 0.9, y - s * 0.85), (x, y - s * 1.5)]
        paint(image, "#8a7894", polygon(roof), alpha=0.7)
    windows = [
        box(x + place * s, y - s * 0.62, x + (place + 0.26) * s, y - s * 0.3)
        for x, y, s in houses
        for place in (-0.45, 0.2)
        if random.random() < 0.6
    ]
    paint(image, "#ffcf7d", *windows, alpha=0.6, blur=7)
    paint(image, "#ffe3a6", *windows)
    return finish(image)


def cliff_house() -> Image.Image:
    image = gradient([(0, "#a9c1c9"), (0.45, "#e6e9e1"), (1, "#e6e9e1")])
    clouds(image, 66, "#ffffff", 500, 0.5, 0.8)
    paint(image, water(29, 560, [(0, "#7fa0a4"), (1, "#39646d")], 0.5), box(0, 560, WIDTH, HEIGHT))
    random = Random(3)
    edge = [
        (800 + 40 * math.sin(y / 70) + random.uniform(-22, 22) - (y - 400) * 0.34, y)
        for y in range(400, HEIGHT + 30, 22)
    ]
    bands = ["#c08a5b", "#d9a873", "#a9714a", "#e0b98a", "#b98558", "#8f6143", "#c79663"]
    stops = [
        (0.36 + i * 0.045 + shift, colour)
        for i in range(14)
        for shift, colour in ((0, bands[i % 7]), (0.034, bands[i % 7]))
    ]
    strata = ramp(noise(5, 3, 5, 5), [(0, "#7a543b"), (1, "#f0d6ad")])
    strata = Image.blend(gradient(stops), strata, 0.5)
    paint(image, strata, polygon([(edge[0][0], 400), *edge, (WIDTH, HEIGHT + 30), (WIDTH, 372)]))
    cracks = [
        line([(x + 6, y), (x + random.uniform(20, 90), y + random.uniform(60, 170))], random.uniform(1, 3))
        for x, y in edge
    ]
    paint(image, "#4d3526", *cracks, alpha=0.35, blur=1)
    shade = [(x + 70, y) for x, y in edge]
    paint(image, "#4a3020", polygon([*edge, *shade[::-1]]), alpha=0.3, blur=16)
    turf = [(edge[0][0] - 24, 408), (edge[0][0] + 30, 382), (WIDTH, 340), (WIDTH, 412), (900, 428)]
    tufts = [
        line([(x, 416), (x + random.uniform(-6, 6), 430 + random.uniform(0, 20))], 4)
        for x in range(round(edge[0][0]), WIDTH, 9)
    ]
    paint(image, "#5f7b42", polygon(turf), *tufts)
    paint(image, "#83a05c", polygon([turf[1], turf[2], (WIDTH, 372), (860, 396)]), alpha=0.8)
    paint(image, "#f4f1e8", box(900, 270, 1090, 392))
    paint(image, "#c9cfcc", polygon([(1090, 392), (1090, 270), (1160, 262), (1160, 388)]))
    paint(image, "#6b302a", box(950, 150, 982, 214))
    paint(image, "#8d4238", polygon([(886, 276), (936, 196), (1116, 190), (1174, 266), (1090, 276)]))
    paint(image, "#3f545f", box(930, 302, 972, 346), box(1020, 302, 1062, 346), box(1110, 296, 1140, 338))
    fence = [line([(x, 404), (x + 5, 352)], 5) for x in range(780, 900, 26)]
    paint(image, "#5d6a5a", *fence, line([(764, 378), (900, 362)], 4))
    foam = [disc(x, HEIGHT - random.uniform(0, 40), random.uniform(12, 46), 11) for x in range(420, 640, 14)]
    paint(image, "#f5f8f6", *foam, alpha=0.7, blur=6)
    return finish(image)


def groynes() -> Image.Image:
    image = gradient([(0, "#98a9a9"), (0.4, "#d4d9d0"), (1, "#d4d9d0")])
    clouds(image, 41, "#f0f2ec", 420, 0.5, 0.7)
    paint(image, water(42, 430, [(0, "#8da7a5"), (1, "#557a7c")], 0.5), box(0, 430, WIDTH, HEIGHT))
    shore = [(WIDTH + 40, 446), (1250, 520), (980, 640), (760, 800), (560, 960), (430, HEIGHT + 40)]
    shore = curve(shore, 12)
    stones = ramp(noise(43, 160, 110, 3), [(0.1, "#8d7a60"), (0.5, "#bda888"), (0.95, "#e2d3b5")])
    surf = [(x - 46, y + 2) for x, y in shore]
    paint(image, "#f3f4ee", polygon([*surf, (WIDTH, HEIGHT)]), alpha=0.9, blur=5)
    paint(image, stones, polygon([*shore, (WIDTH + 40, HEIGHT + 40)]))
    for step in range(7):
        near = (step / 6) ** 1.5
        y, reach = 462 + 420 * near, 150 + 620 * near
        tall, thick, start = 16 + 92 * near, 4 + 20 * near, 1420 - 800 * near - (150 + 620 * near) * 0.55
        fence = []
        for k in range(13):
            across, foot = start + reach * k / 12, y - 6 + reach * 0.11 * k / 12
            head = foot - tall * (1.0 if k % 3 == 0 else 0.72)
            fence.append(box(across, head, across + thick, foot + tall * 0.28))
        for lift in (0.55, 0.25):
            rail = [(start, y - tall * lift), (start + reach + thick, y + reach * 0.11 - tall * lift)]
            fence.append(line(rail, thick * 0.55))
        paint(image, mix("#7f8379", "#2c2a26", near), *fence)
    return finish(image)


def surge_barrier() -> Image.Image:
    image = gradient([(0, "#8ca6bd"), (0.35, "#d8d9d4"), (0.52, "#f3dfc3"), (1, "#f3dfc3")])
    clouds(image, 35, "#fbf1e2", 480, 0.46, 0.75)
    hills = [(x, y * 0.25 + 430) for x, y in ridge(6, 520, 60, 0.5)]
    paint(image, "#93a09f", polygon(hills), alpha=0.8)
    for left in range(90, 1500, 300):
        arch = curve([(left + 60, 560), (left + 180, 520), (left + 300, 560)], 10)
        paint(image, "#5f7580", polygon([*arch, (left + 300, 640), (left + 60, 640)]))
        ribs = [line([(left + 70 + k * 44, 545), (left + 70 + k * 44, 640)], 3) for k in range(6)]
        paint(image, "#40545f", *ribs, line([(left + 60, 600), (left + 300, 600)], 3), alpha=0.8)
        paint(image, "#c3ced0", line(arch, 5))
    for x in range(50, 1600, 300):
        side = [(x + 124, 640), (x + 124, 470), (x + 110, 420)]
        paint(image, "#c9cbc6", polygon([(x - 14, 640), (x - 14, 470), (x + 30, 420), *side[::-1]]))
        paint(image, "#8f979a", polygon([*side, (x + 70, 420), (x + 70, 640)]))
        hood = curve([(x - 6, 420), (x + 20, 360), (x + 60, 340), (x + 98, 362), (x + 116, 420)], 8)
        paint(image, "#52626b", polygon(hood))
        paint(image, "#ffd991", disc(x + 54, 396, 7))
    rails = [line([(x, 508), (x, 486)], 2) for x in range(0, WIDTH, 22)]
    paint(image, "#3b4a53", box(0, 508, WIDTH, 522), line([(0, 486), (WIDTH, 486)], 2), *rails)
    reflect(image, 640, "#9fb0b8", 0.62, 3.5)
    shine = water(36, 640, [(0, "#b9c4c6"), (1, "#5f7d8d")], 0.5)
    tint(image, shine, gradient([(0, "#000000"), (0.6, "#202020"), (1, "#c0c0c0")]).convert("L"), 0.85)
    return finish(image)


PICTURES = {
    "sea-wall": sea_wall,
    "tide-staff": tide_staff,
    "lighthouse": lighthouse,
    "hill-village": hill_village,
    "cliff-house": cliff_house,
    "groynes": groynes,
    "surge-barrier": surge_barrier,
}
