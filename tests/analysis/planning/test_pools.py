"""Plans of studies in which each observer judges images of their own."""

import numpy as np
import pytest

from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Claim, Design, power, spread
from perception.analysis.planning.sample_size import design_needed, images_needed
from perception.analysis.planning.simulated_power import simulate_power

UNDETECTABLE = Claim(0.05, 0.90)


@pytest.mark.parametrize(
    ("design", "claim", "assumed"),
    [
        (Design(50, 25, 25, 500), UNDETECTABLE, AssumedObservers(correlation=0.2)),
        (Design(100, 15, 10, 100), Claim(0.05, 0.90), AssumedObservers(correlation=0.3)),
        (Design(60, 25, 25, 100), Claim(0.06, 0.90, observers_random=True), AssumedObservers(0.0, 0.3, 0.3)),
        (Design(60, 25, 25, 1000), Claim(None, 0.95), AssumedObservers(0.1, 0.2)),
    ],
)
def test_formula_and_simulation_agree_on_a_pool(design: Design, claim: Claim, assumed: AssumedObservers) -> None:
    """Power within 4 Monte Carlo errors and 3 points, and the standard error, of d′ = 2Φ⁻¹, within 5%."""
    found = simulate_power(claim, assumed, design, studies=200, seed=1)

    by_formula = power(claim, assumed, design)
    error = max(0.03, 4 * (by_formula * (1 - by_formula) / 200) ** 0.5)
    assert found.power.estimate == pytest.approx(by_formula, abs=error)
    # The slope of d′ against balanced accuracy at ½ is 2√(2π).
    assert found.standard_error == pytest.approx(spread(claim, assumed, design).standard_error * 5.0133, rel=0.05)


def test_a_pool_that_all_judge_whole_is_the_crossed_design() -> None:
    assumed = AssumedObservers(0.1, 0.2, 0.1)
    for claim in (UNDETECTABLE, Claim(0.05, 0.90, observers_random=True)):
        # As many as an observer judges of either kind: then everybody judges all of them.
        assert (
            spread(claim, assumed, Design(6, 40, 40, 80)).standard_error
            < spread(claim, assumed, Design(6, 40, 40)).standard_error
        )
        assert power(claim, AssumedObservers(), Design(6, 40, 40, 80)) == pytest.approx(
            power(claim, AssumedObservers(), Design(6, 40, 40)), abs=0.02
        )


def test_a_larger_pool_takes_fewer_answers_where_images_differ() -> None:
    assumed = AssumedObservers(correlation=0.3)

    needed = [images_needed(UNDETECTABLE, assumed, observers=40, pool=pool) for pool in (300, 1000, 5000)]

    assert None not in needed
    assert needed == sorted(needed, reverse=True)  # type: ignore[type-var]
    same = images_needed(UNDETECTABLE, assumed, observers=40)
    assert same is not None
    assert needed[0] is not None
    assert needed[0] < same


def test_what_is_needed_is_never_more_than_the_pool() -> None:
    assert images_needed(UNDETECTABLE, AssumedObservers(), observers=2, pool=50) is None
    assert images_needed(UNDETECTABLE, AssumedObservers(), observers=2, pool=3) is None
    design = design_needed(UNDETECTABLE, AssumedObservers(), observers=40, prevalence=0.31, pool=40)
    assert design is not None
    assert design.images <= 40


def test_a_pool_holds_what_one_observer_judges() -> None:
    with pytest.raises(ValueError, match="at least the 50 images that an observer judges"):
        Design(4, 30, 20, 49)


def test_drawn_answers_leave_out_what_was_not_asked() -> None:
    table = AssumedObservers().draw(observers=7, perturbed=3, clean=2, rng=np.random.default_rng(1), pool=10)

    asked = table.responses >= 0
    assert table.truth.sum() == 10
    assert table.responses.shape == (7, 20)
    assert (asked[:, table.truth].sum(axis=1) == 3).all()
    assert (asked[:, ~table.truth].sum(axis=1) == 2).all()
    assert set(asked[:, table.truth].sum(axis=0)) <= {2, 3}
