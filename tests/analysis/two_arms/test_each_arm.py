"""What is told of each arm by itself: its figures, its verdicts, its curve; nothing stands for a mixture of arms."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.detection.d_prime_margin import AdjustedTest
from perception.analysis.detection.verdict import Verdict, verdict
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.observations import Observations
from perception.analysis.study_summary import StudySummary, summarise_study

CLEAN, EACH = 40, 30
ARMS = ("FGSM", "PGD")
STRENGTHS = (2.0, 8.0)
HITS = {("FGSM", 2.0): 0.25, ("FGSM", 8.0): 0.4, ("PGD", 2.0): 0.5, ("PGD", 8.0): 0.9}


def two_attacks(observers: int = 4) -> Observations:
    """Return a study whose clean images stand for two attacks, each of two strengths and images of its own."""
    generator = np.random.default_rng(1)
    kinds = [(-1, np.nan)] * CLEAN + [(ARMS.index(arm), strength) for arm, strength in HITS for _ in range(EACH)]
    rates = [0.25] * CLEAN + [rate for rate in HITS.values() for _ in range(EACH)]
    arm, strength = (np.array(values) for values in zip(*kinds, strict=True))
    n = len(kinds)
    return Observations(
        task="yes_no",
        observers=tuple("ABCDEF"[:observers]),
        items=tuple(f"image {number}" for number in range(n)),
        observer=np.repeat(np.arange(observers), n),
        item=np.tile(np.arange(n), observers),
        truth=np.tile(arm >= 0, observers),
        response=(generator.random((observers, n)) < np.array(rates)).astype(np.int8).ravel(),
        catch=np.zeros(observers * n, dtype=bool),
        strength=np.tile(strength, observers),
        arm=np.tile(arm, observers),
        arms=ARMS,
        image=np.tile(np.arange(n), observers),
    )


@pytest.fixture(scope="module")
def study() -> Observations:
    return two_attacks()


@pytest.fixture(scope="module")
def summary(study: Observations) -> StudySummary:
    return summarise_study(study, margin=0.05)


def alone(study: Observations, number: int) -> Observations:
    arm = study.arm
    assert arm is not None
    return replace(study.of((arm == number) | (arm == -1)), arm=None, arms=(), image=None)


def verdict_of(summary: StudySummary) -> Verdict:
    assert isinstance(summary.equivalence, Verdict)
    return summary.equivalence


def test_an_arm_has_the_figures_of_its_images_beside_all_clean_ones(study: Observations, summary: StudySummary) -> None:
    assert tuple(summary.arms) == ARMS
    for number, name in enumerate(ARMS):
        by_itself = summarise_study(alone(study, number)).as_dict()
        told = summary.arms[name].as_dict()
        assert {key for key in told if told[key] != by_itself[key]} == {"equivalence"}


def test_no_curve_and_no_verdict_mixes_arms(summary: StudySummary) -> None:
    assert summary.psychometric is None
    assert summary.equivalence is None
    for of_arm in summary.arms.values():
        assert of_arm.psychometric is not None
        points = of_arm.psychometric.pooled.points
        assert [(strength, share.n) for strength, share in points] == [(0.0, 4 * CLEAN), (2.0, 120), (8.0, 120)]


def test_all_verdicts_of_a_study_share_five_percent(study: Observations, summary: StudySummary) -> None:
    """Adjusted within each arm alone, two attacks would have twice the chance of a false finding."""
    tests = [one.these_observers.test for of_arm in summary.arms.values() for one in verdict_of(of_arm).strengths]
    apart = [one.these_observers.test for arm in (0, 1) for one in verdict(alone(study, arm), margin=0.05).strengths]
    differ = False
    for question in ("inside", "above_zero", "below_zero", "above_margin", "below_margin"):
        asked: list[AdjustedTest] = [getattr(test, question) for test in tests]
        asked_apart: list[AdjustedTest] = [getattr(test, question) for test in apart]
        assert [test.adjusted for test in asked] == holm([test.p for test in asked])
        assert [test.p for test in asked_apart] == [test.p for test in asked]
        differ |= any(one.adjusted != two.adjusted for one, two in zip(asked_apart, asked, strict=True))
    assert differ


def test_words_and_json_name_what_the_family_is(summary: StudySummary) -> None:
    found = verdict_of(summary.arms["PGD"])
    assert found.family == "all verdicts"
    assert found.as_dict()["adjusted_over"] == "all verdicts"


def test_a_study_without_arms_says_nothing_of_them(study: Observations) -> None:
    without = summarise_study(alone(study, 0), margin=0.05)
    assert without.arms == {}
    assert "arms" not in without.as_dict()
    assert verdict_of(without).family == "all strengths"
    assert "adjusted_over" not in verdict_of(without).as_dict()


def test_too_few_observers_in_one_arm_leave_others_out_of_all_verdicts(study: Observations) -> None:
    """A family is of one kind: with a verdict on other observers in one arm alone, its p-values would be of fewer."""
    arm = study.arm
    assert arm is not None
    two_alone = study.of((study.observer < 2) | (arm == 0))
    some = summarise_study(two_alone, margin=0.05)
    assert [len(of_arm.answers.observers) for of_arm in some.arms.values()] == [4, 2]
    assert all(one.observers_random is None for of_arm in some.arms.values() for one in verdict_of(of_arm).strengths)
