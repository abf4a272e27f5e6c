"""Sides and subsets are dealt out evenly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.randomization import assign_subset, draw_sides

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)


@given(seed=SEEDS, n=st.integers(0, 60))
def test_the_perturbed_image_is_first_in_half_of_the_trials(seed: int, n: int) -> None:
    sides = draw_sides(n, seed=seed, purpose="sides")

    assert len(sides) == n
    assert abs(2 * sum(sides) - n) <= n % 2
    assert sides == draw_sides(n, seed=seed, purpose="sides")


def test_every_trial_and_the_odd_one_fall_either_way_equally_often() -> None:
    """Over 3,000 seeds, within 4 standard errors."""
    drawn = [draw_sides(5, seed=seed, purpose="sides") for seed in range(3000)]

    for position in range(5):
        assert abs(sum(sides[position] for sides in drawn) - 1500) < 4 * (3000 * 0.25) ** 0.5
    assert abs(sum(sum(sides) == 3 for sides in drawn) - 1500) < 4 * (3000 * 0.25) ** 0.5


@given(seed=SEEDS, used=st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_an_observer_gets_a_least_used_subset(seed: int, used: list[int]) -> None:
    chosen = assign_subset(used, seed=seed, label="Observer 1")

    assert used[chosen] == min(used)
    assert chosen == assign_subset(used, seed=seed, label="Observer 1")


@given(seed=SEEDS, n_subsets=st.integers(1, 6), observers=st.integers(0, 30))
def test_subsets_stay_balanced_as_observers_come(seed: int, n_subsets: int, observers: int) -> None:
    used = [0] * n_subsets
    for number in range(observers):
        used[assign_subset(used, seed=seed, label=f"Observer {number}")] += 1

    assert max(used) - min(used) <= 1


def test_equally_used_subsets_are_equally_likely() -> None:
    counts = [0] * 3
    for seed in range(3000):
        counts[assign_subset([2, 2, 2], seed=seed, label="A")] += 1

    assert all(abs(count - 1000) < 4 * (3000 * (1 / 3) * (2 / 3)) ** 0.5 for count in counts)


def test_without_a_subset_there_is_nothing_to_assign() -> None:
    with pytest.raises(ValueError, match="no subset"):
        assign_subset([], seed=1, label="A")
