"""The difference of independent shares: Newcombe's worked examples, and what must hold for every pair of shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion


@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ],
)
def test_newcombes_examples(first: tuple[int, int], second: tuple[int, int], limits: tuple[float, float]) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, Table II, method 10."""
    result = independent_difference(proportion(*first), proportion(*second))

    assert result.estimate == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert (result.low, result.high) == pytest.approx(limits, abs=5e-5)
    assert result.level == 0.95
    assert "Newcombe" in result.method
    assert result.method.endswith("of: Wilson")


@given(k=st.integers(0, 30), n=st.integers(1, 30), other=st.integers(1, 30))
def test_it_lies_within_one_and_turns_with_its_parts(k: int, n: int, other: int) -> None:
    one, two = proportion(min(k, n), n), proportion(other // 2, other)

    result, turned = independent_difference(one, two), independent_difference(two, one)

    assert result.low is not None
    assert result.high is not None
    assert result.estimate is not None
    assert -1 <= result.low <= result.estimate <= result.high <= 1
    assert turned.low == pytest.approx(-result.high)


def test_without_a_share_it_is_undefined_and_without_an_interval_it_has_none() -> None:
    share, nothing = proportion(1, 2), proportion(0, 0)
    alone = Estimate(0.5, None, None, None, "no interval from a single image", n=2)

    for result in (independent_difference(share, nothing), independent_difference(nothing, share)):
        assert (result.estimate, result.reason) == (None, "there is nothing to count")
    for result in (independent_difference(share, alone), independent_difference(alone, share)):
        assert (result.estimate, result.low, result.high, result.level) == (0, None, None, None)
        assert "single image" in result.method
