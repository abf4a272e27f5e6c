"""Measures beside one another: the best first, by what they say of the visible, with their curves."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Observations
from perception.analysis.visibility.summary import VisibilitySummary
from perception.analysis.visibility.summary import summarise_visibility as summarise

ITEMS = 40
Reals = NDArray[np.float64]


def summarise_visibility(
    series: Observations, measures: dict[str, Reals], *, smaller_is_more_visible: frozenset[str] = frozenset()
) -> VisibilitySummary:
    found = summarise(series, measures, smaller_is_more_visible=smaller_is_more_visible)
    assert found is not None
    return found


def limits(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def number(value: float | None) -> float:
    assert value is not None
    return value


def study(seed: int = 1, observers: int = 12) -> tuple[Observations, dict[str, Reals]]:
    """Return a study in which `levels` is what makes people notice; the first half of the items is perturbed."""
    rng = np.random.default_rng(seed)
    levels = np.concatenate([rng.random(ITEMS // 2) * 8, np.full(ITEMS // 2, np.nan)])
    truth = np.arange(ITEMS) < ITEMS // 2
    share = np.where(truth, stats.norm.cdf(np.nan_to_num(levels) - 4), 0.1)
    observer, item = (codes.ravel() for codes in np.indices((observers, ITEMS)))
    series = Observations(
        task="yes_no",
        observers=tuple(f"O{number}" for number in range(observers)),
        items=tuple(f"S{number}" for number in range(ITEMS)),
        observer=observer,
        item=item,
        truth=truth[item],
        response=(rng.random(observer.shape) < share[item]).astype(np.int8),
        catch=np.zeros(observer.shape, dtype=bool),
    )
    return series, {"noise": np.where(truth, rng.random(ITEMS), np.nan), "ssim": 1 - levels / 20}


def test_the_measure_that_follows_what_is_noticed_comes_first_whichever_way_it_points() -> None:
    series, measures = study()
    found = summarise_visibility(series, measures, smaller_is_more_visible=frozenset({"ssim"}))

    assert [one.measure for one in found.predictions] == ["ssim", "noise"]
    best, other = found.predictions
    assert limits(best.correlation)[0] > 0.5
    assert best.behind is None
    assert limits(other.behind)[0] > 0
    assert not best.larger_is_more_visible
    assert found.items == ITEMS // 2
    assert 0.8 < number(found.ceiling) <= 1


def test_the_curve_of_a_measure_falls_where_smaller_is_more_visible_and_holds_its_points() -> None:
    series, measures = study(observers=40)
    (curve,) = [
        one.curve
        for one in summarise_visibility(series, measures, smaller_is_more_visible=frozenset({"ssim"})).predictions
        if one.measure == "ssim"
    ]

    shares = [number(point.share.estimate) for point in curve.points]

    assert len(curve.points) == 4
    assert shares == sorted(shares, reverse=True)
    told = curve.at(np.array([point.middle for point in curve.points]))
    assert told is not None
    assert told.tolist() == pytest.approx(shares, abs=0.15)
    assert all(point.low <= point.middle <= point.high for point in curve.points)


def test_the_curve_is_that_of_a_logistic_regression() -> None:
    """Its two equations of maximum likelihood hold: residuals sum to nothing, and so do they by value."""
    series, measures = study(seed=3)
    found = summarise_visibility(series, {"noise": measures["noise"]}).predictions[0].curve
    shown = series.truth
    values, noticed = measures["noise"][series.item[shown]], series.response[shown] == 1
    residual = noticed - special.expit(number(found.intercept) + number(found.slope) * values)

    assert residual.sum() == pytest.approx(0, abs=1e-6)
    assert (residual * values).sum() == pytest.approx(0, abs=1e-6)


def test_two_images_at_a_time_count_by_the_right_choice() -> None:
    rng = np.random.default_rng(4)
    levels = rng.random(30) * 4
    observer, item = (codes.ravel() for codes in np.indices((10, 30)))
    first = rng.random(observer.shape) < 0.5
    right = rng.random(observer.shape) < 0.5 + 0.5 * (levels[item] > 2)
    series = Observations(
        task="two_afc",
        observers=tuple("ABCDEFGHIJ"),
        items=tuple(str(number) for number in range(30)),
        observer=observer,
        item=item,
        truth=first,
        response=np.where(right, first, ~first).astype(np.int8),
        catch=np.zeros(observer.shape, dtype=bool),
    )

    assert number(summarise_visibility(series, {"levels": levels}).predictions[0].correlation.estimate) > 0.5


def test_image_pairs_without_a_value_are_left_out_and_counted() -> None:
    series, measures = study()
    holed = {name: values.copy() for name, values in measures.items()}
    holed["noise"][:3] = np.nan
    found = summarise_visibility(series, holed)

    assert (found.items, found.without_a_value) == (ITEMS // 2 - 3, 3)


def test_the_infinite_ratio_of_equal_images_ranks_as_the_least_visible() -> None:
    series, measures = study()
    psnr = np.where(np.isnan(measures["ssim"]), np.nan, measures["ssim"] * 40)
    psnr[np.nanargmax(psnr)] = np.inf
    found = summarise_visibility(series, {"psnr": psnr}, smaller_is_more_visible=frozenset({"psnr"}))
    same = summarise_visibility(series, measures, smaller_is_more_visible=frozenset({"ssim"}))

    assert found.predictions[0].correlation == same.predictions[0].correlation
    assert number(found.predictions[0].curve.slope) < 0


def test_a_measure_with_one_value_alone_ranks_nothing_and_has_no_curve() -> None:
    series, measures = study()
    alike = np.where(np.isnan(measures["ssim"]), np.nan, 0.9137)
    *_, last = summarise_visibility(series, {"alike": alike, **measures}).predictions

    assert last.measure == "alike"
    assert last.correlation.estimate is None
    assert (last.curve.intercept, len(last.curve.points)) == (None, 1)


def test_nothing_is_told_without_a_measure_or_from_two_images() -> None:
    series, measures = study()
    nowhere = np.full(ITEMS, np.nan)
    twice = np.where(np.arange(ITEMS) < 2, measures["noise"], np.nan)

    assert summarise(series, {}) is None
    assert summarise(series, {"none": nowhere}) is None
    assert summarise(series, {"twice": twice}) is None
    assert len(summarise_visibility(series, {**measures, "none": nowhere}).predictions) == 2


def test_missing_answers_are_no_answers() -> None:
    series, measures = study()
    silent = series.response.copy()
    silent[series.observer == 0] = -1
    found = summarise_visibility(replace(series, response=silent), measures)
    without = summarise_visibility(series.of(series.observer != 0), measures)

    assert found.as_dict() == without.as_dict()


def test_where_a_value_parts_the_noticed_from_the_unnoticed_there_is_no_curve() -> None:
    series, measures = study()
    apart = np.where(np.nan_to_num(1 - measures["ssim"]) * 20 > 4, 1, 0)
    series = replace(series, response=np.where(series.truth, apart[series.item], 0).astype(np.int8))
    curve = summarise_visibility(series, {"ssim": measures["ssim"]}).predictions[0].curve

    assert (curve.intercept, curve.slope) == (None, None)
    assert curve.at(np.zeros(2)) is None


def test_infinite_values_have_no_number_in_json() -> None:
    series, measures = study()
    ratio = np.where(np.arange(ITEMS) < 12, np.inf, measures["noise"])

    found = summarise_visibility(series, {"psnr": ratio}, smaller_is_more_visible=frozenset({"psnr"}))

    assert found.predictions[0].curve.points[-1].as_dict()["high"] is None
    json.dumps(found.as_dict(), allow_nan=False)
