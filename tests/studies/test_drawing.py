"""The draw: counts exact, reproducible, each constraint held or an error that names it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.drawing import Candidate, DrawingError, derived_seed, draw_stimuli, shuffled

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)


def candidates(n: int, lesions: int) -> list[Candidate]:
    return [Candidate(f"image {index}", f"lesion {index % lesions}") for index in range(n)]


@given(seed=SEEDS, n_perturbed=st.integers(1, 8), n_clean=st.integers(1, 8), spare=st.integers(0, 5))
def test_counts_are_exact_and_no_image_is_drawn_twice(seed: int, n_perturbed: int, n_clean: int, spare: int) -> None:
    total = n_perturbed + n_clean + spare

    drawn = draw_stimuli(
        candidates(total, total), n_perturbed=n_perturbed, n_clean=n_clean, one_lesion_once=True, seed=seed
    )

    assert Counter(item.perturbed for item in drawn) == {True: n_perturbed, False: n_clean}
    assert len({item.key for item in drawn}) == n_perturbed + n_clean


@given(seed=SEEDS, order=st.permutations(candidates(9, 7)))
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_candidates(seed: int, order: list[Candidate]) -> None:
    options = {"n_perturbed": 3, "n_clean": 2, "one_lesion_once": True, "seed": seed}

    assert draw_stimuli(order, **options) == draw_stimuli(candidates(9, 7), **options)  # type: ignore[arg-type]


@given(seed=SEEDS)
def test_a_lesion_is_drawn_once(seed: int) -> None:
    drawn = draw_stimuli(candidates(20, 6), n_perturbed=3, n_clean=3, one_lesion_once=True, seed=seed)

    assert len({int(item.key.split()[1]) % 6 for item in drawn}) == 6


def test_too_few_lesions_are_an_error_that_says_how_many_there_are() -> None:
    with pytest.raises(DrawingError, match=r"7 images are asked for \(4 perturbed \+ 3 clean\).* only 6 lesions"):
        draw_stimuli(candidates(20, 6), n_perturbed=4, n_clean=3, one_lesion_once=True, seed=1)


def test_several_images_of_a_lesion_are_drawn_where_the_study_allows_it() -> None:
    drawn = draw_stimuli(candidates(20, 6), n_perturbed=10, n_clean=10, one_lesion_once=False, seed=1)

    assert len(drawn) == 20


def test_too_few_images_are_an_error_without_advice_that_would_not_help() -> None:
    with pytest.raises(DrawingError, match="only 3 images") as caught:
        draw_stimuli(candidates(3, 3), n_perturbed=3, n_clean=3, one_lesion_once=False, seed=1)

    assert "allow several" not in str(caught.value)


def test_version_1_of_the_algorithm_keeps_its_results() -> None:
    """The values were made by sha256sum and sort in a shell."""
    assert shuffled(["a", "b", "c", "d", "e"], seed=7, purpose="order") == ["b", "e", "a", "d", "c"]
    assert derived_seed(7, "session", "Observer 1") == 8938074143810212


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        shuffled(["a", "a"], seed=1, purpose="order")


def test_every_position_is_as_likely_perturbed_as_any_other() -> None:
    """Over 4,000 seeds each of 5 positions is perturbed 3 times in 5, within 4 standard errors."""
    counts = [0] * 5
    for seed in range(4000):
        drawn = draw_stimuli(candidates(5, 5), n_perturbed=3, n_clean=2, one_lesion_once=True, seed=seed)
        for position, item in enumerate(drawn):
            counts[position] += item.perturbed

    standard_error = (4000 * 0.6 * 0.4) ** 0.5
    assert all(abs(count - 2400) < 4 * standard_error for count in counts)


def test_every_order_of_three_is_as_likely_as_any_other() -> None:
    orders = Counter(tuple(shuffled("abc", seed=seed, purpose="order")) for seed in range(6000))

    assert len(orders) == 6
    assert all(abs(count - 1000) < 4 * (6000 * (1 / 6) * (5 / 6)) ** 0.5 for count in orders.values())
