"""One thing to be looked at, and what is to be said of it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

NONE = "none"
"""What is said where nothing can be made out."""
DIGITS = tuple("2345679")
"""0, 1 and 8 are left out: among dots they are taken for a letter, a line, and a 6."""

DIGIT_HEIGHT = 0.68
"""Of the side of a figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing to be looked at.

    Attributes
    ----------
    answer
        What is right.
    draw
        Returns it as a PNG; it takes some tens of milliseconds.
    side
        Of the PNG, in its pixels.
    """

    answer: str
    draw: Callable[[], bytes]
    side: int


def digit_mask(digit: str, side: int) -> NDArray[np.bool_]:
    """Return where a bold digit stands in the middle of a square; nowhere for `NONE`.

    Returns
    -------
    Array of shape (side, side).
    """
    mask = Image.new("L", (side, side))
    if digit != NONE:
        size = round(side * DIGIT_HEIGHT * 1.35)  # the height of a digit is about ¾ of the size of its font
        font = ImageFont.load_default(size)
        ImageDraw.Draw(mask).text(
            (side / 2, side / 2), digit, fill=255, font=font, anchor="mm", stroke_width=max(1, round(side * 0.025))
        )
    return np.asarray(mask) > 127


def as_png(image: Image.Image) -> bytes:
    """Return an image as a PNG that holds nothing but its pixels."""
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
