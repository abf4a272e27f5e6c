"""The draw of the images: counts exact, reproducible, each constraint held or an error that names it."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.randomization import (
    Candidate,
    DrawingError,
    Drawn,
    draw_others,
    draw_series,
    draw_stimuli,
)

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)


def candidates(n: int, lesions: int) -> list[Candidate]:
    return [Candidate(f"image {index}", f"lesion {index % lesions}") for index in range(n)]


def lesion(key: str, lesions: int) -> int:
    return int(key.split()[1]) % lesions


def series(pool: list[Candidate], **options: Any) -> list[list[Drawn]]:
    plain: dict[str, Any] = {
        "n_perturbed": 3,
        "n_clean": 2,
        "n_subsets": 1,
        "prevalence": "fixed",
        "one_lesion_once": True,
        "seed": 1,
    }
    return draw_series(pool, **(plain | options))


@given(
    seed=SEEDS,
    n_perturbed=st.integers(0, 8),
    n_clean=st.integers(0, 8),
    n_subsets=st.integers(1, 4),
    spare=st.integers(0, 5),
)
def test_every_subset_has_the_numbers_asked_for_and_no_image_is_drawn_twice(
    seed: int, n_perturbed: int, n_clean: int, n_subsets: int, spare: int
) -> None:
    total = (n_perturbed + n_clean) * n_subsets + spare

    drawn = series(
        candidates(total, max(1, total)), n_perturbed=n_perturbed, n_clean=n_clean, n_subsets=n_subsets, seed=seed
    )

    assert len(drawn) == n_subsets
    for subset in drawn:
        assert sum(item.perturbed for item in subset) == n_perturbed
        assert len(subset) == n_perturbed + n_clean
    assert len({item.key for subset in drawn for item in subset}) == total - spare


@given(seed=SEEDS, order=st.permutations(candidates(9, 7)), prevalence=st.sampled_from(["fixed", "random"]))
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_candidates(
    seed: int, order: list[Candidate], prevalence: str
) -> None:
    options = {"n_perturbed": 2, "n_clean": 1, "n_subsets": 2, "prevalence": prevalence, "seed": seed}

    assert series(order, **options) == series(candidates(9, 7), **options)


@given(seed=SEEDS)
def test_a_lesion_is_drawn_once_over_all_subsets(seed: int) -> None:
    drawn = series(candidates(20, 6), n_perturbed=2, n_clean=1, n_subsets=2, seed=seed)

    assert len({lesion(item.key, 6) for subset in drawn for item in subset}) == 6


@given(seed=SEEDS, n_perturbed=st.integers(1, 6), n_clean=st.integers(1, 6))
def test_a_random_prevalence_always_has_images_of_both_kinds(seed: int, n_perturbed: int, n_clean: int) -> None:
    (drawn,) = series(candidates(12, 12), n_perturbed=n_perturbed, n_clean=n_clean, prevalence="random", seed=seed)

    assert len(drawn) == n_perturbed + n_clean
    assert {item.perturbed for item in drawn} == {True, False}


def test_at_a_random_prevalence_each_image_is_perturbed_as_often_as_asked_and_the_number_varies() -> None:
    """20 images, 3 in 10 perturbed: over 2,000 seeds within 4 standard errors, and the number binomial."""
    counts = [
        sum(item.perturbed for item in subset)
        for seed in range(2000)
        for subset in series(candidates(20, 20), n_perturbed=6, n_clean=14, prevalence="random", seed=seed)
    ]

    assert abs(sum(counts) / 2000 - 6) < 4 * (20 * 0.3 * 0.7 / 2000) ** 0.5
    variance = sum((count - 6) ** 2 for count in counts) / 2000
    assert 0.85 < variance / (20 * 0.3 * 0.7) < 1.15


def test_a_random_prevalence_of_one_kind_is_an_error() -> None:
    with pytest.raises(DrawingError, match="at least one of each"):
        series(candidates(9, 9), n_perturbed=5, n_clean=0, prevalence="random")


def test_too_few_lesions_are_an_error_that_says_how_many_there_are() -> None:
    with pytest.raises(DrawingError, match=r"7 images are asked for \(4 perturbed \+ 3 clean\).* only 6 lesions"):
        series(candidates(20, 6), n_perturbed=4, n_clean=3)


def test_too_few_lesions_for_the_subsets_are_an_error_that_says_so() -> None:
    with pytest.raises(DrawingError, match=r"15 images .*in each of 3 subsets.* only 14 lesions.*or subsets, or allow"):
        series(candidates(20, 14), n_subsets=3)


def test_several_images_of_a_lesion_are_drawn_where_the_study_allows_it() -> None:
    assert len(draw_stimuli(candidates(20, 6), n_perturbed=10, n_clean=10, one_lesion_once=False, seed=1)) == 20


def test_too_few_images_are_an_error_without_advice_that_would_not_help() -> None:
    with pytest.raises(DrawingError, match="only 3 images") as caught:
        series(candidates(3, 3), one_lesion_once=False)

    assert "allow several" not in str(caught.value)


@pytest.mark.parametrize("wrong", [{"n_subsets": 0}, {"n_perturbed": -1}, {"n_clean": -1}])
def test_senseless_numbers_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="subsets"):
        series(candidates(9, 9), **wrong)


@given(seed=SEEDS, n=st.integers(0, 5), taken=st.sets(st.integers(0, 8), max_size=4))
def test_other_images_are_of_other_lesions_each_once(seed: int, n: int, taken: set[int]) -> None:
    keys = draw_others(
        candidates(30, 9), n=n, not_lesions={f"lesion {number}" for number in taken}, seed=seed, purpose="practice"
    )

    lesions = {lesion(key, 9) for key in keys}
    assert len(keys) == len(lesions) == n
    assert not lesions & taken


def test_practice_and_catch_images_are_drawn_apart() -> None:
    options = {"n": 5, "not_lesions": set(), "seed": 1}
    practice = draw_others(candidates(200, 200), purpose="practice", **options)  # type: ignore[arg-type]

    assert practice == draw_others(candidates(200, 200)[::-1], purpose="practice", **options)  # type: ignore[arg-type]
    assert practice != draw_others(candidates(200, 200), purpose="catch", **options)  # type: ignore[arg-type]


def test_too_few_other_lesions_are_an_error_that_names_the_purpose() -> None:
    with pytest.raises(DrawingError, match=r"4 catch images .* only 3 lesions"):
        draw_others(candidates(20, 5), n=4, not_lesions={"lesion 0", "lesion 1"}, seed=1, purpose="catch")


def test_every_position_is_as_likely_perturbed_as_any_other() -> None:
    """Over 4,000 seeds each of 5 positions is perturbed 3 times in 5, within 4 standard errors."""
    counts = [0] * 5
    for seed in range(4000):
        for position, item in enumerate(series(candidates(5, 5), seed=seed)[0]):
            counts[position] += item.perturbed

    standard_error = (4000 * 0.6 * 0.4) ** 0.5
    assert all(abs(count - 2400) < 4 * standard_error for count in counts)


def test_every_image_is_as_likely_in_each_subset_and_as_likely_perturbed() -> None:
    """Over 3,000 seeds each of 4 images in 2 subsets of 1 + 1, within 4 standard errors."""
    seen: Counter[tuple[str, int, bool]] = Counter()
    for seed in range(3000):
        for place, subset in enumerate(series(candidates(4, 4), n_perturbed=1, n_clean=1, n_subsets=2, seed=seed)):
            seen.update((item.key, place, item.perturbed) for item in subset)

    assert len(seen) == 16
    assert all(abs(count - 750) < 4 * (3000 * 0.25 * 0.75) ** 0.5 for count in seen.values())
