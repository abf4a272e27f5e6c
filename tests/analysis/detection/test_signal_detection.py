"""d′ and criterion, against R's probit regression and by what defines them."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.detection.signal_detection import signal_detection, two_alternative_d_prime
from perception.analysis.estimates.estimate import Estimate

COUNT = st.integers(0, 300)
Z = 1.959964


def standard_error(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return (estimate.high - estimate.low) / (2 * Z)


@pytest.mark.parametrize(
    ("counts", "d_prime", "error"),
    [
        ((16, 14, 9, 11), -0.038700822559, 0.36253871591),
        ((25, 0, 20, 0), 4.0506542275, 0.84453896436),
        ((8, 17, 24, 1), 1.1260194819, 0.48020084662),
    ],
)
def test_a_probit_regression_agrees(counts: tuple[int, int, int, int], d_prime: float, error: float) -> None:
    """R 4.2.2, glm with binomial(probit) of the corrected rates, weighted by the real numbers of images."""
    tp, fn, tn, fp = counts

    result = signal_detection(tp=tp, fn=fn, tn=tn, fp=fp)

    assert result.d_prime.estimate == pytest.approx(d_prime, abs=1e-9)
    assert standard_error(result.d_prime) == pytest.approx(error, rel=1e-6)
    assert standard_error(result.criterion) == pytest.approx(error / 2, rel=1e-6)
    assert "Hautus" in result.d_prime.method


def test_the_papers_observers_lean_to_perturbed() -> None:
    """35 of 60 hits and 23 of 40 false alarms: z(35.5/61) = 0.2070, z(23.5/41) = 0.1844."""
    result = signal_detection(tp=35, fn=25, tn=17, fp=23)

    assert result.d_prime.estimate == pytest.approx(0.2070 - 0.1844, abs=2e-4)
    assert result.criterion.estimate == pytest.approx(-(0.2070 + 0.1844) / 2, abs=2e-4)


@given(tp=COUNT, fn=COUNT, tn=COUNT, fp=COUNT)
def test_exchanging_answers_turns_the_criterion_and_exchanging_truths_turns_d_prime(
    tp: int, fn: int, tn: int, fp: int
) -> None:
    one = signal_detection(tp=tp, fn=fn, tn=tn, fp=fp)
    other_answers = signal_detection(tp=fn, fn=tp, tn=fp, fp=tn)
    other_truths = signal_detection(tp=fp, fn=tn, tn=fn, fp=tp)
    if not (tp + fn and tn + fp):
        assert (one.d_prime.estimate, one.criterion.estimate) == (None, None)
        assert "no answer" in (one.d_prime.reason or "")
        return
    assert one.d_prime.estimate is not None
    assert one.criterion.estimate is not None
    assert other_answers.d_prime.estimate == pytest.approx(-one.d_prime.estimate, abs=1e-9)
    assert other_answers.criterion.estimate == pytest.approx(-one.criterion.estimate, abs=1e-9)
    assert other_truths.d_prime.estimate == pytest.approx(-one.d_prime.estimate, abs=1e-9)
    assert other_truths.criterion.estimate == pytest.approx(one.criterion.estimate, abs=1e-9)


@pytest.mark.parametrize(("k", "sign"), [(33, 1), (17, -1)])
def test_two_alternatives_against_a_probit_regression(k: int, sign: int) -> None:
    """R 4.2.2: √2 times the intercept of glm(cbind(33, 17) ~ 1, binomial(probit)). Below chance d′ is negative."""
    result = two_alternative_d_prime(k, 50)

    assert result.estimate == pytest.approx(sign * 0.58331095163, abs=1e-9)
    assert standard_error(result) == pytest.approx(0.25856736605, rel=1e-6)


def test_two_alternatives_at_chance_by_hand() -> None:
    """p = ½: d′ = 0 and SE = √2 √(¼/n) √(2π)."""
    result = two_alternative_d_prime(50, 100)

    assert result.estimate == pytest.approx(0, abs=1e-12)
    assert standard_error(result) == pytest.approx(sqrt(2) * 0.05 * sqrt(2 * 3.14159265), rel=1e-5)


def test_undefined_and_refused() -> None:
    assert two_alternative_d_prime(0, 0).reason == "there is no trial"
    assert "no finite value" in (two_alternative_d_prime(9, 9).reason or "")
    assert "every choice was wrong" in (two_alternative_d_prime(0, 9).reason or "")
    with pytest.raises(ValueError, match="5 of 4"):
        two_alternative_d_prime(5, 4)
    with pytest.raises(ValueError, match="not negative"):
        signal_detection(tp=-1, fn=2, tn=3, fp=4)
