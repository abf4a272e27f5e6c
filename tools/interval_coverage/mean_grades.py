"""Mean grades of a simulated study: what a report gives, and the true values.

A test image gets a grade by the impression's height above the criterion, as ratings do, cut by the limits of the
simulated observers' grades from `EASE` on.
"""

from math import sqrt

import numpy as np
from scipy import special

from perception.analysis.degradation.mean_grade import difference_of_means, mean_grade
from perception.analysis.estimates.clustered_covariance import InferenceTarget
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.simulated_observers.decisions import GRADE_LIMITS
from perception.analysis.simulated_observers.expectations import evidence_variance
from perception.analysis.simulated_observers.model import Floats
from tools.interval_coverage.simulated_study import GRADED_FROM, Setting, Study

IN_WORDS: dict[InferenceTarget, str] = {"these observers": "these observers", "observers random": "observers random"}
"""For whom an interval speaks."""


def mean(study: Study, *, target: InferenceTarget) -> Estimate:
    """Return the mean grade of the perturbed images, as a report computes it."""
    return mean_grade(study.grades[:, study.setting.truth], target=target)


def difference(study: Study, *, target: InferenceTarget) -> Estimate:
    """Return the difference of the mean grades of perturbed images and hidden references."""
    truth = study.setting.truth
    return difference_of_means(study.grades[:, truth], study.grades[:, ~truth], target=target)


def true_mean(study: Study, *, target: InferenceTarget, perturbed: bool = True) -> float:
    """Return the mean grade over all images: of the observers that were drawn, or of all that could be."""
    side = 0.5 if perturbed else -0.5
    if target == "these observers":
        return float(_mean_of(side * study.dprime - study.criterion, study.setting.noise.sd).mean())
    return _of_all(study.setting, side)


def true_difference(study: Study, *, target: InferenceTarget) -> float:
    """Return the difference of the mean grades over all images."""
    first, second = (true_mean(study, target=target, perturbed=perturbed) for perturbed in (True, False))
    return first - second


def _of_all(setting: Setting, side: float) -> float:
    spread = sqrt(evidence_variance(setting.population, impression_sd=setting.noise.sd))
    return float(_mean_of(np.array([side * setting.dprime]), spread)[0])


def _mean_of(evidence: Floats, spread: float) -> Floats:
    """Return E[grade] = 5 − Σ_k Φ((e − l_k)/s): a grade is lost at each limit that the evidence exceeds."""
    limits = np.array(GRADE_LIMITS) - GRADED_FROM
    found: Floats = 5 - special.ndtr((evidence[:, None] - limits) / spread).sum(axis=1)
    return found
