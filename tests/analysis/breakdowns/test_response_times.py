"""Medians by what was shown and how it was answered."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.breakdowns.response_times import summarise_response_times
from perception.analysis.estimates.median import clustered_median, median
from perception.analysis.observations import Observations


def study() -> Observations:
    """Return two observers' answers to six images, of which the first three are perturbed."""
    item = np.tile(np.arange(6), 2)
    return Observations(
        task="yes_no",
        observers=("A", "B"),
        items=tuple("abcdef"),
        observer=np.repeat([0, 1], 6),
        item=item,
        truth=item < 3,
        response=np.array([1, 1, 0, 0, 1, -1, 1, 0, 0, 0, 0, 0], dtype=np.int8),
        catch=np.zeros(12, dtype=bool),
        rt_ms=np.array([100.0, 300, 900, 200, 400, 600, np.nan, 50, 70, 10, 20, 30]),
    )


def test_the_four_cells_of_each_observer_and_of_all() -> None:
    summary = summarise_response_times(study())

    assert summary is not None
    first, all_ = summary.observers["A"], summary.pooled
    assert (first.perturbed_right.estimate, first.perturbed_wrong.estimate) == (200, 900)
    assert (first.clean_right.estimate, first.clean_wrong.estimate) == (200, 400)
    # The missing answer took 600 ms: it is neither right nor wrong.
    assert (first.clean.estimate, first.clean.n) == (400, 3)
    assert (all_.perturbed_right.estimate, all_.perturbed_right.n) == (200, 2)
    assert summary.observers["B"].clean_wrong.reason == "nothing was measured"


def test_choices_between_two_images_are_all_perturbed() -> None:
    choices = replace(study(), task="two_afc", truth=np.tile([True, False], 6))

    summary = summarise_response_times(choices)

    assert summary is not None
    assert (summary.pooled.perturbed.n, summary.pooled.clean.n) == (11, 0)
    assert (summary.observers["A"].perturbed_right.n, summary.observers["A"].perturbed_wrong.n) == (3, 2)


def test_nothing_measured() -> None:
    assert summarise_response_times(replace(study(), rt_ms=None)) is None
    assert summarise_response_times(replace(study(), rt_ms=np.full(12, np.nan))) is None


def test_a_clustered_medians_limits_are_quantiles() -> None:
    """n = 100, G = 100: v = 100/99 · 0.25/100, n_eff = 99, t(99) = 1.984217; Wilson 0.4028 to 0.5972."""
    found = clustered_median(np.arange(1.0, 101), np.arange(100))

    assert (found.estimate, found.low, found.high) == (50.5, 41, 60)


def test_where_values_in_a_cluster_are_alike_the_interval_is_wider() -> None:
    values, cluster = np.repeat(np.arange(20.0), 10), np.repeat(np.arange(20), 10)

    alike, apart = clustered_median(values, cluster), clustered_median(values, np.arange(200) % 20)

    assert alike.estimate == apart.estimate == median(values).estimate == 9.5
    assert (alike.high or 0) - (alike.low or 0) > (apart.high or 0) - (apart.low or 0)


@pytest.mark.parametrize(("values", "n"), [([], 0), ([3.0, 4.0, 9.0], 3)])
def test_few_clusters_have_no_interval(values: list[float], n: int) -> None:
    found = clustered_median(np.array(values), np.arange(n))

    assert (found.low, found.n) == (None, n)
    assert (found.estimate is None) == (n == 0)


def test_quantiles_are_of_right_and_of_wrong_answers() -> None:
    """A: right 100, 300, 200 ms and wrong 900, 400; the missing answer with its 600 ms is neither."""
    summary = summarise_response_times(study())

    assert summary is not None
    first = summary.observer_quantiles["A"]
    assert (first.right.n, first.wrong.n) == (3, 2)
    assert first.right.milliseconds == pytest.approx((110, 150, 200, 250, 290))
    assert first.wrong.milliseconds == pytest.approx((425, 525, 650, 775, 875))
    assert (summary.quantiles.right.n, summary.quantiles.wrong.n) == (6, 4)
    assert summary.as_dict()["quantiles"] == {
        "shares": [0.05, 0.25, 0.5, 0.75, 0.95],
        "pooled": summary.quantiles.as_dict(),
        "observers": {name: times.as_dict() for name, times in summary.observer_quantiles.items()},
    }


def test_who_was_never_wrong_has_no_times_of_wrong_answers() -> None:
    right = replace(study(), response=study().truth.astype(np.int8))

    summary = summarise_response_times(right)

    assert summary is not None
    assert summary.observer_quantiles["A"].wrong.milliseconds is None
