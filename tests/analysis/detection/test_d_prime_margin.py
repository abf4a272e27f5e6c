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
    assert test.detected is (low > 0.5)
    for one_test in (test.inside, test.above_zero, test.below_zero, test.above_margin, test.below_margin):
        assert one_test is not None
        assert one_test.adjusted == one_test.p


def test_p_values_are_adjusted_over_the_strengths_and_the_undefined_does_not_count() -> None:
    tests = within_d_prime([found(0.0, 0.12), NONE, found(0.0, 0.02)], margin=0.25)

    raw = float(stats.t.cdf(-0.25 / 0.12, 50))
    assert tests[0].inside is not None
    assert tests[2].inside is not None
    assert tests[0].inside.p == pytest.approx(raw)
    assert tests[0].inside.adjusted == pytest.approx(raw)  # the larger of two keeps its own
    assert tests[2].inside.adjusted == pytest.approx(2 * tests[2].inside.p)
    assert (tests[1].inside, tests[1].within, tests[1].noticed, tests[1].detected) == (None, None, None, None)

    narrow = within_d_prime([found(0.0, 0.14), found(0.0, 0.14)], margin=0.25)[0]
    assert narrow.inside is not None
    assert narrow.inside.p == pytest.approx(float(stats.t.cdf(-0.25 / 0.14, 50)))
    assert narrow.inside.p < 0.05 < narrow.inside.adjusted
    assert narrow.within is False


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=5), st.floats(0.02, 0.4))
def test_what_is_said_of_one_strength_holds_over_all(values: list[float], error: float) -> None:
    """Nested claims stay nested after Holm: above the margin is above 0, and neither is within, or below."""
    for test in within_d_prime([found(value, error) for value in values], margin=0.25):
        assert test.noticed or not test.detected
        assert not (test.within and test.detected)
        assert test.above_zero is not None
        assert test.below_zero is not None
        assert not (test.above_zero.shown and test.below_zero.shown)


def test_the_larger_of_both_tests_decides() -> None:
    (above,) = within_d_prime([found(0.2)], margin=0.3)
    (below,) = within_d_prime([found(-0.2)], margin=0.3)

    assert above.inside is not None
    assert above.inside.p == above.p_above == pytest.approx(below.p_below or np.nan)
    assert above.p_below is not None
    assert above.p_below < 1e-5


def test_beyond_the_reach_of_d_prime_no_margin_can_be_told() -> None:
    near, far = (within_d_prime([found(0.3, 0.1, reach=0.7)], margin=margin)[0] for margin in (0.6, 0.8))

    assert (near.within, near.noticed) == (True, True)
    assert (far.inside, far.within, far.noticed) == (None, None, True)


def test_detected_beyond_the_reach_of_d_prime_is_said_all_the_same() -> None:
    """d′ is drawn to 0 there: whatever lies above the margin lies so the more."""
    (test,) = within_d_prime([found(1.5, 0.1, reach=0.7)], margin=0.8)

    assert (test.within, test.detected) == (None, True)


def test_detected_is_adjusted_over_the_strengths_as_the_rest_is() -> None:
    """Each interval alone lies above the margin; that any of three does so is not shown at 5%."""
    alone = within_d_prime([found(0.43)], margin=0.25)[0]
    family = within_d_prime([found(0.43)] * 3, margin=0.25)

    assert (alone.detected, alone.noticed) == (True, True)
    assert [(test.detected, test.noticed) for test in family] == [(False, True)] * 3
    assert [test.as_dict()["detected"] for test in family] == [False] * 3
