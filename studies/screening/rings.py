"""Landolt rings: on which side is the gap? Drawn as large as an acuity asks for at a distance.

Proportions after ISO 8596: the gap and the stroke are a fifth of the ring's diameter; the gap subtends one minute of
arc at a decimal acuity of 1. Of that standard's eight directions the four straight ones are used, which arrow keys
name; so guessing is right once in four. The size rests on what the observer has measured with a card, and on the
distance that they keep: a screening, not a diagnosis.
"""

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from studies.screening.figure import Figure, as_png

DIRECTIONS = ("right", "down", "left", "up")
"""Clockwise, as Pillow counts angles, from 3 o'clock."""
N_RINGS = 8
AT_LEAST_RIGHT = 6
"""Of the rings. By guessing, 6 or more of 8 are right once in 237 times."""
DIAMETER = 5
"""Of a ring, in gaps."""
SMALLEST_GAP = 2.0
"""Screen pixels: a smaller gap would be made by the smoothing of its edges more than by its width."""
LARGEST_SIDE = 1_000
"""Screen pixels of a ring with its margin: what is asked for beyond it does not come from a screen and a card."""
MARGIN = 2
"""Around a ring, in gaps."""
OVERSAMPLED = 8


@dataclass(frozen=True, slots=True)
class Sight:
    """How large rings are on a screen.

    Attributes
    ----------
    gap
        In screen pixels.
    pixel_ratio
        Screen pixels per CSS pixel.
    """

    gap: float
    pixel_ratio: float

    @property
    def can_be_shown(self) -> bool:
        """Whether the screen is fine enough for it, and the ring no larger than screens are.

        A browser can say anything of its screen: without the second, one request would have gigabytes drawn.
        """
        return self.gap >= SMALLEST_GAP and self.side <= LARGEST_SIDE

    @property
    def side(self) -> int:
        """Of a ring with its margin, in screen pixels."""
        return math.ceil((DIAMETER + 2 * MARGIN) * self.gap)

    @property
    def css_side(self) -> float:
        """The same in CSS pixels."""
        return self.side / self.pixel_ratio


def sight(*, acuity: float, distance_cm: float, css_px_per_mm: float, pixel_ratio: float) -> Sight:
    """Return how large the gap is that an eye of a decimal acuity can just see at a distance."""
    gap_mm = distance_cm * 10 * math.tan(math.radians(1 / 60 / acuity))
    return Sight(gap_mm * css_px_per_mm * pixel_ratio, pixel_ratio)


def rings_of(seed: int, size: Sight) -> list[Figure]:
    """Return the rings that follow from a seed, all of one size."""
    generator = random.Random(seed)
    return [_figure(generator.choice(DIRECTIONS), size) for _ in range(N_RINGS)]


def _figure(direction: str, size: Sight) -> Figure:
    return Figure(direction, lambda: as_png(draw_ring(direction, size)), size.side)


def draw_ring(direction: str, size: Sight) -> Image.Image:
    """Return a black ring on white, in screen pixels, its edges smoothed."""
    side, gap = size.side * OVERSAMPLED, size.gap * OVERSAMPLED
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    centre, outer, inner = side / 2, DIAMETER * gap / 2, (DIAMETER - 2) * gap / 2
    draw.ellipse((centre - outer, centre - outer, centre + outer, centre + outer), fill=0)
    draw.ellipse((centre - inner, centre - inner, centre + inner, centre + inner), fill=255)
    # The gap has parallel edges.
    draw.rectangle((centre, centre - gap / 2, side, centre + gap / 2), fill=255)
    turned = image.rotate(-90 * DIRECTIONS.index(direction))
    return turned.resize((size.side, size.side), Image.Resampling.BOX)
