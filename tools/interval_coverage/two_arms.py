"""Two arms of a simulated study: the differences that a report gives, and their true values."""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Literal

import numpy as np
from scipy import special

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Observations
from perception.analysis.simulated_observers.expectations import right_limit, share_called_perturbed
from perception.analysis.simulated_observers.model import Floats
from perception.analysis.two_arms.summary import ArmComparison, compare_arms
from tools.interval_coverage.simulated_study import SecondArm, Setting, Study
from tools.interval_coverage.true_values import areas_of, mean_area_of_all

Who = Literal["observers_random", "jackknife", "these_observers"]
IN_WORDS: dict[Who, str] = {
    "observers_random": "observers and images random",
    "jackknife": "observers and images random, jackknife",
    "these_observers": "these observers",
}


def difference(study: Study, *, merit: str, who: Who) -> Estimate:
    """Return a difference of two arms, first less second, as a report computes it."""
    comparison = getattr(_compared(study).merits[merit], who)
    found: Estimate = comparison.difference
    return found


def true_difference(study: Study, *, merit: str, who: Who) -> float:
    """Return the difference of all observers that could be drawn, or of those that were, over all images."""
    if who == "these_observers":
        one, other = (_of_these(study, arm, merit) for arm in (study, _second(study)))
        return one - other
    return _of_all(study.setting, merit) - _of_all(_second_setting(study.setting), merit)


@lru_cache(maxsize=1)
def _compared(study: Study) -> ArmComparison:
    """Compare both arms once for all statistics of a study."""
    second = _second(study)
    observers, images = study.responses.shape
    arm, observer, image = (codes.ravel() for codes in np.indices((2, observers, images)))
    (found,) = compare_arms(
        Observations(
            task="yes_no",
            observers=tuple(map(str, range(observers))),
            items=tuple(map(str, range(2 * images))),
            observer=observer,
            item=arm * images + image,
            truth=study.setting.truth[image],
            response=np.concatenate([study.responses.ravel(), second.responses.ravel()]),
            catch=np.zeros(len(image), dtype=bool),
            rating=np.concatenate([study.ratings.ravel(), second.ratings.ravel()]),
            arm=arm,
            arms=("first", "second"),
            image=image,
        )
    )
    return found


def _second(study: Study) -> SecondArm:
    if study.second is None:
        raise ValueError("the study has one arm")
    return study.second


def _second_setting(setting: Setting) -> Setting:
    """Return the setting in which the second arm is the only one."""
    return replace(setting, dprime=setting.second_dprime or 0.0, second_dprime=None)


def _of_these(study: Study, arm: Study | SecondArm, merit: str) -> float:
    """Return the mean figure of merit of a study's observers in one arm."""
    sd = study.setting.noise.sd
    if merit == "roc_area":
        return float(areas_of(arm.dprime, arm.criterion, sd).mean())
    hits, false_alarms = (_share(arm, strength, sd) for strength in (1.0, 0.0))
    return float(hits.mean() if merit == "sensitivity" else (hits.mean() + 1 - false_alarms.mean()) / 2)


def _share(arm: Study | SecondArm, strength: float, impression_sd: float) -> Floats:
    return share_called_perturbed(arm.dprime, arm.criterion, strength=strength, impression_sd=impression_sd)


@cache
def _of_all(setting: Setting, merit: str) -> float:
    """Return the mean figure of merit of all observers; their sensitivity is their balanced accuracy, too."""
    if merit == "roc_area":
        return mean_area_of_all(setting)
    return float(special.ndtr(right_limit(setting.population, impression_sd=setting.noise.sd)))
