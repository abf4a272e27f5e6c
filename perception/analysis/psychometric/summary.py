"""Detection against strength: of each observer, and of all, with the strength at which half is noticed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.clustered_covariance import ClusteredCovariance, InferenceTarget
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import proportion
from perception.analysis.observations import Codes, Observations, indices_by_code
from perception.analysis.psychometric.curve import PsychometricCurve, PsychometricSummary, Thresholds
from perception.analysis.psychometric.fit import Counts, Fit, fit_psychometric, why_no_curve
from perception.analysis.psychometric.function import Link, Reals
from perception.analysis.psychometric.goodness_of_fit import goodness_of_fit
from perception.analysis.psychometric.threshold import CALLED, METHOD, NOTICED, VARIANCES, slope, threshold

# Beyond these a curve of each observer takes long and says little.
MOST_OBSERVERS = 100
# Estimated in a study of ordinary size, λ makes the threshold more biased, and undefined more often, than this does.
LAPSES = 0.0


def summarise_psychometric(
    series: Observations, *, link: Link = "probit", lapse: float | None = LAPSES, level: float = 0.95
) -> PsychometricSummary | None:
    """Fit detection against strength: a curve of all answers together, and one of each observer.

    Parameters
    ----------
    series
        The answers, without those of catch trials. Perturbed images whose strength is not known, or not above 0, are
        left out.
    link
        F: "probit" or "logit".
    lapse
        λ, 0 to 0.06; None to estimate it within that range (Wichmann & Hill 2001), which takes four strengths or more
        and many answers.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    PsychometricSummary or None
        None where the perturbed images have fewer than two known strengths. A threshold that is undefined says so, with
        the reason.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Signal present: P(s) = γ + (1 − γ − λ) F(a + b log₂ s). Signal absent is strength 0, P = γ. Of two images P is the
    share of right choices, and γ = ½. Maximum likelihood over the answers. All answers together make one curve, that of
    the average over observers and images; it needs no curve of each observer, of which many have no threshold in a
    study of ordinary size (leaving those out would shift a mean of thresholds). That observers and images are alike
    among themselves is in the variance: see `ClusteredCovariance`.

    References
    ----------
    - Wichmann, F. A., & Hill, N. J. (2001). The psychometric function: I. Fitting, sampling, and goodness of fit.
      Perception & Psychophysics 63:1293–1313. doi:10.3758/BF03194544

    Examples
    --------
    Two observers judged ten images at each of three strengths, and twenty clean ones; A noticed the first, B the last:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.psychometric.summary import summarise_psychometric
    >>> strength = np.repeat([0.0, 2.0, 4.0, 8.0], [20, 10, 10, 10])
    >>> shares = ((20, 4), (10, 3), (10, 6), (10, 9))
    >>> of_a = np.concatenate([np.arange(n) < k for n, k in shares])
    >>> of_b = np.concatenate([np.arange(n) >= n - k for n, k in shares])
    >>> study = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple(f"image {number}" for number in range(50)),
    ...     observer=np.repeat([0, 1], 50),
    ...     item=np.tile(np.arange(50), 2),
    ...     truth=np.tile(strength > 0, 2),
    ...     response=np.append(of_a, of_b).astype(np.int8),
    ...     catch=np.zeros(100, dtype=bool),
    ...     strength=np.tile(strength, 2),
    ... )
    >>> found = summarise_psychometric(study)
    >>> threshold = found.pooled.thresholds.noticed
    >>> print(f"{threshold.estimate:.2f} ({threshold.low:.2f} to {threshold.high:.2f})")
    4.00 (2.10 to 5.57)
    >>> print(f"γ = {found.pooled.function.guess:.2f}", found.crossed)
    γ = 0.20 None
    """
    require_level(level)
    answers = _Answers.of(series)
    if answers is None or len(answers.strengths) < 2:
        return None
    guess = 0.5 if series.task == "two_afc" else None
    model = _Model(link, guess, lapse, level)
    pooled, crossed = model.pooled(answers)
    observers = {}
    if len(series.observers) <= MOST_OBSERVERS:
        own = indices_by_code(answers.observer, len(series.observers))
        observers = {
            name: model.alone(answers.only(indices)) for name, indices in zip(series.observers, own, strict=True)
        }
    return PsychometricSummary(link, guess, lapse, pooled, crossed, observers)


@dataclass(frozen=True, slots=True)
class _Answers:
    """The answers given to what has a known strength, arrays of shape (N,); `noticed` is True where it was noticed."""

    strength: Reals
    noticed: NDArray[np.bool_]
    item: Codes
    observer: Codes

    @classmethod
    def of(cls, series: Observations) -> "_Answers | None":
        if series.strength is None:
            return None
        if series.task == "two_afc":
            strength, noticed = series.strength, series.response == series.truth
        else:
            strength, noticed = np.where(series.truth, series.strength, 0.0), series.response == 1
        absent = np.zeros_like(series.truth) if series.task == "two_afc" else ~series.truth
        kept = (series.response != MISSING) & ((strength > 0) | absent)
        return cls(strength[kept], noticed[kept], series.item[kept], series.observer[kept])

    @property
    def strengths(self) -> Reals:
        """Those above 0, ascending."""
        return np.unique(self.strength[self.strength > 0])

    def only(self, which: NDArray[np.bool_] | Codes) -> "_Answers":
        return _Answers(self.strength[which], self.noticed[which], self.item[which], self.observer[which])

    def tables(self) -> dict[float, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        """Return for each strength who noticed and who answered, as observers × images."""
        return {float(strength): self.only(self.strength == strength)._table() for strength in np.unique(self.strength)}

    def _table(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        _, row = np.unique(self.observer, return_inverse=True)
        _, column = np.unique(self.item, return_inverse=True)
        given = np.zeros((row.max() + 1, column.max() + 1), dtype=bool)
        noticed = np.zeros_like(given)
        given[row, column], noticed[row, column] = True, self.noticed
        return noticed, given


@dataclass(frozen=True, slots=True)
class _Model:
    """What is fitted, the same for all."""

    link: Link
    guess: float | None
    lapse: float | None
    level: float

    def pooled(self, answers: _Answers) -> tuple[PsychometricCurve, Thresholds | None]:
        """Return the curve of all, and its thresholds for other observers too."""
        tables = answers.tables()
        points = tuple((strength, clustered_proportion(*table, level=self.level)) for strength, table in tables.items())
        many = len(np.unique(answers.observer)) >= FEWEST_OBSERVERS
        counts, fit = self._fit(answers)
        these, *others = self._thresholds(
            answers, counts, fit, ("these observers", "observers random") if many else ("these observers",)
        )
        curve = PsychometricCurve(
            these,
            fit.function if fit else None,
            goodness_of_fit(fit, list(tables.values()), clustered=True) if fit else None,
            points,
        )
        return curve, others[0] if others else None

    def alone(self, answers: _Answers) -> PsychometricCurve:
        """Return the curve of one observer."""
        counts, fit = self._fit(answers)
        (thresholds,) = self._thresholds(answers, counts, fit, ("one observer",))
        points = tuple(
            (float(strength), proportion(int(k), int(n), level=self.level))
            for strength, k, n in zip(counts.strength, counts.k, counts.n, strict=True)
        )
        return PsychometricCurve(
            thresholds,
            fit.function if fit else None,
            goodness_of_fit(fit, list(answers.tables().values()), clustered=False) if fit else None,
            points,
        )

    def _fit(self, answers: _Answers) -> tuple[Counts, Fit | None]:
        counts = Counts.of(answers.strength, answers.noticed)
        if why_no_curve(counts, guess=self.guess):
            return counts, None
        return counts, fit_psychometric(counts, link=self.link, guess=self.guess, lapse=self.lapse)

    def _thresholds(
        self, answers: _Answers, counts: Counts, fit: Fit | None, targets: tuple[InferenceTarget, ...]
    ) -> list[Thresholds]:
        """Return the thresholds with an interval for each of those for whom they are meant."""
        if fit is None:
            reason = why_no_curve(counts, guess=self.guess)
            return [self._undefined(reason, len(answers.noticed), one) for one in targets]
        errors = ClusteredCovariance.of(
            fit.influence(answers.strength, answers.noticed),
            fit.covariance,
            image=answers.item,
            observer=answers.observer,
        )
        return [self._thresholds_for(one, counts, fit, errors) for one in targets]

    def _undefined(self, reason: str, n: int, target: InferenceTarget) -> Thresholds:
        method = METHOD.format(link=self.link, variance=VARIANCES[target])
        undefined = Estimate.undefined(reason, method=method, level=self.level, n=n)
        return Thresholds(undefined, undefined if self.guess is None else None, undefined)

    def _thresholds_for(
        self, target: InferenceTarget, counts: Counts, fit: Fit, errors: ClusteredCovariance
    ) -> Thresholds:
        noticed, called = (
            threshold(fit, counts, errors, half=half, target=target, level=self.level) for half in (NOTICED, CALLED)
        )
        steepness = slope(fit, counts, errors, target=target, level=self.level)
        return Thresholds(noticed, called if self.guess is None else None, steepness)
