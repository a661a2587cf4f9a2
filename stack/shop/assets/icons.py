"""The script's icon set: the part of app.js that in other shops is a library.

The icons are worked out rather than drawn, which keeps them out of the
repository while the browser still gets a script of ordinary weight.
"""

import json
import math
import random


def script() -> str:
    entries = {f"{shape}-{size}": path(shape, size) for shape in SHAPES for size in range(3, 15)}
    lines = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(data)}" for name, data in entries.items())
    return f"'use strict';\n\nconst ICONS = Object.freeze({{\n  {lines}\n}});\n\n"


def path(shape: str, size: int) -> str:
    rng = random.Random(f"{shape} {size}")
    points = SHAPES[shape](size, rng)
    moves = [f"{'M' if i == 0 else 'L'}{x:.2f} {y:.2f}" for i, (x, y) in enumerate(points)]
    return "".join(moves) + "Z"


def around(angle: float, radius: float) -> tuple[float, float]:
    return 12 + radius * math.sin(angle), 12 - radius * math.cos(angle)


def polygon(size, _rng):
    return [around(2 * math.pi * i / size, 10) for i in range(size)]


def star(size, _rng):
    return [around(math.pi * i / size, 10 if i % 2 == 0 else 4.5) for i in range(2 * size)]


def gear(size, _rng):
    return [around(math.pi * (i + 0.5) / (2 * size), 10 if i % 4 in (1, 2) else 7.5) for i in range(4 * size)]


def flower(size, _rng):
    return [around(2 * math.pi * i / 48, 7 + 3 * math.cos(size * 2 * math.pi * i / 48)) for i in range(48)]


def pebble(size, rng):
    return [around(2 * math.pi * i / (size + 8), rng.uniform(6, 10)) for i in range(size + 8)]


def wave(size, _rng):
    top = [(2 + 20 * i / 24, 9 + 3 * math.sin(size * i / 6)) for i in range(25)]
    return top + [(x, y + 4) for x, y in reversed(top)]


SHAPES = {"polygon": polygon, "star": star, "gear": gear, "flower": flower, "pebble": pebble, "wave": wave}
