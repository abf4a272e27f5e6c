"""The fit, its errors and Fieller's interval against R; what is undefined, and why."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.estimates.clustered_covariance import ClusteredCovariance
from perception.analysis.psychometric.fit import Counts, Fit, fit_psychometric, why_no_curve
from perception.analysis.psychometric.function import Link, PsychometricFunction
from perception.analysis.psychometric.threshold import CALLED, NOTICED, slope, threshold

STRENGTHS = (1, 2, 4, 8, 16)
NONE = np.empty(0, dtype=np.intp)


def counts(strength: tuple[float, ...], n: tuple[int, ...], k: tuple[int, ...]) -> Counts:
    return Counts(np.array(strength, dtype=float), np.array(n), np.array(k))


def of_the_model(fit: Fit) -> ClusteredCovariance:
    return ClusteredCovariance.of(np.empty((0, 4)), fit.covariance, image=NONE, observer=NONE)


@pytest.mark.parametrize(
    ("link", "intercept", "rise", "deviance", "error", "ed50", "low", "high"),
    [
        ("probit", -1.4165174, 0.7324860, 0.6238036, 0.1233634, 3.8207318, 2.8427118, 5.1130838),
        ("logit", -2.4317187, 1.2498057, 0.6445095, 0.2348139, 3.8521862, 2.8358885, 5.2159997),
    ],
)
def test_without_guesses_and_lapses_it_is_the_regression_of_r(
    link: Link, intercept: float, rise: float, deviance: float, error: float, ed50: float, low: float, high: float
) -> None:
    """R 4.2.2, glm(cbind(k, n − k) ~ log2(s), binomial(link)), and Fieller's limits from its coef() and vcov()."""
    answers = counts(STRENGTHS, (20,) * 5, (2, 5, 9, 16, 19))

    fit = fit_psychometric(answers, link=link, guess=0.0, lapse=0.0)

    assert (fit.function.intercept, fit.function.slope) == pytest.approx((intercept, rise), abs=2e-5)
    assert fit.deviance == pytest.approx(deviance, abs=1e-6)
    assert np.sqrt(fit.covariance[3, 3]) == pytest.approx(error, abs=1e-5)
    found = threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer")
    assert (found.estimate, found.low, found.high) == pytest.approx((ed50, low, high), abs=2e-4)
    steep = slope(fit, answers, of_the_model(fit), target="one observer")
    assert (steep.estimate, steep.high) == pytest.approx((rise, rise + 1.959964 * error), abs=5e-5)


def test_finneys_rotenone() -> None:
    """Finney 1971, Probit Analysis, table 3.1: the median lethal dose is 4.85 mg/l. Limits: R 4.2.2, as above."""
    answers = counts((2.6, 3.8, 5.1, 7.7, 10.2), (50, 48, 46, 49, 50), (6, 16, 24, 42, 44))

    fit = fit_psychometric(answers, link="probit", guess=0.0, lapse=0.0)
    found = threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer")

    assert fit.deviance == pytest.approx(1.738969, abs=1e-5)
    assert (found.estimate, found.low, found.high) == pytest.approx((4.845492, 4.364492, 5.354386), abs=2e-4)


class TestClustered:
    """Three observers × eight images; R 4.2.2, sandwich 3.0-2, vcovCL(type = "HC0", cadjust = TRUE)."""

    STRENGTH = np.tile([1.0, 1, 2, 2, 4, 4, 8, 8], 3)
    IMAGE, OBSERVER = np.tile(np.arange(8), 3), np.repeat(np.arange(3), 8)
    SAID = np.array([0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1], dtype=bool)

    @property
    def answers(self) -> Counts:
        return Counts.of(self.STRENGTH, self.SAID)

    @property
    def fit(self) -> Fit:
        return fit_psychometric(self.answers, link="probit", guess=0.0, lapse=0.0)

    def errors(self, fit: Fit) -> ClusteredCovariance:
        influence = fit.influence(self.STRENGTH, self.SAID)
        return ClusteredCovariance.of(influence, fit.covariance, image=self.IMAGE, observer=self.OBSERVER)

    def test_the_sandwiches(self) -> None:
        errors = self.errors(self.fit)

        for found, variances in (
            (errors.model, (0.2880438, -0.1411535, 0.1028917)),
            (errors.by_image, (0.2017292, -0.1018143, 0.0561144)),
            (errors.by_observer, (0.0961606, -0.0808172, 0.0782617)),
            (errors.by_image + errors.by_observer - errors.by_answer, (-0.0534818, -0.0290065, 0.0445491)),
        ):
            assert (found[2, 2], found[2, 3], found[3, 3]) == pytest.approx(variances, abs=2e-5)

    def test_fiellers_limits_from_the_sandwich(self) -> None:
        fit = self.fit
        alone = replace(self.errors(fit), model=np.zeros((4, 4)))

        found = threshold(fit, self.answers, alone, half=NOTICED, target="these observers")

        assert (found.low, found.high) == pytest.approx((1.300773, 3.122358), abs=2e-4)

    def test_the_variance_is_never_below_its_parts(self) -> None:
        errors = self.errors(self.fit)
        direction = np.array([0.0, 0.0, 1.0, 0.0])

        assert errors.variance(direction, "these observers") == errors.model[2, 2]
        assert errors.variance(direction, "observers random") == errors.model[2, 2]
        assert errors.freedom(direction, "these observers") == 7
        assert errors.freedom(direction, "one observer") == np.inf


def test_the_gradient_is_that_of_the_function() -> None:
    strength, step = np.array([0.0, 1.0, 3.0, 9.0]), 1e-6
    function = PsychometricFunction("logit", 0.2, 0.03, -2.0, 1.1)

    gradient = function.gradient(strength)

    for row, name in zip(gradient, ("guess", "lapse", "intercept", "slope"), strict=True):
        moved = replace(function, **{name: getattr(function, name) + step})
        assert (moved.share(strength) - function.share(strength)) / step == pytest.approx(row, abs=1e-5)


def test_false_alarms_are_the_share_at_strength_0() -> None:
    answers = counts((0, 1, 2, 4, 8), (50, 20, 20, 20, 20), (10, 4, 8, 15, 19))

    fit = fit_psychometric(answers, link="probit", guess=None, lapse=0.02)

    assert fit.function.share(np.zeros(1))[0] == fit.function.guess
    assert 0.15 < fit.function.guess < 0.25


def test_half_of_the_range_and_half_of_the_images_are_two_thresholds() -> None:
    answers = counts((0, 1, 2, 4, 8), (50, 40, 40, 40, 40), (10, 9, 14, 30, 39))
    fit = fit_psychometric(answers, link="probit", guess=None, lapse=0.0)

    noticed, called = (
        threshold(fit, answers, of_the_model(fit), half=half, target="one observer") for half in (NOTICED, CALLED)
    )

    assert noticed.estimate is not None
    assert called.estimate is not None
    assert noticed.estimate > called.estimate
    share = fit.function.share(np.array([noticed.estimate, called.estimate]))
    assert share == pytest.approx([(1 + fit.function.guess) / 2, 0.5], abs=1e-9)
    for found in (noticed, called):
        assert found.low is not None
        assert found.high is not None
        assert found.low < (found.estimate or 0) < found.high


@pytest.mark.parametrize(
    ("strength", "n", "k", "reason"),
    [
        ((0.0,), (9,), (3,), "there is no answer to a perturbed image of known strength"),
        ((0, 4), (9, 9), (3, 6), "all perturbed images are of one strength, 4"),
        ((2, 4), (9, 9), (3, 6), "there is no answer to a clean image, so that false alarms are not known"),
        ((0, 2, 4), (9, 9, 9), (3, 9, 9), "every perturbed image was noticed"),
        ((0, 2, 4), (9, 9, 9), (3, 0, 0), "no perturbed image was noticed"),
        ((0, 2, 4), (9, 9, 9), (9, 8, 9), "more than 90% of the clean images were called perturbed"),
    ],
)
def test_no_curve_and_why(strength: tuple[float, ...], n: tuple[int, ...], k: tuple[int, ...], reason: str) -> None:
    assert why_no_curve(counts(strength, n, k), guess=None) == reason


@pytest.mark.parametrize(
    ("k", "reason"),
    [
        ((2, 5, 5, 5, 5), "the share noticed does not rise with strength"),
        ((2, 9, 7, 5, 3), "the share noticed does not rise with strength"),
        ((5, 3, 2, 2, 1), "the share noticed does not rise with strength"),
        ((0, 0, 0, 20, 20), "the share noticed jumps: the estimate, which has an error as any, lies between 2 and 4"),
        ((0, 0, 9, 20, 20), "the share noticed jumps: the estimate, which has an error as any, lies between 1 and 4"),
        ((0, 0, 0, 0, 9), "the share noticed jumps: the estimate, which has an error as any, lies above 4"),
        ((0, 12, 14, 16, 18), "the estimate, which has an error as any, lies below the weakest strength shown, 1"),
        ((2, 2, 3, 4, 6), "the estimate, which has an error as any, lies above the strongest strength shown, 8"),
    ],
)
def test_no_threshold_and_why(k: tuple[int, ...], reason: str) -> None:
    answers = counts((0, 1, 2, 4, 8), (20,) * 5, k)

    fit = fit_psychometric(answers, link="probit", guess=None, lapse=0.0)

    found = threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer")
    assert (found.estimate, found.reason) == (None, reason)


def test_choices_of_two_images_that_are_nearly_all_wrong_leave_no_parameter_free() -> None:
    """1 of 9 and 0 of 2 right: a flat curve far to the left is the most likely, at the end of both ranges."""
    answers = counts((1, 2), (9, 2), (1, 0))

    fit = fit_psychometric(answers, link="probit", guess=0.5, lapse=0.0)

    assert not fit.free.any()
    found = threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer")
    assert found.reason == "the share noticed does not rise with strength"


def test_false_alarms_at_half_leave_no_half_to_call() -> None:
    answers = counts((0, 1, 2, 4, 8), (20,) * 5, (12, 12, 14, 18, 20))
    fit = fit_psychometric(answers, link="probit", guess=None, lapse=0.0)

    found = threshold(fit, answers, of_the_model(fit), half=CALLED, target="one observer")

    assert found.reason == "half or more of the clean images were called perturbed"
    assert threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer").estimate is not None


def test_an_interval_that_does_not_end_is_none() -> None:
    answers = counts((0, 1, 2, 4), (8,) * 4, (1, 3, 3, 6))
    fit = fit_psychometric(answers, link="probit", guess=None, lapse=0.0)

    found = threshold(fit, answers, of_the_model(fit), half=NOTICED, target="one observer")

    assert found.estimate is not None
    assert (found.low, found.high) == (None, None)
    assert found.method.startswith("no interval: the slope is too uncertain")
