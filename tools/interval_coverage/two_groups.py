"""Two groups of observers in a simulated study: the differences that a report gives, and their true values."""

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
from scipy import special

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Observations
from perception.analysis.observer_groups.summary import GroupComparison, compare_groups
from perception.analysis.simulated_observers.expectations import right_limit
from tools.interval_coverage.simulated_study import Setting, Study
from tools.interval_coverage.true_values import mean_area_of_all

IN_WORDS = {"sensitivity": "sensitivities", "dprime": "d′", "roc_area": "ROC areas"}
"""The figures that are tried."""


def difference(study: Study, *, figure: str) -> Estimate:
    """Return the difference of both groups, first less second, as a report computes it."""
    (found,) = _compared(study).figures[figure].differences
    return found.comparison.difference


def true_difference(study: Study, *, figure: str) -> float:
    """Return the difference of all observers that could be drawn, over all images."""
    setting = study.setting
    second = replace(setting, dprime=setting.group_dprime or 0.0, group_dprime=None)
    return _of_all(replace(setting, group_dprime=None), figure) - _of_all(second, figure)


@lru_cache(maxsize=1)
def _compared(study: Study) -> GroupComparison:
    """Compare both groups once for all statistics of a study."""
    observer, item = np.nonzero(study.responses != MISSING)
    observers, images = study.responses.shape
    series = Observations(
        task="yes_no",
        observers=tuple(map(str, range(observers))),
        items=tuple(map(str, range(images))),
        observer=observer,
        item=item,
        truth=study.setting.truth[item],
        response=study.responses[observer, item],
        catch=np.zeros(len(item), dtype=bool),
        rating=study.ratings[observer, item],
        own_images=True,
        group=study.setting.in_second_group.astype(np.intp),
        groups=("first", "second"),
    )
    found = compare_groups(series, series.table())
    if found is None:
        raise ValueError("the study has one group")
    return found


@cache
def _of_all(setting: Setting, figure: str) -> float:
    """Return the mean figure of all observers. The d′ of one is that of their rates over all images."""
    if figure == "roc_area":
        return mean_area_of_all(setting)
    if figure == "dprime":
        return setting.dprime / setting.noise.sd
    return float(special.ndtr(right_limit(setting.population, impression_sd=setting.noise.sd)))
