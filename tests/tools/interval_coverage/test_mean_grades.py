"""Mean grades of simulated observers: the true values are those of many observers and images."""

import numpy as np
import pytest

from perception.analysis.estimates.clustered_covariance import InferenceTarget
from tools.interval_coverage import mean_grades
from tools.interval_coverage.simulated_study import Setting, draw_study

SETTING = Setting(observers=120, perturbed=800, clean=800, dprime=1.2, image_sd=0.5, observer_sd=0.3)


@pytest.mark.parametrize("target", mean_grades.IN_WORDS)
def test_the_true_values_are_those_of_many_observers_and_images(target: InferenceTarget) -> None:
    study = draw_study(SETTING, np.random.default_rng(4))

    true = mean_grades.true_mean(study, target=target)
    apart = mean_grades.true_difference(study, target=target)
    assert mean_grades.mean(study, target=target).estimate == pytest.approx(true, abs=0.06)
    assert mean_grades.difference(study, target=target).estimate == pytest.approx(apart, abs=0.08)
    assert 3.5 < true < 4.8
    assert apart < -0.3


def test_nobody_grades_what_they_were_not_asked_about() -> None:
    setting = Setting(observers=6, perturbed=40, clean=40, dprime=1.0, image_sd=0.5, observer_sd=0.3, asked=10)
    study = draw_study(setting, np.random.default_rng(1))
    assert (np.isnan(study.grades) == np.isnan(study.ratings)).all()
    assert mean_grades.mean(study, target="observers random").n == 60
