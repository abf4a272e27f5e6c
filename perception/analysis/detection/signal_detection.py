"""Sensitivity apart from the readiness to say "perturbed": d′ and the criterion.

Green & Swets (1966), Signal Detection Theory and Psychophysics; Macmillan & Creelman (2005), Detection Theory.
"""

from dataclasses import dataclass
from math import exp, pi, sqrt

from scipy import special

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.observations import SHOWN, Task

CORRECTED = "log-linear correction (Hautus 1995), variance of Gourevitch & Galanter 1967"
TWO_ALTERNATIVES = "two-alternative forced choice, delta method"
SAME_DIFFERENT = "yes/no index of same or different: by the differencing model the same answers mean a larger d′"
WITHOUT_LEANING = "of two images, (z(H) − z(F))/√2 of the shares of “first”"
NOTES: dict[Task, str] = {"yes_no": "", "same_different": SAME_DIFFERENT, "two_afc": WITHOUT_LEANING}
"""What is added to the method's name, by what was asked."""


@dataclass(frozen=True, slots=True)
class SignalDetection:
    """d′ and the criterion.

    Attributes
    ----------
    d_prime
        d′: how well the observer tells perturbed from clean, in standard deviations; 0 for guessing.
    criterion
        c: 0 without a bias, above 0 where the observer favours "clean", below where "perturbed".
    """

    d_prime: Estimate
    criterion: Estimate


def signal_detection(
    *, tp: int, fn: int, tn: int, fp: int, level: float = 0.95, task: Task = "yes_no"
) -> SignalDetection:
    """Estimate d′ and the criterion of one observer who said "perturbed" or "clean" of single images.

    Parameters
    ----------
    tp, fn, tn, fp
        Numbers of answers, at least 0: perturbed called perturbed, or not; clean called clean, or not.
    level
        Level of the intervals, between 0 and 1.
    task
        What was asked. Of whether two images are the same, "different" is the signal, and the method's name says what
        this d′ is. Of which of two images is the perturbed one, "first" is: the numbers are then of pairs whose first
        image was perturbed, called so or not, and of pairs whose second was, called so or not; d′ is over √2.

    Returns
    -------
    SignalDetection
        Both undefined without a perturbed or without a clean image (of two images: without one of either side).

    Raises
    ------
    ValueError
        A negative count; a level outside (0, 1).

    Notes
    -----
    With n₁ = tp + fn perturbed and n₀ = tn + fp clean images, z = Φ⁻¹ and φ the normal density, the log-linear
    correction (Hautus 1995), always applied, makes the rates of hits and false alarms

        H = (tp + ½)/(n₁ + 1),  F = (fp + ½)/(n₀ + 1)

    and from them (Green & Swets 1966)

        d′ = z(H) − z(F),  c = −(z(H) + z(F))/2

    and of two images, whose difference is judged (Macmillan & Creelman 2005, chapter 7),

        d′ = (z(H) − z(F))/√2

    which is √2 Φ⁻¹(share right) of an observer who leans to no side. The variance of z(H) − z(F) is
    H(1 − H)/(n₁ φ(z(H))²) + F(1 − F)/(n₀ φ(z(F))²), that of c a quarter of it (Gourevitch & Galanter 1967). The
    interval is the estimate ± z SE, with the normal quantile at ½ + level/2.

    References
    ----------
    - Green, D. M., & Swets, J. A. (1966). Signal Detection Theory and Psychophysics. New York: Wiley.
    - Hautus, M. J. (1995). Corrections for extreme proportions and their biasing effects on estimated values of d′.
      Behavior Research Methods, Instruments, & Computers 27:46–51. doi:10.3758/BF03203619
    - Gourevitch, V., & Galanter, E. (1967). A significance test for one parameter isosensitivity functions.
      Psychometrika 32:25–33. doi:10.1007/BF02289402
    - Macmillan, N. A., & Creelman, C. D. (2005). Detection Theory: A User's Guide, 2nd edition. Mahwah: Erlbaum.

    Examples
    --------
    An observer who calls 20 of 30 perturbed and 8 of 20 clean images perturbed:

    >>> from perception.analysis.detection.signal_detection import signal_detection
    >>> found = signal_detection(tp=20, fn=10, tn=12, fp=8)
    >>> print(f"{found.d_prime.estimate:.2f} ({found.d_prime.low:.2f} to {found.d_prime.high:.2f})")
    0.66 (-0.07 to 1.38)
    >>> print(f"{found.criterion.estimate:.2f} ({found.criterion.low:.2f} to {found.criterion.high:.2f})")
    -0.09 (-0.45 to 0.27)
    >>> signal_detection(tp=18, fn=12, tn=0, fp=0).d_prime.reason
    'there is no answer to a clean image'
    """
    require_level(level)
    if min(tp, fn, tn, fp) < 0:
        raise ValueError(f"counts are not negative: {tp}, {fn}, {tn}, {fp}")
    method = "; ".join(part for part in (CORRECTED, NOTES[task]) if part)
    perturbed, clean = tp + fn, tn + fp
    n = perturbed + clean
    if not (perturbed and clean):
        reason = f"there is no answer to {SHOWN[task][1 if perturbed else 0][0]}"
        nothing = Estimate.undefined(reason, method=method, level=level, n=n)
        return SignalDetection(nothing, nothing)
    unit = 1 / sqrt(2) if task == "two_afc" else 1.0
    hits, false_alarms = (tp + 0.5) / (perturbed + 1), (fp + 0.5) / (clean + 1)
    z_hits, z_false_alarms = (float(special.ndtri(rate)) for rate in (hits, false_alarms))
    error = sqrt(_variance_of_z(hits, perturbed) + _variance_of_z(false_alarms, clean))
    return SignalDetection(
        _normal(unit * (z_hits - z_false_alarms), unit * error, level, method, n),
        _normal(-(z_hits + z_false_alarms) / 2, error / 2, level, method, n),
    )


def two_alternative_d_prime(k: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate d′ of one observer who chose which of two images was the perturbed one.

    Parameters
    ----------
    k, n
        Right choices, and all of them; 0 ≤ k ≤ n.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Negative where fewer than half of the choices are right, never cut off at 0. Undefined without a trial, and
        where every choice was right or every one wrong: d′ is then infinite.

    Raises
    ------
    ValueError
        `k` is not between 0 and `n`; a level outside (0, 1).

    Notes
    -----
    With p = k/n and φ the normal density (Green & Swets 1966; Macmillan & Creelman 2005), and the standard error by the
    delta method:

        d′ = √2 Φ⁻¹(p),  SE = √2 √(p(1 − p)/n) / φ(Φ⁻¹(p))

    The interval is d′ ± z SE.

    References
    ----------
    - Green, D. M., & Swets, J. A. (1966). Signal Detection Theory and Psychophysics. New York: Wiley.
    - Macmillan, N. A., & Creelman, C. D. (2005). Detection Theory: A User's Guide, 2nd edition, chapter 7. Mahwah:
      Erlbaum.

    Examples
    --------
    >>> from perception.analysis.detection.signal_detection import two_alternative_d_prime
    >>> found = two_alternative_d_prime(32, 50)
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.51 (0.00 to 1.01)
    >>> two_alternative_d_prime(50, 50).reason
    'every choice was right: d′ has no finite value'
    """
    require_level(level)
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a proportion")
    if n == 0:
        return Estimate.undefined("there is no trial", method=TWO_ALTERNATIVES, level=level, n=0, k=0)
    if k in (0, n):
        reason = f"every choice was {'right' if k else 'wrong'}: d′ has no finite value"
        return Estimate.undefined(reason, method=TWO_ALTERNATIVES, level=level, n=n, k=k)
    d_prime = sqrt(2) * float(special.ndtri(k / n))
    return _normal(d_prime, sqrt(2 * _variance_of_z(k / n, n)), level, TWO_ALTERNATIVES, n, k)


def _variance_of_z(p: float, n: int) -> float:
    """Return the variance of Φ⁻¹(p) by the delta method."""
    return p * (1 - p) / (n * normal_density(float(special.ndtri(p))) ** 2)


def normal_density(z: float) -> float:
    """Return φ(z), the density of the standard normal distribution.

    Parameters
    ----------
    z
        A standard score.
    """
    return exp(-(z**2) / 2) / sqrt(2 * pi)


def _normal(value: float, error: float, level: float, method: str, n: int, k: int | None = None) -> Estimate:
    half = float(special.ndtri(0.5 + level / 2)) * error
    return Estimate(value, value - half, value + half, level, method, n=n, k=k)
