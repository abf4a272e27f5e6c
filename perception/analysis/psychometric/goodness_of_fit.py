"""Does the psychometric function follow the shares?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.clustered import ratio_variance
from perception.analysis.json_values import JsonObject
from perception.analysis.psychometric.fit import Fit

METHOD = "deviance, χ²"
CLUSTERED = "deviance over the mean design effect, χ² (Rao & Scott 1984, first order)"


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """The test of the function against free shares, one a strength.

    Attributes
    ----------
    deviance
        Twice the difference of the log likelihoods, answers taken as independent.
    freedom
        Shares less estimated parameters.
    design_effect
        By which the deviance is divided, where answers to one image are alike; 1 for one observer. At least 1.
    p
        Small where the function does not follow the shares; None without degrees of freedom.
    method
        Its name.
    """

    deviance: float
    freedom: int
    design_effect: float
    p: float | None
    method: str

    def as_dict(self) -> JsonObject:
        """Return the test as JSON."""
        return {
            "deviance": self.deviance,
            "freedom": self.freedom,
            "design_effect": self.design_effect,
            "p": self.p,
            "method": self.method,
        }


def goodness_of_fit(
    fit: Fit, tables: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]], *, clustered: bool
) -> GoodnessOfFit:
    """Test a fitted psychometric function against free shares, one a strength.

    Parameters
    ----------
    fit
        The function.
    tables
        For each strength which answers said "perturbed", and which were given: bool arrays of shape (J, images).
    clustered
        Whether several observers answered, so that answers to one image are alike.

    Returns
    -------
    GoodnessOfFit
        `p` is None without degrees of freedom.

    Notes
    -----
    Deviance/d̄ against χ² with strengths − parameters degrees of freedom; d̄ is the mean over strengths of the design
    effect v/(p(1 − p)/N), v clustered by image, and at least 1: the first-order correction of Rao & Scott (1984). With
    few answers to each strength (fewer than about five of either kind) it is a rough guide.

    References
    ----------
    - Rao, J. N. K., & Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
      estimated from survey data. Annals of Statistics 12:46–60. doi:10.1214/aos/1176346391

    Examples
    --------
    One observer called 8 of 40 clean images perturbed; of 40 at each strength more at the second than at the third,
    which no function that rises can follow:

    >>> import numpy as np
    >>> from perception.analysis.psychometric.fit import Counts, fit_psychometric
    >>> from perception.analysis.psychometric.goodness_of_fit import goodness_of_fit
    >>> said = np.array([8, 22, 16, 37])
    >>> counts = Counts(np.array([0.0, 2.0, 4.0, 8.0]), np.array([40, 40, 40, 40]), said)
    >>> fit = fit_psychometric(counts, link="probit", guess=None, lapse=0.0)
    >>> tables = [(np.arange(40)[None, :] < k, np.ones((1, 40), dtype=bool)) for k in said]
    >>> test = goodness_of_fit(fit, tables, clustered=False)
    >>> print(f"{test.deviance:.1f} on {test.freedom} degree of freedom, p = {test.p:.4f}")
    10.8 on 1 degree of freedom, p = 0.0010
    """
    freedom = len(tables) - fit.estimated
    effect = _design_effect(tables) if clustered else 1.0
    p = float(stats.chi2.sf(fit.deviance / effect, freedom)) if freedom > 0 else None
    return GoodnessOfFit(fit.deviance, max(freedom, 0), effect, p, CLUSTERED if clustered else METHOD)


def _design_effect(tables: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> float:
    effects = []
    for noticed, given in tables:
        total, k = int(given.sum()), int((noticed & given).sum())
        if 0 < k < total and int(given.any(axis=0).sum()) > 1:
            binomial = k / total * (1 - k / total) / total
            effects.append(ratio_variance(noticed, given, axis=0) / binomial)
    return max(1.0, float(np.mean(effects))) if effects else 1.0
