"""The strength at which a psychometric function reaches a share, with its interval.

Fieller (1954), Some problems in interval estimation, Journal of the Royal Statistical Society B 16:175–185; for the
median effective dose Finney (1971), Probit Analysis, 3rd edition, section 4.7.
"""

from collections.abc import Callable
from math import sqrt
from typing import Literal

import numpy as np
from scipy import optimize, stats

from perception.analysis.estimates.clustered_covariance import (
    ClusteredCovariance,
    InferenceTarget,
    Reals,
)
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.psychometric.fit import FLAT, Counts, Fit
from perception.analysis.psychometric.function import LINKS

Half = Literal["of the range above false alarms", "of all perturbed images"]
NOTICED: Half = "of the range above false alarms"
CALLED: Half = "of all perturbed images"
METHOD = "{link} on log strength, maximum likelihood, Fieller; {variance}"
SLOPE = "{link} on log₂ strength, maximum likelihood, Wald; {variance}"
UNDETERMINED = "no interval: the answers do not determine the curve"
VARIANCES: dict[InferenceTarget, str] = {
    "one observer": "independent answers",
    "these observers": "clustered by image, t; these observers",
    "observers random": "images and observers both random (two-way), t",
}
# How far a limit is sought beyond the estimate, in doublings: a factor of a thousand.
FARTHEST = 10.0


def threshold(
    fit: Fit, counts: Counts, errors: ClusteredCovariance, *, half: Half, target: InferenceTarget, level: float = 0.95
) -> Estimate:
    """Estimate the strength at which half is noticed.

    Parameters
    ----------
    fit, counts
        The function and the answers behind it.
    errors
        Covariances of γ, λ, a and b.
    half
        Half of what: `NOTICED`, of the range above false alarms; `CALLED`, of all perturbed images.
    target
        For whom the interval speaks: "one observer", "these observers" or "observers random".
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of strength. Undefined where the curve is flat; where fewer than two strengths lie on its slope (the
        answers jump, and the slope has no limit); where false alarms alone reach the share; and where the threshold
        lies below the weakest or above the strongest of the strengths shown. Without an interval (`low` and `high`
        None, `method` says why): where g does not differ from 0 however weak or strong (the slope is too uncertain),
        and with too few images or observers.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With x = log₂ s and q the quantile of F to be reached, g(x) = a + b x − q is 0 at the threshold. Half of the range
    above false alarms is F = ½, halfway from γ to 1 − λ; half of all perturbed images is P = ½, F = (½ − γ)/(1 − γ −
    λ). The interval (Fieller 1954; Finney 1971) holds every strength at which g does not differ from 0,

        g(x)² ≤ t² v(x)

    with v the variance of g(x) and t a quantile of t (normal for one observer).

    References
    ----------
    - Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society, Series B
      16:175–185. doi:10.1111/j.2517-6161.1954.tb00159.x
    - Finney, D. J. (1971). Probit Analysis, 3rd edition, section 4.7. Cambridge: Cambridge University Press.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.estimates.clustered_covariance import ClusteredCovariance
    >>> from perception.analysis.psychometric.fit import Counts, fit_psychometric
    >>> from perception.analysis.psychometric.threshold import NOTICED, threshold
    >>> n, k = np.array([40, 40, 40, 40]), np.array([8, 12, 25, 37])
    >>> counts = Counts(np.array([0.0, 2.0, 4.0, 8.0]), n, k)
    >>> fit = fit_psychometric(counts, link="probit", guess=None, lapse=0.0)
    >>> strength = np.repeat(counts.strength, n)
    >>> noticed = np.concatenate([np.arange(of) < said for of, said in zip(n, k, strict=True)])
    >>> own = np.arange(len(strength))
    >>> errors = ClusteredCovariance.of(fit.influence(strength, noticed), fit.covariance, image=own, observer=0 * own)
    >>> found = threshold(fit, counts, errors, half=NOTICED, target="one observer")
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    3.82 (2.65 to 4.78)
    """
    require_level(level)
    method = METHOD.format(link=fit.function.link, variance=VARIANCES[target])
    n = int(counts.n.sum())
    reason = why_no_threshold(fit, counts, half)
    if reason:
        return Estimate.undefined(reason, method=method, level=level, n=n)
    log_threshold = _log_threshold(fit, half)
    value = 2.0**log_threshold
    reason = errors.why_no_interval(target) if fit.determined else UNDETERMINED
    if reason:
        return Estimate(value, None, None, None, reason, n=n)
    direction = _direction(fit, half)
    critical = float(stats.t.ppf(0.5 + level / 2, errors.freedom(direction(log_threshold), target)))

    def excess(x: float) -> float:
        """How far g(x)² is above t² v(x): below 0 for the strengths in the interval."""
        away = fit.function.slope * (x - log_threshold)
        return away**2 - critical**2 * errors.variance(direction(x), target)

    below, above = (_limit(excess, log_threshold, sign) for sign in (-1.0, 1.0))
    if below is None or above is None:
        known = "" if below is None and above is None else _one_sided(below, above)
        return Estimate(value, None, None, None, f"no interval: the slope is too uncertain{known}", n=n)
    return Estimate(value, 2.0**below, 2.0**above, level, method, n=n)


def slope(
    fit: Fit, counts: Counts, errors: ClusteredCovariance, *, target: InferenceTarget, level: float = 0.95
) -> Estimate:
    """Estimate b, what F's argument gains with each doubling of strength.

    Parameters
    ----------
    fit, counts
        The function and the answers behind it.
    errors
        Covariances of γ, λ, a and b.
    target
        For whom the interval speaks: "one observer", "these observers" or "observers random".
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        b ± t SE. Undefined where the curve is flat, and where fewer than two strengths lie on its slope; without an
        interval with too few images or observers.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.estimates.clustered_covariance import ClusteredCovariance
    >>> from perception.analysis.psychometric.fit import Counts, fit_psychometric
    >>> from perception.analysis.psychometric.threshold import slope
    >>> n, k = np.array([40, 40, 40, 40]), np.array([8, 12, 25, 37])
    >>> counts = Counts(np.array([0.0, 2.0, 4.0, 8.0]), n, k)
    >>> fit = fit_psychometric(counts, link="probit", guess=None, lapse=0.0)
    >>> strength = np.repeat(counts.strength, n)
    >>> noticed = np.concatenate([np.arange(of) < said for of, said in zip(n, k, strict=True)])
    >>> own = np.arange(len(strength))
    >>> errors = ClusteredCovariance.of(fit.influence(strength, noticed), fit.covariance, image=own, observer=0 * own)
    >>> found = slope(fit, counts, errors, target="one observer")
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    1.24 (0.67 to 1.80)
    """
    require_level(level)
    method = SLOPE.format(link=fit.function.link, variance=VARIANCES[target])
    n = int(counts.n.sum())
    reason = why_no_slope(fit, counts)
    if reason:
        return Estimate.undefined(reason, method=method, level=level, n=n)
    value = fit.function.slope
    reason = errors.why_no_interval(target) if fit.determined else UNDETERMINED
    if reason:
        return Estimate(value, None, None, None, reason, n=n)
    direction = np.array([0.0, 0.0, 0.0, 1.0])
    critical = float(stats.t.ppf(0.5 + level / 2, errors.freedom(direction, target)))
    half = critical * sqrt(errors.variance(direction, target))
    return Estimate(value, value - half, value + half, level, method, n=n)


def why_no_slope(fit: Fit, counts: Counts) -> str:
    """Return why the curve has no slope that can be named; an empty text where it has one.

    Parameters
    ----------
    fit, counts
        The function and the answers behind it.
    """
    strengths = counts.strength[counts.shown]
    share = _shares(fit, strengths)
    if share[-1] - share[0] < FLAT:
        return "the share noticed does not rise with strength"
    if ((share > FLAT) & (share < 1 - FLAT)).sum() >= 2:
        return ""
    low, high = strengths[share <= FLAT], strengths[share >= 1 - FLAT]
    jumps = "the share noticed jumps: the estimate, which has an error as any, lies"
    if len(low) and len(high):
        return f"{jumps} between {low[-1]:g} and {high[0]:g}"
    return f"{jumps} {_outside(low, high)}"


def why_no_threshold(fit: Fit, counts: Counts, half: Half) -> str:
    """Return why the curve reaches the share at no strength that can be named; an empty text where it does.

    Parameters
    ----------
    fit, counts
        The function and the answers behind it.
    half
        Half of what: `NOTICED` or `CALLED`.
    """
    reason = why_no_slope(fit, counts)
    if reason:
        return reason
    reached = _reached(fit, half)
    if reached <= 0:
        return "half or more of the clean images were called perturbed"
    strengths = counts.strength[counts.shown]
    share = _shares(fit, strengths)
    if share[0] > reached:
        return f"the estimate, which has an error as any, lies below the weakest strength shown, {strengths[0]:g}"
    if share[-1] < reached:
        return f"the estimate, which has an error as any, lies above the strongest strength shown, {strengths[-1]:g}"
    return ""


def _shares(fit: Fit, strengths: Reals) -> Reals:
    return LINKS[fit.function.link].share(fit.function.argument(strengths))


def _outside(low: Reals, high: Reals) -> str:
    return f"above {low[-1]:g}" if len(low) else f"below {high[0]:g}"


def _one_sided(below: float | None, above: float | None) -> str:
    return f" (not below {2.0**below:.3g})" if below is not None else f" (not above {2.0 ** (above or 0.0):.3g})"


def _reached(fit: Fit, half: Half) -> float:
    """Return the value of F at the threshold."""
    function = fit.function
    return 0.5 if half == NOTICED else (0.5 - function.guess) / (1 - function.guess - function.lapse)


def _log_threshold(fit: Fit, half: Half) -> float:
    """Return the threshold's log₂."""
    function = fit.function
    quantile = float(LINKS[function.link].quantile(np.array(_reached(fit, half))))
    return (quantile - function.intercept) / function.slope


def _direction(fit: Fit, half: Half) -> Callable[[float], Reals]:
    """Return the derivatives of g(x) by (γ, λ, a, b), as a function of x."""
    function, link = fit.function, LINKS[fit.function.link]
    by_guess = by_lapse = 0.0
    if half == CALLED:
        room, reached = 1 - function.guess - function.lapse, np.array(_reached(fit, half))
        by_reached = -1 / float(link.density(link.quantile(reached)))
        by_guess = by_reached * -(0.5 - function.lapse) / room**2
        by_lapse = by_reached * (0.5 - function.guess) / room**2
    return lambda x: np.array([by_guess, by_lapse, 1.0, x])


def _limit(excess: Callable[[float], float], log_threshold: float, sign: float) -> float | None:
    """Return where the interval ends in one direction; None where it does not end."""
    inside = log_threshold
    for step in np.geomspace(0.01, FARTHEST, 40):
        outside = log_threshold + sign * float(step)
        if excess(outside) > 0:
            return float(optimize.brentq(excess, inside, outside))
        inside = outside
    return None
