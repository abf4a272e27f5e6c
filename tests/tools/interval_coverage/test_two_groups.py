"""Two groups of simulated observers: what is drawn has the differences that are held against the intervals."""

import numpy as np
import pytest

from tools.interval_coverage import two_groups
from tools.interval_coverage.simulated_study import Setting, draw_study

SETTING = Setting(observers=80, perturbed=600, clean=600, dprime=0.8, image_sd=0.5, observer_sd=0.3, group_dprime=1.6)


def test_the_true_differences_are_those_of_many_observers_and_images() -> None:
    study = draw_study(SETTING, np.random.default_rng(4))

    for figure in two_groups.IN_WORDS:
        found = two_groups.difference(study, figure=figure)
        true = two_groups.true_difference(study, figure=figure)
        assert found.estimate == pytest.approx(true, abs=0.1 if figure == "dprime" else 0.05), figure
        assert true < -0.05


def test_the_second_group_leaves_the_first_as_it_was() -> None:
    alone = Setting(observers=4, perturbed=4, clean=4, dprime=1.0, image_sd=0.5, observer_sd=0.3)
    both = Setting(observers=4, perturbed=4, clean=4, dprime=1.0, image_sd=0.5, observer_sd=0.3, group_dprime=1.5)

    one, other = (draw_study(setting, np.random.default_rng(2)) for setting in (alone, both))

    assert (one.ratings[:2] == other.ratings[:2]).all()
    assert (other.dprime - one.dprime).tolist() == pytest.approx([0, 0, 0.5, 0.5])
