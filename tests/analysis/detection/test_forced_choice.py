"""Choices between two images: shares, d′ and sides, against arithmetic and simulation."""

from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.forced_choice import (
    ChoiceSummary,
    pooled_d_prime,
    summarise_choices,
)
from perception.analysis.detection.signal_detection import two_alternative_d_prime
from perception.analysis.estimates.clustered import clustered_proportion
from tests.analysis.written_json import written_json


def summary(right: Any, first: NDArray[np.bool_] | None = None, **options: Any) -> ChoiceSummary:
    responses = np.array(right, dtype=np.int8)
    observers, pairs = responses.shape
    if first is None:
        first = np.arange(pairs) % 2 == 0 | np.zeros((observers, 1), dtype=bool)
    names = tuple(f"O{place}" for place in range(observers))
    table = AnswerTable(names, tuple(f"{place}" for place in range(pairs)), np.ones(pairs, dtype=bool), responses)
    return summarise_choices(table, np.broadcast_to(first, responses.shape), **options)


def test_counts_by_side() -> None:
    """Perturbed first in trials 1 to 4, of which 3 are right; second in 5 to 7, of which 1 is right; one missing."""
    first = np.array([True] * 4 + [False] * 4)
    result = summary([[1, 1, 1, 0, 1, 0, 0, -1]], first)

    observer = written_json(result.observers["O0"])
    assert observer["counts"] == {
        "perturbed_first": {"chose_first": 3, "chose_second": 1},
        "perturbed_second": {"chose_first": 2, "chose_second": 1},
        "missing": 1,
    }
    assert (observer["correct"]["k"], observer["correct"]["n"]) == (4, 7)
    assert (observer["said_first"]["k"], observer["said_first"]["n"]) == (5, 7)
    assert observer["side_difference"]["estimate"] == pytest.approx(3 / 4 - 1 / 3)
    assert result.n_missing == 1


def test_d_prime_of_one_observer_is_the_textbooks() -> None:
    """Macmillan & Creelman 2005: 75% right is d′ = √2 × 0.674 = 0.954; below chance it is negative."""
    assert summary([[1, 1, 1, 0] * 5]).observers["O0"].figures.d_prime.estimate == pytest.approx(0.9539, abs=1e-4)
    assert summary([[1, 0, 0, 0] * 5]).observers["O0"].figures.d_prime.estimate == pytest.approx(-0.9539, abs=1e-4)


def test_pooled_d_prime_has_the_clustered_standard_error() -> None:
    """Two observers who always agree are worth one: the SE is that of 40 choices, with the factor G/(G − 1)."""
    right = [1, 1, 1, 0] * 10
    pooled, alone = summary([right, right]).pooled.d_prime, two_alternative_d_prime(30, 40)

    assert alone.low is not None
    assert pooled.low is not None
    assert pooled.high is not None
    assert pooled.estimate == pytest.approx(alone.estimate)
    half = (alone.estimate or 0) - alone.low
    assert pooled.high - (pooled.estimate or 0) == pytest.approx(half * sqrt(40 / 39))
    assert (pooled.k, pooled.n) == (60, 80)


def test_the_pooled_share_is_that_of_the_clustered_interval_or_of_the_one_asked_for() -> None:
    right = np.array([[1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 1], [0, 1, 1, 1, -1, 1]], dtype=np.int8)
    by_default = summary(right)

    assert by_default.pooled.correct == clustered_proportion(right == 1, right >= 0)
    assert by_default.crossed is not None
    assert "Wald, answers taken as independent" in summary(right, interval="wald").pooled.correct.method
    assert by_default.as_independent == summary(right, interval="wald").pooled.correct


def test_the_first_image_is_chosen_whatever_is_shown() -> None:
    """Who always takes the first is right in half of the trials, and leans by 100 points."""
    first = np.array([True, False] * 10)

    result = summary([first.astype(int)], first)

    figures = result.observers["O0"].figures
    assert (figures.correct.estimate, figures.said_first.estimate, figures.side_difference.estimate) == (0.5, 1, 1)
    assert figures.d_prime.estimate == 0


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4), min_size=1, max_size=4))
def test_nothing_is_ever_nan_and_what_is_undefined_says_why(right: list[list[int]]) -> None:
    def check(value: Any) -> None:
        if isinstance(value, dict):
            if "estimate" in value and value["estimate"] is None:
                assert value["reason"]
            for part in value.values():
                check(part)
        elif isinstance(value, float):
            assert value == value

    check(written_json(summary(right)))


@pytest.mark.parametrize(("right", "word"), [([[1, 1, 1]], "right"), ([[0, 0, 0]], "wrong")])
def test_all_right_or_all_wrong_has_no_d_prime_and_proves_nothing_against_chance(
    right: list[list[int]], word: str
) -> None:
    result = summary(right)

    assert result.pooled.d_prime.estimate is None
    assert word in (result.pooled.d_prime.reason or "")
    assert result.against_chance.estimate.low is None
    assert result.against_chance.smallest_margin is None


def test_the_margin_is_the_distance_of_chance_to_the_further_end() -> None:
    """26 of 50, one observer: 0.52 ± t(49) √(0.52 × 0.48/50 × 50/49)."""
    result = summary([[1] * 26 + [0] * 24]).against_chance

    assert result.estimate.level == 0.90
    half = float(stats.t.ppf(0.95, 49)) * sqrt(0.52 * 0.48 / 49)
    assert result.smallest_margin == pytest.approx(0.02 + half)


def test_the_interval_of_pooled_d_prime_covers_as_often_as_it_says() -> None:
    """600 studies of 50 pairs and three observers, d′ 0.8, pairs of differing difficulty: 95% intervals."""
    generator = np.random.default_rng(5)
    shares = generator.beta(10, 4, (600, 1, 50))
    true = sqrt(2) * NormalDist().inv_cdf(10 / 14)
    covered = 0
    for share in shares:
        pooled = pooled_d_prime(generator.random((3, 50)) < share, np.ones((3, 50), dtype=bool))
        assert pooled.low is not None
        assert pooled.high is not None
        covered += pooled.low <= true <= pooled.high

    assert 0.92 < covered / 600 < 0.98


def test_arguments_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="no interval is called"):
        summary([[1, 0]], interval="none")
    with pytest.raises(ValueError, match="a level lies"):
        summary([[1, 0]], level=95)
    table = AnswerTable(("O",), ("1",), np.ones(1, dtype=bool), np.ones((1, 1), dtype=np.int8))
    with pytest.raises(ValueError, match="sides have the shape"):
        summarise_choices(table, np.ones((2, 1), dtype=bool))


def test_the_two_d_primes_are_the_same_without_a_leaning_and_differ_with_one() -> None:
    """Macmillan & Creelman 2005, chapter 7: (z(H) − z(F))/√2 is √2 z(share right) where H = 1 − F."""
    first = np.arange(400) < 200
    even = np.arange(200) < 150  # 75% right on either side
    leaning = np.concatenate([np.arange(200) < 190, np.arange(200) < 110])  # 95% and 55%: 75% of all

    both = summary([np.concatenate([even, even]), leaning], np.broadcast_to(first, (2, 400)))
    plain, leans = both.observers["O0"], both.observers["O1"]

    assert plain.figures.d_prime.estimate == leans.figures.d_prime.estimate == pytest.approx(0.9539, abs=1e-4)
    assert plain.d_prime_without_leaning.estimate == pytest.approx(0.9539, abs=0.01)
    z = NormalDist().inv_cdf
    expected = (z(190.5 / 201) - z(90.5 / 201)) / sqrt(2)
    assert leans.d_prime_without_leaning.estimate == pytest.approx(expected)
    assert expected > 1.2


def test_the_groups_d_prime_is_the_mean_of_the_observers_without_their_leanings() -> None:
    first = np.arange(400) < 200
    leaning = np.concatenate([np.arange(200) < 190, np.arange(200) < 110])

    found = summary([leaning] * 3, np.broadcast_to(first, (3, 400)))

    own = found.observers["O0"].d_prime_without_leaning.estimate
    assert found.group_d_prime.estimate.estimate == pytest.approx(own, abs=0.01)
    assert found.group_d_prime_random is not None
    assert written_json(found)["group_d_prime"]["estimate"] == found.group_d_prime.estimate.estimate
    assert written_json(found)["observers"]["O0"]["dprime_without_leaning"]["estimate"] == own


def test_who_chose_nothing_is_no_third_observer() -> None:
    found = summary([[1, 0, 1, 0], [1, 1, 0, 0], [-1, -1, -1, -1]])

    assert (found.silent, found.n_answering) == (("O2",), 2)
    assert (found.crossed, found.group_d_prime_random) == (None, None)
