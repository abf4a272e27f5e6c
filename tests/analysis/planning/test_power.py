"""Plans by formula: published and other programs' values, arithmetic, and what must hold for every plan."""

from itertools import pairwise
from math import ceil, inf, log, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestPower

from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Claim, Design, Spread, power, power_of_spread, spread, verdict_share
from perception.analysis.planning.sample_size import (
    design_needed,
    images_needed,
    limit_of_power,
    observers_needed,
    smallest_dprime,
    smallest_margin,
    why_impossible,
)

Z_95, Z_90 = 1.644854, 1.281552
WITHIN_5 = Claim(0.05, 0.90)
WITHIN_5_OF_OTHERS = Claim(0.05, 0.90, observers_random=True)
DETECTED = Claim(None, 0.95)
GUESSING = AssumedObservers(correlation=0.10)

CLAIMS = st.builds(
    Claim,
    margin=st.none() | st.floats(0.01, 0.4),
    level=st.sampled_from([0.8, 0.9, 0.95]),
    observers_random=st.booleans(),
)
ASSUMED = st.builds(
    AssumedObservers, dprime=st.floats(0, 2), correlation=st.floats(0, 0.9), observer_sd=st.floats(0, 0.5)
)
DESIGNS = st.builds(Design, observers=st.integers(1, 30), perturbed=st.integers(2, 2000), clean=st.integers(2, 2000))


def test_sample_size_of_the_plan() -> None:
    """δ = .05, four observers, ρ = .10, 80% power: 1.3 · (1.644854 + 1.281552)²/(4 · .0025)/4 = 278.3."""
    assert images_needed(WITHIN_5, GUESSING, observers=4) == 279
    assert design_needed(WITHIN_5, GUESSING, observers=4) == Design(4, 140, 140)
    assert images_needed(WITHIN_5, GUESSING, observers=1) == 857
    assert images_needed(WITHIN_5, AssumedObservers(correlation=1), observers=4) == 857


def test_eighty_percent_of_both_tests_takes_the_quantile_of_ninety() -> None:
    """At exactly ½ each of the two tests may fail in one study of ten: δ/SE = z(.95) + z(.90)."""
    error = 0.05 / (Z_95 + Z_90)

    assert power_of_spread(WITHIN_5, Spread(error, error, inf), away=0) == pytest.approx(0.80, abs=1e-6)


def test_an_unequal_share_of_perturbed_images_takes_more() -> None:
    """images × observers = deff (z.95 + z.90)² / (16 π(1 − π) δ²): at π = .3 it is 1/(4 · .21) = 1.19 as many."""
    expected = ceil(1.3 * (Z_95 + Z_90) ** 2 / (16 * 0.21 * 0.0025) / 4)

    assert images_needed(WITHIN_5, GUESSING, observers=4, prevalence=0.3) == expected
    assert images_needed(WITHIN_5, GUESSING, observers=4, prevalence=0.7) == expected
    design = design_needed(WITHIN_5, GUESSING, observers=4, prevalence=0.3)
    assert design == Design(4, ceil(0.3 * expected), ceil(0.7 * expected))


def test_the_papers_design_leaves_more_than_eight_points() -> None:
    """30 + 20 images, two observers, independent answers: SE = ½ √(¼/60 + ¼/40), times z(.95), or z(.95) + z(.90).

    Its answers, whose estimate is .504, leave .087 (`test_equivalence`).
    """
    paper, guessing = Design(2, 30, 20), AssumedObservers()
    error = 0.5 * sqrt(0.25 / 60 + 0.25 / 40)

    assert smallest_margin(WITHIN_5, guessing, paper) == pytest.approx(Z_95 * error, abs=1e-6)
    # In a few of such studies an observer has too few answers of one kind for a d′ that reaches the margin.
    assert smallest_margin(WITHIN_5, guessing, paper, power=0.8) == pytest.approx((Z_95 + Z_90) * error, abs=1e-3)
    assert power(WITHIN_5, guessing, paper) == 0


@pytest.mark.parametrize(("cv", "n", "expected"), [(0.3, 40, 0.8158453)])
def test_power_with_t_is_that_of_owens_q(cv: float, n: int, expected: float) -> None:
    """PowerTOST's documentation (of exppower.TOST): power.TOST(CV = 0.3, n = 40) gives 0.8158453.

    There the margin is log 1.25, the true ratio 0.95, SE = √(log(1 + CV²)) √(2/n), and the freedom n − 2.
    """
    error = sqrt(log(1 + cv**2)) * sqrt(2 / n)
    claim = Claim(log(1.25), 0.90, observers_random=True)

    assert power_of_spread(claim, Spread(error, error, n - 2), away=log(0.95)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("effect", "n"), [(0.5, 20), (0.2, 10), (1.0, 5)])
def test_power_of_detection_with_t_is_that_of_the_noncentral_t(effect: float, n: int) -> None:
    expected = TTestPower().power(effect, n, 0.05)
    error = 1 / sqrt(n)

    assert power_of_spread(DETECTED, Spread(error, error, n - 1), away=effect) == pytest.approx(expected, abs=2e-4)


def test_observers_random_add_their_variance_over_their_number() -> None:
    assumed, design = AssumedObservers(correlation=0.1, observer_sd=0.2), Design(10, 216, 216)

    these, others = spread(WITHIN_5, assumed, design), spread(WITHIN_5_OF_OTHERS, assumed, design)

    assert these.standard_deviation == others.standard_deviation
    assert these.standard_deviation**2 - these.standard_error**2 == pytest.approx(assumed.between_observers / 10)
    assert (these.freedom, others.freedom < 20) == (inf, True)


def test_what_no_number_of_images_shows() -> None:
    """Observers whose d′ differ by 0.2 differ by 4 points of balanced accuracy, four of them by 2 in the mean."""
    differing = AssumedObservers(correlation=0.1, observer_sd=0.2)

    assert images_needed(WITHIN_5_OF_OTHERS, differing, observers=4) is None
    assert design_needed(WITHIN_5_OF_OTHERS, differing, observers=4) is None
    reason = why_impossible(WITHIN_5_OF_OTHERS, differing, observers=4)
    assert reason is not None
    assert "standard deviation of 2.0 points" in reason
    enough = observers_needed(WITHIN_5_OF_OTHERS, differing, most_images=2000)
    assert enough == 8
    assert (images_needed(WITHIN_5_OF_OTHERS, differing, observers=8) or 0) <= 2000
    assert (images_needed(WITHIN_5_OF_OTHERS, differing, observers=7) or 9999) > 2000


@pytest.mark.parametrize(
    ("claim", "assumed", "observers", "reason"),
    [
        (DETECTED, GUESSING, 4, "there is nothing to detect"),
        (WITHIN_5, AssumedObservers(dprime=0.5), 4, "it would be wrong to show it"),
        (WITHIN_5_OF_OTHERS, GUESSING, 2, "fewer than 3 observers"),
    ],
)
def test_what_cannot_be_shown_says_why(claim: Claim, assumed: AssumedObservers, observers: int, reason: str) -> None:
    assert images_needed(claim, assumed, observers=observers) is None
    assert reason in (why_impossible(claim, assumed, observers=observers) or "")


def test_what_can_be_shown_has_no_reason_against_it() -> None:
    assert why_impossible(WITHIN_5, GUESSING, observers=4) is None
    assert limit_of_power(WITHIN_5, GUESSING, observers=4) == pytest.approx(1)


def test_more_than_the_most_images_is_none() -> None:
    """δ = .001 takes 2.1 million answers of one observer."""
    assert images_needed(Claim(0.001, 0.90), GUESSING, observers=1) is None
    assert observers_needed(Claim(0.001, 0.90), GUESSING, most_images=2000) is None


def test_no_margin_is_left_by_a_tiny_design() -> None:
    assert smallest_margin(WITHIN_5, GUESSING, Design(1, 2, 2), power=0.8) is None
    assert smallest_margin(WITHIN_5_OF_OTHERS, GUESSING, Design(2, 50, 50)) is None


@given(claim=CLAIMS, assumed=ASSUMED, design=DESIGNS)
def test_power_is_a_probability_and_both_directions_are_alike(
    claim: Claim, assumed: AssumedObservers, design: Design
) -> None:
    below = AssumedObservers(-assumed.dprime, assumed.correlation, assumed.observer_sd)
    turned = Design(design.observers, design.clean, design.perturbed)

    result = power(claim, assumed, design)

    assert 0 <= result <= 1
    assert power(claim, below, design) == pytest.approx(result, abs=1e-9)
    assert power(claim, assumed, turned) == pytest.approx(result, abs=1e-9)


@given(
    claim=CLAIMS.filter(lambda claim: not claim.observers_random),
    assumed=ASSUMED,
    observers=st.integers(1, 30),
    images=st.lists(st.integers(4, 20_000), min_size=2, max_size=5, unique=True),
    prevalence=st.floats(0.1, 0.9),
)
def test_more_images_never_have_less_power(
    claim: Claim, assumed: AssumedObservers, observers: int, images: list[int], prevalence: float
) -> None:
    """Of a claim about these observers that is true, where there is a verdict; a false one is shown ever less often."""
    assume(claim.margin is None or abs(assumed.right - 0.5) < claim.margin)
    assume(min(prevalence, 1 - prevalence) * min(images) >= 2)

    designs = [Design.of(observers=observers, images=size, prevalence=prevalence) for size in sorted(images)]
    assume(all(_share(claim, assumed, design) for design in designs))
    powers = [power(claim, assumed, design) / _share(claim, assumed, design) for design in designs]

    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(powers))


@given(assumed=ASSUMED, design=DESIGNS, margins=st.tuples(st.floats(0.01, 0.49), st.floats(0.01, 0.49)))
def test_a_wider_margin_never_has_less_power(
    assumed: AssumedObservers, design: Design, margins: tuple[float, float]
) -> None:
    """Where there is a verdict: what lies beyond the reach of d′ has none."""
    claims = [Claim(margin, 0.90) for margin in sorted(margins)]
    assume(all(_share(claim, assumed, design) for claim in claims))
    narrow, wide = (power(claim, assumed, design) / _share(claim, assumed, design) for claim in claims)

    assert wide >= narrow - 1e-9


def _share(claim: Claim, assumed: AssumedObservers, design: Design) -> float:
    return verdict_share(claim, assumed, design.observers, design.perturbed, design.clean)


def test_a_d_prime_that_no_images_detect_is_not_laid_to_the_observers() -> None:
    assert why_impossible(DETECTED, AssumedObservers(dprime=1e-9), observers=4) is None


def test_a_study_too_small_for_a_verdict_excludes_no_margin_and_detects_nothing() -> None:
    tiny = Design(4, 2, 2)
    assert smallest_margin(WITHIN_5, GUESSING, tiny) is None
    assert smallest_margin(WITHIN_5, GUESSING, tiny, power=0.8) is None
    assert smallest_dprime(DETECTED, GUESSING, tiny) is None


@given(
    margin=st.floats(0.02, 0.3),
    correlation=st.floats(0, 0.9),
    observers=st.integers(1, 20),
    prevalence=st.floats(0.1, 0.9),
    wanted=st.floats(0.3, 0.95),
)
def test_images_needed_are_enough_and_one_fewer_is_not(
    margin: float, correlation: float, observers: int, prevalence: float, wanted: float
) -> None:
    claim, assumed = Claim(margin, 0.90), AssumedObservers(correlation=correlation)

    design = design_needed(claim, assumed, observers=observers, prevalence=prevalence, power=wanted)

    assert design is not None
    assert power(claim, assumed, design) >= wanted - 1e-9
    fewer = Design.of(observers=observers, images=max(4, design.images - 3), prevalence=0.5)
    if prevalence == 0.5 and fewer.images > 4:
        assert power(claim, assumed, fewer) < wanted


@given(design=DESIGNS, assumed=ASSUMED)
def test_the_smallest_margin_with_a_power_has_that_power(design: Design, assumed: AssumedObservers) -> None:
    margin = smallest_margin(WITHIN_5, assumed, design, power=0.8)

    if margin is not None:
        assert power(Claim(margin, 0.90), assumed, design) >= 0.8
        assert margin <= 1e-5 or power(Claim(max(margin - 1e-5, 1e-6), 0.90), assumed, design) < 0.8


@given(design=DESIGNS)
def test_the_smallest_dprime_with_a_power_has_that_power(design: Design) -> None:
    dprime = smallest_dprime(DETECTED, GUESSING, design)

    if dprime is not None:
        assert power(DETECTED, AssumedObservers(dprime, 0.1), design) >= 0.8
        assert power(DETECTED, AssumedObservers(dprime - 0.001, 0.1), design) < 0.8


def test_no_dprime_is_detected_by_two_observers_for_others() -> None:
    assert smallest_dprime(Claim(None, 0.95, observers_random=True), GUESSING, Design(2, 100, 100)) is None


@pytest.mark.parametrize("value", [0, 0.5, -1, float("nan")])
def test_margins_that_cannot_be_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="a margin lies between"):
        Claim(value, 0.90)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"observers": 0}, "between 1 and 1000 observers"),
        ({"observers": 2, "prevalence": 1}, "the share of perturbed images"),
        ({"observers": 2, "power": 1}, "power lies between"),
    ],
)
def test_plans_that_cannot_be_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        images_needed(WITHIN_5, GUESSING, **options)  # type: ignore[arg-type]


def test_designs_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 perturbed and 2 clean images, not 2 and 1"):
        Design.of(observers=1, images=3, prevalence=0.5)
    with pytest.raises(ValueError, match="fewer than 3 random observers"):
        spread(WITHIN_5_OF_OTHERS, GUESSING, Design(2, 50, 50))
    with pytest.raises(ValueError, match="a level lies between"):
        Claim(0.05, 95)
