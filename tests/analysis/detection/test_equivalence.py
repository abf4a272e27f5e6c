"""Equivalence: the paper's data, arithmetic, and what must hold for every table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.equivalence import balanced_accuracy, equivalence
from tests.analysis.detection.test_yes_no import PAPER, WORDS, table_of

Z_95 = 1.644854


def random_table(rng: np.random.Generator, shape: tuple[int, int], chance: NDArray[np.float64]) -> AnswerTable:
    observers, images = shape
    said = (rng.random(shape) < chance).astype(np.int8)
    truth = np.arange(images) % 2 == 0
    names = (tuple(f"O{j}" for j in range(observers)), tuple(f"I{i}" for i in range(images)))
    return AnswerTable(*names, truth, said)


def test_the_paper_excludes_margins_above_8_7_points() -> None:
    """Clustering makes v smaller than p(1 − p)/N here, so that is the variance: SE = ½ √(.243056/60 + .244375/40)."""
    result = balanced_accuracy(PAPER, by_normal=True)

    assert result.estimate.estimate == pytest.approx((35 / 60 + 17 / 40) / 2)
    error = 0.5 * np.sqrt(35 / 60 * 25 / 60 / 60 + 17 / 40 * 23 / 40 / 40)
    assert result.standard_error == pytest.approx(error)
    assert result.estimate.high == pytest.approx(0.5041667 + Z_95 * error, abs=1e-6)
    assert result.smallest_margin == pytest.approx(0.087, abs=5e-4)


def test_its_own_interval_has_a_quantile_of_t_after_welch() -> None:
    result, normal = balanced_accuracy(PAPER), balanced_accuracy(PAPER, by_normal=True)

    sensitivity, specificity = 35 / 60 * 25 / 60 / 60, 17 / 40 * 23 / 40 / 40
    freedom = (sensitivity + specificity) ** 2 / (sensitivity**2 / 29 + specificity**2 / 19)
    assert result.freedom == pytest.approx(freedom)
    assert result.standard_error == normal.standard_error
    assert result.smallest_margin == pytest.approx(
        0.0041667 + stats.t.ppf(0.95, freedom) * (normal.standard_error or 0)
    )


@pytest.mark.parametrize(("perturbed", "clean"), [(48, 4), (198, 2)])
def test_few_images_of_one_kind_are_covered(perturbed: int, clean: int) -> None:
    """800 studies of four observers who guess, ρ .16 by image: with a normal quantile 86% and 77% for 90%."""
    rng = np.random.default_rng(11)
    truth = np.arange(perturbed + clean) < perturbed
    names = (tuple("ABCD"), tuple(map(str, range(truth.size))))
    covered, told = 0, 0
    for _ in range(800):
        of_image = np.sqrt(0.25) * rng.standard_normal(truth.size)
        said = (of_image + np.sqrt(0.75) * rng.standard_normal((4, truth.size)) > 0).astype(np.int8)
        estimate = balanced_accuracy(AnswerTable(*names, truth, said)).estimate
        if estimate.low is not None and estimate.high is not None:
            told += 1
            covered += estimate.low <= 0.5 <= estimate.high

    assert covered / told > 0.87


def test_the_paper_does_not_show_undetectability_within_five_points() -> None:
    narrow, wide = equivalence(PAPER, margin=0.05), equivalence(PAPER, margin=0.09)

    assert narrow.undetectable is False
    assert wide.undetectable is True
    assert narrow.p == max(narrow.p_below or 0, narrow.p_above or 0)
    error = 0.5 * np.sqrt(35 / 60 * 25 / 60 / 60 + 17 / 40 * 23 / 40 / 40)
    assert narrow.p_above == pytest.approx(stats.norm.cdf((0.5041667 - 0.55) / error), abs=1e-6)
    assert set(narrow.as_dict()) == {"balanced_accuracy", "margin", "p_below", "p_above", "p", "undetectable"}


def test_observers_random_by_hand() -> None:
    """Three observers, two perturbed images with 3 and 1 right answers, two clean ones with 2 and 1.

    p₁ = 2/3, p₀ = 1/2, N = 6 each. Residuals summed by image: ±1/6 and ±1/12, so v_image = 2 · 2/36 + 2 · 2/144
    = 5/36. By observer: (2 − 4/3 + 2 − 1)/6 = 5/18, (1 − 4/3 + 1 − 1)/6 = −1/18, (1 − 4/3 + 0 − 1)/6 = −2/9:
    v_observer = 3/2 · (25 + 1 + 16)/324 = 7/36. v_cell = 6/5 · (8/36 + 9/36)/6 = 17/180. v = 43/180.
    df = v² / (v_observer²/2 + (1/9)²/1 + (1/36)²/1).
    """
    said = np.array([[1, 1, 0, 0], [1, 0, 0, 1], [1, 0, 1, 1]], dtype=np.int8)
    table = AnswerTable(("A", "B", "C"), ("w", "x", "y", "z"), np.array([True, True, False, False]), said)

    result = balanced_accuracy(table, observers_random=True)

    assert result.estimate.estimate == pytest.approx(7 / 12)
    assert result.standard_error == pytest.approx(np.sqrt(43 / 180) / 2)
    freedom = (43 / 180) ** 2 / ((7 / 36) ** 2 / 2 + (1 / 9) ** 2 + (1 / 36) ** 2)
    assert result.freedom == pytest.approx(freedom)


def test_observers_who_lean_differ_in_both_shares_but_not_in_their_mean() -> None:
    """One says "perturbed" more often than the other two: sensitivity and specificity move against each other."""
    rng = np.random.default_rng(1)
    leaning = np.array([[0.8], [0.5], [0.2]])
    table = random_table(rng, (3, 400), np.broadcast_to(leaning, (3, 400)))

    random = balanced_accuracy(table, observers_random=True)

    assert random.standard_error is not None
    assert random.standard_error < 0.03


def test_guessing_observers_are_covered_as_often_as_stated() -> None:
    """600 studies of 60 images and four observers who guess, some images drawing more "perturbed": 90% intervals."""
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(600):
        leaning = rng.beta(2, 2, size=(1, 60))
        estimate = balanced_accuracy(random_table(rng, (4, 60), np.broadcast_to(leaning, (4, 60)))).estimate
        assert estimate.low is not None
        assert estimate.high is not None
        inside += estimate.low <= 0.5 <= estimate.high
    assert 0.86 <= inside / 600 <= 0.94


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (table_of("PPPP", truth="PPPP"), "there is no answer to a clean image"),
        (table_of("--CC", truth="PPCC"), "there is no answer to a perturbed image"),
    ],
)
def test_undefined_without_both_truths(table: AnswerTable, reason: str) -> None:
    result = equivalence(table, margin=0.05)

    assert (result.balanced_accuracy.estimate, result.p, result.undetectable) == (None, None, None)
    assert result.balanced_accuracy.reason == reason
    assert balanced_accuracy(table).smallest_margin is None


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (table_of("CCCC", "CCCC", truth="PPCC"), "a variance of 0 proves nothing"),
        (table_of("PCPC", "PCPP", truth="PPCC"), "fewer than 3 observers"),
        (table_of("PC", "CP", "CC", truth="PC"), "a single image"),
    ],
)
def test_no_interval_proves_nothing(table: AnswerTable, reason: str) -> None:
    """Who always says "clean" has a balanced accuracy of exactly ½ without any spread: that shows nothing."""
    result = equivalence(table, margin=0.4, observers_random=True)

    assert result.balanced_accuracy.estimate is not None
    assert (result.balanced_accuracy.low, result.undetectable) == (None, None)
    assert reason in result.balanced_accuracy.method


def test_other_observers_are_not_better_known_than_these() -> None:
    """Answers spread more evenly over images than chance would: the variance is at least that for these observers."""
    said = ((np.arange(80) + np.arange(4)[:, None]) % 4 < 2).astype(np.int8)
    table = AnswerTable(tuple("ABCD"), tuple(map(str, range(80))), np.arange(80) < 40, said)

    these, others = balanced_accuracy(table), balanced_accuracy(table, observers_random=True)

    assert others.standard_error is not None
    assert these.standard_error is not None
    assert others.standard_error >= these.standard_error


def test_every_image_and_every_observer_alike_leaves_the_variance_of_independent_answers() -> None:
    table = table_of("PCPC", "CPCP", "PCPC", "CPCP", truth="PPCC")

    result = balanced_accuracy(table, observers_random=True)

    assert result.standard_error == pytest.approx(0.5 * np.sqrt(0.25 / 8 + 0.25 / 8))
    assert result.freedom == 1


@given(words=WORDS, random=st.booleans(), margin=st.floats(0.01, 0.49))
def test_the_tests_agree_with_the_interval_on_every_table(
    words: tuple[str, list[str]], random: bool, margin: float
) -> None:
    truth, said = words
    table = table_of(*said, truth=truth)

    result = equivalence(table, margin=margin, observers_random=random)

    estimate = result.balanced_accuracy
    if result.undetectable is None:
        assert estimate.low is None
        return
    assert estimate.estimate is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low <= estimate.estimate <= estimate.high <= 1
    reach = max(0.5 - estimate.low, estimate.high - 0.5)
    if abs(reach - margin) > 1e-9:
        assert result.undetectable == (reach < margin)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="a margin lies between"):
        equivalence(PAPER, margin=0.5)
    with pytest.raises(ValueError, match="alpha lies between"):
        equivalence(PAPER, margin=0.1, alpha=0.5)
