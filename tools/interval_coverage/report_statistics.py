"""The statistics whose intervals are tried: how a report computes each, and its true value."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.agreement.cohen import kappa_of_answers
from perception.analysis.agreement.many_raters import (
    counts_of_answers,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.detection.equivalence import balanced_accuracy
from perception.analysis.detection.forced_choice import pooled_d_prime
from perception.analysis.detection.signal_detection import signal_detection, two_alternative_d_prime
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS, crossed_proportion
from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.median import median
from perception.analysis.estimates.proportions import proportion
from perception.analysis.observations import Observations
from perception.analysis.psychometric.curve import PsychometricSummary
from perception.analysis.psychometric.summary import summarise_psychometric
from perception.analysis.ratings.roc import auc
from perception.analysis.ratings.summary import mean_area_of_others, mean_area_of_these
from perception.analysis.simulated_observers.answers import answer_table
from tools.interval_coverage import mean_grades, repeats, true_values, two_arms, two_groups
from tools.interval_coverage.simulated_study import LOG_TIME, THRESHOLD, Setting, Study, strengths_of

FEW_CURVES = 10
"""Thresholds are computed for one of so many studies: a fit takes as long as all else."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of a report.

    Attributes
    ----------
    name
        As the table of coverage names it.
    nominal
        How often its interval should hold the true value.
    estimate
        Computes it from a study.
    true_value
        What it estimates.
    applies
        Whether a report has it in such a setting, and whether what the interval assumes holds there.
    every
        It is computed for one of so many studies: for those that take long.
    of_two_arms, of_two_groups, of_repeats
        Whether it compares two arms, or two groups of observers, or both showings of what is shown twice.
    """

    name: str
    nominal: float
    estimate: Callable[[Study], Estimate]
    true_value: Callable[[Study], float]
    applies: Callable[[Setting], bool] = lambda setting: True
    every: int = 1
    of_two_arms: bool = False
    of_two_groups: bool = False
    of_repeats: bool = False

    def is_of(self, setting: Setting) -> bool:
        """Return whether the statistic is tried in a setting: one that compares where there are two, and alone."""
        compared = (setting.second_dprime is not None, setting.group_dprime is not None, setting.repeated > 0)
        return (self.of_two_arms, self.of_two_groups, self.of_repeats) == compared and self.applies(setting)


def _table_of(study: Study) -> AnswerTable:
    return answer_table(study.setting.truth, study.responses)


def _right(study: Study) -> NDArray[np.bool_]:
    right: NDArray[np.bool_] = study.responses[:, study.setting.truth] == 1
    return right


def _answered(study: Study) -> NDArray[np.bool_]:
    answered: NDArray[np.bool_] = study.responses[:, study.setting.truth] != MISSING
    return answered


def _one_observer(study: Study) -> Estimate:
    right = _right(study)[0]
    return proportion(int(right.sum()), len(right))


def _signal(study: Study) -> tuple[int, int, int, int]:
    truth, called_perturbed = study.setting.truth, study.responses[0] == 1
    return (
        int((called_perturbed & truth).sum()),
        int((~called_perturbed & truth).sum()),
        int((~called_perturbed & ~truth).sum()),
        int((called_perturbed & ~truth).sum()),
    )


def _d_prime(study: Study) -> Estimate:
    tp, fn, tn, fp = _signal(study)
    return signal_detection(tp=tp, fn=fn, tn=tn, fp=fp).d_prime


def _criterion(study: Study) -> Estimate:
    tp, fn, tn, fp = _signal(study)
    return signal_detection(tp=tp, fn=fn, tn=tn, fp=fp).criterion


def _difference(study: Study) -> Estimate:
    """Estimate how much more often perturbed images are called perturbed than clean ones: of two pooled shares."""
    called_perturbed = study.responses == 1
    return independent_difference(
        *(
            clustered_proportion(called_perturbed[:, which], np.ones_like(called_perturbed[:, which]))
            for which in (study.setting.truth, ~study.setting.truth)
        )
    )


@lru_cache(maxsize=1)
def _curve(study: Study) -> PsychometricSummary:
    """Fit detection against strength, as a report does, without the observers' own curves where there are several."""
    truth = study.setting.truth
    observers, images = study.noticed.shape
    observer, item = (indices.ravel() for indices in np.indices((observers, images)))
    observations = Observations(
        task="yes_no",
        observers=tuple(map(str, range(observers))),
        items=tuple(map(str, range(images))),
        observer=observer,
        item=item,
        truth=truth[item],
        response=study.noticed.ravel(),
        catch=np.zeros(observers * images, dtype=bool),
        strength=strengths_of(study.setting)[item],
    )
    summary = summarise_psychometric(observations)
    if summary is None:
        raise ValueError("the perturbed images have one strength")
    return summary


def _threshold_of_all(study: Study) -> Estimate:
    crossed = _curve(study).crossed
    if crossed is None:
        raise ValueError("there are fewer observers than the statistic needs")
    return crossed.noticed


def _true_balanced(study: Study) -> float:
    hits, false_alarms = true_values.shares_called_perturbed(study)
    return float((hits.mean() + 1 - false_alarms.mean()) / 2)


def _true_kappa(study: Study) -> float:
    alike, shares = true_values.agreement_shares(study)
    chance = float(shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1]))
    return (float(alike[0]) - chance) / (1 - chance)


def _true_fleiss(study: Study) -> float:
    alike, shares = true_values.agreement_shares(study)
    mean = float(shares.mean())
    chance = mean**2 + (1 - mean) ** 2
    return (float(alike.mean()) - chance) / (1 - chance)


def _true_ac1(study: Study) -> float:
    alike, shares = true_values.agreement_shares(study)
    mean = float(shares.mean())
    chance = 2 * mean * (1 - mean)
    return (float(alike.mean()) - chance) / (1 - chance)


def _alone(setting: Setting) -> bool:
    return setting.observers == 1


def _two(setting: Setting) -> bool:
    return setting.observers == 2


def _several(setting: Setting) -> bool:
    return setting.observers > 1


def _many(setting: Setting) -> bool:
    return setting.observers >= FEWEST_OBSERVERS


def _several_of_all(setting: Setting) -> bool:
    """Whether several observers judged every image."""
    return _several(setting) and not setting.asked


def _many_of_all(setting: Setting) -> bool:
    return _many(setting) and not setting.asked


def _has_curves(setting: Setting) -> bool:
    """Whether thresholds are tried: d′ is nothing to them, so that one value of it is enough."""
    return setting.dprime == 1 and not setting.asked


def _areas(study: Study) -> NDArray[np.float64]:
    return true_values.areas_of(study.dprime, study.criterion, study.setting.noise.sd)


STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "sensitivity of one observer (Wilson)",
        0.95,
        _one_observer,
        lambda study: float(true_values.shares_called_perturbed(study)[0][0]),
        _alone,
    ),
    Statistic(
        "d′ of one observer", 0.95, _d_prime, lambda study: float(study.dprime[0] / study.setting.noise.sd), _alone
    ),
    Statistic(
        "criterion of one observer",
        0.95,
        _criterion,
        lambda study: float(study.criterion[0] / study.setting.noise.sd),
        _alone,
    ),
    Statistic(
        "ROC area of one observer (DeLong)",
        0.95,
        lambda study: auc(study.setting.truth, study.ratings[0]),
        lambda study: float(_areas(study)[0]),
        _alone,
    ),
    Statistic(
        "d′ of one observer, two alternatives",
        0.95,
        lambda study: two_alternative_d_prime(int(study.chosen[0].sum()), study.chosen.shape[1]),
        lambda study: float(np.sqrt(2) * stats.norm.ppf(true_values.shares_chosen(study)[0])),
        _alone,
    ),
    Statistic(
        "median response time of one observer",
        0.95,
        lambda study: median(study.times),
        lambda study: float(np.exp(LOG_TIME)),
        _alone,
    ),
    Statistic(
        "pooled sensitivity, these observers",
        0.95,
        lambda study: clustered_proportion(_right(study), _answered(study)),
        lambda study: float(true_values.shares_called_perturbed(study)[0].mean()),
        _several,
    ),
    Statistic(
        "pooled sensitivity, observers random",
        0.95,
        lambda study: crossed_proportion(_right(study), _answered(study)),
        lambda study: true_values.share_right_of_all(study.setting),
        _many,
    ),
    Statistic(
        "balanced accuracy, these observers (90%)",
        0.90,
        lambda study: balanced_accuracy(_table_of(study)).estimate,
        _true_balanced,
        _several,
    ),
    Statistic(
        "balanced accuracy, observers random (90%)",
        0.90,
        lambda study: balanced_accuracy(_table_of(study), observers_random=True).estimate,
        lambda study: true_values.share_right_of_all(study.setting),
        _many,
    ),
    Statistic(
        "difference of two pooled shares (Newcombe)",
        0.95,
        _difference,
        lambda study: float(np.diff([shares.mean() for shares in true_values.shares_called_perturbed(study)[::-1]])[0]),
        _several_of_all,
    ),
    Statistic(
        "Cohen's kappa",
        0.95,
        lambda study: kappa_of_answers(study.responses[0], study.responses[1]).kappa,
        _true_kappa,
        _two,
    ),
    Statistic(
        "Fleiss' kappa",
        0.95,
        lambda study: fleiss_kappa(counts_of_answers(study.responses)),
        _true_fleiss,
        _several_of_all,
    ),
    Statistic(
        "Gwet's AC1", 0.95, lambda study: gwet_ac1(counts_of_answers(study.responses)), _true_ac1, _several_of_all
    ),
    Statistic(
        "Krippendorff's alpha",
        0.95,
        lambda study: krippendorff_alpha(counts_of_answers(study.responses)),
        _true_fleiss,
        _several_of_all,
    ),
    Statistic(
        "mean ROC area, these observers",
        0.95,
        lambda study: mean_area_of_these(study.setting.truth, study.ratings),
        lambda study: float(_areas(study).mean()),
        _several,
    ),
    Statistic(
        "mean ROC area, observers random",
        0.95,
        lambda study: mean_area_of_others(study.setting.truth, study.ratings),
        lambda study: true_values.mean_area_of_all(study.setting),
        _many,
    ),
    *(
        Statistic(
            f"{name}, {who}",
            0.95,
            partial(estimate, target=target),
            partial(true_value, target=target),
            _several if target == "these observers" else _many,
        )
        for name, estimate, true_value in (
            ("mean grade", mean_grades.mean, mean_grades.true_mean),
            ("difference of mean grades", mean_grades.difference, mean_grades.true_difference),
        )
        for target, who in mean_grades.IN_WORDS.items()
    ),
    Statistic(
        "right choices of two, pooled, these observers",
        0.95,
        lambda study: clustered_proportion(study.chosen, np.ones_like(study.chosen)),
        lambda study: float(true_values.shares_chosen(study).mean()),
        _several_of_all,
    ),
    Statistic(
        "right choices of two, observers random",
        0.95,
        lambda study: crossed_proportion(study.chosen, np.ones_like(study.chosen)),
        lambda study: true_values.share_chosen_of_all(study.setting),
        _many_of_all,
    ),
    Statistic(
        "d′ of two alternatives, pooled",
        0.95,
        lambda study: pooled_d_prime(study.chosen, np.ones_like(study.chosen)),
        lambda study: float(np.sqrt(2) * stats.norm.ppf(true_values.shares_chosen(study).mean())),
        _several_of_all,
    ),
    Statistic(
        "threshold of detection, these observers",
        0.95,
        lambda study: _curve(study).pooled.thresholds.noticed,
        true_values.threshold_of_these,
        _has_curves,
        FEW_CURVES,
    ),
    Statistic(
        "threshold of detection, observers random",
        0.95,
        _threshold_of_all,
        lambda study: THRESHOLD,
        lambda setting: _has_curves(setting) and _many(setting),
        FEW_CURVES,
    ),
    *(
        Statistic(
            f"two arms, difference of {told}, {who}",
            0.95,
            partial(two_arms.difference, merit=merit, who=which),
            partial(two_arms.true_difference, merit=merit, who=which),
            of_two_arms=True,
        )
        for merit, told in (
            ("sensitivity", "sensitivities"),
            ("balanced_accuracy", "balanced accuracies"),
            ("roc_area", "ROC areas"),
        )
        for which, who in two_arms.IN_WORDS.items()
    ),
    *(
        Statistic(
            f"two groups of observers, difference of {told}",
            0.95,
            partial(two_groups.difference, figure=figure),
            partial(two_groups.true_difference, figure=figure),
            of_two_groups=True,
        )
        for figure, told in two_groups.IN_WORDS.items()
    ),
    *(
        Statistic(
            f"repeats, {told}",
            0.95,
            partial(repeats.estimate, figure=figure),
            partial(repeats.true_value, figure=figure),
            of_repeats=True,
        )
        for figure, told in repeats.IN_WORDS.items()
    ),
)
