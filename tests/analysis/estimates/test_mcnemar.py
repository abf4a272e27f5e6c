"""McNemar's test, by arithmetic and against SciPy's binomial test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.estimates.mcnemar import METHODS, mcnemar

COUNT = st.integers(0, 400)


def test_a_small_table_by_hand() -> None:
    """b = 1, c = 5: exact 2 · (1 + 6)/2⁶ = 14/64; mid-p takes 6/64 away; χ² = 16/6, corrected 9/6."""
    assert mcnemar(1, 5).p == pytest.approx(14 / 64)
    assert mcnemar(1, 5, method="mid-p").p == pytest.approx(8 / 64)
    assert mcnemar(1, 5, method="chi-squared").statistic == pytest.approx(16 / 6)
    assert mcnemar(1, 5, method="chi-squared with continuity correction").statistic == pytest.approx(9 / 6)


def test_the_papers_attack() -> None:
    result = mcnemar(435, 86)

    assert result.p is not None
    assert result.p < 1e-4
    assert result.as_dict() == {"b": 435, "c": 86, "statistic": 86.0, "p": result.p, "method": "exact"}


def test_rs_mcnemar_test_agrees() -> None:
    """R 4.2.2, mcnemar.test with its continuity correction, for the small table and for the paper's."""
    small = mcnemar(1, 5, method="chi-squared with continuity correction")
    paper = mcnemar(435, 86, method="chi-squared with continuity correction")

    assert (small.statistic, small.p) == pytest.approx((1.5, 0.2206714), abs=1e-7)
    assert paper.statistic == pytest.approx(232.4453, abs=1e-4)
    assert paper.p is not None
    assert paper.p < 2.2204e-16


@given(b=COUNT, c=COUNT)
def test_scipys_binomial_test_agrees(b: int, c: int) -> None:
    expected = stats.binomtest(b, b + c, 0.5).pvalue if b + c else 1.0

    assert mcnemar(b, c).p == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@given(b=COUNT, c=COUNT)
def test_the_sides_are_alike_and_p_is_a_probability(method: str, b: int, c: int) -> None:
    result = mcnemar(b, c, method=method)

    assert result.p == mcnemar(c, b, method=method).p
    if result.p is None:
        assert (b + c, "chi" in method) == (0, True)
    else:
        assert 0 <= result.p <= 1 + 1e-12


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_no_discordant_pair_is_no_evidence(method: str) -> None:
    assert mcnemar(0, 0, method=method).p == 1


@pytest.mark.parametrize("method", ["chi-squared", "chi-squared with continuity correction"])
def test_without_a_discordant_pair_chi_squared_is_undefined(method: str) -> None:
    result = mcnemar(0, 0, method=method)

    assert (result.statistic, result.p) == (None, None)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        mcnemar(-1, 2)
    with pytest.raises(ValueError, match="no such test"):
        mcnemar(1, 2, method="guess")
