"""Chance from hashes: anybody can repeat it."""

from collections import Counter

import pytest

from studies.randomization import derived_seed, shuffled


def test_version_2_of_the_algorithm_keeps_its_results() -> None:
    """The values were made by sha256sum and sort in a shell."""
    assert shuffled(["a", "b", "c", "d", "e"], seed=7, purpose="order") == ["e", "c", "d", "a", "b"]
    assert derived_seed(7, "session", "Observer 1") == 1506863213294472


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        shuffled(["a", "a"], seed=1, purpose="order")


def test_every_order_of_three_is_as_likely_as_any_other() -> None:
    orders = Counter(tuple(shuffled("abc", seed=seed, purpose="order")) for seed in range(6000))

    assert len(orders) == 6
    assert all(abs(count - 1000) < 4 * (6000 * (1 / 6) * (5 / 6)) ** 0.5 for count in orders.values())
