"""Shares drawn towards that of all images: by how much the images differ, and how many judged each."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.breakdowns.shrinkage import BetaPrior, beta_prior

counts = st.lists(
    st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
)


@given(counts)
def test_the_shrunken_share_lies_between_the_images_own_and_that_of_all(pairs: list[tuple[int, int]]) -> None:
    k, n = (np.array(column) for column in zip(*pairs, strict=True))
    prior = beta_prior(k, n)

    assert (prior is None) == (not n.any())
    for own, total in pairs:
        if prior is not None and total:
            low, high = sorted((own / total, prior.mean))
            assert low - 1e-12 <= prior.shrunken(own, total) <= high + 1e-12


def test_the_spread_of_the_images_is_found_again() -> None:
    """Shares drawn from a beta distribution, each image judged by 1 to 9 observers."""
    generator = np.random.default_rng(3)
    n = generator.integers(1, 10, size=20_000)
    k = generator.binomial(n, stats.beta(3, 5).rvs(len(n), random_state=generator))

    prior = beta_prior(k, n)

    assert prior is not None
    assert prior.mean == pytest.approx(3 / 8, abs=0.01)
    assert prior.weight == pytest.approx(8, rel=0.1)


def test_shrunken_shares_are_nearer_to_the_truth_than_those_of_few_observers() -> None:
    generator = np.random.default_rng(4)
    n = generator.integers(1, 6, size=2_000)
    true = stats.beta(4, 4).rvs(len(n), random_state=generator)
    k = generator.binomial(n, true)
    prior = beta_prior(k, n)

    assert prior is not None
    shrunken = np.array([prior.shrunken(int(one), int(of)) for one, of in zip(k, n, strict=True)])
    assert ((shrunken - true) ** 2).mean() < 0.5 * ((k / n - true) ** 2).mean()


def test_without_a_difference_beyond_chance_every_share_is_that_of_all() -> None:
    once_each = beta_prior(np.array([1, 0, 1]), np.array([1, 1, 1]))
    alike = beta_prior(np.array([2, 4]), np.array([2, 4]))

    assert once_each == BetaPrior(2 / 3, inf)
    assert alike == BetaPrior(1.0, inf)
    assert once_each.shrunken(1, 1) == 2 / 3
    assert beta_prior(np.array([0]), np.array([0])) is None


def test_few_images_that_differ_as_much_as_can_be_do_not_let_single_answers_rank_first() -> None:
    prior = beta_prior(np.array([3, 0, 9, 1]), np.array([3, 3, 10, 1]))

    assert prior is not None
    assert prior.weight == 2
    assert prior.shrunken(9, 10) > prior.shrunken(1, 1)
