"""Coverage is counted rightly: an interval that is right is found right, one that is wrong is found wrong."""

import math

import numpy as np
import pytest

from perception.analysis.estimates.estimate import Estimate
from tools.interval_coverage.coverage import Coverage, coverage, settings
from tools.interval_coverage.report_statistics import STATISTICS, Statistic
from tools.interval_coverage.simulated_study import Setting, Study, draw_study
from tools.interval_coverage.table import is_outside, markdown, summary

SETTING = Setting(observers=2, perturbed=30, clean=20, dprime=1.0, image_sd=0.5, observer_sd=0.0)


def statistic_with(half_width: float | None) -> Statistic:
    """Return a statistic whose estimate is its true value plus a standard normal error, known to the interval."""
    errors = np.random.default_rng(9)

    def estimate(study: Study) -> Estimate:
        value = 5 + errors.standard_normal()
        if half_width is None:
            return Estimate(value, None, None, None, "none")
        return Estimate(value, value - half_width, value + half_width, 0.95, "known")

    return Statistic("known", 0.95, estimate, lambda study: 5.0)


def test_a_right_interval_covers_as_often_as_it_says_and_a_narrow_one_does_not() -> None:
    (right,) = coverage(SETTING, studies=4000, seed=1, statistics=[statistic_with(1.96)])
    (narrow,) = coverage(SETTING, studies=4000, seed=1, statistics=[statistic_with(1.2)])

    assert right.share == pytest.approx(0.95, abs=0.012)
    assert right.width == pytest.approx(3.92)
    assert not is_outside(right)
    assert narrow.share == pytest.approx(0.770, abs=0.02)
    assert is_outside(narrow)
    assert "**" in markdown([narrow])
    assert "**" not in markdown([right])


def test_studies_without_an_interval_are_not_counted_as_covered() -> None:
    (none,) = coverage(SETTING, studies=5, seed=1, statistics=[statistic_with(None)])
    assert (none.intervals, none.share) == (0, None)
    assert math.isnan(none.width)
    assert "–" in markdown([none])


def test_the_same_seed_gives_the_same_studies_and_another_others() -> None:
    once, again, other = (coverage(SETTING, studies=20, seed=seed) for seed in (1, 1, 2))
    assert once == again != other


def test_every_statistic_is_tried_in_some_setting_and_every_line_of_the_table_is_full() -> None:
    found = [
        row for setting in settings() if setting.perturbed in (30, 50) for row in coverage(setting, studies=1, seed=1)
    ]

    assert {row.statistic for row in found} == {statistic.name for statistic in STATISTICS}
    lines = markdown(found).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert len(summary([row for row in found if row.share is not None]).splitlines()) >= len(STATISTICS)


def test_ninety_percent_is_held_against_its_own_limits() -> None:
    def row(covered: int) -> Coverage:
        return Coverage("x", 0.90, SETTING, 10_000, 10_000, covered, 0.1)

    assert not is_outside(row(9000))
    assert not is_outside(row(8700))
    assert is_outside(row(8500))
    assert is_outside(row(9500))


def test_each_observer_may_be_asked_about_images_of_their_own() -> None:
    setting = Setting(5, 30, 20, dprime=1.0, image_sd=0.0, observer_sd=0.0, asked=8)
    study = draw_study(setting, np.random.default_rng(1))
    asked = study.responses != -1

    assert (asked[:, :30].sum(axis=1) == 8).all()
    assert (asked[:, 30:].sum(axis=1) == 8).all()
    assert (np.isnan(study.ratings) == ~asked).all()
    assert len({tuple(row) for row in asked}) == 5
    found = coverage(setting, studies=2, seed=1)
    assert {row.statistic.partition(",")[0] for row in found} == {
        "pooled sensitivity", "balanced accuracy", "mean ROC area", "mean grade", "difference of mean grades",
    }  # fmt: skip
    assert "| 5, 8 + 8 of 30 + 20 |" in markdown(found)


def test_a_pool_is_dealt_out_evenly_and_its_twins_look_alike() -> None:
    setting = Setting(8, 20, 20, dprime=0.0, image_sd=50.0, observer_sd=0.0, asked=5, of_pool=True)
    study = draw_study(setting, np.random.default_rng(1))
    asked = study.responses != -1

    assert (asked.sum(axis=1) == 10).all()
    twice = asked[:, :20] & asked[:, 20:]
    assert not twice.any()
    assert set((asked[:, :20] + 0 + asked[:, 20:]).sum(axis=0)) == {4}
    # So strong an effect of the image decides nearly alone: whoever judges it says the same, perturbed or clean.
    said = [study.responses[:, [image, image + 20]] for image in range(20)]
    assert sum(len(set(one[one != -1])) == 1 for one in said) >= 17
    assert "| 8, 5 + 5 of a pool of 20 |" in markdown(coverage(setting, studies=2, seed=1))
    with pytest.raises(ValueError, match="every image is there perturbed and clean"):
        Setting(8, 20, 21, dprime=0.0, image_sd=0.0, observer_sd=0.0, asked=5, of_pool=True)
