"""What becomes of an image that is not square: a choice, and what each of the three shows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.images.pixels import FITS, to_square


def test_crop_shows_the_middle() -> None:
    pixels = np.zeros((20, 60, 3), dtype=np.uint8)
    pixels[:, 20:40] = 200
    assert (to_square(pixels, 20, "crop") == 200).all()
    assert (to_square(pixels.transpose(1, 0, 2), 20, "crop") == 200).all()


def test_pad_shows_all_of_it_and_black_at_both_ends() -> None:
    pixels = np.full((20, 60, 3), 200, dtype=np.uint8)
    padded = to_square(pixels, 60, "pad")
    assert (padded[20:40] == 200).all()
    assert not padded[:20].any()
    assert not padded[40:].any()


def test_squeeze_shows_all_of_it_out_of_shape() -> None:
    pixels = np.full((20, 60, 3), 200, dtype=np.uint8)
    assert (to_square(pixels, 30, "squeeze") == 200).all()


def test_another_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="crop, pad, squeeze, not 'stretch'"):
        to_square(np.zeros((4, 4, 3), dtype=np.uint8), 4, "stretch")


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.sampled_from(FITS))
@settings(max_examples=40, deadline=None)
def test_all_give_a_square_and_leave_squares_alike(height: int, width: int, size: int, fit: str) -> None:
    rng = np.random.default_rng(height * 41 + width)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert to_square(pixels, size, fit).shape == (size, size, 3)
    square = pixels[: min(height, width), : min(height, width)]
    assert np.array_equal(to_square(square, size, fit), to_square(square, size, "squeeze"))
