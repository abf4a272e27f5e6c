"""Detection against strength in a study: simulated thresholds are found, and what the summary holds."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion
from perception.analysis.observations import Observations, Task
from perception.analysis.psychometric.curve import PsychometricCurve, PsychometricSummary, Thresholds
from perception.analysis.psychometric.function import PsychometricFunction
from perception.analysis.psychometric.summary import summarise_psychometric

THRESHOLD, SLOPE, GUESS = 6.0, 1.5, 0.2


def simulated(
    *, observers: int, images: int, seed: int, observer_sd: float = 0.0, task: Task = "yes_no", guess: float = GUESS
) -> Observations:
    """Return answers of simulated observers whose thresholds are spread around 6; as many clean images as of each."""
    generator = np.random.default_rng(seed)
    strengths = (2.0, 4.0, 8.0, 16.0) if task == "two_afc" else (0.0, 2.0, 4.0, 8.0, 16.0)
    strength = np.repeat(strengths, images)
    own = generator.normal(0, observer_sd, (observers, 1))
    with np.errstate(divide="ignore"):
        noticed = special.ndtr(SLOPE * (np.log2(strength) - np.log2(THRESHOLD) + own))
    said = generator.random((observers, len(strength))) < guess + (1 - guess) * noticed
    observer, item = np.indices(said.shape).reshape(2, -1)
    first = generator.random(said.size) < 0.5
    choices = task == "two_afc"
    return Observations(
        task=task,
        observers=tuple(f"observer {place}" for place in range(observers)),
        items=tuple(f"image {place}" for place in range(len(strength))),
        observer=observer,
        item=item,
        truth=first if choices else np.tile(strength > 0, observers),
        response=(said.ravel() == first if choices else said.ravel()).astype(np.int8),
        catch=np.zeros(said.size, dtype=bool),
        strength=np.tile(strength, observers),
    )


def summary_of(observations: Observations) -> PsychometricSummary:
    summary = summarise_psychometric(observations)
    assert summary is not None
    return summary


def test_the_threshold_of_many_answers_is_found() -> None:
    summary = summary_of(simulated(observers=4, images=500, seed=1))

    found = summary.pooled.thresholds.noticed
    assert found.estimate == pytest.approx(THRESHOLD, rel=0.04)
    assert found.low is not None
    assert found.high is not None
    assert found.low < THRESHOLD < found.high < 1.1 * found.low
    assert summary.pooled.thresholds.slope.estimate == pytest.approx(SLOPE, abs=0.1)
    assert summary.pooled.function is not None
    assert summary.pooled.function.guess == pytest.approx(GUESS, abs=0.02)
    assert summary.pooled.fit is not None
    assert summary.pooled.fit.p is not None
    assert summary.pooled.fit.p > 0.01
    assert len(summary.observers) == 4


def test_of_two_images_chance_is_half_and_there_is_no_half_called() -> None:
    summary = summary_of(simulated(observers=2, images=600, seed=2, task="two_afc", guess=0.5))

    assert summary.guess == 0.5
    assert summary.pooled.thresholds.noticed.estimate == pytest.approx(THRESHOLD, rel=0.06)
    assert summary.pooled.thresholds.called is None
    assert [strength for strength, _ in summary.pooled.points] == [2, 4, 8, 16]
    assert "beyond guessing" in summary.in_words


def test_where_observers_differ_the_interval_for_others_is_wider() -> None:
    summary = summary_of(simulated(observers=8, images=20, seed=3, observer_sd=0.6))

    assert summary.crossed is not None
    these, others = summary.pooled.thresholds.noticed, summary.crossed.noticed
    assert these.estimate == others.estimate
    assert others.low is not None
    assert others.high is not None
    assert these.low is not None
    assert these.high is not None
    assert others.low < these.low < these.high < others.high
    assert others.low < THRESHOLD < others.high


def test_one_strength_has_no_curve() -> None:
    study = simulated(observers=2, images=5, seed=1)
    assert study.strength is not None

    assert summarise_psychometric(study.of(np.isin(study.strength, (0, 4)))) is None
    assert summarise_psychometric(replace(study, strength=None)) is None
    assert summarise_psychometric(replace(study, strength=np.full(len(study.item), np.nan))) is None


def test_images_of_unknown_strength_and_missing_answers_are_left_out() -> None:
    study = simulated(observers=3, images=12, seed=4)
    assert study.strength is not None
    unknown, missing = np.arange(len(study.item)) % 5 == 0, np.arange(len(study.item)) % 7 == 0

    summary = summarise_psychometric(
        replace(
            study,
            strength=np.where(unknown & study.truth, np.nan, study.strength),
            response=np.where(missing, -1, study.response).astype(np.int8),
        )
    )

    assert summary == summarise_psychometric(study.of(~missing & ~(unknown & study.truth)))


def test_the_order_of_rows_and_of_observers_does_not_matter() -> None:
    study = simulated(observers=3, images=12, seed=5)
    order = np.random.default_rng(1).permutation(len(study.item))
    assert study.strength is not None

    turned = replace(
        study,
        observer=2 - study.observer[order],
        item=study.item[order],
        truth=study.truth[order],
        response=study.response[order],
        catch=study.catch[order],
        strength=study.strength[order],
    )

    one, other = summary_of(study), summary_of(turned)
    for first, second in ((one.pooled.thresholds, other.pooled.thresholds), (one.crossed, other.crossed)):
        assert first is not None
        assert second is not None
        assert (first.noticed.estimate, first.noticed.low, first.noticed.high) == pytest.approx(
            (second.noticed.estimate, second.noticed.low, second.noticed.high), rel=1e-6
        )


def test_strengths_in_another_unit_give_thresholds_in_it() -> None:
    study = simulated(observers=3, images=15, seed=6)
    assert study.strength is not None

    one, other = summary_of(study), summary_of(replace(study, strength=study.strength / 255))

    for first, second in ((one.pooled.thresholds, other.pooled.thresholds), (one.crossed, other.crossed)):
        assert first is not None
        assert second is not None
        assert second.noticed.estimate == pytest.approx((first.noticed.estimate or 0) / 255, rel=1e-5)
        assert second.noticed.high == pytest.approx((first.noticed.high or 0) / 255, rel=1e-4)
        assert second.slope.estimate == pytest.approx(first.slope.estimate, rel=1e-5)


def test_an_observer_whose_answers_jump_is_not_estimable_and_all_together_are() -> None:
    study = simulated(observers=3, images=8, seed=7)
    assert study.strength is not None
    jumps = np.where(study.observer == 0, study.strength > 5, study.response).astype(np.int8)

    summary = summary_of(replace(study, response=jumps))

    assert summary.observers["observer 0"].thresholds.noticed.reason == (
        "the share noticed jumps: the estimate, which has an error as any, lies between 4 and 8"
    )
    assert summary.pooled.thresholds.noticed.estimate is not None


def test_the_curve_passes_the_threshold_and_ends_at_the_strongest() -> None:
    summary = summary_of(simulated(observers=2, images=40, seed=8))

    curve = np.array(summary.pooled.curve)
    assert curve[0, 0] == pytest.approx(1)
    assert curve[-1, 0] == pytest.approx(16)
    assert (np.diff(curve[:, 1]) >= 0).all()
    assert summary.pooled.function is not None
    half = (1 + summary.pooled.function.guess) / 2
    assert np.interp(half, curve[:, 1], curve[:, 0]) == pytest.approx(
        summary.pooled.thresholds.noticed.estimate or 0, rel=0.01
    )
    level = summary.pooled.thresholds.noticed
    assert f"is {level.estimate:.1f} levels (95% interval {level.low:.1f}–{level.high:.1f}" in summary.in_words


def test_lapses_can_be_estimated() -> None:
    study = simulated(observers=3, images=60, seed=9)

    summary = summarise_psychometric(study, lapse=None)

    assert summary is not None
    assert summary.pooled.function is not None
    assert 0 <= summary.pooled.function.lapse <= 0.06


@pytest.mark.parametrize("strengths", [(1e-320, 1.0), (1.0, sys.float_info.max), (2.0, 16.0)])
def test_the_curve_ends_where_the_strengths_do_however_large_or_small(strengths: tuple[float, float]) -> None:
    share = proportion(1, 2)
    none = Estimate.undefined("not asked here", method="none")
    curve = PsychometricCurve(
        Thresholds(none, None, none),
        PsychometricFunction("probit", 0.1, 0.0, 0.0, 0.001),
        None,
        tuple((strength, share) for strength in (0.0, *strengths)),
    ).curve

    places = [place for place, _ in curve]
    assert np.isfinite(np.array(curve)).all()
    assert places == sorted(places)
    assert places[0] == pytest.approx(strengths[0] / 2)
    assert places[-1] == pytest.approx(strengths[1])
    assert places[-1] <= strengths[1]
