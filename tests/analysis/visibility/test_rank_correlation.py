"""The rank correlation of a measure with what is noticed: SciPy's value, and an interval that knows what it holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.visibility.noticed_answers import NoticedAnswers
from perception.analysis.visibility.rank_correlation import Correlations, ceiling, spearman


def limits(estimate: Estimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def answers_of(noticed: NDArray[np.generic]) -> NoticedAnswers:
    """Return the answers of observers who all judged all images, from a bool array of shape (J, I)."""
    observer, item = (codes.ravel() for codes in np.indices(noticed.shape))
    return NoticedAnswers(observer, item, noticed.ravel().astype(bool), *noticed.shape)


def drawn(
    seed: int, observers: int, items: int, *, slope: float = 0.7, apart: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    measure = rng.standard_normal(items)
    own = slope + apart * rng.standard_normal((observers, 1))
    return measure, rng.random((observers, items)) < stats.norm.cdf(own * measure)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=3, max_size=40))
def test_spearman_is_scipys_with_ties_and_all(pairs: list[tuple[int, int]]) -> None:
    measure, share = np.array(pairs, dtype=float).T
    (found,) = spearman(measure[None], share)

    if len(set(measure)) == 1 or len(set(share)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(measure, share).statistic)


def test_the_estimate_is_between_its_limits_and_the_same_each_time() -> None:
    measure, noticed = drawn(3, 12, 30)
    found = [Correlations.of(answers_of(noticed), measure[None]).correlation(0) for _ in range(2)]

    assert found[0] == found[1]
    assert found[0].n == 30
    low, high = limits(found[0])
    assert found[0].estimate is not None
    assert low < found[0].estimate < high
    assert found[0].estimate == pytest.approx(stats.spearmanr(measure, noticed.mean(axis=0)).statistic)


def test_observers_who_differ_in_what_they_follow_make_the_interval_wider() -> None:
    def mean_width(apart: float) -> float:
        widths = []
        for seed in range(20):
            measure, noticed = drawn(seed, 8, 80, slope=0.0, apart=apart)
            found = Correlations.of(answers_of(noticed), measure[None]).correlation(0)
            widths.append(np.diff(limits(found))[0])
        return float(np.mean(widths))

    assert mean_width(1.0) > 1.5 * mean_width(0.0)


def test_the_difference_of_two_measures_knows_that_they_are_of_the_same_answers() -> None:
    measure, noticed = drawn(5, 12, 60)
    rng = np.random.default_rng(6)
    nearly = measure + 0.02 * rng.standard_normal(60)
    other = rng.standard_normal(60)
    found = Correlations.of(answers_of(noticed), np.array([measure, nearly, other]))
    alike, apart = limits(found.difference(0, 1)), limits(found.difference(0, 2))

    assert alike[0] < 0.02
    assert alike[1] - alike[0] < 0.2 * (apart[1] - apart[0])
    assert apart[0] > 0
    assert found.difference(0, 0).low is None


def test_there_is_no_interval_from_too_few_nor_where_the_ranks_agree_wholly() -> None:
    measure, noticed = drawn(1, 4, 30)
    few = Correlations.of(answers_of(noticed), measure[None])
    rising = np.arange(12)[None] > np.arange(12)[:, None]
    whole = Correlations.of(answers_of(rising), np.arange(12.0)[None])
    level = Correlations.of(answers_of(rising), np.zeros((1, 12)))

    assert few.correlation(0).method == "no interval from fewer than 5 observers"
    assert few.correlation(0).estimate is not None
    assert whole.correlation(0).estimate == pytest.approx(1)
    assert whole.correlation(0).low is None
    assert level.correlation(0).estimate is None
    assert "same value" in (level.correlation(0).reason or "")


def test_many_images_and_observers_are_left_out_in_groups() -> None:
    measure, noticed = drawn(2, 120, 450)
    found = Correlations.of(answers_of(noticed), measure[None])

    assert found.without_images.shape == (200, 1)
    assert found.without_observers.shape == (50, 1)
    low, high = limits(found.correlation(0))
    assert low < found.whole[0] < high


def test_an_image_at_several_strengths_is_left_out_with_all_of_them() -> None:
    """What is seen of it at one strength is likely seen at another: so many pairs are not so many images."""
    rng = np.random.default_rng(8)
    own = np.repeat(2 * rng.standard_normal(25), 4)
    measure = np.repeat(rng.standard_normal(25), 4) + 0.1 * rng.standard_normal(100)
    noticed = rng.random((12, 100)) < stats.norm.cdf(own + 0.5 * measure)
    image = np.repeat(np.arange(25)[::-1], 4)

    as_one, each = (Correlations.of(answers_of(noticed), measure[None], codes) for codes in (image, None))

    assert as_one.images == 25
    assert as_one.without_images.shape == (25, 1)
    assert as_one.correlation(0).n == 100
    wide, narrow = (np.diff(limits(found.correlation(0)))[0] for found in (as_one, each))
    assert wide > 1.4 * narrow


def test_few_images_give_no_interval_though_they_have_many_strengths() -> None:
    measure, noticed = drawn(1, 12, 36)
    found = Correlations.of(answers_of(noticed), measure[None], np.repeat(np.arange(9), 4)).correlation(0)

    assert found.method == "no interval from fewer than 10 images"
    assert found.low is None


def test_shuffled_answers_keep_how_many_noticed_each_image() -> None:
    _, noticed = drawn(4, 9, 25)
    answers = answers_of(noticed)
    shuffled = answers.shuffled(np.random.default_rng(1))

    assert shuffled.k.tolist() == answers.k.tolist()
    assert shuffled.n.tolist() == answers.n.tolist()
    assert not np.array_equal(shuffled.noticed, answers.noticed)


def test_the_ceiling_is_what_the_images_own_shares_reach() -> None:
    rng = np.random.default_rng(8)
    own = rng.random(2_000)
    noticed = rng.random((6, 2_000)) < own
    reached = float(np.corrcoef(own, noticed.mean(axis=0))[0, 1])

    assert ceiling(answers_of(noticed)) == pytest.approx(reached, abs=0.02)
    assert ceiling(answers_of(np.ones((6, 10)))) is None
    assert ceiling(answers_of(np.eye(1, 10))) is None
