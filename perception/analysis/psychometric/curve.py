"""Curves of detection against strength: what a report prints of them, and what it plots."""

from dataclasses import dataclass

import numpy as np

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
from perception.analysis.psychometric.function import Link, PsychometricFunction
from perception.analysis.psychometric.goodness_of_fit import GoodnessOfFit

CURVE_POINTS = 61
HALF = "The strength at which half of the perturbed images are noticed, beyond {beyond},"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is read off a curve.

    Attributes
    ----------
    noticed
        The strength at which half is noticed, beyond false alarms: P = γ + (1 − γ − λ)/2. The default.
    called
        The strength at which half of the perturbed images are called perturbed, false alarms included: P = ½. None for
        choices between two images, where ½ is guessing.
    slope
        What F's argument gains with each doubling of strength.
    """

    noticed: Estimate
    called: Estimate | None
    slope: Estimate

    def as_dict(self) -> JsonObject:
        """Return the three as JSON."""
        return {
            "threshold": self.noticed.as_dict(),
            "threshold_half_called": self.called.as_dict() if self.called else None,
            "slope": self.slope.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class PsychometricCurve:
    """One observer's detection against strength, or that of all.

    Attributes
    ----------
    thresholds
        Read off the function.
    function
        None where none could be fitted; the reason is that of the thresholds.
    fit
        The test of the function; None without one.
    points
        For each strength, 0 for clean images, the share called perturbed (chosen rightly, of two images).
    """

    thresholds: Thresholds
    function: PsychometricFunction | None
    fit: GoodnessOfFit | None
    points: tuple[tuple[float, Estimate], ...]

    @property
    def curve(self) -> tuple[tuple[float, float], ...]:
        """The function at strengths from half the weakest to the strongest, evenly on a logarithmic scale."""
        strengths = [strength for strength, _ in self.points if strength > 0]
        if self.function is None:
            return ()
        doublings = np.linspace(np.log2(strengths[0]) - 1, np.log2(strengths[-1]), CURVE_POINTS)
        # The logarithm of the largest numbers is rounded up to that of none.
        with np.errstate(over="ignore"):
            at = np.minimum(np.exp2(doublings), strengths[-1])
        return tuple(zip(at.tolist(), self.function.share(at).tolist(), strict=True))

    def as_dict(self) -> JsonObject:
        """Return the curve as JSON."""
        return {
            **self.thresholds.as_dict(),
            "guess_rate": self.function.guess if self.function else None,
            "lapse_rate": self.function.lapse if self.function else None,
            "goodness_of_fit": self.fit.as_dict() if self.fit else None,
            "points": [{"strength": strength, **share.as_dict()} for strength, share in self.points],
            "curve": [{"strength": strength, "share": share} for strength, share in self.curve],
        }


@dataclass(frozen=True, slots=True)
class PsychometricSummary:
    """Detection against strength.

    Attributes
    ----------
    link
        F.
    guess
        γ where it is fixed; None where it is estimated.
    lapse
        λ where it is fixed; None where it is estimated, within 0 to 0.06.
    pooled
        One curve through all answers, intervals for these observers.
    crossed
        Its thresholds for observers and images like these; None with fewer than three observers.
    observers
        Each observer's own; empty with more than a hundred.
    """

    link: Link
    guess: float | None
    lapse: float | None
    pooled: PsychometricCurve
    crossed: Thresholds | None
    observers: dict[str, PsychometricCurve]

    @property
    def in_words(self) -> str:
        """The pooled threshold as a report prints it."""
        found = self.pooled.thresholds.noticed
        half = HALF.format(beyond="false alarms" if self.guess is None else "guessing")
        if found.estimate is None:
            return f"{half} cannot be told: {found.reason}."
        if found.low is None or found.high is None or found.level is None:
            return f"{half} is {found.estimate:.1f} levels ({found.method})."
        return (
            f"{half} is {found.estimate:.1f} levels ({100 * found.level:g}% interval {found.low:.1f}–{found.high:.1f}, "
            "these observers)."
        )

    def as_dict(self) -> JsonObject:
        """Return the curves as JSON; what is undefined is null."""
        return {
            "in_words": self.in_words,
            "link": self.link,
            "guess_rate_fixed": self.guess,
            "lapse_rate_fixed": self.lapse,
            "pooled": self.pooled.as_dict(),
            "pooled_observers_random": self.crossed.as_dict() if self.crossed else None,
            "observers": {name: curve.as_dict() for name, curve in self.observers.items()},
        }
