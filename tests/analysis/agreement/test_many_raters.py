"""Agreement of many raters, against published worked examples and what defines each coefficient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from perception.analysis.agreement.many_raters import (
    counts_of_answers,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from perception.analysis.estimates.estimate import Estimate

Counts = NDArray[np.int64]
COEFFICIENTS = [fleiss_kappa, gwet_ac1, krippendorff_alpha]
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, 0 = missing.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)
MISSING_ANSWERS = counts_of_answers((KRIPPENDORFF - 1).astype(np.int8), categories=5)
# Fleiss (1971), table 1, the first fifteen of thirty patients: six psychiatrists, five diagnoses.
PSYCHIATRISTS = np.array(
    [
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
    ]
)
TABLE = st_numpy.arrays(np.int64, st.tuples(st.integers(0, 8), st.integers(2, 4)), elements=st.integers(0, 3))


def standard_error(estimate: Estimate, t: float) -> float:
    assert estimate.estimate is not None
    assert estimate.low is not None
    return (estimate.estimate - estimate.low) / t


@pytest.mark.parametrize(
    ("coefficient", "value", "error", "t"),
    [
        (fleiss_kappa, 0.76117, 0.15302, 2.200985),
        (gwet_ac1, 0.77544, 0.14295, 2.200985),
        # irrCAC 1.0 prints 0.14557 (another centring of images with few answers); Stata's kappaetc 0.1455.
        (krippendorff_alpha, 0.74342, 0.1455, 2.228139),
    ],
)
def test_missing_answers_as_irrcac_has_them(coefficient: object, value: float, error: float, t: float) -> None:
    """R's irrCAC 1.0, vignette "overview", data `cac.raw4raters`; t with 11 and, for alpha, 10 degrees of freedom."""
    estimate = coefficient(MISSING_ANSWERS)  # type: ignore[operator]

    assert estimate.estimate == pytest.approx(value, abs=5e-6)
    assert standard_error(estimate, t) == pytest.approx(error, abs=5e-5)
    assert estimate.high == 1


@pytest.mark.parametrize(
    ("coefficient", "value", "error"),
    [(fleiss_kappa, 0.4139265, 0.08119291), (gwet_ac1, 0.4448007, 0.08418757)],
)
def test_complete_answers_as_irrcac_has_them(coefficient: object, value: float, error: float) -> None:
    """R's irrCAC 1.0, vignette "overview", data `distrib.6raters`; t with 14 degrees of freedom is 2.144787."""
    estimate = coefficient(PSYCHIATRISTS)  # type: ignore[operator]

    assert estimate.estimate == pytest.approx(value, abs=5e-8)
    assert standard_error(estimate, 2.144787) == pytest.approx(error, abs=1e-7)


def test_krippendorffs_own_example() -> None:
    """Nominal .743, ordinal .815 in his section C and D; 0.4204384 for the psychiatrists in irrCAC 1.0."""
    assert krippendorff_alpha(MISSING_ANSWERS).estimate == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(MISSING_ANSWERS, scale="ordinal").estimate == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(PSYCHIATRISTS).estimate == pytest.approx(0.4204384, abs=5e-8)


def test_of_complete_answers_the_errors_of_alpha_and_fleiss_kappa_agree() -> None:
    """Alpha is Fleiss' kappa but for (1 − kappa)/(n m) when nobody is missing; the variance leaves that out."""
    alpha, kappa = krippendorff_alpha(PSYCHIATRISTS), fleiss_kappa(PSYCHIATRISTS)

    assert standard_error(alpha, 1) == pytest.approx(standard_error(kappa, 1))


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_the_error_is_near_the_jackknife(coefficient: object) -> None:
    """Left out one image at a time: another estimate of the same error, here within a tenth of it."""
    values = np.array(
        [
            coefficient(np.delete(PSYCHIATRISTS, image, axis=0)).estimate  # type: ignore[operator]
            for image in range(len(PSYCHIATRISTS))
        ]
    )
    jackknife = np.sqrt(14 / 15 * ((values - values.mean()) ** 2).sum())

    assert standard_error(coefficient(PSYCHIATRISTS), 2.144787) == pytest.approx(jackknife, rel=0.1)  # type: ignore[operator]


def test_counts_of_answers() -> None:
    answers = np.array([[1, 0, -1], [1, 1, -1]], dtype=np.int8)

    assert counts_of_answers(answers).tolist() == [[0, 2], [1, 1], [0, 0]]


@given(answers=st_numpy.arrays(np.int8, (4, 9), elements=st.integers(0, 1)))
def test_statsmodels_agrees_on_complete_answers(answers: NDArray[np.int8]) -> None:
    """statsmodels 0.15, `fleiss_kappa`: the value alone, and only without missing answers."""
    counts = counts_of_answers(answers)
    estimate = fleiss_kappa(counts).estimate

    if len(np.unique(answers)) == 1:
        assert estimate is None
    else:
        assert estimate == pytest.approx(fleiss_of_statsmodels(counts))


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@given(counts=TABLE, random=st.randoms())
def test_neither_the_order_of_images_nor_of_categories_matters(
    coefficient: object, counts: Counts, random: object
) -> None:
    rows, columns = list(range(counts.shape[0])), list(range(counts.shape[1]))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]

    one = coefficient(counts)  # type: ignore[operator]
    other = coefficient(counts[np.ix_(rows, columns)])  # type: ignore[operator]

    assert (one.method, one.reason, one.n) == (other.method, other.reason, other.n)
    for key in ("estimate", "low", "high"):
        mine, theirs = getattr(one, key), getattr(other, key)
        assert mine == theirs if mine is None else theirs == pytest.approx(mine, abs=1e-9)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@given(counts=TABLE)
def test_no_table_breaks_it(coefficient: object, counts: Counts) -> None:
    estimate = coefficient(counts)  # type: ignore[operator]

    if not (counts.sum(axis=1) >= 2).any():
        assert estimate.reason == "no image was judged by two observers"
    if estimate.low is not None:
        assert min(-1, estimate.estimate) <= estimate.low <= estimate.estimate <= estimate.high <= 1


def test_a_missing_answer_can_push_kappa_below_minus_one() -> None:
    """[[0, 1], [1, 1]]: no pair agrees, p_a = 0; π = (¼, ¾), p_e = 10/16; kappa = −10/6. The limits keep it inside."""
    estimate = fleiss_kappa(np.array([[0, 1], [1, 1]]))

    assert estimate.estimate == pytest.approx(-10 / 6)
    assert estimate.low == pytest.approx(-10 / 6)


def test_alike_answers() -> None:
    """Kappa and alpha have nothing to correct by; AC1 is 1, and its standard error of 0 proves nothing."""
    alike = np.array([[0, 3]] * 5)

    assert fleiss_kappa(alike).reason == "every answer is the same"
    assert krippendorff_alpha(alike).reason == "every answer is the same"
    estimate = gwet_ac1(alike)
    assert (estimate.estimate, estimate.low) == (1, None)
    assert "proves nothing" in estimate.method


def test_one_image_has_no_interval() -> None:
    for coefficient in COEFFICIENTS:
        estimate = coefficient(np.array([[1, 2]]))
        assert estimate.estimate is not None
        assert estimate.low is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="two categories or more"):
        gwet_ac1(np.array([[3]]))
    for coefficient in COEFFICIENTS:
        with pytest.raises(ValueError, match="between 0 and 1"):
            coefficient(PSYCHIATRISTS, level=95)
