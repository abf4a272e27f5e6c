"""FLIP, against its paper's formulas where they can be worked out by hand: two plain colours have no edges to blur."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.images.visibility.flip import flip_map

# IEC 61966-2-1, and its white.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def flat(*colour: int) -> Pixels:
    return np.full((80, 80, 3), colour, dtype=np.uint8)


def hunt_adjusted_lab(colour: tuple[int, int, int]) -> NDArray[np.float64]:
    shares = np.array(colour) / 255
    light = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    ratio = TO_XYZ @ light / WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    lightness = 116 * root[1] - 16
    chroma = np.array([500 * (root[0] - root[1]), 200 * (root[1] - root[2])])
    return np.array([lightness, *(0.01 * lightness * chroma)])


def colour_error(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Andersson et al. 2020, section 4.1: HyAB of Hunt-adjusted colours, to the power 0.7, stretched to 0 to 1."""

    def distance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
        change = first - second
        return float((abs(change[0]) + np.hypot(change[1], change[2])) ** 0.7)

    most = distance(hunt_adjusted_lab((0, 255, 0)), hunt_adjusted_lab((0, 0, 255)))
    found, bend = distance(hunt_adjusted_lab(one), hunt_adjusted_lab(other)), 0.4 * most
    if found < bend:
        return 0.95 * found / bend
    return 0.95 + 0.05 * (found - bend) / (most - bend)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((180, 120, 100), (184, 120, 100)),
        ((180, 120, 100), (180, 120, 92)),
        ((128, 128, 128), (129, 129, 129)),
        ((10, 10, 10), (240, 240, 240)),
        ((0, 255, 0), (0, 0, 255)),
    ],
)
def test_plain_colours_differ_as_the_paper_says(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    found = flip_map(flat(*one), flat(*other), pixels_per_degree=67)

    assert found.shape == (80, 80)
    assert found == pytest.approx(np.full((80, 80), colour_error(one, other)), rel=2e-3, abs=2e-4)


def test_fine_patterns_blur_into_one_another_from_afar() -> None:
    clean = flat(150, 120, 110)
    signs = 1 - 2 * ((np.indices(clean.shape[:2]) // 4).sum(axis=0) % 2)
    perturbed = (clean + 4 * signs[..., None]).astype(np.uint8)

    near, usual, far = (float(flip_map(clean, perturbed, pixels_per_degree=ppd).mean()) for ppd in (20.0, 67.0, 200.0))

    assert near > usual > far


def test_a_point_has_more_of_the_mean_from_afar_but_a_lower_peak() -> None:
    """Not what one would guess, so it is in docs/statistics.md: the blur spreads a point over more pixels."""
    clean = flat(128, 128, 128)
    perturbed = clean.copy()
    perturbed[40, 40] = 192

    near, far = (flip_map(clean, perturbed, pixels_per_degree=ppd) for ppd in (20.0, 200.0))

    assert far.mean() > 2 * near.mean()
    assert far.max() < near.max() / 2


def test_equal_images_have_no_error() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)

    assert not flip_map(image, image, pixels_per_degree=67).any()


def test_one_level_is_seen_as_a_change() -> None:
    """The package takes levels for shares, finds nothing, and says nothing."""
    assert flip_map(flat(100, 100, 100), flat(101, 100, 100), pixels_per_degree=67).min() > 0.001


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0, not 0"):
        flip_map(flat(1, 1, 1), flat(2, 2, 2), pixels_per_degree=0)
    with pytest.raises(ValueError, match="different shapes"):
        flip_map(flat(1, 1, 1), flat(2, 2, 2)[:40], pixels_per_degree=67)
