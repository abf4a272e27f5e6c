"""The true values of the model are those of a great many images."""

import dataclasses

import numpy as np
import pytest

from tools.interval_coverage import true_values
from tools.interval_coverage.report_statistics import STATISTICS, Statistic
from tools.interval_coverage.simulated_study import Setting, Study, draw_study

ENORMOUS = Setting(observers=4, perturbed=60_000, clean=40_000, dprime=0.8, image_sd=0.6, observer_sd=0.4)


@pytest.fixture(scope="module")
def study() -> Study:
    return draw_study(dataclasses.replace(ENORMOUS, second_dprime=1.3), np.random.default_rng(3))


@pytest.mark.parametrize(
    "statistic",
    [statistic for statistic in STATISTICS if statistic.of_two_groups],
    ids=lambda statistic: statistic.name,
)
def test_the_difference_of_two_groups_of_a_great_many_images_is_the_true_one(statistic: Statistic) -> None:
    alike = dataclasses.replace(ENORMOUS, observers=6, observer_sd=0.0, group_dprime=1.3)
    study = draw_study(alike, np.random.default_rng(3))
    estimate = statistic.estimate(study)
    assert estimate.estimate is not None
    assert estimate.estimate == pytest.approx(statistic.true_value(study), abs=0.03)


@pytest.mark.parametrize(
    "statistic",
    [
        statistic
        for statistic in STATISTICS
        if "random" not in statistic.name and not statistic.of_two_groups and not statistic.of_repeats
    ],
    ids=lambda statistic: statistic.name,
)
def test_the_estimate_of_a_great_many_images_is_the_true_value(statistic: Statistic, study: Study) -> None:
    if statistic.name == "Cohen's kappa":
        study = dataclasses.replace(
            study,
            setting=dataclasses.replace(study.setting, observers=2),
            responses=study.responses[:2],
            dprime=study.dprime[:2],
            criterion=study.criterion[:2],
        )
    estimate = statistic.estimate(study)
    assert estimate.estimate is not None
    assert estimate.estimate == pytest.approx(statistic.true_value(study), abs=0.03, rel=0.02)


def test_the_values_of_all_observers_are_those_of_a_great_many_observers() -> None:
    setting = dataclasses.replace(ENORMOUS, observers=4000, perturbed=2, clean=2)
    study = draw_study(setting, np.random.default_rng(4))
    hits, false_alarms = true_values.shares_called_perturbed(study)

    assert hits.mean() == pytest.approx(true_values.share_right_of_all(setting), abs=0.01)
    assert 1 - false_alarms.mean() == pytest.approx(true_values.share_right_of_all(setting), abs=0.01)
    assert true_values.shares_chosen(study).mean() == pytest.approx(true_values.share_chosen_of_all(setting), abs=0.01)
    areas = true_values.areas_of(study.dprime, study.criterion, setting.noise.sd)
    assert areas.mean() == pytest.approx(true_values.mean_area_of_all(setting), abs=0.01)


def test_without_any_difference_between_images_observers_agree_by_chance_alone() -> None:
    setting = Setting(observers=2, perturbed=10, clean=10, dprime=0, image_sd=0, observer_sd=0)
    alike, shares = true_values.agreement_shares(draw_study(setting, np.random.default_rng(5)))
    assert alike[0] == pytest.approx(shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1]))
