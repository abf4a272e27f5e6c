"""Simulated studies: against the formula where it is exact, against the tests' own error where nothing is there."""

import numpy as np
import pytest
from scipy import stats

from perception.analysis.detection.d_prime_margin import within_d_prime
from perception.analysis.detection.group_d_prime import group_d_prime
from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Claim, Design, power, spread, verdict_share
from perception.analysis.planning.sample_size import design_needed
from perception.analysis.planning.simulated_power import simulate_power

WITHIN_5 = Claim(0.05, 0.90)
D_PRIME = 2 / float(stats.norm.pdf(0))
"""Of a point of balanced accuracy, near ½: its derivative there."""


def test_the_simulation_finds_the_formulas_power() -> None:
    """280 images, four observers: 80.3% by formula, within four Monte Carlo errors of 800 studies (1.4 points each)."""
    assumed, design = AssumedObservers(correlation=0.10), Design(4, 140, 140)

    simulated = simulate_power(WITHIN_5, assumed, design, studies=800, seed=1)

    assert simulated.power.estimate == pytest.approx(power(WITHIN_5, assumed, design), abs=0.056)
    expected = spread(WITHIN_5, assumed, design)
    assert simulated.standard_deviation == pytest.approx(D_PRIME * expected.standard_deviation, rel=0.1)
    assert simulated.standard_error == pytest.approx(D_PRIME * expected.standard_error, rel=0.05)
    assert simulated.mean == pytest.approx(0, abs=0.015)
    assert (simulated.power.n, simulated.without_interval) == (800, 0)


def test_the_formula_holds_with_observers_random_and_unequal_truths() -> None:
    claim, design = Claim(None, 0.95, observers_random=True), Design(12, 60, 30)
    assumed = AssumedObservers(dprime=0.4, correlation=0.15, observer_sd=0.3)

    simulated = simulate_power(claim, assumed, design, studies=500, seed=2)

    assert simulated.power.estimate == pytest.approx(power(claim, assumed, design), abs=0.09)
    expected = D_PRIME * spread(claim, assumed, design).standard_deviation
    assert simulated.standard_deviation == pytest.approx(expected, rel=0.13)


@pytest.mark.parametrize(
    ("claim", "dprime"),
    [(WITHIN_5, 2 * float(stats.norm.ppf(0.55))), (Claim(None, 0.95), 0.0)],
)
def test_what_is_not_so_is_shown_in_one_study_of_twenty(claim: Claim, dprime: float) -> None:
    """A balanced accuracy at the margin, and one of exactly ½: 5%, four Monte Carlo errors of 600 studies around it."""
    assumed = AssumedObservers(dprime=dprime, correlation=0.1)

    simulated = simulate_power(claim, assumed, Design(3, 150, 150), studies=600, seed=3)

    assert simulated.power.estimate == pytest.approx(0.05, abs=0.036)


def test_studies_are_judged_as_the_report_judges_them() -> None:
    assumed, design, rng = AssumedObservers(correlation=0.1), Design(4, 40, 60), np.random.default_rng([9, 4, 40, 60])
    tables = [assumed.draw(observers=4, perturbed=40, clean=60, rng=rng) for _ in range(60)]
    tests = within_d_prime(
        [
            group_d_prime(np.broadcast_to(table.truth, table.responses.shape), table.responses, table.observers)
            for table in tables
        ],
        margin=d_prime_of_margin(0.1),
    )
    shown = sum(test.inside is not None and test.inside.p < 0.05 for test in tests)

    simulated = simulate_power(Claim(0.1, 0.90), assumed, design, studies=60, seed=9)

    assert simulated.power.k == shown
    assert 0 < shown < 60


def test_a_margin_beyond_the_reach_of_d_prime_is_shown_by_no_study() -> None:
    """The verdict says “cannot be told” there, whatever the interval is."""
    simulated = simulate_power(Claim(0.45, 0.90), AssumedObservers(), Design(4, 30, 30), studies=20, seed=1)

    assert simulated.without_interval == 0
    assert simulated.power.k == 0


def test_a_seed_gives_the_same_studies_again() -> None:
    assumed, design = AssumedObservers(correlation=0.1, observer_sd=0.2), Design(3, 20, 20)
    first, again, other = (simulate_power(WITHIN_5, assumed, design, studies=20, seed=seed) for seed in (4, 4, 5))

    assert first == again
    assert first != other


def test_studies_without_an_interval_show_nothing() -> None:
    """Two images of either truth: whatever is answered, there are too few for a d′."""
    simulated = simulate_power(Claim(None, 0.95), AssumedObservers(dprime=10), Design(1, 2, 2), studies=20, seed=1)

    assert simulated.without_interval == 20
    assert (simulated.power.estimate, simulated.standard_error) == (0, None)
    assert simulated.as_dict()["standard_error"] is None


def test_what_cannot_be_simulated_is_refused() -> None:
    assumed, design = AssumedObservers(), Design(1, 2, 2)
    with pytest.raises(ValueError, match="at least one study"):
        simulate_power(WITHIN_5, assumed, design, studies=0, seed=1)
    with pytest.raises(ValueError, match="a seed is not negative"):
        simulate_power(WITHIN_5, assumed, design, studies=1, seed=-1)


@pytest.mark.parametrize(
    ("claim", "dprime", "prevalence"),
    [
        (Claim(None, 0.95), 2.0, 0.5),
        (Claim(None, 0.95), 3.0, 0.1),
        (Claim(0.2, 0.90), 0.0, 0.5),
        (Claim(0.2, 0.90), 0.0, 0.05),
        (Claim(0.3, 0.90), 0.0, 0.5),
        (Claim(0.1, 0.90, observers_random=True), 0.0, 0.5),
    ],
)
def test_the_images_that_a_plan_asks_for_are_enough_for_a_verdict(
    claim: Claim, dprime: float, prevalence: float
) -> None:
    """Few images, or few of one kind, or a wide margin: 80% of the studies show it, less five Monte Carlo errors."""
    assumed = AssumedObservers(dprime=dprime, correlation=0.1)
    design = design_needed(claim, assumed, observers=12 if claim.observers_random else 4, prevalence=prevalence)
    assert design is not None

    simulated = simulate_power(claim, assumed, design, studies=400, seed=1)

    assert simulated.power.estimate == pytest.approx(power(claim, assumed, design), abs=0.07)
    assert (simulated.power.estimate or 0) > 0.7


@pytest.mark.parametrize(("perturbed", "clean"), [(8, 8), (8, 7), (5, 88), (20, 30)])
def test_studies_without_a_verdict_are_as_many_as_expected(perturbed: int, clean: int) -> None:
    claim, assumed = Claim(None, 0.95), AssumedObservers(dprime=1.0)
    simulated = simulate_power(claim, assumed, Design(4, perturbed, clean), studies=400, seed=1)
    expected = 1 - verdict_share(claim, assumed, 4, perturbed, clean)
    assert simulated.without_interval / 400 == pytest.approx(expected, abs=0.08)
