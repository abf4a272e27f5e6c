"""The true values of the model's figures, over all images (and, where said, all observers) that could be drawn."""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from tools.interval_coverage.model import CUTS, SLOPE, Floats, Setting, Study

MANY = 20_000
"""How many observers stand for all of them where no formula does."""
SEED_OF_MANY = 7
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / np.sqrt(2 * np.pi)


def shares_called_perturbed(study: Study) -> tuple[Floats, Floats]:
    """Return the shares of perturbed and of clean images that each observer calls perturbed, shape (J,) each.

    Φ((±d_j/2 − c_j)/√(1 + σ²)).
    """
    spread = study.setting.spread
    hits, false_alarms = (special.ndtr((sign * study.dprime / 2 - study.criterion) / spread) for sign in (1, -1))
    return hits, false_alarms


def share_right_of_all(setting: Setting) -> float:
    """Return the sensitivity of all observers; it is their specificity, too.

    d_j/2 − c_j ~ N(d/2, τ²/4 + τ²), so that it is Φ(d/2 / √(1 + σ² + 5τ²/4)).
    """
    return float(special.ndtr(setting.dprime / 2 / np.sqrt(setting.spread**2 + 1.25 * setting.observer_sd**2)))


def agreement_shares(study: Study) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how two observers answer an image of the study's mixture of truths.

    Returns
    -------
    For each pair of observers the share of images to which both say the same, shape (pairs,); and the share that
    each observer calls perturbed, shape (J,).
    """
    setting = study.setting
    rho = setting.image_sd**2 / (1 + setting.image_sd**2)
    weights = np.array([setting.perturbed, setting.clean]) / (setting.perturbed + setting.clean)
    shares = np.stack(shares_called_perturbed(study))
    pairs = list(combinations(range(setting.observers), 2))
    alike = np.zeros(len(pairs))
    for weight, of_truth in zip(weights, shares, strict=True):
        for place, (one, other) in enumerate(pairs):
            both = _both(of_truth[one], of_truth[other], rho)
            alike[place] += weight * (1 - of_truth[one] - of_truth[other] + 2 * both)
    return alike, weights @ shares


def areas_of(dprime: Floats, criterion: Floats, spread: float) -> Floats:
    """Return the area under each observer's ROC curve of six ratings, ties as half.

    Parameters
    ----------
    dprime, criterion
        d_j and c_j, shape (J,).
    spread
        √(1 + σ²).
    """
    cuts = criterion[:, None] + CUTS
    below = [
        np.pad(special.ndtr((cuts - sign * dprime[:, None] / 2) / spread), ((0, 0), (1, 1)), constant_values=(0, 1))
        for sign in (1, -1)
    ]
    of_perturbed, of_clean = (np.diff(cumulated, axis=1) for cumulated in below)
    lower = below[1][:, :-1]
    areas: Floats = (of_perturbed * (lower + of_clean / 2)).sum(axis=1)
    return areas


@cache
def mean_area_of_all(setting: Setting) -> float:
    """Return the mean area of all observers, from many of them."""
    rng = np.random.default_rng(SEED_OF_MANY)
    dprime = setting.dprime + setting.observer_sd * rng.standard_normal(MANY)
    criterion = setting.observer_sd * rng.standard_normal(MANY)
    return float(areas_of(dprime, criterion, setting.spread).mean())


def shares_chosen(study: Study) -> Floats:
    """Return the share of pairs of which each observer chooses the perturbed image: Φ(d_j/√(2 + σ²)), shape (J,)."""
    shares: Floats = special.ndtr(study.dprime / np.sqrt(2 + study.setting.image_sd**2))
    return shares


def share_chosen_of_all(setting: Setting) -> float:
    """Return that share of all observers: Φ(d/√(2 + σ² + τ²))."""
    return float(special.ndtr(setting.dprime / np.sqrt(2 + setting.image_sd**2 + setting.observer_sd**2)))


def threshold_of_these(study: Study) -> float:
    """Return the strength at which these observers together notice half: mean_j Φ(b(x − x_j)/√(1 + b²σ²)) = ½."""
    spread = np.sqrt(1 + (SLOPE * study.setting.image_sd) ** 2)
    low, high = study.log_threshold.min() - 1, study.log_threshold.max() + 1
    half = optimize.brentq(lambda x: special.ndtr(SLOPE * (x - study.log_threshold) / spread).mean() - 0.5, low, high)
    return float(2**half)


def _both(one: float, other: float, rho: float) -> float:
    """Return how often two normal variables of correlation ρ both exceed the limits that `one` and `other` exceed."""
    if rho == 0:
        return one * other
    limits = special.ndtri(np.array([one, other]))
    conditional = special.ndtr((limits[:, None] + np.sqrt(rho) * NODES) / np.sqrt(1 - rho))
    return float(WEIGHTS @ (conditional[0] * conditional[1]))
