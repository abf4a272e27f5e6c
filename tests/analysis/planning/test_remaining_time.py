"""How long further events take: held against SciPy's quantiles, and against events that are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.planning.remaining_time import LEAST_WAITS, remaining_time


@given(st.integers(LEAST_WAITS, 60), st.integers(1, 2000), st.floats(1, 1e6), st.sampled_from([0.5, 0.8, 0.9]))
def test_the_limits_are_quantiles_of_an_f_distribution(waits: int, further: int, lasted: float, level: float) -> None:
    found = remaining_time(waits=waits, lasted=lasted, further=further, level=level)
    assert found is not None
    low, high = (
        float(stats.f.ppf(at, 2 * further, 2 * waits)) * further * lasted / waits
        for at in ((1 - level) / 2, (1 + level) / 2)
    )
    assert found.high == pytest.approx(high, rel=0.02)
    assert found.low == pytest.approx(low, rel=0.1, abs=0.02 * lasted / waits)


def test_it_holds_the_true_time_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    waits, further, runs = 10, 15, 4000
    lasted, still = (generator.gamma(n, size=runs) for n in (waits, further))
    found = [remaining_time(waits=waits, lasted=float(one), further=further) for one in lasted]
    held = [one is not None and one.low <= true <= one.high for one, true in zip(found, still, strict=True)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


def test_few_waits_tell_nothing() -> None:
    assert remaining_time(waits=LEAST_WAITS - 1, lasted=60, further=3) is None


@pytest.mark.parametrize(("lasted", "further", "level"), [(0, 1, 0.8), (60, 0, 0.8), (60, 1, 0), (60, 1, 1)])
def test_what_is_out_of_range_is_refused(lasted: float, further: int, level: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        remaining_time(waits=9, lasted=lasted, further=further, level=level)
