"""Flashes against the thresholds of WCAG 2.2, from its definitions."""

import numpy as np
import pytest

from ml.images.flashes import (
    FIELD_HEIGHT,
    FIELD_WIDTH,
    LARGEST_FLASHING_AREA,
    FlashingArea,
    flashing_area,
    relative_luminance,
)
from ml.images.pixels import Pixels

FIELD = FIELD_WIDTH * FIELD_HEIGHT


def filled(colour: tuple[int, int, int], height: int = FIELD_HEIGHT, width: int = FIELD_WIDTH) -> Pixels:
    return np.full((height, width, 3), colour, dtype=np.uint8)


def grey(level: int) -> Pixels:
    return filled((level, level, level))


@pytest.mark.parametrize(
    ("colour", "luminance"),
    [
        ((0, 0, 0), 0.0),
        ((255, 255, 255), 1.0),
        ((255, 0, 0), 0.2126),
        ((0, 255, 0), 0.7152),
        ((0, 0, 255), 0.0722),
        # By hand from the definition: ((128/255 + 0.055) / 1.055) ** 2.4, and 10/255/12.92 below the knee.
        ((128, 128, 128), 0.21586),
        ((10, 10, 10), 0.0030353),
    ],
)
def test_relative_luminance_is_that_of_the_definition(colour: tuple[int, int, int], luminance: float) -> None:
    assert relative_luminance(np.array(colour, dtype=np.uint8)) == pytest.approx(luminance, abs=5e-6)


@pytest.mark.parametrize(
    ("one", "other", "flashes"),
    [
        (0, 255, True),
        # Luminances .2159 and .3095: less than a tenth apart; .2159 and .3185: more.
        (128, 151, False),
        (128, 153, True),
        # From .7913, darker than .80, a tenth up; from .8070 as far up: no flash, the darker image is bright.
        (230, 244, True),
        (232, 246, False),
    ],
)
def test_a_general_flash_is_a_tenth_of_luminance_with_the_darker_image_below_eight_tenths(
    one: int, other: int, flashes: bool
) -> None:
    for pair in ((grey(one), grey(other)), (grey(other), grey(one))):
        assert flashing_area(*pair) == FlashingArea(FIELD if flashes else 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "flashes"),
    [
        ((255, 0, 0), (0, 0, 255), True),
        ((0, 0, 0), (255, 0, 0), True),
        ((120, 0, 0), (60, 60, 60), True),
        # Both saturated reds of the same chromaticity, and two colours of which none is a saturated red.
        ((200, 0, 0), (190, 0, 0), False),
        ((0, 80, 0), (0, 0, 80), False),
        # A red below 0.8 of the light: 200 is .578, 120 is .188, so that R / (R + G + B) is .606.
        ((200, 120, 120), (60, 120, 200), False),
    ],
)
def test_a_red_flash_leaves_or_reaches_a_saturated_red(
    one: tuple[int, int, int], other: tuple[int, int, int], flashes: bool
) -> None:
    for pair in ((filled(one), filled(other)), (filled(other), filled(one))):
        assert flashing_area(*pair).red == (FIELD if flashes else 0)


def test_a_quarter_of_the_field_may_flash_and_no_more() -> None:
    """128 × 170.5 pixels are a quarter; whole columns on either side of it."""
    for width, is_below in ((85, True), (86, False)):
        other = grey(0)
        other[:, :width] = 255
        area = flashing_area(grey(0), other)
        assert area.general == width * FIELD_HEIGHT
        assert area.is_below_thresholds == is_below
    assert LARGEST_FLASHING_AREA == 21_824


def test_the_area_is_the_largest_of_any_field_and_not_of_the_whole_image() -> None:
    """Two patches that no field holds together count one by one; side by side they are added up, without touching."""
    clean = filled((0, 0, 0), 600, 900)
    far, near = clean.copy(), clean.copy()
    for image, corner in ((far, (500, 800)), (near, (110, 0))):
        image[:100, :100] = 255
        image[corner[0] : corner[0] + 100, corner[1] : corner[1] + 100] = 255

    assert flashing_area(clean, far).general == 10_000
    assert flashing_area(clean, near).general == 20_000


def test_a_larger_scale_makes_a_larger_area() -> None:
    clean, other = filled((0, 0, 0), 40, 40), filled((0, 0, 0), 40, 40)
    other[:10, :10] = 255

    assert [flashing_area(clean, other, scale=scale).general for scale in (1, 2, 8)] == [100, 400, 6_400]
    # At 40 screen pixels each, one field holds 9 × 7 of them, and of those that flash so many at most.
    assert flashing_area(clean, other, scale=40).general == 9 * 7 * 1_600


def test_the_same_image_never_flashes_and_a_change_of_twelve_levels_never_does_in_general() -> None:
    generator = np.random.default_rng(3)
    clean = generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)

    assert flashing_area(clean, clean) == FlashingArea(0, 0)
    for level in range(244):
        assert flashing_area(grey(level)[:1, :1], grey(level + 12)[:1, :1]).general == 0


def test_what_does_not_belong_together_is_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        flashing_area(filled((0, 0, 0), 4, 4), filled((0, 0, 0), 4, 5))
    with pytest.raises(ValueError, match="above 0"):
        flashing_area(grey(0), grey(0), scale=0)
