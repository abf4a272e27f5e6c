"""Sensitivity apart from the readiness to say "perturbed": d′ and the criterion.

Green & Swets (1966), Signal Detection Theory and Psychophysics; Macmillan & Creelman (2005), Detection Theory.
"""

from dataclasses import dataclass
from math import sqrt

from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

CORRECTED = "log-linear correction (Hautus 1995), variance of Gourevitch & Galanter 1967"
TWO_ALTERNATIVES = "two-alternative forced choice, delta method"
SAME_DIFFERENT = "yes/no index of same or different: by the differencing model the same answers mean a larger d′"


@dataclass(frozen=True, slots=True)
class SignalDetection:
    """d′, and the criterion c: 0 without a leaning, above 0 where an observer leans to "clean"."""

    d_prime: Estimate
    criterion: Estimate


def signal_detection(*, tp: int, fn: int, tn: int, fp: int, level: float = 0.95, note: str = "") -> SignalDetection:
    """Estimate d′ and the criterion of one observer who said "perturbed" or "clean" of single images.

    H = (tp + ½)/(n₁ + 1) and F = (fp + ½)/(n₀ + 1), with n₁ = tp + fn perturbed and n₀ = tn + fp clean images: the
    log-linear correction of Hautus (1995), Behavior Research Methods 27:46–51, always applied. d′ = z(H) − z(F),
    c = −(z(H) + z(F))/2. Variance of d′: H(1 − H)/(n₁ φ(z(H))²) + F(1 − F)/(n₀ φ(z(F))²), of c a quarter of it
    (Gourevitch & Galanter 1967, Psychometrika 32:25–33). Interval: estimate ± z SE.

    Parameters
    ----------
    tp, fn, tn, fp
        Perturbed called perturbed, or not; clean called clean, or not.
    level
        Between 0 and 1.
    note
        Added to the method's name: `SAME_DIFFERENT` for answers to pairs of images, "different" being the signal.

    Returns
    -------
    Undefined without a perturbed or without a clean image.

    Raises
    ------
    ValueError
        A negative count.
    """
    require_level(level)
    if min(tp, fn, tn, fp) < 0:
        raise ValueError(f"counts are not negative: {tp}, {fn}, {tn}, {fp}")
    method = f"{CORRECTED}; {note}" if note else CORRECTED
    perturbed, clean = tp + fn, tn + fp
    n = perturbed + clean
    if not (perturbed and clean):
        reason = f"there is no answer to a {'clean' if perturbed else 'perturbed'} image"
        nothing = Estimate.undefined(reason, method=method, level=level, n=n)
        return SignalDetection(nothing, nothing)
    hits, false_alarms = (tp + 0.5) / (perturbed + 1), (fp + 0.5) / (clean + 1)
    z_hits, z_false_alarms = (float(stats.norm.ppf(rate)) for rate in (hits, false_alarms))
    error = sqrt(_variance_of_z(hits, perturbed) + _variance_of_z(false_alarms, clean))
    return SignalDetection(
        _normal(z_hits - z_false_alarms, error, level, method, n),
        _normal(-(z_hits + z_false_alarms) / 2, error / 2, level, method, n),
    )


def two_alternative_d_prime(k: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate d′ of an observer who chose, `k` times of `n` rightly, which of two images was the perturbed one.

    d′ = √2 Φ⁻¹(k/n); SE = √2 √(p(1 − p)/n) / φ(Φ⁻¹(p)). Below chance d′ is negative.

    Returns
    -------
    Undefined without a trial, and where every choice was right or every one wrong: d′ is then infinite.

    Raises
    ------
    ValueError
        `k` is not between 0 and `n`.
    """
    require_level(level)
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a proportion")
    if n == 0:
        return Estimate.undefined("there is no trial", method=TWO_ALTERNATIVES, level=level, n=0, k=0)
    if k in (0, n):
        reason = f"every choice was {'right' if k else 'wrong'}: d′ has no finite value"
        return Estimate.undefined(reason, method=TWO_ALTERNATIVES, level=level, n=n, k=k)
    d_prime = sqrt(2) * float(stats.norm.ppf(k / n))
    return _normal(d_prime, sqrt(2 * _variance_of_z(k / n, n)), level, TWO_ALTERNATIVES, n, k)


def _variance_of_z(p: float, n: int) -> float:
    """Return the variance of Φ⁻¹(p) by the delta method."""
    return p * (1 - p) / (n * float(stats.norm.pdf(stats.norm.ppf(p))) ** 2)


def _normal(value: float, error: float, level: float, method: str, n: int, k: int | None = None) -> Estimate:
    half = float(stats.norm.ppf(0.5 + level / 2)) * error
    return Estimate(value, value - half, value + half, level, method, n=n, k=k)
