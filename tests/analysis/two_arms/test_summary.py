"""Two arms of a study: which figures are compared, of whom, and over which images."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.observations import Observations
from perception.analysis.ratings.multireader import mean_area
from perception.analysis.two_arms.summary import ArmComparison, compare_arms

OBSERVERS, PERTURBED, CLEAN = 4, 12, 10
IMAGES = PERTURBED + CLEAN


def crossed(*, arms: int = 2, seed: int = 5) -> Observations:
    """Return a study whose observers judged and rated every image in every arm."""
    rng = np.random.default_rng(seed)
    arm, observer, image = (codes.ravel() for codes in np.indices((arms, OBSERVERS, IMAGES)))
    truth = image < PERTURBED
    evidence = 1.2 * truth - 0.5 + rng.standard_normal(len(image)) + 0.6 * rng.standard_normal(IMAGES)[image]
    return Observations(
        task="yes_no",
        observers=("Ada", "Ben", "Cleo", "Dag"),
        items=tuple(f"{number % IMAGES} · {number // IMAGES}" for number in range(arms * IMAGES)),
        observer=observer,
        item=arm * IMAGES + image,
        truth=truth,
        response=(evidence > 0).astype(np.int8),
        catch=np.zeros(len(image), dtype=bool),
        rating=np.digitize(evidence, [-1, -0.5, 0, 0.5, 1]).astype(float),
        arm=arm,
        arms=("FGSM", "PGD", "one pixel")[:arms],
        image=image,
    )


def arm_of(series: Observations) -> NDArray[np.intp]:
    assert series.arm is not None
    return series.arm


def compared(series: Observations) -> ArmComparison:
    (found,) = compare_arms(series)
    return found


def test_every_figure_that_the_answers_allow() -> None:
    found = compared(crossed())

    assert list(found.merits) == ["sensitivity", "specificity", "balanced_accuracy", "roc_area"]
    assert (found.observers, found.left_out) == (("Ada", "Ben", "Cleo", "Dag"), ())
    assert (found.images, found.shared) == ((IMAGES, IMAGES), IMAGES)
    assert found.merits["sensitivity"].main.difference.n == PERTURBED
    assert found.merits["roc_area"].main.difference.n == IMAGES


def test_each_arm_has_the_interval_of_a_single_arm() -> None:
    """It is that of `mean_area`, which knows one arm."""
    series = crossed()
    first = series.of(arm_of(series) == 0)
    assert first.rating is not None
    alone = mean_area(first.table().truth, first.spread(first.rating, np.nan)).mean

    found, _ = compared(series).merits["roc_area"].arms

    assert (found.estimate, found.low, found.high) == pytest.approx((alone.estimate, alone.low, alone.high))


def test_the_same_answers_in_both_arms_differ_by_nothing() -> None:
    series = crossed()
    half = len(series.response) // 2
    twice = replace(series, response=np.tile(series.response[:half], 2), rating=None)

    found = compared(twice).merits["sensitivity"].main

    assert found.difference.estimate == 0
    assert found.difference.low is None
    assert found.difference.method.startswith("no interval")


def test_clean_images_of_every_arm_are_in_each_and_not_compared() -> None:
    """Perturbed images of two attacks, and clean ones that were shown once."""
    series = crossed()
    kept = (arm_of(series) == 0) | series.truth
    shared = replace(series.of(kept), arm=np.where(series.truth, arm_of(series), -1)[kept])

    found = compared(shared)

    assert list(found.merits) == ["sensitivity", "balanced_accuracy", "roc_area"]
    assert found.images == (IMAGES, IMAGES)
    balanced, sensitivity = (found.merits[name].main for name in ("balanced_accuracy", "sensitivity"))
    assert (sensitivity.difference.estimate, sensitivity.standard_error) == pytest.approx(
        tuple(2 * half for half in (balanced.difference.estimate, balanced.standard_error) if half is not None)
    )


def test_an_observer_of_one_arm_alone_is_left_out_and_named() -> None:
    series = crossed()
    some = series.of((series.observer != 2) | (arm_of(series) == 0))

    found = compared(some)

    assert (found.observers, found.left_out) == (("Ada", "Ben", "Dag"), ("Cleo",))
    assert found.merits == compared(series.of(series.observer != 2)).merits


def test_two_observers_speak_for_themselves_alone() -> None:
    series = crossed()

    found = compared(series.of(series.observer < 2)).merits["sensitivity"]

    assert (found.observers_random, found.jackknife, found.these_images) == (None, None, None)
    assert found.main is found.these_observers
    assert found.main.p is not None


def test_nobody_in_both_arms_means_nothing_to_compare() -> None:
    series = crossed()
    found = compared(series.of((series.observer < 2) == (arm_of(series) == 0)))

    assert (found.observers, found.merits) == ((), {})
    assert set(found.left_out) == set(series.observers)


def test_an_observer_without_a_needed_answer_is_the_reason() -> None:
    series = crossed()
    hole = series.of(~((series.observer == 1) & (arm_of(series) == 1) & series.truth))

    found = compared(hole).merits

    assert found["sensitivity"].main.difference.reason == "Ben has no answer for it in the second of the two"
    assert found["specificity"].main.difference.estimate is not None


def test_missing_answers_count_in_neither_arm() -> None:
    series = crossed()
    holes = np.where(np.arange(len(series.response)) % 7 == 3, -1, series.response).astype(np.int8)

    found = compared(replace(series, response=holes, rating=None)).merits["sensitivity"]

    ada = (holes[(arm_of(series) == 0) & (series.observer == 0) & series.truth]).astype(float)
    assert found.observers["Ada"].arms[0] == pytest.approx(ada[ada >= 0].mean())


def test_a_single_image_has_no_interval() -> None:
    series = crossed()

    found = compared(series.of(~series.truth | (series.image == 0))).merits["sensitivity"]

    assert found.main.difference.estimate is not None
    assert found.main.difference.method == "no interval from a single image"


def test_several_pairs_of_arms_have_adjusted_p_values() -> None:
    found = compare_arms(crossed(arms=3))

    assert [one.arms for one in found] == [("FGSM", "PGD"), ("FGSM", "one pixel"), ("PGD", "one pixel")]
    plain = sorted(one.merits["roc_area"].main.p or 0 for one in found)
    adjusted = sorted(one.merits["roc_area"].p_adjusted or 0 for one in found)
    assert adjusted[0] == pytest.approx(min(1, 3 * plain[0]))
    assert compared(crossed()).merits["roc_area"].p_adjusted is None


def test_choices_and_diagnoses_are_compared_as_shares() -> None:
    series = crossed()
    choices = compared(replace(series, task="two_afc", rating=None))
    diagnoses = compared(replace(series, second=series.response, rating=None))

    assert list(choices.merits) == ["right_choices"]
    assert choices.merits["right_choices"].main.difference.n == IMAGES
    assert list(diagnoses.merits)[-1] == "right_diagnoses"


def test_ratings_without_answers_have_an_area_alone() -> None:
    series = crossed()

    found = compared(replace(series, response=np.full_like(series.response, -1)))

    assert list(found.merits) == ["roc_area"]


def test_no_arms_no_comparison() -> None:
    assert compare_arms(replace(crossed(), arm=None, image=None)) == ()
