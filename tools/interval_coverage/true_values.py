"""The true values of a simulated study, over all images (and, where said, all observers) that could be drawn."""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from perception.analysis.simulated_observers.decisions import RATING_LIMITS
from perception.analysis.simulated_observers.expectations import right_limit, share_both, share_called_perturbed
from perception.analysis.simulated_observers.model import Floats
from tools.interval_coverage.simulated_study import SLOPE, Setting, Study

MANY = 20_000
"""How many observers stand for all of them where no formula does."""
SEED_OF_MANY = 7


def shares_called_perturbed(study: Study) -> tuple[Floats, Floats]:
    """Return the shares of perturbed and of clean images that each observer calls perturbed, shape (J,) each."""
    sd = study.setting.noise.sd
    hits, false_alarms = (
        share_called_perturbed(study.dprime, study.criterion, strength=strength, impression_sd=sd)
        for strength in (1.0, 0.0)
    )
    return hits, false_alarms


def share_right_of_all(setting: Setting) -> float:
    """Return the sensitivity of all observers; it is their specificity, too."""
    return float(special.ndtr(right_limit(setting.population, impression_sd=setting.noise.sd)))


def agreement_shares(study: Study) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how two observers answer an image of the study's mixture of truths.

    Returns
    -------
    For each pair of observers the share of images to which both say the same, shape (pairs,); and the share that
    each observer calls perturbed, shape (J,).
    """
    setting = study.setting
    weights = np.array([setting.perturbed, setting.clean]) / (setting.perturbed + setting.clean)
    shares = np.stack(shares_called_perturbed(study))
    pairs = list(combinations(range(setting.observers), 2))
    alike = np.zeros(len(pairs))
    for weight, of_truth in zip(weights, shares, strict=True):
        for index, (one, other) in enumerate(pairs):
            both = share_both(of_truth[one], of_truth[other], setting.noise.image_share)
            alike[index] += weight * (1 - of_truth[one] - of_truth[other] + 2 * both)
    return alike, weights @ shares


def areas_of(dprime: Floats, criterion: Floats, impression_sd: float) -> Floats:
    """Return the area under each observer's ROC curve of six ratings, ties as half.

    Parameters
    ----------
    dprime, criterion
        d_j and c_j, shape (J,).
    impression_sd
        √(1 + σ²).
    """
    limits = criterion[:, None] + np.array(RATING_LIMITS)
    below = [
        np.pad(
            special.ndtr((limits - sign * dprime[:, None] / 2) / impression_sd),
            ((0, 0), (1, 1)),
            constant_values=(0, 1),
        )
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
    dprime = setting.population.dprime_at(rng.standard_normal(MANY))
    criterion = setting.population.criterion_at(rng.standard_normal(MANY))
    return float(areas_of(dprime, criterion, setting.noise.sd).mean())


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
