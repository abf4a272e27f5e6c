"""Images of a pool dealt out to simulated observers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.simulated_observers.dealing import deal


@given(
    each=st.integers(1, 12),
    times=st.floats(1, 5),
    observers=st.integers(0, 30),
    seed=st.integers(0, 1000),
)
def test_every_image_is_dealt_equally_often_and_nobody_has_one_twice(
    each: int, times: float, observers: int, seed: int
) -> None:
    size = int(each * times)

    dealt = deal(size, each, observers, np.random.default_rng(seed))

    assert dealt.shape == (observers, each)
    assert all(len(set(row)) == each for row in dealt.tolist())
    counts = np.bincount(dealt.ravel(), minlength=size)
    assert counts.max() - counts.min() <= 1


def test_a_pool_of_fewer_images_than_one_observer_judges_is_refused() -> None:
    with pytest.raises(ValueError, match="5 images for each observer, of 4"):
        deal(4, 5, 1, np.random.default_rng(1))
