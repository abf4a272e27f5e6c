"""Images of one's own from a pool: every image, truth and strength equally often, sequence after sequence."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.randomization import Candidate, DrawingError, PoolDrawn, draw_pool, draw_pool_sequences

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)
KNOWN = [[("2", 0), ("4", None), ("7", 1)], [("0", None), ("3", 1), ("6", 0)]]


def sequences(size: int, **options: Any) -> list[list[PoolDrawn]]:
    plain: dict[str, Any] = {
        "n_sequences": 7,
        "n_perturbed": 3,
        "n_clean": 2,
        "prevalence": "fixed",
        "n_strengths": 1,
        "always_perturbed": False,
        "seed": 1,
    }
    return draw_pool_sequences([f"image {number}" for number in range(size)], **(plain | options))


def spread(counts: Counter[Any], among: Any) -> int:
    found = [counts[one] for one in among]
    return max(found) - min(found)


@given(
    seed=SEEDS,
    n_perturbed=st.integers(1, 8),
    n_clean=st.integers(1, 8),
    times=st.floats(1, 6),
    n_sequences=st.integers(1, 40),
    n_strengths=st.integers(1, 4),
)
def test_images_truths_and_strengths_are_balanced_after_every_sequence(
    seed: int, n_perturbed: int, n_clean: int, times: float, n_sequences: int, n_strengths: int
) -> None:
    """The bound of an image's share is strict where the pool suffices for what is due in any sequence."""
    n = n_perturbed + n_clean
    size = int(n * times)
    drawn = sequences(
        size,
        n_perturbed=n_perturbed,
        n_clean=n_clean,
        n_sequences=n_sequences,
        n_strengths=n_strengths,
        seed=seed,
    )

    images = [f"image {number}" for number in range(size)]
    suffices = size * min(n_perturbed, n_clean) >= n * (n + 2)
    shown, perturbed, at = Counter[str](), Counter[str](), Counter[int]()
    for sequence in drawn:
        assert len({item.key for item in sequence}) == n, "nobody meets an image twice"
        assert sum(item.perturbed for item in sequence) == n_perturbed
        here = Counter(item.strength for item in sequence if item.perturbed)
        assert spread(here, range(n_strengths)) <= 1
        for item in sequence:
            assert (item.strength is not None) == item.perturbed
            shown[item.key] += 1
            perturbed[item.key] += item.perturbed
        at.update(item.strength for item in sequence if item.strength is not None)
        assert spread(shown, images) <= 1
        assert spread(at, range(n_strengths)) <= 1
        for image in images:
            away = abs(n * perturbed[image] - n_perturbed * shown[image])
            assert away < n if suffices else away < 2 * n


@given(seed=SEEDS, n_perturbed=st.integers(1, 8), n_clean=st.integers(1, 8), size=st.integers(16, 60))
def test_with_a_random_prevalence_images_are_shown_equally_often_too(
    seed: int, n_perturbed: int, n_clean: int, size: int
) -> None:
    n = n_perturbed + n_clean
    drawn = sequences(size, n_perturbed=n_perturbed, n_clean=n_clean, prevalence="random", n_sequences=20, seed=seed)

    shown = Counter(item.key for sequence in drawn for item in sequence)
    assert spread(shown, [f"image {number}" for number in range(size)]) <= 1
    for sequence in drawn:
        assert 0 < sum(item.perturbed for item in sequence) < n


def test_a_random_prevalence_is_that_share_in_the_mean_and_differs_between_observers() -> None:
    """20,000 throws at 0.3, within 4 standard errors."""
    drawn = sequences(400, n_perturbed=6, n_clean=14, prevalence="random", n_sequences=1000)

    perturbed = [sum(item.perturbed for item in sequence) for sequence in drawn]
    assert abs(sum(perturbed) - 6000) < 4 * (20_000 * 0.3 * 0.7) ** 0.5
    assert len(set(perturbed)) > 5


def test_each_image_has_each_strength_about_equally_often() -> None:
    drawn = sequences(200, n_perturbed=30, n_clean=20, n_strengths=3, n_sequences=100)

    of_image = Counter((item.key, item.strength) for sequence in drawn for item in sequence)
    for number in range(200):
        assert spread(of_image, [(f"image {number}", strength) for strength in range(3)]) <= 2


def test_of_two_images_every_trial_has_a_strength() -> None:
    drawn = sequences(20, n_strengths=2, always_perturbed=True)

    for sequence in drawn:
        assert spread(Counter(item.strength for item in sequence), range(2)) <= 1
        assert all(item.strength is not None for item in sequence)


@given(seed=SEEDS, prevalence=st.sampled_from(["fixed", "random"]))
def test_further_sequences_leave_the_first_ones_and_the_order_of_the_pool_is_immaterial(
    seed: int, prevalence: str
) -> None:
    few = sequences(17, n_sequences=3, n_strengths=2, prevalence=prevalence, seed=seed)
    many = draw_pool_sequences(
        [f"image {number}" for number in reversed(range(17))],
        n_sequences=9,
        n_perturbed=3,
        n_clean=2,
        prevalence="random" if prevalence == "random" else "fixed",
        n_strengths=2,
        always_perturbed=False,
        seed=seed,
    )

    assert many[:3] == few


def test_which_images_stand_together_is_drawn() -> None:
    """Of 20 images in sequences of 5, two named ones meet in 4 of 19 first rounds; 2,000 seeds, 4 standard errors."""
    together = sum(
        {"image 0", "image 1"} <= {item.key for item in sequence}
        for seed in range(2000)
        for sequence in sequences(20, n_sequences=4, seed=seed)
    )

    assert abs(together - 2000 * 4 / 19) < 4 * (2000 * (4 / 19) * (15 / 19)) ** 0.5


def test_every_image_is_as_likely_perturbed_as_any_other_at_first() -> None:
    counts = Counter(
        item.key
        for seed in range(1000)
        for sequence in sequences(10, n_sequences=1, n_perturbed=2, n_clean=2, seed=seed)
        for item in sequence
        if item.perturbed
    )

    for number in range(10):
        assert abs(counts[f"image {number}"] - 200) < 4 * (1000 * 0.2 * 0.8) ** 0.5


def test_a_known_draw_stays_as_it_is() -> None:
    """Sequences that were stored by one version of the program are drawn alike by every later one."""
    drawn = sequences(8, n_sequences=2, n_perturbed=2, n_clean=1, n_strengths=2, seed=42)

    assert [[(item.key[-1], item.strength) for item in sequence] for sequence in drawn] == KNOWN


def test_a_pool_has_so_many_images_and_of_each_lesion_one() -> None:
    candidates = [Candidate(f"image {number}", f"lesion {number % 6}") for number in range(20)]

    assert len(draw_pool(candidates, size=None, n_images=4, one_lesion_once=False, seed=1)) == 20
    pool = draw_pool(candidates, size=5, n_images=4, one_lesion_once=True, seed=1)
    assert len({int(key.split()[1]) % 6 for key in pool}) == len(pool) == 5
    assert pool == draw_pool(candidates[::-1], size=None, n_images=4, one_lesion_once=True, seed=1)[:5]
    with pytest.raises(DrawingError, match="pool of 7 images is asked for, but only 6 lesions"):
        draw_pool(candidates, size=7, n_images=4, one_lesion_once=True, seed=1)
    with pytest.raises(DrawingError, match="to judge 8 images, but only 6 lesions"):
        draw_pool(candidates, size=None, n_images=8, one_lesion_once=True, seed=1)
    with pytest.raises(DrawingError, match="pool of 21 images is asked for, but only 20 images"):
        draw_pool(candidates, size=21, n_images=4, one_lesion_once=False, seed=1)


@pytest.mark.parametrize("wrong", [{"n_sequences": -1}, {"n_perturbed": -1}, {"n_strengths": 0}, {"n_clean": 8}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"perturbed|of a pool of 10"):
        sequences(10, **wrong)


def test_a_random_prevalence_needs_images_of_both_kinds() -> None:
    with pytest.raises(DrawingError, match="images of both kinds"):
        sequences(10, n_clean=0, prevalence="random")
