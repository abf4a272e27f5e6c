"""Two arms of simulated studies: what is drawn has the differences that are held against the intervals."""

import numpy as np
import pytest

from tools.interval_coverage import two_arms
from tools.interval_coverage.simulated_study import Setting, draw_study

SETTING = Setting(observers=40, perturbed=600, clean=600, dprime=0.8, image_sd=0.5, observer_sd=0.3, second_dprime=1.6)


def test_the_true_differences_are_those_of_many_observers_and_images() -> None:
    study = draw_study(SETTING, np.random.default_rng(4))

    for merit in ("sensitivity", "balanced_accuracy", "roc_area"):
        for who in two_arms.IN_WORDS:
            found = two_arms.difference(study, merit=merit, who=who)
            true = two_arms.true_difference(study, merit=merit, who=who)
            assert found.estimate == pytest.approx(true, abs=0.05), (merit, who)
            assert true < -0.05


def test_what_observers_and_images_are_is_half_as_in_the_first_arm() -> None:
    study = draw_study(SETTING, np.random.default_rng(4))
    assert study.second is not None

    likeness = np.corrcoef(study.dprime, study.second.dprime)[0, 1]
    assert likeness == pytest.approx(0.5, abs=0.3)
    assert study.second.dprime.std() == pytest.approx(SETTING.observer_sd, rel=0.3)


def test_the_second_arm_leaves_the_first_as_it_was() -> None:
    alone = Setting(observers=3, perturbed=4, clean=4, dprime=1.0, image_sd=0.5, observer_sd=0.3)
    both = Setting(observers=3, perturbed=4, clean=4, dprime=1.0, image_sd=0.5, observer_sd=0.3, second_dprime=1.5)

    one, other = (draw_study(setting, np.random.default_rng(2)) for setting in (alone, both))

    assert one.second is None
    assert (one.ratings == other.ratings).all()
    assert (one.noticed == other.noticed).all()
    with pytest.raises(ValueError, match="one arm"):
        two_arms.difference(one, merit="sensitivity", who="jackknife")
