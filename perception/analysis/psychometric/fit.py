"""The psychometric function that makes the answers most likely."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from perception.analysis.psychometric.function import Link, PsychometricFunction, Reals

MOST_LAPSES = 0.06
# Nobody who says "perturbed" of more clean images than this leaves room for a curve above.
MOST_GUESSES = 0.9
# On F's argument, where F is 0 or 1 to the precision of the machine, as good as.
FAR = 8.0
# A parameter this near to the end of its range lies at it.
END = 1e-6
# A parameter that moves no share by more than this, itself moved by 1, is told by no answer: where the optimizer leaves
# it is a matter of rounding.
UNTOLD = 1e-6
# Below this, or above 1 less this, a strength is on the flat part of the curve, not on its slope.
FLAT = 1e-4


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers by strength.

    Attributes
    ----------
    strength
        float array of shape (K,), ascending; 0 for clean images.
    n, k
        int arrays of shape (K,): answers, and those that said "perturbed", or chose the right image.
    """

    strength: Reals
    n: NDArray[np.intp]
    k: NDArray[np.intp]

    @classmethod
    def of(cls, strength: Reals, noticed: NDArray[np.bool_]) -> "Counts":
        """Count answers by strength.

        Parameters
        ----------
        strength
            float array of shape (N,), from 0 on.
        noticed
            bool array of shape (N,): whether the answer was "perturbed", or the right image chosen.

        Returns
        -------
        Counts
            One entry for each strength that occurs.
        """
        strengths, which = np.unique(strength, return_inverse=True)
        n = np.bincount(which, minlength=len(strengths))
        return cls(strengths, n, np.bincount(which[noticed], minlength=len(strengths)))

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Which strengths are above 0."""
        return self.strength > 0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted function.

    Attributes
    ----------
    function
        The most likely one.
    free
        bool array of shape (4,): which of γ, λ, a, b were estimated, do not lie at the end of their range, and are
        told by the answers: on a flat curve far to one side, a and b may be anything.
    estimated
        How many were estimated.
    covariance
        The inverse information of the free ones, 0 for the others; shape (4, 4).
    deviance
        Twice the log likelihood of the shares as they are, less that of the function.
    """

    function: PsychometricFunction
    free: NDArray[np.bool_]
    estimated: int
    covariance: Reals = field(repr=False)
    deviance: float

    @property
    def determined(self) -> bool:
        """Whether the information has an inverse."""
        return bool(np.isfinite(self.covariance).all())

    def influence(self, strength: Reals, noticed: NDArray[np.bool_]) -> Reals:
        """Return how far each answer moves the parameters: covariance · score.

        Parameters
        ----------
        strength
            float array of shape (N,), from 0 on.
        noticed
            bool array of shape (N,): whether the answer was "perturbed", or the right image chosen.

        Returns
        -------
        ndarray
            float array of shape (N, 4).
        """
        strengths, which = np.unique(strength, return_inverse=True)
        share = _inside(self.function.share(strengths))
        scores = self.function.gradient(strengths) / (share * (1 - share))
        table = np.stack([(self.covariance @ scores) * (value - share) for value in (0, 1)])
        return np.asarray(table[noticed.astype(np.intp), :, which])


def why_no_curve(counts: Counts, *, guess: float | None) -> str:
    """Return what makes a curve impossible before any fit; an empty text where one can be tried.

    Parameters
    ----------
    counts
        The answers by strength.
    guess
        γ, where it is known; None where it is to be estimated, which takes answers to clean images.
    """
    shown = counts.shown
    n, k = counts.n[shown].sum(), counts.k[shown].sum()
    if n == 0:
        return "there is no answer to a perturbed image of known strength"
    if shown.sum() == 1:
        return f"all perturbed images are of one strength, {counts.strength[shown][0]:g}"
    if guess is None and shown.all():
        return "there is no answer to a clean image, so that false alarms are not known"
    if k in (0, n):
        return "every perturbed image was noticed" if k else "no perturbed image was noticed"
    if guess is None and counts.k[0] > MOST_GUESSES * counts.n[0]:
        return f"more than {100 * MOST_GUESSES:.0f}% of the clean images were called perturbed"
    return ""


def fit_psychometric(counts: Counts, *, link: Link, guess: float | None, lapse: float | None) -> Fit:
    """Fit a psychometric function by maximum likelihood, answers taken as independent.

    Parameters
    ----------
    counts
        The answers by strength, for which `why_no_curve` has no objection.
    link
        F: "probit" or "logit".
    guess
        γ, 0 to 0.9, where it is known; None to estimate it in that range, from clean and perturbed images together.
    lapse
        λ, 0 to 0.06, where it is known; None to estimate it in that range (Wichmann & Hill 2001).

    Returns
    -------
    Fit
        With a slope of at least 0, and a very large one where the answers jump from one strength to the next.

    Notes
    -----
    With k of n answers at strength s and P of `PsychometricFunction`, the log likelihood is

        Σ_s k log P(s) + (n − k) log(1 − P(s))

    It is maximized from four starting points, so that a local maximum is not taken for the highest.

    References
    ----------
    - Wichmann, F. A., & Hill, N. J. (2001). The psychometric function: I. Fitting, sampling, and goodness of fit.
      Perception & Psychophysics 63:1293–1313. doi:10.3758/BF03194544

    Examples
    --------
    Of 40 clean images 8 were called perturbed; at each strength 40 answers:

    >>> import numpy as np
    >>> from perception.analysis.psychometric.fit import Counts, fit_psychometric
    >>> counts = Counts(np.array([0.0, 2.0, 4.0, 8.0]), np.array([40, 40, 40, 40]), np.array([8, 12, 25, 37]))
    >>> fit = fit_psychometric(counts, link="probit", guess=None, lapse=0.0)
    >>> found = fit.function
    >>> print(f"γ = {found.guess:.2f}, b = {found.slope:.2f}, half at {2 ** (-found.intercept / found.slope):.2f}")
    γ = 0.20, b = 1.24, half at 3.82
    """
    problem = _Problem(counts, link)
    bounds = [
        (0.0, MOST_GUESSES) if guess is None else (guess, guess),
        (0.0, MOST_LAPSES) if lapse is None else (lapse, lapse),
        (-problem.steepest, FAR),
        (0.0, problem.steepest),
    ]
    found = [
        optimize.minimize(
            problem.loss,
            [*(np.mean(bound) if bound[0] < bound[1] else bound[0] for bound in bounds[:2]), low, rise],
            jac=True,
            method="SLSQP",
            bounds=bounds,
            options={"maxiter": 1000, "ftol": 1e-14},
        )
        for low, rise in problem.starts
    ]
    best = min(found, key=lambda result: float(result.fun))
    function = problem.function(best.x)
    inside = np.array([low + END < value < high - END for value, (low, high) in zip(best.x, bounds, strict=True)])
    free = inside & (np.abs(function.gradient(counts.strength)).max(axis=1) > UNTOLD)
    estimated = sum(low < high for low, high in bounds)
    return Fit(function, free, estimated, _covariance(function, counts, free), problem.deviance(float(best.fun)))


@dataclass(frozen=True, slots=True)
class _Problem:
    """The likelihood by (γ, λ, F's argument at the weakest strength, its rise from there to the strongest)."""

    counts: Counts
    link: Link

    @property
    def _doublings(self) -> Reals:
        return np.log2(self.counts.strength[self.counts.shown])

    @property
    def steepest(self) -> float:
        """The rise with which F goes from 0 to 1 between the two nearest strengths."""
        doublings = self._doublings
        return float(2 * FAR * (doublings[-1] - doublings[0]) / np.diff(doublings).min())

    @property
    def starts(self) -> list[tuple[float, float]]:
        """A gentle and a steep curve, to the left and to the right."""
        return [(-rise * middle, rise) for rise in (2.0, 8.0) for middle in (0.3, 0.7)]

    def function(self, parameters: Reals) -> PsychometricFunction:
        guess, lapse, low, rise = (float(value) for value in parameters)
        first, last = (float(value) for value in self._doublings[[0, -1]])
        slope = rise / (last - first)
        return PsychometricFunction(self.link, guess, lapse, low - slope * first, slope)

    def loss(self, parameters: Reals) -> tuple[float, Reals]:
        """Return the negative log likelihood of an answer, on the average, and its derivatives."""
        counts, function = self.counts, self.function(parameters)
        share = _inside(function.share(counts.strength))
        total = counts.n.sum()
        value = -(counts.k * np.log(share) + (counts.n - counts.k) * np.log1p(-share)).sum() / total
        by_share = (counts.n * share - counts.k) / (share * (1 - share)) / total
        gradient = function.gradient(counts.strength) @ by_share
        first, last = self._doublings[[0, -1]]
        # a = low − rise · first/(last − first), b = rise/(last − first).
        by_rise = (gradient[3] - first * gradient[2]) / (last - first)
        return float(value), np.array([*gradient[:3], by_rise])

    def deviance(self, loss: float) -> float:
        counts = self.counts
        share = _inside(counts.k / counts.n)
        best = (counts.k * np.log(share) + (counts.n - counts.k) * np.log1p(-share)).sum()
        return max(0.0, float(2 * (best + loss * counts.n.sum())))


def _covariance(function: PsychometricFunction, counts: Counts, free: NDArray[np.bool_]) -> Reals:
    """Return the inverse of the expected information, 0 for what is not free; nan where it has none."""
    if not free.any():
        return np.zeros((4, 4))
    share = _inside(function.share(counts.strength))
    gradient = function.gradient(counts.strength)[free]
    information = (gradient * (counts.n / (share * (1 - share)))) @ gradient.T
    covariance = np.zeros((4, 4))
    scale = np.sqrt(np.diag(information))
    if (scale == 0).any() or np.linalg.cond(information / np.outer(scale, scale)) > 1e12:
        return np.full((4, 4), np.nan)
    covariance[np.ix_(free, free)] = np.linalg.inv(information)
    return covariance


def _inside(share: Reals) -> Reals:
    return np.clip(share, 1e-12, 1 - 1e-12)
