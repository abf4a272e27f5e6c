"""CIEDE2000, against the table that Sharma, Wu and Dalal published for it, and against its formula for greys."""

import math

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000

from ml.images.pixels import Pixels
from ml.images.visibility.colour_difference import STRIP, colour_difference_map

# Sharma, Wu, Dalal 2005, Table 1: two colours in CIELAB, and their difference:
# about half of its rows.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_the_library_agrees_with_the_published_table(
    one: tuple[float, ...], other: tuple[float, ...], published: float
) -> None:
    found = deltaE_ciede2000(one, other)  # type: ignore[no-untyped-call]

    assert float(found) == pytest.approx(published, abs=5e-5)


def lightness_of_grey(level: int) -> float:
    share = level / 255
    light = share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
    return 116 * math.cbrt(light) - 16 if light > (6 / 29) ** 3 else light * (29 / 3) ** 3


def flat(*colour: int, side: int = 12) -> Pixels:
    return np.full((side, side, 3), colour, dtype=np.uint8)


@pytest.mark.parametrize(("one", "other"), [(120, 124), (0, 255), (3, 9), (200, 199)])
def test_greys_differ_by_their_lightness_alone(one: int, other: int) -> None:
    low, high = lightness_of_grey(one), lightness_of_grey(other)
    from_the_middle = ((low + high) / 2 - 50) ** 2
    expected = abs(high - low) / (1 + 0.015 * from_the_middle / math.sqrt(20 + from_the_middle))

    found = colour_difference_map(flat(one, one, one), flat(other, other, other))

    # The tabulated white point and the matrix of sRGB agree to five digits: a grey is not quite without colour.
    assert found == pytest.approx(np.full((12, 12), expected), rel=2e-3)


def test_each_pixel_is_judged_alone_whatever_strip_it_lies_in() -> None:
    clean = np.random.default_rng(3).integers(0, 256, (2 * STRIP + 5, 9, 3), dtype=np.uint8)
    perturbed = clean.copy()
    places = ((0, 0), (STRIP, 4), (2 * STRIP + 4, 8))
    for row, column in places:
        perturbed[row, column] ^= 64

    found = colour_difference_map(clean, perturbed)

    assert {(int(row), int(column)) for row, column in np.argwhere(found > 0)} == set(places)


def test_images_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="different shapes"):
        colour_difference_map(flat(1, 2, 3), flat(1, 2, 3, side=13))
