"""The psychometric function: the share noticed against strength.

Wichmann & Hill (2001), The psychometric function I: Fitting, sampling, and goodness of fit, Perception & Psychophysics
63:1293–1313, formula 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

Link = Literal["probit", "logit"]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinkFunction:
    """F, its density and its quantiles, each of an array, elementwise.

    Attributes
    ----------
    share
        F, 0 to 1.
    density
        The derivative of F.
    quantile
        The inverse of F.
    """

    share: Callable[[Reals], Reals]
    density: Callable[[Reals], Reals]
    quantile: Callable[[Reals], Reals]


def _normal_density(eta: Reals) -> Reals:
    return np.asarray(np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi))


def _logistic_density(eta: Reals) -> Reals:
    return special.expit(eta) * special.expit(-eta)


LINKS: dict[Link, LinkFunction] = {
    "probit": LinkFunction(special.ndtr, _normal_density, special.ndtri),
    "logit": LinkFunction(special.expit, _logistic_density, special.logit),
}


@dataclass(frozen=True, slots=True)
class PsychometricFunction:
    """The share noticed against strength: P(s) = γ + (1 − γ − λ) F(a + b log₂ s), and P(0) = γ.

    Attributes
    ----------
    link
        F: "probit", the normal distribution, or "logit", the logistic one.
    guess
        γ: the share of clean images called perturbed; ½ where one of two images is chosen. 0 to 1.
    lapse
        λ: the share of plainly perturbed images that are missed. 0 to 1 − γ.
    intercept, slope
        a, and b: what F's argument gains with each doubling of strength.

    Notes
    -----
    Strength is on a logarithmic scale for three reasons: an image of strength 0 is the clean one, and there F is 0
    exactly, so that γ is the false-alarm rate; the threshold cannot be negative; and strengths are chosen as multiples
    of one another (2, 4, 8). With α = 2^(−a/b) the formula is that of Wichmann & Hill (2001) with the scale log₂ s.

    References
    ----------
    - Wichmann, F. A., & Hill, N. J. (2001). The psychometric function: I. Fitting, sampling, and goodness of fit.
      Perception & Psychophysics 63:1293–1313, formula 1. doi:10.3758/BF03194544

    Examples
    --------
    Half is noticed beyond 20% false alarms at strength 4:

    >>> import numpy as np
    >>> from perception.analysis.psychometric.function import PsychometricFunction
    >>> function = PsychometricFunction("probit", guess=0.2, lapse=0.0, intercept=-3.0, slope=1.5)
    >>> function.share(np.array([0.0, 2.0, 4.0, 8.0])).round(3).tolist()
    [0.2, 0.253, 0.6, 0.947]
    """

    link: Link
    guess: float
    lapse: float
    intercept: float
    slope: float

    def share(self, strength: Reals) -> Reals:
        """Return P at strengths.

        Parameters
        ----------
        strength
            float array of any shape, from 0 on.

        Returns
        -------
        ndarray
            float array of the same shape, γ to 1 − λ.
        """
        return self.guess + (1 - self.guess - self.lapse) * LINKS[self.link].share(self.argument(strength))

    def argument(self, strength: Reals) -> Reals:
        """Return a + b log₂ s; −∞ at 0.

        Parameters
        ----------
        strength
            float array of any shape, from 0 on.

        Returns
        -------
        ndarray
            float array of the same shape.
        """
        shown = strength > 0
        return np.where(shown, self.intercept + self.slope * np.log2(np.where(shown, strength, 1.0)), -np.inf)

    def gradient(self, strength: Reals) -> Reals:
        """Return the derivatives of P by (γ, λ, a, b).

        Parameters
        ----------
        strength
            float array of shape (K,), from 0 on.

        Returns
        -------
        ndarray
            float array of shape (4, K).
        """
        link, eta, shown = LINKS[self.link], self.argument(strength), strength > 0
        share = link.share(eta)
        by_intercept = (1 - self.guess - self.lapse) * np.where(shown, link.density(np.where(shown, eta, 0.0)), 0.0)
        return np.stack([1 - share, -share, by_intercept, by_intercept * np.log2(np.where(shown, strength, 1.0))])
