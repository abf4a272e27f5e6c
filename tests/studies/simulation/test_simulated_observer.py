"""Simulated observers answer as their formula says: shares against Φ, heterogeneity against what it is drawn from."""

import random
from math import sqrt
from statistics import NormalDist, fmean, stdev

import pytest

from perception.analysis.detection.signal_detection import signal_detection
from studies.errors import StudyError
from studies.simulation.simulated_observer import (
    SimulatedGroup,
    SimulatedObserver,
    any_answer,
    image_shift,
)
from studies.trial_types import TRIAL_TYPES

Z = NormalDist()
N = 4000


def share(model: SimulatedObserver, *, strength: float, image_sd: float = 0.0, n: int = N) -> float:
    """Return how often new images of a strength are called perturbed, lapses among them."""
    said = 0
    for number in range(n):
        generator = random.Random(number)
        if model.lapses(generator):
            answer = any_answer(TRIAL_TYPES["yes_no"], generator)
        else:
            shift = image_shift(seed=7, image=f"{number} {strength}")
            impression = model.impression(strength=strength, shift=shift, image_sd=image_sd, generator=generator)
            answer = model.answer("yes_no", [impression])
        said += answer["response"] == "perturbed"
    return said / n


@pytest.mark.parametrize(
    ("dprime", "criterion", "image_sd", "lapse"),
    [(0.0, 0.0, 0.0, 0.0), (0.3, 0.0, 0.3, 0.01), (1.5, 0.4, 1.0, 0.2), (-0.5, -0.3, 0.5, 0.0), (2.0, 0.0, 0.0, 1.0)],
)
@pytest.mark.parametrize("strength", [0.0, 1.0, 2.5])
def test_shares_are_those_of_the_formula(
    dprime: float, criterion: float, image_sd: float, lapse: float, strength: float
) -> None:
    """Within four standard errors; the images' differences are part of what d′ is measured against."""
    model = SimulatedObserver(dprime, criterion, lapse)
    expected = (1 - lapse) * Z.cdf(-dprime / 2 + dprime * strength - criterion) + lapse / 2

    assert abs(share(model, strength=strength, image_sd=image_sd) - expected) < 4 * sqrt(0.25 / N)


def test_the_analysis_finds_the_dprime_and_the_criterion_that_were_put_in() -> None:
    model = SimulatedObserver(dprime=1.2, criterion=0.3)
    hits, false_alarms = (round(N * share(model, strength=strength, image_sd=0.6)) for strength in (1.0, 0.0))

    found = signal_detection(tp=hits, fn=N - hits, fp=false_alarms, tn=N - false_alarms)

    for estimate, put_in in ((found.d_prime, 1.2), (found.criterion, 0.3)):
        assert estimate.estimate is not None
        assert estimate.low is not None
        assert estimate.high is not None
        assert abs(estimate.estimate - put_in) < (estimate.high - estimate.low) / 2 * 4 / 1.96


def test_observers_differ_as_much_as_they_were_told_to() -> None:
    group = SimulatedGroup(dprime=0.5, criterion=-0.2, observer_sd=0.3, lapse=0.02)
    observers = [group.observer(seed=1, label=f"Simulated observer {number}") for number in range(1000)]

    for values, mean in (
        ([observer.dprime for observer in observers], 0.5),
        ([observer.criterion for observer in observers], -0.2),
    ):
        assert abs(fmean(values) - mean) < 4 * 0.3 / sqrt(1000)
        assert abs(stdev(values) - 0.3) < 4 * 0.3 / sqrt(2 * 1000)
    assert {observer.lapse for observer in observers} == {0.02}
    assert observers[0] == group.observer(seed=1, label="Simulated observer 0")
    assert observers[0] != group.observer(seed=2, label="Simulated observer 0")


def test_a_lapse_presses_any_button() -> None:
    generator = random.Random(1)

    said = [any_answer(TRIAL_TYPES["yes_no_confidence"], generator) for _ in range(300)]
    rated = {any_answer(TRIAL_TYPES["rating"], generator)["rating"] for _ in range(300)}

    assert {(one["response"], one["confidence"]) for one in said} == {
        (response, confidence) for response in ("perturbed", "clean") for confidence in "123"
    }
    assert rated == set("123456")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"dprime": 11}, "d′ of simulated observers lies between -10 and 10, not at 11"),
        ({"criterion": float("nan")}, "criterion of simulated observers lies between -10 and 10, not at nan"),
        ({"observer_sd": -0.1}, "SD between observers of simulated observers lies between 0 and 10, not at -0.1"),
        ({"image_sd": -1}, "SD between images"),
        ({"lapse": 1.5}, "lapse rate of simulated observers lies between 0 and 1, not at 1.5"),
    ],
)
def test_what_no_observer_can_be_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(StudyError, match=message):
        SimulatedGroup(**wrong)
