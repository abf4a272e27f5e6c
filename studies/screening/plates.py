"""Pseudo-isochromatic plates: a digit of dots among dots that a colour-blind eye cannot tell from those around it.

The colours of digit and ground differ in one kind of cone alone, the one that a dichromat lacks, so that to a dichromat
they are the same; every dot has a lightness of its own, and a content of blue of its own, so that neither betrays the
digit. Positions and sizes are random and owe nothing to it. Cone responses follow Smith & Pokorny (1975), as Viénot,
Brettel & Mollon (1999, Color Research and Application 24:243–252, equation 4) give them for the red, green and blue of
a screen. On an uncalibrated screen they are approximate: this is a screening for strong red–green deficiencies, not a
diagnosis. The plates are the program's own; none is copied from a published test.
"""

import random
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studies.screening.figure import DIGITS, NONE, Figure, as_png, digit_mask

CONES = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
"""Linear red, green, blue → responses of the long, middle and short cones."""
BASE = np.array([0.5, 0.45, 0.35])
"""The colour around which digit and ground lie: linear red, green, blue, from 0 to 1."""
CONTRAST = 0.1
"""By how much of the base's response digit and ground lie above and below it, in the one kind of cone."""
LIGHTNESS = (0.55, 1.0)
"""The range of the factors by which dots are darker than the base."""
SHORT_CONES = 0.3
"""By how much of the base's response the short cones' differs from dot to dot, either way."""
DARKER = 0.35
"""The factor of the digit on the plate that everybody can read."""

SIDE = 420  # pixels
RADII = (3.5, 9.0)
GAP = 1.0
TRIES = 12_000
"""At random places: about 400 dots find room, which fill the disc."""
OVERSAMPLED = 2


class Plate(Enum):
    """What a plate is for. Each is read but the last, on which there is nothing."""

    EVERYBODY = "everybody"
    PROTAN = "protan"
    DEUTAN = "deutan"
    EMPTY = "empty"


PLATES = (*(3 * (Plate.PROTAN, Plate.DEUTAN)), Plate.EMPTY)
"""After the first, which is for everybody; in an order of its own for each observer."""
N_PLATES = 1 + len(PLATES)


def plates_of(seed: int) -> list[Figure]:
    """Return the plates that follow from a seed: first the one that everybody can read."""
    generator = random.Random(seed)
    order = [Plate.EVERYBODY, *generator.sample(PLATES, len(PLATES))]
    return [_figure(plate, generator.getrandbits(64)) for plate in order]


def _figure(plate: Plate, seed: int) -> Figure:
    digit = NONE if plate == Plate.EMPTY else random.Random(seed).choice(DIGITS)
    return Figure(digit, lambda: as_png(draw_plate(plate, digit, seed)), SIDE)


def draw_plate(plate: Plate, digit: str, seed: int) -> Image.Image:
    """Return a plate on white."""
    generator = np.random.default_rng(seed)
    dots = _packed(generator)
    mask = digit_mask(digit, SIDE)
    in_digit = mask[dots[:, 1].astype(int), dots[:, 0].astype(int)]
    colours = to_srgb(dot_colours(plate, in_digit, generator))
    image = Image.new("RGB", (SIDE * OVERSAMPLED, SIDE * OVERSAMPLED), "white")
    draw = ImageDraw.Draw(image)
    for (x, y, radius), colour in zip(dots * OVERSAMPLED, colours, strict=True):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(int(value) for value in colour))
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def dot_colours(plate: Plate, in_digit: NDArray[np.bool_], generator: np.random.Generator) -> NDArray[np.float64]:
    """Return the colours of dots.

    Parameters
    ----------
    plate
        What it is for. Of an empty one, digit and ground have one and the same mixture of both colours.
    in_digit
        For each of n dots whether it lies in the digit.

    Returns
    -------
    Array of shape (n, 3): linear red, green, blue, from 0 to 1.
    """
    n = len(in_digit)
    responses = np.repeat((CONES @ BASE)[np.newaxis], n, axis=0)
    side = np.where(in_digit, 1, -1)
    if plate == Plate.EMPTY:
        side = generator.choice([-1, 1], n)
    if plate != Plate.EVERYBODY:
        cone = {Plate.PROTAN: 0, Plate.DEUTAN: 1}.get(plate, int(generator.integers(2)))
        responses[:, cone] *= 1 + CONTRAST * side
    responses[:, 2] *= 1 + generator.uniform(-SHORT_CONES, SHORT_CONES, n)
    factors = generator.uniform(*LIGHTNESS, n)
    if plate == Plate.EVERYBODY:
        factors = np.where(in_digit, factors * DARKER, factors)
    colours: NDArray[np.float64] = (responses * factors[:, np.newaxis]) @ np.linalg.inv(CONES).T
    return colours


def to_srgb(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Encode linear red, green and blue, from 0 to 1, as 8-bit sRGB (IEC 61966-2-1)."""
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * encoded), dtype=np.uint8)


def _packed(generator: np.random.Generator) -> NDArray[np.float64]:
    """Return dots that do not touch one another, at random places in a disc.

    Returns
    -------
    Array of shape (n, 3): x, y and radius in pixels.
    """
    centre, widest = SIDE / 2, 2 * (RADII[1] + GAP)
    # How far each pixel is from the nearest dot; nobody asks for more than what the largest one needs.
    room = np.full((SIDE, SIDE), widest)
    # Large ones first: small ones find room between them.
    radii = np.sort(generator.uniform(*RADII, TRIES))[::-1]
    away = np.sqrt(generator.uniform(0, 1, TRIES)) * (centre - radii - 1)
    angles = generator.uniform(0, 2 * np.pi, TRIES)
    places = np.column_stack((centre + away * np.cos(angles), centre + away * np.sin(angles)))
    dots = []
    for (x, y), radius in zip(places.tolist(), radii.tolist(), strict=True):
        if room[int(y), int(x)] < radius + GAP:
            continue
        dots.append((x, y, radius))
        reach = radius + widest
        rows = slice(max(int(y - reach), 0), int(y + reach) + 1)
        columns = slice(max(int(x - reach), 0), int(x + reach) + 1)
        across = np.arange(SIDE)
        distance = np.hypot(across[columns] + 0.5 - x, across[rows, np.newaxis] + 0.5 - y) - radius
        np.minimum(room[rows, columns], distance, out=room[rows, columns])
    return np.array(dots)
