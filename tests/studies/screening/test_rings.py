"""Landolt rings: proportions, size and direction, measured on the pictures."""

import io
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studies.screening.figure import DIGITS, Figure
from studies.screening.patches import DIFFERENCES, N_PATCHES, patches_of
from studies.screening.rings import DIRECTIONS, N_RINGS, Sight, rings_of, sight


def pixels_of(figure: Figure) -> NDArray[np.float64]:
    image = Image.open(io.BytesIO(figure.draw()))
    assert image.size == (figure.side, figure.side)
    return np.asarray(image).astype(float)


def test_the_gap_subtends_a_minute_of_arc_at_an_acuity_of_one() -> None:
    size = sight(acuity=1, distance_cm=100, css_px_per_mm=4, pixel_ratio=2)
    gap_mm = size.gap / (4 * 2)
    assert math.degrees(math.atan(gap_mm / 1000)) * 60 == pytest.approx(1)
    assert sight(acuity=0.5, distance_cm=100, css_px_per_mm=4, pixel_ratio=2).gap == pytest.approx(
        2 * size.gap, rel=1e-4
    )


def test_a_screen_that_is_too_coarse_cannot_show_them() -> None:
    at_an_ordinary_screen = {"distance_cm": 60.0, "css_px_per_mm": 3.78, "pixel_ratio": 1.0}
    assert sight(acuity=0.3, **at_an_ordinary_screen).can_be_shown
    assert not sight(acuity=0.5, **at_an_ordinary_screen).can_be_shown


@pytest.mark.parametrize("gap", [2.0, 3.3, 12.0])
def test_gap_and_stroke_are_a_fifth_of_the_diameter(gap: float) -> None:
    size = Sight(gap, 1)
    for figure in rings_of(1, size):
        ink = 1 - pixels_of(figure) / 255
        ring = math.pi * ((2.5 * gap) ** 2 - (1.5 * gap) ** 2)
        assert ink.sum() == pytest.approx(ring - gap * gap, rel=0.04)
        assert np.ptp(np.flatnonzero(ink.sum(axis=0) > 0.5)) == pytest.approx(5 * gap, abs=2)


def test_the_gap_is_where_the_answer_says() -> None:
    seen = set()
    for seed in range(10):
        for figure in rings_of(seed, Sight(10, 1)):
            ink = pixels_of(figure) < 128
            middle, away = figure.side // 2, 20
            at = {
                "right": ink[middle, middle + away],
                "left": ink[middle, middle - away],
                "down": ink[middle + away, middle],
                "up": ink[middle - away, middle],
            }
            assert [name for name, inked in at.items() if not inked] == [figure.answer]
            seen.add(figure.answer)
    assert seen == set(DIRECTIONS)
    assert len(rings_of(1, Sight(10, 1))) == N_RINGS


def test_patches_differ_from_their_ground_by_so_many_levels() -> None:
    figures = patches_of(2)
    assert len(figures) == N_PATCHES
    levels = [sorted(int(level) for level in np.unique(pixels_of(figure))) for figure in figures]
    expected = [
        (0, step) if not place % 2 else (255 - step, 255) for place, step in enumerate(np.repeat(DIFFERENCES, 2))
    ]
    assert levels == [list(pair) for pair in expected]
    assert {figure.answer for seed in range(30) for figure in patches_of(seed)} == set(DIGITS)
