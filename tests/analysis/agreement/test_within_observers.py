"""Agreement within observers: by hand, by brute force, and of simulated observers who are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.analysis.agreement.chance_within import kappa_within
from perception.analysis.agreement.cohen import kappa_of_answers, kappa_of_table
from perception.analysis.agreement.within_observers import RepeatedAnswers, agreement_within
from perception.analysis.estimates.crossed_influence import CrossedVariance, crossed_variance
from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation, look
from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks


def drawn(
    seed: int, *, observers: int = 5, repeated: int = 10, images: int = 30, share: float = 0.5
) -> RepeatedAnswers:
    rng = np.random.default_rng(seed)
    of_image = rng.normal(size=images)
    image = np.concatenate([rng.choice(images, repeated, replace=False) for _ in range(observers)])
    observer = np.repeat(np.arange(observers), repeated)
    truth = image % 2 == 0
    own = rng.normal(size=len(image))
    evidence = [
        np.where(truth, 0.6, -0.6) + 0.5 * of_image[image] + look(own=own, new=rng.normal(size=len(image)), share=share)
        for _ in range(2)
    ]
    first, second = ((one > 0).astype(np.int8) for one in evidence)
    ratings = [np.clip(np.round(one) + 3, 1, 6) for one in evidence]
    names = tuple(f"O{number}" for number in range(observers))
    return RepeatedAnswers("yes_no", names, observer, image, truth, first, second, len(image), *ratings)


def by_pairs_of_images(answers: RepeatedAnswers, first: np.ndarray, second: np.ndarray) -> float:
    """Kappa as its definition has it: every two images of every observer, one by one."""
    n = len(first)
    sums: dict[tuple[int, int], list[float]] = {}
    weights: dict[tuple[int, int], float] = {}
    for j in np.unique(answers.observer):
        those = np.flatnonzero(answers.observer == j)
        for i in those:
            for k in those:
                key = (int(answers.truth[i]), int(answers.truth[k]))
                weights[key] = weights.get(key, 0.0) + 1 / len(those) / n
                if i != k:
                    sums.setdefault(key, []).append((first[i] - second[k]) ** 2)
    chance = sum(weight * np.mean(sums[key]) for key, weight in weights.items())
    return float(1 - np.mean((first - second) ** 2) / chance)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_kappa_is_what_its_definition_says(seed: int) -> None:
    answers = drawn(seed)
    found = agreement_within(answers)

    first, second = answers.first.astype(float), answers.second.astype(float)
    assert found.kappa.estimate == pytest.approx(by_pairs_of_images(answers, first, second))
    assert answers.first_rating is not None
    assert answers.second_rating is not None
    assert found.weighted_kappa is not None
    by_hand = by_pairs_of_images(answers, answers.first_rating, answers.second_rating)
    assert found.weighted_kappa.estimate == pytest.approx(by_hand)


def test_of_many_images_it_is_cohens_kappa_of_one_observer() -> None:
    """What the pairs of an image with itself change goes with their number; of ratings likewise."""
    answers = drawn(3, observers=1, repeated=3_000, images=3_000)
    found = agreement_within(answers)

    cohen = kappa_of_answers(answers.first, answers.second).kappa.estimate
    assert cohen is not None
    assert found.kappa.estimate == pytest.approx(cohen, abs=2e-3)
    assert found.observers["O0"].kappa.kappa.estimate == pytest.approx(cohen)
    assert found.quartiles == pytest.approx((cohen,) * 3)
    assert answers.first_rating is not None
    assert answers.second_rating is not None
    table = np.zeros((6, 6), dtype=np.int64)
    np.add.at(table, (answers.first_rating.astype(int) - 1, answers.second_rating.astype(int) - 1), 1)
    weighted = kappa_of_table(table, weights="quadratic").kappa.estimate
    assert found.weighted_kappa is not None
    assert found.weighted_kappa.estimate == pytest.approx(weighted, abs=2e-3)


def test_the_derivatives_are_those_of_leaving_an_answer_out() -> None:
    answers = drawn(7, observers=8, repeated=20)
    given = (answers.first.astype(float), answers.second.astype(float))
    codes = (answers.observer, answers.image, answers.truth.astype(np.intp))
    whole = kappa_within(*codes, *given)
    n = len(answers.first)
    without = [kappa_within(*(np.delete(one, place) for one in (*codes, *given))).estimate or 0.0 for place in range(n)]
    jackknife = np.array(without) - np.mean(without)
    found = crossed_variance(-jackknife, answers.observer, answers.image)

    assert isinstance(found, CrossedVariance)
    assert whole.high is not None
    assert whole.estimate is not None
    assert found.half_width(0.95) == pytest.approx(whole.high - whole.estimate, rel=0.1)


@pytest.mark.parametrize("weighted", [False, True])
def test_it_estimates_what_simulated_observers_are_known_to_do(weighted: bool) -> None:
    """A large sample of observers with a share of their look that comes back."""
    rng = np.random.default_rng(5)
    population, noise = ObserverPopulation(1.0, 0.1, 0.3, 0.3), ImpressionNoise.in_looks(0.5)
    observers, repeated = 4_000, 10
    observer = np.repeat(np.arange(observers), repeated)
    image = np.arange(len(observer))
    truth = np.tile(np.arange(repeated) < 6, observers)
    dprime = population.dprime_at(rng.normal(size=observers))[observer]
    criterion = population.criterion_at(rng.normal(size=observers))[observer]
    own, of_image = rng.normal(size=len(observer)), rng.normal(size=len(observer))
    said = []
    for _ in range(2):
        new = look(own=own, new=rng.normal(size=len(observer)), share=0.4)
        evidence = np.where(truth, dprime, -dprime) / 2 + 0.5 * of_image + new - criterion
        said.append(
            np.searchsorted([-1, -0.5, 0, 0.5, 1], evidence).astype(float) if weighted else 1.0 * (evidence > 0)
        )

    found = kappa_within(observer, image, truth.astype(np.intp), *said, weighted=weighted)

    known = RepeatedLooks(population, noise, 0.4, 0.6)
    assert found.estimate == pytest.approx(known.kappa(weighted=weighted), abs=0.015)
    if not weighted:
        assert np.mean(said[0] == said[1]) == pytest.approx(known.agreed(), abs=0.008)


def test_changes_are_the_second_answers_less_the_first() -> None:
    answers = RepeatedAnswers(
        task="yes_no",
        observers=("A", "B", "C"),
        observer=np.repeat([0, 1, 2], 4),
        image=np.tile(np.arange(4), 3),
        truth=np.tile([True, True, False, False], 3),
        first=np.array([1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1], dtype=np.int8),
        second=np.array([1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0], dtype=np.int8),
        n_asked=13,
    )
    found = agreement_within(answers)

    assert (found.said_signal.first, found.said_signal.second) == (7 / 12, 6 / 12)
    assert (found.right.first, found.right.second) == (5 / 12, 10 / 12)
    assert found.right.difference.estimate == pytest.approx(5 / 12)
    assert found.d_prime.first is not None
    assert found.d_prime.second is not None
    # Of six either way 3 hits and 4 false alarms, then 5 and 1; with a half added, of seven.
    from scipy.stats import norm

    assert found.d_prime.first == pytest.approx(norm.ppf(3.5 / 7) - norm.ppf(4.5 / 7))
    assert found.d_prime.second == pytest.approx(norm.ppf(5.5 / 7) - norm.ppf(1.5 / 7))
    assert found.d_prime.difference.estimate == pytest.approx(found.d_prime.second - found.d_prime.first)
    assert (found.n_pairs, found.n_asked, found.n_images) == (12, 13, 4)


def test_what_cannot_be_estimated_says_why() -> None:
    nothing = RepeatedAnswers(
        "yes_no",
        (),
        *(np.zeros(0, dtype=np.intp),) * 2,
        np.zeros(0, dtype=bool),
        *(np.zeros(0, dtype=np.int8),) * 2,
        n_asked=4,
    )
    found = agreement_within(nothing)
    assert found.kappa.reason == "nothing was answered twice"
    assert found.agreed.reason == "nothing was answered twice"
    assert found.d_prime.difference.reason == "nothing was answered twice"
    assert (found.quartiles, found.observers, found.n_asked) == (None, {}, 4)
    two = agreement_within(drawn(1, observers=2))
    assert two.kappa.estimate is not None
    assert two.kappa.low is None
    assert two.kappa.method == "no interval from fewer than 3 observers"
    answers = drawn(2)
    alike = RepeatedAnswers(
        answers.task,
        answers.observers,
        answers.observer,
        answers.image,
        answers.truth,
        answers.first,
        answers.first,
        answers.n_asked,
    )
    assert agreement_within(alike).kappa.method == "no interval where every second answer is as the first"
    assert agreement_within(alike).kappa.estimate == 1
    one = np.ones_like(answers.first)
    constant = RepeatedAnswers(
        answers.task, answers.observers, answers.observer, answers.image, answers.truth, one, one, answers.n_asked
    )
    assert agreement_within(constant).kappa.reason == "all answers were one and the same"
    with pytest.raises(ValueError, match="a level lies between"):
        agreement_within(answers, level=95)


def test_of_a_crowd_no_observer_is_told_alone() -> None:
    found = agreement_within(drawn(1, observers=101))
    assert found.observers == {}
    assert found.quartiles is not None
