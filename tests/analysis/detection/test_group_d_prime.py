"""d′ of a group: what it is the mean of, what it does without, and that it holds at any criterion."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from perception.analysis.answer_table import MISSING
from perception.analysis.detection.group_d_prime import ADDED, GroupDPrime, group_d_prime

ABC = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def of_counts(*counts: tuple[int, int, int, int], observers_random: bool = False) -> GroupDPrime:
    """Return d′ of observers with (hits, perturbed images, false alarms, clean images), the same images for all."""
    _, perturbed, _, clean = counts[0]
    signal = np.tile(np.arange(perturbed + clean) < perturbed, (len(counts), 1))
    said = np.zeros(signal.shape, dtype=np.int8)
    for row, (hits, _, false_alarms, _) in enumerate(counts):
        said[row, :hits] = 1
        said[row, perturbed : perturbed + false_alarms] = 1
    return group_d_prime(signal, said, ABC[: len(counts)], observers_random=observers_random)


def test_one_observer_by_hand() -> None:
    """Of one observer images and answers are the same: SE² is the sum of p(1 − p)/(n φ²), with the factor n/(n − 1)."""
    found = of_counts((30, 50, 20, 50))

    hits, false_alarms = (30 + ADDED) / 50.8, (20 + ADDED) / 50.8
    z = special.ndtri([hits, false_alarms])
    assert found.estimate.estimate == pytest.approx(z[0] - z[1])
    per_kind = [0.6 * 0.4 / 49 / float(stats.norm.pdf(one)) ** 2 for one in z]
    assert found.standard_error == pytest.approx(sqrt(sum(per_kind)))
    assert found.freedom == pytest.approx(sum(per_kind) ** 2 / sum(part**2 / 49 for part in per_kind))
    assert found.estimate.n == 100


def test_the_mean_is_that_of_the_observers_not_of_pooled_rates() -> None:
    """Both see a d′ of 0.9 with opposite criteria; rates pooled over them would say 0.4."""
    found = of_counts((20, 100, 4, 100), (96, 100, 80, 100))

    pooled = special.ndtri(116 / 200) - special.ndtri(84 / 200)
    assert found.estimate.estimate == pytest.approx(0.9, abs=0.03)
    assert pooled == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([(1, 60, 1, 40)], "too few answers “perturbed” for a d′: A gave 2 of 100"),
        ([(59, 60, 40, 40)], "too few answers “clean” for a d′: A gave 1 of 100"),
        ([(30, 60, 20, 40), (0, 60, 0, 40)], "too few answers “perturbed” for a d′: B gave 0 of 100"),
        ([(0, 60, 0, 40)] * 5, "A gave 0 of 100, B gave 0 of 100, C gave 0 of 100 and 2 more observers as few"),
        ([(0, 60, 0, 40)] * 4, "C gave 0 of 100 and 1 more observer as few"),
        ([(1, 1, 20, 40)], "no interval from a single image"),
        ([(0, 0, 20, 40)], "there is no answer to a perturbed image"),
    ],
)
def test_too_few_answers_of_one_kind_have_no_d_prime(counts: list[tuple[int, int, int, int]], reason: str) -> None:
    found = of_counts(*counts)

    assert found.estimate.estimate is None
    assert reason in (found.estimate.reason or "")
    assert found.standard_error is None


def test_few_images_of_one_kind_ask_for_more_answers() -> None:
    """Of 48 and 12 images, 10 answers “perturbed” would be 2 false alarms: of so few no rate can be told."""
    assert of_counts((8, 48, 2, 12)).estimate.reason == "too few answers “perturbed” for a d′: A gave 10 of 60"
    assert of_counts((10, 48, 3, 12)).estimate.estimate is not None
    assert of_counts((24, 48, 2, 4)).estimate.reason == "too few clean images for a d′: A judged 4"


def test_one_image_is_not_called_images() -> None:
    signal = np.tile(np.arange(100) < 50, (10, 1))
    said = np.tile((np.arange(100) % 50 < 25).astype(np.int8), (10, 1))
    said[9, 1:50] = MISSING

    assert group_d_prime(signal, said, ABC[:10]).left_out_because == ("judged 1 perturbed image",)


def test_one_in_ten_may_be_left_out_and_is_named() -> None:
    nine = [(30, 60, 20, 40)] * 9

    found = of_counts(*nine, (0, 60, 0, 40), observers_random=True)

    assert found.left_out == ("J",)
    assert found.observers == 9
    assert found.estimate.estimate == pytest.approx(of_counts(*nine).estimate.estimate)
    assert of_counts(*nine[:8], (0, 60, 0, 40)).estimate.estimate is None


def test_who_was_not_asked_is_not_left_out() -> None:
    signal = np.tile(np.arange(40) < 20, (2, 1))
    said = np.tile(np.arange(40) % 2, (2, 1)).astype(np.int8)
    said[1] = -1

    found = group_d_prime(signal, said, ("A", "B"))

    assert (found.observers, found.left_out) == (1, ())


def test_leaning_to_one_side_does_not_hide_what_is_seen_of_two_images() -> None:
    """Who says “first” in 95% or 75% of the pairs is right in 60% alone; d′ is that of somebody without a leaning."""
    first = np.tile(np.arange(200) % 2 == 0, (1, 1))
    said = np.zeros((1, 200), dtype=np.int8)
    said[0, np.flatnonzero(first[0])[:95]] = 1
    said[0, np.flatnonzero(~first[0])[:75]] = 1

    found = group_d_prime(first, said, ("A",), task="two_afc")

    assert (said == first).mean() == pytest.approx(0.6)
    assert found.estimate.estimate == pytest.approx((special.ndtri(0.95) - special.ndtri(0.75)) / sqrt(2), abs=0.03)
    assert (found.estimate.estimate or 0) > sqrt(2) * special.ndtri(0.6)


@given(st.integers(0, 2**32 - 1), st.integers(3, 8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_names_and_order_change_nothing_and_the_sign_follows_the_answers(seed: int, observers: int, both: bool) -> None:
    rng = np.random.default_rng(seed)
    signal = np.tile(np.arange(60) < 30, (observers, 1))
    said = (rng.random(signal.shape) < rng.uniform(0.3, 0.7, (observers, 1))).astype(np.int8)
    said[rng.random(signal.shape) < 0.1] = -1
    rows, columns = rng.permutation(observers), rng.permutation(60)
    turned = np.where(said == -1, -1, 1 - said).astype(np.int8)

    found = group_d_prime(signal, said, ABC[:observers], observers_random=both)
    shuffled = group_d_prime(signal[rows][:, columns], said[rows][:, columns], ABC[:observers], observers_random=both)
    opposite = group_d_prime(signal, turned, ABC[:observers], observers_random=both)

    assert found.estimate.estimate is not None
    assert shuffled.estimate.estimate == pytest.approx(found.estimate.estimate)
    assert shuffled.standard_error == pytest.approx(found.standard_error)
    assert opposite.estimate.estimate == pytest.approx(-found.estimate.estimate)
    assert opposite.standard_error == pytest.approx(found.standard_error)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_other_observers_are_never_surer_than_these(seed: int) -> None:
    rng = np.random.default_rng(seed)
    signal = np.tile(np.arange(80) < 40, (6, 1))
    said = (rng.random(signal.shape) < rng.uniform(0.2, 0.8, (6, 1))).astype(np.int8)

    these, others = (group_d_prime(signal, said, ABC[:6], observers_random=random) for random in (False, True))

    assert these.standard_error is not None
    assert others.standard_error is not None
    assert others.standard_error >= these.standard_error * (1 - 1e-9)


def right_side_up(rate: float, images: int) -> float:
    """Return the expectation of z((k + a)/(n + 2a)), exactly."""
    k = np.arange(images + 1)
    weights: NDArray[np.float64] = stats.binom.pmf(k, images, rate)
    return float((weights * special.ndtri((k + ADDED) / (images + 2 * ADDED))).sum())


@pytest.mark.parametrize("images", [25, 50, 100, 400])
@pytest.mark.parametrize("expected", [2.5, 4, 8])
def test_a_rate_that_is_used_has_hardly_any_bias(images: int, expected: float) -> None:
    rate = expected / images

    assert abs(right_side_up(rate, images) - special.ndtri(rate)) < 0.008


def test_the_reach_is_the_largest_d_prime_that_leaves_enough_in_every_cell() -> None:
    """Half of 50 + 50 called perturbed: at 2.5 misses and 2.5 false alarms it is z(.95) − z(.05)."""
    found = of_counts((25, 50, 25, 50))

    assert found.reach == pytest.approx(2 * special.ndtri(0.95))
    assert of_counts((6, 50, 4, 50)).reach == pytest.approx(special.ndtri(7.5 / 50) - special.ndtri(2.5 / 50))


@pytest.mark.parametrize("counts", [(10, 10, 0, 10), (53, 53, 10, 53), (30, 53, 0, 53)])
def test_where_all_answers_of_one_kind_are_alike_d_prime_has_no_finite_limit(counts: tuple[int, int, int, int]) -> None:
    found = of_counts(*[counts] * 4)

    assert found.estimate.estimate is not None
    assert (found.estimate.low, found.estimate.high) == (None, None)
    assert "are alike, and d′ has no finite limit" in found.estimate.method
