"""Draws the products and the picture on the home page.

A product is a still life: a backdrop, a table, a shadow and one of ten things
in one of twenty palettes, under a little film grain. The grain is what gives
the files the weight of photographs.
"""

import math
import pathlib
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = 600
SCALE = 900  # drawn larger and reduced: smooth edges
GRAIN = (17, 22)  # least and most; half of what is drawn is compressed grain

PALETTES = [
    ("#e8ddd0", "#cdb9a3", "#b5533c"), ("#dfe6e2", "#b9c8c0", "#2f6b5e"), ("#e9e4f0", "#c6bcd9", "#5b4a8a"),
    ("#f2e6d8", "#dcc3a1", "#c98a2d"), ("#dde7ee", "#b3c7d6", "#2c5d84"), ("#f1dfdc", "#d9b3ac", "#9d3b4a"),
    ("#e6e6df", "#c4c4b6", "#5e6b3a"), ("#e2e8ea", "#b8c6ca", "#37474f"), ("#f4e9e0", "#e0c8b4", "#a8552a"),
    ("#dcebe8", "#aecfc8", "#1f7a73"), ("#ece2ea", "#d0b8ca", "#7b3f6d"), ("#efe9d6", "#d8cba0", "#8a7420"),
    ("#e0e4f0", "#b7c0dd", "#3b4f9a"), ("#ebe0d6", "#cfb59f", "#6d4a33"), ("#e4ede0", "#bcd1b0", "#4b7a35"),
    ("#f3e1e6", "#dfb7c4", "#b8416a"), ("#e7eaec", "#c3cacf", "#4a5560"), ("#f0e5cf", "#dcc48d", "#b87a14"),
    ("#dbe5e4", "#a9c0be", "#23595a"), ("#efe3da", "#d5bba8", "#8c3f2b"),
]


def write_all(out: pathlib.Path) -> None:
    folder = out / "products"
    folder.mkdir(exist_ok=True)
    grain = grain_tile(SIZE * 2)
    for number in range(1, 201):
        picture = product(number, grain)
        picture.save(folder / f"{number:03}.webp", quality=82, method=4)
    hero(grain).save(out / "hero.webp", quality=80, method=4)


def grain_tile(size: int) -> Image.Image:
    noise = random.Random("grain").randbytes(size * size)
    fine = Image.frombytes("L", (size, size), noise)
    return fine.filter(ImageFilter.GaussianBlur(0.7))


def product(number: int, grain: Image.Image) -> Image.Image:
    rng = random.Random(f"product {number}")
    wall, table, paint = (rgb(colour) for colour in PALETTES[(number * 7 + number // 20) % len(PALETTES)])
    paint = vary(paint, rng)
    things = [mug, vase, lamp, bottle, box, bowl, chair, cushion, books, clock]
    scene = backdrop(SCALE, SCALE, wall, table, 0.68)
    place(scene, things[number % len(things)], paint, rng, SCALE / 2, SCALE * 0.80, SCALE * 0.62)
    return film(scene.resize((SIZE, SIZE), Image.Resampling.LANCZOS), grain, rng)


def hero(grain: Image.Image) -> Image.Image:
    rng = random.Random("hero")
    scene = backdrop(1600, 640, rgb("#efe4d6"), rgb("#c9ab8b"), 0.74)
    shelf = [
        (vase, "#2f6b5e", 820, 380), (bowl, "#c98a2d", 1000, 230), (lamp, "#b5533c", 1170, 470),
        (books, "#2c5d84", 1340, 230), (mug, "#7b3f6d", 1480, 170),
    ]
    for thing, paint, x, height in shelf:
        place(scene, thing, rgb(paint), rng, x, 540, height)
    return film(scene, grain, rng)


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def vary(colour, rng):
    return tuple(max(0, min(255, part + rng.randint(-18, 18))) for part in colour)


def shade(colour, factor: float):
    """Towards black below 1, towards white above."""
    if factor <= 1:
        return tuple(int(part * factor) for part in colour)
    return tuple(int(255 - (255 - part) / factor) for part in colour)


def backdrop(width: int, height: int, wall, table, horizon: float) -> Image.Image:
    down = Image.linear_gradient("L").resize((width, height))
    scene = Image.composite(Image.new("RGB", (width, height), shade(wall, 0.9)), Image.new("RGB", (width, height), shade(wall, 1.3)), down)
    edge = int(height * horizon)
    top = Image.composite(Image.new("RGB", (width, height), shade(table, 1.25)), Image.new("RGB", (width, height), shade(table, 0.85)), down)
    scene.paste(top.crop((0, 0, width, height - edge)), (0, edge))
    return scene


def place(scene: Image.Image, thing, paint, rng, x: float, floor: float, height: float) -> None:
    """Draws `thing` standing on `floor` around `x`, with shadow and light from the left."""
    layer = Image.new("RGBA", scene.size, (0, 0, 0, 0))
    pen = Pen(ImageDraw.Draw(layer), x, floor, height)
    thing(pen, paint, rng)
    mask = layer.getchannel("A")

    ground = Image.new("L", scene.size, 0)
    ImageDraw.Draw(ground).ellipse((x - height * 0.42, floor - height * 0.05, x + height * 0.62, floor + height * 0.09), fill=120)
    ground = ground.filter(ImageFilter.GaussianBlur(height * 0.035))
    scene.paste(shade(scene.getpixel((int(x), int(floor))), 0.35), (0, 0), ground)

    left, right = int(x - height * 0.6), int(x + height * 0.6)
    light = Image.new("L", scene.size, 255)
    ramp = Image.linear_gradient("L").rotate(90).transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((right - left, scene.height))
    light.paste(ramp.point(lambda value: 255 - int(value * 0.45)), (left, 0))
    lit = ImageChops.multiply(layer.convert("RGB"), Image.merge("RGB", (light,) * 3))
    scene.paste(lit, (0, 0), mask)


def film(scene: Image.Image, grain: Image.Image, rng) -> Image.Image:
    width, height = scene.size
    tile = Image.new("L", (width, height))
    offset = rng.randrange(grain.width - SIZE), rng.randrange(grain.height - SIZE)
    for x in range(0, width, SIZE):
        for y in range(0, height, SIZE):
            tile.paste(grain.crop((*offset, offset[0] + SIZE, offset[1] + SIZE)), (x, y))
    # The grain is grey around 128: half of it is added, half taken away.
    strength = rng.randint(*GRAIN)
    centred = tile.point(lambda value: 128 + (value - 128) * strength // 64)
    return ImageChops.add(scene, Image.merge("RGB", (centred,) * 3), scale=1, offset=-128)


class Pen:
    """Draws in units of the thing's height: x from its middle, y up from the floor."""

    def __init__(self, draw: ImageDraw.ImageDraw, x: float, floor: float, height: float):
        self.draw, self.x, self.floor, self.height = draw, x, floor, height

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.x + x * self.height, self.floor - y * self.height

    def box(self, left, bottom, right, top):
        (x0, y0), (x1, y1) = self.at(left, top), self.at(right, bottom)
        return (x0, y0, x1, y1)

    def ellipse(self, left, bottom, right, top, fill):
        self.draw.ellipse(self.box(left, bottom, right, top), fill=fill)

    def block(self, left, bottom, right, top, fill, radius=0.0):
        self.draw.rounded_rectangle(self.box(left, bottom, right, top), radius * self.height, fill=fill)

    def ring(self, left, bottom, right, top, colour, width):
        self.draw.ellipse(self.box(left, bottom, right, top), outline=colour, width=int(width * self.height))

    def shape(self, points, fill):
        self.draw.polygon([self.at(x, y) for x, y in points], fill=fill)

    def line(self, points, fill, width):
        self.draw.line([self.at(x, y) for x, y in points], fill=fill, width=max(1, int(width * self.height)), joint="curve")

    def turned(self, profile, fill):
        """A body of revolution: `profile` is half of its outline."""
        self.shape([(x, y) for x, y in profile] + [(-x, y) for x, y in reversed(profile)], fill)


def mug(pen, paint, rng):
    pen.ring(0.18, 0.22, 0.58, 0.66, paint, 0.07)
    pen.block(-0.36, 0.0, 0.36, 0.82, paint, 0.10)
    pen.ellipse(-0.36, 0.72, 0.36, 0.92, shade(paint, 1.3))
    pen.ellipse(-0.31, 0.745, 0.31, 0.895, shade(paint, 0.4))
    stripe = rng.uniform(0.2, 0.45)
    pen.block(-0.36, stripe, 0.36, stripe + 0.08, shade(paint, 1.7))


def vase(pen, paint, rng):
    belly, neck = rng.uniform(0.28, 0.36), rng.uniform(0.08, 0.13)
    steps = 40
    profile = []
    for step in range(steps + 1):
        t = step / steps
        width = neck + (belly - neck) * max(0.0, 1 - ((t - 0.35) / 0.42) ** 2) ** 0.8
        profile.append((width + 0.05 * max(0.0, t - 0.9) * 10, t * 0.74))
    for stem in range(5):
        lean = rng.uniform(-0.28, 0.28)
        pen.line([(0, 0.7), (lean * 0.6, 0.9), (lean, 1.02)], (74, 98, 62), 0.012)
        pen.ellipse(lean - 0.06, 0.98, lean + 0.06, 1.09, shade((196, 138, 92), rng.uniform(0.8, 1.5)))
    pen.turned(profile, paint)
    pen.ellipse(-neck - 0.05, 0.72, neck + 0.05, 0.77, shade(paint, 0.5))


def lamp(pen, paint, rng):
    pen.ellipse(-0.24, -0.03, 0.24, 0.07, shade(paint, 0.6))
    pen.block(-0.02, 0.02, 0.02, 0.7, (92, 84, 76))
    top = rng.uniform(0.12, 0.22)
    pen.shape([(-0.38, 0.58), (0.38, 0.58), (top, 1.02), (-top, 1.02)], paint)
    pen.ellipse(-0.38, 0.53, 0.38, 0.63, shade(paint, 1.9))
    pen.ellipse(-0.1, 0.55, 0.1, 0.61, (255, 244, 214))


def bottle(pen, paint, rng):
    shoulder = rng.uniform(0.55, 0.66)
    pen.block(-0.19, 0.0, 0.19, shoulder, paint, 0.05)
    pen.shape([(-0.19, shoulder - 0.04), (0.19, shoulder - 0.04), (0.07, shoulder + 0.16), (-0.07, shoulder + 0.16)], paint)
    pen.block(-0.07, shoulder + 0.1, 0.07, 0.94, paint)
    pen.block(-0.085, 0.9, 0.085, 1.0, (146, 104, 66), 0.02)
    pen.block(-0.19, 0.18, 0.19, 0.42, shade(paint, 2.6))
    for row in range(3):
        pen.block(-0.12, 0.24 + row * 0.05, rng.uniform(0.02, 0.12), 0.26 + row * 0.05, shade(paint, 0.6))


def box(pen, paint, rng):
    pen.shape([(-0.5, 0.0), (0.16, 0.0), (0.16, 0.5), (-0.5, 0.5)], paint)
    pen.shape([(0.16, 0.0), (0.5, 0.14), (0.5, 0.62), (0.16, 0.5)], shade(paint, 0.7))
    pen.shape([(-0.5, 0.5), (0.16, 0.5), (0.5, 0.62), (-0.12, 0.62)], shade(paint, 1.5))
    for slat in range(1, 5):
        pen.line([(-0.5, slat * 0.1), (0.16, slat * 0.1), (0.5, 0.14 + slat * 0.096)], shade(paint, 0.55), 0.008)
    pen.block(-0.27, 0.3, -0.07, 0.37, shade(paint, 0.35), 0.03)


def bowl(pen, paint, rng):
    profile = [(0.5 * (step / 20) ** 0.45, 0.05 + 0.45 * step / 20) for step in range(21)]
    fruit = [(216, 92, 60), (226, 170, 60), (140, 168, 74)]
    for place_ in range(5):
        x = -0.3 + place_ * 0.15
        pen.ellipse(x - 0.12, 0.42, x + 0.12, 0.66 + rng.uniform(-0.03, 0.04), fruit[rng.randrange(3)])
    pen.block(-0.16, 0.0, 0.16, 0.09, shade(paint, 0.7), 0.02)
    pen.turned(profile, paint)
    pen.line([(-0.49, 0.485), (0.49, 0.485)], shade(paint, 1.6), 0.025)


def chair(pen, paint, rng):
    wood = shade((150, 108, 70), rng.uniform(0.8, 1.3))
    for x in (-0.3, 0.22):
        pen.shape([(x, 0.0), (x + 0.05, 0.0), (x + 0.07, 0.45), (x, 0.45)], shade(wood, 0.75))
    for x in (-0.38, 0.33):
        pen.shape([(x, -0.06), (x + 0.05, -0.06), (x + 0.05, 0.45), (x, 0.45)], wood)
    for x in (-0.3, -0.12, 0.06, 0.24):
        pen.block(x, 0.45, x + 0.045, 1.0, wood, 0.02)
    pen.block(-0.34, 0.86, 0.34, 1.02, wood, 0.05)
    pen.block(-0.42, 0.4, 0.42, 0.52, paint, 0.05)


def cushion(pen, paint, rng):
    pen.shape([(-0.46, 0.02), (-0.2, 0.06), (0.2, 0.06), (0.46, 0.02), (0.42, 0.3), (0.42, 0.5), (0.47, 0.82), (0.2, 0.77), (-0.2, 0.77), (-0.47, 0.82), (-0.42, 0.5), (-0.42, 0.3)], paint)
    stripes = rng.randint(3, 7)
    for stripe in range(stripes):
        x = -0.38 + 0.76 * (stripe + 0.5) / stripes
        pen.line([(x, 0.07), (x * 0.95, 0.4), (x, 0.76)], shade(paint, rng.choice([1.5, 2.2, 0.7])), 0.03)
    pen.ellipse(-0.025, 0.39, 0.025, 0.44, shade(paint, 0.5))


def books(pen, paint, rng):
    floor = 0.0
    for book in range(rng.randint(4, 6)):
        thick, width = rng.uniform(0.09, 0.15), rng.uniform(0.36, 0.5)
        shift = rng.uniform(-0.05, 0.05)
        cover = shade(vary(paint, rng), rng.choice([0.7, 1.0, 1.4, 1.9]))
        pen.block(shift - width, floor, shift + width, floor + thick, cover, 0.015)
        pen.block(shift - width + 0.02, floor + 0.02, shift + width, floor + thick - 0.02, (240, 232, 214))
        pen.block(shift - width, floor, shift - width + 0.08, floor + thick, cover, 0.015)
        floor += thick


def clock(pen, paint, rng):
    pen.ellipse(-0.45, 0.04, 0.45, 0.94, paint)
    pen.ellipse(-0.38, 0.11, 0.38, 0.87, (246, 241, 230))
    for hour in range(12):
        x, y = turn(hour * 30)
        pen.line([(x * 0.31, 0.49 + y * 0.31), (x * 0.35, 0.49 + y * 0.35)], (70, 64, 58), 0.016)
    for angle, length, width in ((rng.randrange(360), 0.2, 0.03), (rng.randrange(360), 0.29, 0.02)):
        x, y = turn(angle)
        pen.line([(0, 0.49), (x * length, 0.49 + y * length)], (52, 48, 44), width)
    pen.ellipse(-0.03, 0.46, 0.03, 0.52, shade(paint, 0.8))


def turn(degrees: float) -> tuple[float, float]:
    return math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
