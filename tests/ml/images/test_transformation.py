"""Pictures taken otherwise: turned, zoomed, lighter, with other contrast."""

import numpy as np
import pytest

from ml.images.pixels import Pixels
from ml.images.transformation import Transformation, transform
from tests.ml.factories import make_pixels

IMAGE = make_pixels(1, width=24, height=24)


def taken(way: Transformation) -> Pixels:
    only: Pixels = transform(IMAGE, [way])[0]
    return only


def test_nothing_asked_changes_nothing() -> None:
    assert np.array_equal(taken(Transformation()), IMAGE)


def test_a_quarter_turn_is_anticlockwise() -> None:
    assert np.abs(taken(Transformation(degrees=90)).astype(int) - np.rot90(IMAGE)).max() <= 1


def test_enlarging_shows_the_middle_and_shrinking_reflects_what_is_beyond_the_edges() -> None:
    flat = np.full((24, 24, 3), 200, dtype=np.uint8)
    flat[6:18, 6:18] = 40

    assert (transform(flat, [Transformation(zoom=2.0)])[0][3:21, 3:21] <= 60).all()
    shrunk = transform(flat, [Transformation(zoom=0.5)])[0]
    assert shrunk[0, 0].max() <= 60, "a reflected corner is not black but the picture again"
    assert shrunk[12, 12].max() <= 60
    assert shrunk[12, 7].min() >= 180


def test_brightness_and_contrast_are_in_levels() -> None:
    grey = np.stack([np.full((8, 8), level, dtype=np.uint8) for level in (0, 100, 255)], axis=-1)

    assert transform(grey, [Transformation(brightness=10)])[0][0, 0].tolist() == [10, 110, 255]
    softer = transform(grey, [Transformation.of_shares(0, 0, 0, -1, strength=20)])[0]
    assert softer[0, 0].tolist() == [20, 104, 235], "black and white move by the strength"


@pytest.mark.parametrize("share", [-1.0, 1.0])
def test_the_whole_strength_is_the_same_either_way(share: float) -> None:
    way = Transformation.of_shares(share, share, share, share, strength=25)

    assert (way.degrees, way.brightness) == (25 * share, 25 * share)
    assert way.zoom == pytest.approx(1.25**share)
    assert way.contrast == pytest.approx(1 + share * 25 / 127.5)


def test_contrast_never_turns_black_and_white_round() -> None:
    assert Transformation.of_shares(0, 0, 0, -1, strength=255).contrast == 0
