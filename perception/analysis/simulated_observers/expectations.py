"""What is to be expected of simulated observers' answers: closed forms over all images, or all observers, of a kind.

`impression_sd` is √(σ_b² + σ_e²), the standard deviation of one observer's impressions over images of one kind: 1 where
impressions are standardised.
"""

from math import sqrt

import numpy as np
from scipy import special

from perception.analysis.simulated_observers.model import Floats, ObserverPopulation, mean_impression

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_WEIGHTS = _WEIGHTS / np.sqrt(2 * np.pi)


def share_called_perturbed(dprime: Floats, criterion: Floats, *, strength: float, impression_sd: float = 1.0) -> Floats:
    """Return how often observers call images of a strength perturbed.

    Parameters
    ----------
    dprime, criterion
        d_j and c_j, shape (J,).
    strength
        s/s₀: 1 for perturbed images of the main strength, 0 for clean ones.
    impression_sd
        Above 0.

    Returns
    -------
    Shares of all images of this strength, 0 to 1, shape (J,).

    Notes
    -----
    Φ((d_j (s/s₀ − ½) − c_j)/√(σ_b² + σ_e²)).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.simulated_observers.expectations import share_called_perturbed
    >>> share_called_perturbed(np.array([0.0, 2.0]), np.array([0.0, 0.0]), strength=1).round(4)
    array([0.5   , 0.8413])
    """
    means = mean_impression(dprime, np.full_like(dprime, strength))
    shares: Floats = special.ndtr((means - criterion) / impression_sd)
    return shares


def evidence_variance(population: ObserverPopulation, *, impression_sd: float = 1.0) -> float:
    """Return the variance, over observers and images of one kind, of the evidence for the right answer.

    Parameters
    ----------
    population
        Whom observers are drawn from.
    impression_sd
        Above 0.

    Notes
    -----
    The evidence is x_ij − c_j for a perturbed image and c_j − x_ij for a clean one. d_j/2 ∓ c_j has the variance
    τ²/4 + τ_c², to which σ_b² + σ_e² are added.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.expectations import evidence_variance
    >>> from perception.analysis.simulated_observers.model import ObserverPopulation
    >>> evidence_variance(ObserverPopulation(dprime_sd=1.0, criterion_sd=0.5))
    1.5
    """
    return impression_sd**2 + population.dprime_sd**2 / 4 + population.criterion_sd**2


def right_limit(population: ObserverPopulation, *, impression_sd: float = 1.0) -> float:
    """Return h, of which Φ(h) is the expected share of right answers to images of either kind.

    Parameters
    ----------
    population
        Observers whose mean criterion is 0.
    impression_sd
        Above 0.

    Notes
    -----
    h = d′/2 / √(σ_b² + σ_e² + τ²/4 + τ_c²). Φ(h) is the expected sensitivity, specificity and balanced accuracy.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.expectations import right_limit
    >>> from perception.analysis.simulated_observers.model import ObserverPopulation
    >>> right_limit(ObserverPopulation(dprime=2.0))
    1.0
    """
    return population.dprime / 2 / sqrt(evidence_variance(population, impression_sd=impression_sd))


def covariance_of_right(limit: float, correlation: float) -> float:
    """Return the covariance of two right answers whose evidence is correlated.

    Parameters
    ----------
    limit
        h, of which Φ(h) is the expected share of right answers.
    correlation
        r of the evidence, 0 to 1.

    Returns
    -------
    0 to Φ(h)(1 − Φ(h)).

    Notes
    -----
    Φ₂(h, h; r) − Φ(h)², with Φ₂ the distribution of two standard normal variables of correlation r, by Owen's T:
    Φ₂(h, h; r) = Φ(h) − 2 T(h, √((1 − r)/(1 + r))).

    References
    ----------
    Owen (1956), Annals of Mathematical Statistics 27:1075–1090.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.expectations import covariance_of_right
    >>> covariance_of_right(0.0, 1.0), round(covariance_of_right(0.0, 0.5), 6)
    (0.25, 0.083333)
    """
    right = float(special.ndtr(limit))
    both = right - 2 * float(special.owens_t(limit, sqrt((1 - correlation) / (1 + correlation))))
    return both - right**2


def share_both(one: float, other: float, correlation: float) -> float:
    """Return how often two observers say the same of an image, of what they say `one` and `other` of the time.

    Parameters
    ----------
    one, other
        The shares of images of one kind that each calls perturbed, 0 to 1.
    correlation
        r of their impressions, which is the images' share; 0 to below 1.

    Notes
    -----
    Φ₂(Φ⁻¹(p₁), Φ⁻¹(p₂); r) = E[Φ((Φ⁻¹(p₁) + √r b)/√(1 − r)) Φ((Φ⁻¹(p₂) + √r b)/√(1 − r))] over b ~ N(0, 1), by
    Gauss–Hermite quadrature with 40 nodes.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.expectations import share_both
    >>> share_both(0.5, 0.25, 0.0), round(share_both(0.5, 0.5, 0.5), 6)
    (0.125, 0.333333)
    """
    if correlation == 0:
        return one * other
    limits = special.ndtri(np.array([one, other]))
    conditional = special.ndtr((limits[:, None] + np.sqrt(correlation) * _NODES) / np.sqrt(1 - correlation))
    return float(_WEIGHTS @ (conditional[0] * conditional[1]))
