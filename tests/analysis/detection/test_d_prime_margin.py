"""Two one-sided tests of d′, and the margin in its unit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.detection.d_prime_margin import within_d_prime
from perception.analysis.detection.group_d_prime import GroupDPrime
from perception.analysis.detection.margin import d_prime_of_margin, margin_of_d_prime
from perception.analysis.estimates.estimate import Estimate

NONE = GroupDPrime(Estimate.undefined("too few", method="m"), None, None, 0, (), 0.0)


def found(value: float, error: float = 0.1, freedom: float = 50.0, reach: float = 5.0) -> GroupDPrime:
    half = float(stats.t.ppf(0.95, freedom)) * error
    return GroupDPrime(Estimate(value, value - half, value + half, 0.9, "m"), error, freedom, 4, (), reach)


@pytest.mark.parametrize(("margin", "d_prime"), [(0.05, 0.2513), (0.1, 0.5067), (0.25, 1.3490)])
def test_a_margin_is_the_d_prime_of_an_observer_without_a_leaning(margin: float, d_prime: float) -> None:
    assert d_prime_of_margin(margin) == pytest.approx(d_prime, abs=5e-5)
    assert margin_of_d_prime(d_prime_of_margin(margin)) == pytest.approx(margin)
    assert margin_of_d_prime(-d_prime_of_margin(margin)) == pytest.approx(-margin)


@pytest.mark.parametrize("margin", [0.0, 0.5, -0.1])
def test_margins_out_of_range_are_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="a margin lies between 0 and ½"):
        d_prime_of_margin(margin)


def test_a_margin_of_d_prime_is_above_zero() -> None:
    with pytest.raises(ValueError, match="lies above 0"):
        within_d_prime([found(0.0)], margin=0.0)


@given(st.floats(-1, 1), st.floats(0.01, 0.5), st.floats(2, 200))
def test_one_strength_is_within_where_its_interval_is(value: float, error: float, freedom: float) -> None:
    one = found(value, error, freedom)

    (test,) = within_d_prime([one], margin=0.5)

    low, high = one.estimate.low or 0, one.estimate.high or 0
    assert test.within is (low > -0.5 and high < 0.5)
    assert test.noticed is (low > 0)
    assert test.p_adjusted == test.p


def test_p_values_are_adjusted_over_the_strengths_and_the_undefined_does_not_count() -> None:
    tests = within_d_prime([found(0.0, 0.12), NONE, found(0.0, 0.02)], margin=0.25)

    raw = float(stats.t.cdf(-0.25 / 0.12, 50))
    assert tests[0].p == pytest.approx(raw)
    assert tests[0].p_adjusted == pytest.approx(raw)  # the larger of two keeps its own
    assert tests[2].p_adjusted == pytest.approx(2 * (tests[2].p or 0))
    assert (tests[1].p, tests[1].within, tests[1].noticed) == (None, None, None)

    narrow = within_d_prime([found(0.0, 0.14), found(0.0, 0.14)], margin=0.25)
    assert narrow[0].p == pytest.approx(float(stats.t.cdf(-0.25 / 0.14, 50)))
    assert (narrow[0].p or 1) < 0.05 < (narrow[0].p_adjusted or 0)
    assert narrow[0].within is False


def test_the_larger_of_both_tests_decides() -> None:
    (above,) = within_d_prime([found(0.2)], margin=0.3)
    (below,) = within_d_prime([found(-0.2)], margin=0.3)

    assert above.p == above.p_above == pytest.approx(below.p_below or np.nan)
    assert above.p_below is not None
    assert above.p_below < 1e-5


def test_beyond_the_reach_of_d_prime_no_margin_can_be_told() -> None:
    near, far = (within_d_prime([found(0.3, 0.1, reach=0.7)], margin=margin)[0] for margin in (0.6, 0.8))

    assert (near.within, near.noticed) == (True, True)
    assert (far.p, far.within, far.noticed) == (None, None, True)
