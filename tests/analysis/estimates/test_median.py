"""The median and its interval of order statistics."""

import numpy as np
import pytest

from perception.analysis.estimates.median import median


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (20, 6), (50, 18), (100, 40)])
def test_the_ranks_are_those_of_the_tables(n: int, rank: int) -> None:
    """The sign test's 5% points, two-sided, as in the tables of Conover 1999 and Dixon & Massey 1969."""
    result = median(np.arange(1.0, n + 1))

    assert (result.low, result.high) == (rank, n + 1 - rank)
    assert (result.estimate, result.level, result.n) == ((n + 1) / 2, 0.95, n)


def test_what_was_not_measured_is_left_out() -> None:
    assert median(np.array([np.nan, 3.0, 1.0, 2.0])).estimate == 2
    assert median(np.array([np.nan])).reason == "nothing was measured"


def test_five_values_have_no_interval() -> None:
    result = median(np.arange(5.0))

    assert (result.estimate, result.low, result.level) == (2, None, None)
    assert "so few" in result.method


def test_the_interval_covers_as_often_as_it_says() -> None:
    """2,000 samples of 25 skewed times: at least 95% minus 4 standard errors, and not above 98.5%."""
    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(2000):
        result = median(generator.lognormal(0, 0.6, 25))
        assert result.low is not None
        assert result.high is not None
        covered += result.low <= 1 <= result.high

    assert 0.95 - 4 * (0.95 * 0.05 / 2000) ** 0.5 < covered / 2000 < 0.985
