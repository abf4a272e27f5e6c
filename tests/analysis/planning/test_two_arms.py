"""The power of two arms: against published figures, by drawing what the formula expects, and by what must hold."""

from math import inf

import numpy as np
import pytest

from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Design
from perception.analysis.planning.two_arms import (
    AssumedArms,
    PlannedComponents,
    images_for_two_arms,
    power_of_difference,
    power_of_two_arms,
    simulate_two_arms,
)
from perception.analysis.two_arms.obuchowski_rockette import Population, components_of
from tests.analysis.two_arms.published import FRANKEN_AREAS, FRANKEN_JACKKNIFE, VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE

RANDOM, THESE = Population.OBSERVERS_AND_IMAGES, Population.IMAGES
ARMS = AssumedArms(AssumedObservers(dprime=0.6, correlation=0.2, observer_sd=0.5), second_dprime=1.2, likeness=0.6)


def pilot(*, franken: bool = False) -> PlannedComponents:
    areas, errors = (FRANKEN_AREAS, FRANKEN_JACKKNIFE) if franken else (VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE)
    found = components_of(areas, errors)
    return PlannedComponents(
        found.of_interaction, errors.variance, errors.same_observer, errors.same_arm, errors.neither
    )


def test_van_dyke_with_observers_random() -> None:
    """R's RJafroc 2.1.3, tests/testthat/test-SsSampleSizeRoc.R: 10 readers, 165 cases, after Hillis et al. 2011."""
    found = power_of_difference(-0.043800322, pilot().scaled(114 / 165), observers=10)

    assert found.power == pytest.approx(0.80541995, abs=5e-7)
    assert (found.noncentrality, found.freedom) == pytest.approx((8.209597, 62.70728), rel=1e-6)


def test_van_dyke_with_these_observers() -> None:
    """RJafroc likewise: 10 readers, 131 cases, χ²."""
    found = power_of_difference(-0.043800322, pilot().scaled(114 / 131), observers=10, population=THESE)

    assert found.power == pytest.approx(0.80091813, abs=5e-7)
    assert found.noncentrality == pytest.approx(7.867272, rel=1e-6)
    assert found.freedom == inf


def test_franken_whose_interaction_is_below_0() -> None:
    """RJafroc likewise: 6 readers need 121 cases for 80%, of an effect of 0.05."""
    powers = [
        power_of_difference(0.05, pilot(franken=True).scaled(100 / cases), observers=6).power for cases in (121, 120)
    ]

    assert powers[0] == pytest.approx(0.8004469, abs=1e-5)
    assert powers[0] > 0.8 > powers[1]


@pytest.mark.parametrize("same_images", [True, False])
def test_the_components_are_those_of_what_is_drawn(same_images: bool) -> None:
    """Of many pairs of observers and images: the covariance of right answers, by arms, observers and images alike."""
    arms = AssumedArms(ARMS.first, ARMS.second_dprime, ARMS.likeness, same_images)
    right = arms.draw(Design(400, 2000, 2000), np.random.default_rng(1)).astype(float)
    shares = right.mean(axis=2)
    centred = right - shares[:, :, None]
    by_image = centred.mean(axis=1)
    expected = arms.components(
        perturbed=1, clean=1
    )  # of one image of either truth: half of what a right answer varies by

    assert shares.mean(axis=1) == pytest.approx([arms.first.right, arms.second.right], abs=0.02)
    assert expected.of_interaction == pytest.approx(np.var(shares[0] - shares[1]) / 2, rel=0.2)
    assert 2 * expected.variance == pytest.approx((centred**2).mean(), rel=0.02)
    assert 2 * expected.same_observer == pytest.approx((centred[0] * centred[1]).mean(), abs=0.003)
    assert 2 * expected.same_arm == pytest.approx((by_image**2).mean(), abs=0.003)
    assert 2 * expected.neither == pytest.approx((by_image[0] * by_image[1]).mean(), abs=0.003)


@pytest.mark.parametrize("population", [RANDOM, THESE])
def test_formula_and_simulation_agree(population: Population) -> None:
    design = Design(5, 60, 60)

    formula = power_of_two_arms(ARMS, design, population=population).power
    simulated = simulate_two_arms(ARMS, design, studies=400, seed=1, population=population)

    assert simulated.estimate == pytest.approx(formula, abs=0.08)


def test_these_observers_are_still_to_be_found() -> None:
    """Where observers do not differ the power is that of χ²; where they do, it is that of whom they may be."""
    alike = AssumedArms(AssumedObservers(dprime=0.6), second_dprime=1.2)
    design = Design(5, 60, 60)
    components = alike.components(perturbed=60, clean=60)

    found = power_of_two_arms(alike, design, population=THESE)

    assert found.power == pytest.approx(
        power_of_difference(alike.difference, components, observers=5, population=THESE).power
    )


def test_arms_that_do_not_differ_are_shown_to_at_the_level() -> None:
    alike = AssumedArms(AssumedObservers(dprime=1.0), second_dprime=1.0)

    for population in (RANDOM, THESE):
        assert power_of_two_arms(alike, Design(5, 40, 40), population=population).power == pytest.approx(0.05)
        assert images_for_two_arms(alike, observers=5, population=population) is None


def test_the_images_needed_are_the_first_that_are_enough() -> None:
    needed = images_for_two_arms(ARMS, observers=8, prevalence=0.4)

    assert needed is not None
    powers = [
        power_of_two_arms(ARMS, Design.of(observers=8, images=images, prevalence=0.4)).power
        for images in (needed - 2, needed)
    ]
    assert powers[0] < 0.8 <= powers[1]


def test_the_same_images_in_both_arms_show_more_than_others() -> None:
    design = Design(5, 60, 60)
    others = AssumedArms(ARMS.first, ARMS.second_dprime, ARMS.likeness, same_images=False)

    assert power_of_two_arms(ARMS, design).power > power_of_two_arms(others, design).power
    found = others.components(perturbed=60, clean=60)
    assert (found.same_observer, found.neither) == pytest.approx((0, 0), abs=1e-12)


def test_observers_who_differ_alike_in_both_arms_take_nothing() -> None:
    same = AssumedArms(AssumedObservers(dprime=1.0, observer_sd=0.5), second_dprime=1.0, likeness=1.0)

    assert same.components(perturbed=50, clean=50).of_interaction == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(ValueError, match="likeness"):
        AssumedArms(AssumedObservers(), second_dprime=1.0, likeness=1.5)
    with pytest.raises(ValueError, match="d′ lies between"):
        AssumedArms(AssumedObservers(), second_dprime=11.0)
    with pytest.raises(ValueError, match="at least 3 observers"):
        power_of_difference(0.1, pilot(), observers=2)
    with pytest.raises(ValueError, match="images like these"):
        power_of_difference(0.1, pilot(), observers=5, population=Population.OBSERVERS)
    with pytest.raises(ValueError, match="nothing varies"):
        power_of_difference(0.1, PlannedComponents(0, 0, 0, 0, 0), observers=5)
    with pytest.raises(ValueError, match="a power"):
        images_for_two_arms(ARMS, observers=5, power=1.0)
    with pytest.raises(ValueError, match="share of perturbed"):
        images_for_two_arms(ARMS, observers=5, prevalence=0.0)
    with pytest.raises(ValueError, match="at least one study"):
        simulate_two_arms(ARMS, Design(5, 5, 5), studies=0, seed=1)
    with pytest.raises(ValueError, match="not negative"):
        simulate_two_arms(ARMS, Design(5, 5, 5), studies=1, seed=-1)
    with pytest.raises(ValueError, match="leave the simulation out"):
        simulate_two_arms(ARMS, Design(100, 50_000, 50_000), studies=1, seed=1)
