"""Digits hardly lighter than black, and hardly darker than white: what a screen and its room let one tell apart.

Who cannot read them has a dim or a glaring screen, a dark or a bright room, or contrast set too high, which cuts levels
off at the ends. It is no measurement of luminance: for that an instrument has to be held to the screen.
"""

import random

import numpy as np
from PIL import Image

from studies.screening.figure import DIGITS, Figure, as_png, digit_mask

DIFFERENCES = (24, 16, 11, 7)
"""Of digit and ground, in levels of 255."""
N_PATCHES = 2 * len(DIFFERENCES)
SIDE = 220  # pixels


def patches_of(seed: int) -> list[Figure]:
    """Return the patches that follow from a seed: dark and light ones, from the plainest to the faintest."""
    generator = random.Random(seed)
    grounds = [(ground, step) for step in DIFFERENCES for ground in (0, 255)]
    return [_figure(ground, step, generator.choice(DIGITS)) for ground, step in grounds]


def _figure(ground: int, step: int, digit: str) -> Figure:
    level = abs(ground - step)
    return Figure(digit, lambda: as_png(draw_patch(ground, level, digit)), SIDE)


def draw_patch(ground: int, level: int, digit: str) -> Image.Image:
    """Return a grey digit on a grey ground; either has one level from 0 to 255 all over."""
    return Image.fromarray(np.where(digit_mask(digit, SIDE), level, ground).astype(np.uint8), mode="L")
