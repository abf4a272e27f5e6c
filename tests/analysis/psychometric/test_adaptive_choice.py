"""QUEST+: the posterior and the choice, against the formulas of Watson (2017) written out, and against `questplus`."""

from itertools import product
from math import erf, log, sqrt

import numpy as np
import pytest

from perception.analysis.psychometric.adaptive_choice import ParameterGrid, StrengthChooser, TrialCounts

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)
# Log₂ strength and answer of 60 trials of two images, two digits a trial: chosen by questplus 2023.1 (Hoechenberger) on
# the grid of `ParameterGrid.around`, by least expected entropy; answers were drawn at a threshold of 4, a slope of 1.4.
BY_QUESTPLUS = (
    "312031304141414131313131212031313121212120312120303131313120"
    "313131313120313131313131212120312120313131203131313131313131"
)


def share(strength: float, threshold: float, slope: float, lapse: float, guess: float) -> float:
    if strength == 0:
        return guess
    return guess + (1 - guess - lapse) * 0.5 * (1 + erf(slope * (np.log2(strength) - threshold) / sqrt(2)))


def test_choices_are_those_of_questplus_at_each_of_sixty_trials() -> None:
    chooser = StrengthChooser.of(STRENGTHS, forced_choice=True)
    answers: list[tuple[float, bool]] = []
    for chosen, said in zip(BY_QUESTPLUS[::2], BY_QUESTPLUS[1::2], strict=True):
        assert chooser.choose(TrialCounts.of(answers, STRENGTHS)) == int(chosen)
        answers.append((STRENGTHS[int(chosen)], said == "1"))
    assert len(answers) == 60


@pytest.mark.parametrize("forced_choice", [True, False])
def test_posterior_and_information_follow_the_formulas_written_out(forced_choice: bool) -> None:
    """On a small grid, point by point: the expected entropy of the posterior after either answer."""
    strengths = (2.0, 4.0, 8.0)
    grid = ParameterGrid.around(strengths, forced_choice=forced_choice, step=1.0, slopes=(1.0, 3.0), guesses=(0.1, 0.4))
    chooser = StrengthChooser.on(grid, strengths)
    answers = [(4.0, True), (8.0, True), (2.0, False), (4.0, True), *([] if forced_choice else [(0.0, True)])]
    points = list(product(grid.thresholds, grid.slopes, grid.lapses, grid.guesses))

    def likelihood(point: tuple[float, ...]) -> float:
        found = 1.0
        for strength, said in answers:
            p = share(strength, *point)
            found *= p if said else 1 - p
        return found

    weights = np.array([likelihood(point) for point in points])
    posterior = weights / weights.sum()
    counts = TrialCounts.of(answers, strengths)
    assert chooser.posterior(counts).ravel() == pytest.approx(posterior, abs=1e-9)
    assert chooser.posterior(counts).shape == grid.shape

    def entropy(probabilities: list[float]) -> float:
        return -sum(one * log(one) for one in probabilities if one > 0)

    expected = []
    for strength in strengths:
        p = np.array([share(strength, *point) for point in points])
        yes, no = posterior * p, posterior * (1 - p)
        after = [float(one.sum()) * entropy((one / one.sum()).tolist()) for one in (yes, no)]
        expected.append(sum(after))
    gained = entropy(posterior.tolist()) - np.array(expected)
    assert chooser.information(counts) == pytest.approx(gained, abs=1e-8)
    assert chooser.choose(counts) == int(np.argmin(expected))


def test_of_equals_the_weakest_is_chosen() -> None:
    grid = ParameterGrid(np.array([1.0]), np.array([1.0]), np.array([0.02]), np.array([0.5]))
    chooser = StrengthChooser.on(grid, (2.0, 4.0, 8.0))  # of one point nothing is to be learnt anywhere
    assert chooser.choose(TrialCounts.of([], (2.0, 4.0, 8.0))) == 0


def test_the_order_of_answers_and_strengths_of_others_do_not_matter() -> None:
    answers = [(4.0, True), (2.0, False), (0.0, True), (8.0, True)]
    one, other = TrialCounts.of(answers, STRENGTHS), TrialCounts.of([*answers[::-1], (30.0, True)], STRENGTHS)
    assert one.n.tolist() == other.n.tolist() == [0, 1, 1, 1, 0]
    assert one.k.tolist() == other.k.tolist() == [0, 0, 1, 1, 0]
    assert (one.n_clean, one.k_clean) == (other.n_clean, other.k_clean) == (1, 1)


@pytest.mark.parametrize("strengths", [(), (0.0, 1.0), (2.0, 1.0), (2.0, 2.0)])
def test_strengths_that_are_none_are_refused(strengths: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        StrengthChooser.of(strengths, forced_choice=True)


def test_choices_lead_to_the_threshold() -> None:
    rng, chooser = np.random.default_rng(3), StrengthChooser.of(STRENGTHS, forced_choice=False)
    answers: list[tuple[float, bool]] = [(0.0, bool(rng.random() < 0.1)) for _ in range(20)]
    for _ in range(200):
        strength = STRENGTHS[chooser.choose(TrialCounts.of(answers, STRENGTHS))]
        answers.append((strength, bool(rng.random() < share(strength, 2.0, 2.0, 0.02, 0.1))))
    posterior = chooser.posterior(TrialCounts.of(answers, STRENGTHS))
    assert posterior.sum() == pytest.approx(1)
    assert float(posterior.sum(axis=(1, 2, 3)) @ chooser.grid.thresholds) == pytest.approx(2.0, abs=0.3)
