"""Cohen's kappa, against arithmetic and a variance derived another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from perception.analysis.agreement.cohen import Weights, kappa_of_answers, kappa_of_table

Table = NDArray[np.int64]
CELL = st.integers(0, 30)


def kappa_of_shares(shares: NDArray[np.float64]) -> float:
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return (float(np.trace(shares)) - expected) / (1 - expected)


def delta_method_se(table: Table) -> float:
    """Return kappa's standard error by the delta method with numerical derivatives of the multinomial shares.

    Fleiss, Cohen & Everitt's formula is this in closed form.
    """
    n = table.sum()
    shares = table / n
    gradient = np.zeros(shares.size)
    for cell in range(shares.size):
        step = np.zeros(shares.size)
        step[cell] = 1e-6
        moved = step.reshape(shares.shape)
        gradient[cell] = (kappa_of_shares(shares + moved) - kappa_of_shares(shares - moved)) / 2e-6
    flat = shares.ravel()
    covariance = (np.diag(flat) - np.outer(flat, flat)) / n
    return float(np.sqrt(max(0, gradient @ covariance @ gradient)))


def test_a_table_by_hand() -> None:
    """[[20, 5], [10, 15]]: observed 35/50, expected 0.5 · 0.6 + 0.5 · 0.4 = 0.5, kappa 0.4."""
    result = kappa_of_table(np.array([[20, 5], [10, 15]]))

    assert result.kappa.estimate == pytest.approx(0.4)
    half = 1.959964 * delta_method_se(np.array([[20, 5], [10, 15]]))
    assert (result.kappa.low, result.kappa.high) == pytest.approx((0.4 - half, 0.4 + half), abs=1e-5)


def test_the_paper() -> None:
    """From the reconstructed answers: both yes 14, A only 13, B only 17, neither 6."""
    result = kappa_of_table(np.array([[6, 17], [13, 14]])).kappa

    assert result.estimate == pytest.approx(-0.22, abs=0.005)
    assert result.low == pytest.approx(-0.49, abs=0.005)
    assert result.high == pytest.approx(0.04, abs=0.005)


@given(cells=st.lists(CELL, min_size=4, max_size=4))
def test_the_interval_is_that_of_the_delta_method(cells: list[int]) -> None:
    table = np.array(cells).reshape(2, 2)
    result = kappa_of_table(table)
    if result.kappa.estimate is None:
        assert table.sum() == table.max()
        return
    half = 1.959964 * delta_method_se(table)
    assert result.kappa.estimate == pytest.approx(kappa_of_shares(table / table.sum()))
    if result.kappa.low is None:
        assert half == pytest.approx(0, abs=1e-4)
        return
    assert result.kappa.low == pytest.approx(max(-1, result.kappa.estimate - half), abs=1e-4)
    assert result.kappa.high == pytest.approx(min(1, result.kappa.estimate + half), abs=1e-4)


@given(cells=st.lists(CELL, min_size=4, max_size=4))
def test_raters_and_categories_may_be_exchanged(cells: list[int]) -> None:
    table = np.array(cells).reshape(2, 2)
    kappas = [kappa_of_table(other).kappa.estimate for other in (table, table.T, table[::-1, ::-1])]

    if kappas[0] is None:
        assert kappas == [None] * 3
    else:
        assert kappas == pytest.approx([kappas[0]] * 3)


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weights_make_no_difference_for_two_categories(weights: Weights) -> None:
    table = np.array([[20, 5], [10, 15]])

    weighted = kappa_of_table(table, weights=weights).kappa

    assert weighted.estimate == pytest.approx(0.4)
    assert weighted.low == pytest.approx(kappa_of_table(table).kappa.low)


def test_linear_weights_by_hand() -> None:
    """[[4, 1, 0], [0, 3, 1], [1, 0, 2]] of 12; the weights 1, ½, 0.

    Observed (9 + ½ · 2)/12 = 10/12. Rows 5, 4, 3; columns 5, 4, 3. Expected
    ((25 + 16 + 9) + ½ · (20 + 20 + 12 + 12))/144 = 82/144. Kappa = (120 − 82)/(144 − 82) = 38/62.
    """
    table = np.array([[4, 1, 0], [0, 3, 1], [1, 0, 2]])

    assert kappa_of_table(table, weights="linear").kappa.estimate == pytest.approx(38 / 62)


def test_images_that_one_did_not_judge_are_left_out() -> None:
    first = np.array([1, 1, 0, -1, 0], dtype=np.int8)
    second = np.array([1, 0, 0, 1, -1], dtype=np.int8)

    result = kappa_of_answers(first, second).kappa

    assert result.n == 3
    assert result.estimate == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[0, 0], [0, 0]], "no image was judged by both"),
        ([[0, 0], [0, 9]], "both gave one answer throughout"),
        ([[0, 9], [0, 0]], "both gave one answer throughout"),
    ],
)
def test_undefined_is_undefined(table: list[list[int]], reason: str) -> None:
    result = kappa_of_table(np.array(table))

    assert (result.kappa.estimate, result.z, result.p) == (None, None, None)
    assert reason in (result.kappa.reason or "")


# A table of two raters and four ordered categories; values by R 4.2.2, vcd 1.4-11, Kappa() and confint().
FOUR_CATEGORIES = np.array([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 14, 10]])


@pytest.mark.parametrize(
    ("weights", "kappa", "low", "high"),
    [
        (None, 0.51338199513, 0.4003114325, 0.6264525578),
        ("linear", 0.6618803419, 0.5675333012, 0.7562273826),
        ("quadratic", 0.79004433846, 0.7132000053, 0.8668886716),
    ],
)
def test_vcd_agrees(weights: Weights | None, kappa: float, low: float, high: float) -> None:
    result = kappa_of_table(FOUR_CATEGORIES, weights=weights).kappa

    assert (result.estimate, result.low, result.high) == pytest.approx((kappa, low, high), abs=1e-9)


def test_a_standard_error_of_zero_proves_nothing_and_says_so() -> None:
    for table in ([[5, 0], [0, 5]], [[5, 5], [0, 0]]):
        kappa = kappa_of_table(np.array(table)).kappa
        assert kappa.estimate is not None
        assert (kappa.low, kappa.high) == (None, None)
        assert "proves nothing" in kappa.method


def test_full_agreement_and_full_disagreement() -> None:
    assert kappa_of_table(np.array([[5, 0], [0, 5]])).kappa.as_dict()["estimate"] == 1
    assert kappa_of_table(np.array([[0, 5], [5, 0]])).kappa.as_dict()["estimate"] == -1
