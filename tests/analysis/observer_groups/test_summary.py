"""Groups of observers compared: each observer in one group, the images judged by all of them or by some."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.detection.group_d_prime import group_d_prime
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.observations import UNKNOWN, Observations
from perception.analysis.observer_groups.nested import NO_WIDTH, RANDOM, THESE
from perception.analysis.observer_groups.summary import GroupComparison, GroupDifference, compare_groups

NAMES = ("dermatologists", "general practitioners")


def observations(
    said: NDArray[np.int8], truth: NDArray[np.bool_], group: list[int], groups: tuple[str, ...] = NAMES
) -> Observations:
    """Return the answers of a table, observers × images; −1 where there is none."""
    observer, item = np.nonzero(said != MISSING)
    return Observations(
        task="yes_no",
        observers=tuple("ABCDEFGHIJKLMNOP"[: len(said)]),
        items=tuple(f"image {number}" for number in range(len(truth))),
        observer=observer,
        item=item,
        truth=truth[item],
        response=said[observer, item],
        catch=np.zeros(len(item), dtype=bool),
        group=np.array(group, dtype=np.intp),
        groups=groups,
        own_images=True,
    )


def drawn(hits: list[float], *, images: int = 60, seed: int = 1) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return answers of observers with these shares of hits, who call three in ten of the clean images perturbed."""
    generator = np.random.default_rng(seed)
    truth = np.arange(images) < images // 2
    hard = generator.normal(size=images) * 0.1
    rates = np.where(truth, np.array(hits)[:, None], 0.3) + hard
    return (generator.random((len(hits), images)) < rates).astype(np.int8), truth


def compared(series: Observations) -> GroupComparison:
    found = compare_groups(series, series.table())
    assert found is not None
    return found


def only(found: GroupComparison, figure: str) -> GroupDifference:
    (one,) = found.figures[figure].differences
    return one


def test_a_group_has_the_mean_of_its_observers_own_figures() -> None:
    said, truth = drawn([0.9, 0.7, 0.8, 0.5, 0.6, 0.4])
    series = observations(said, truth, [0, 0, 0, 1, 1, 1])
    found = compared(series)
    hits = said[:, truth].mean(axis=1)
    for name, members in zip(NAMES, (slice(0, 3), slice(3, 6)), strict=True):
        assert found.figures["sensitivity"].groups[name].estimate == pytest.approx(hits[members].mean())
        signal = np.tile(truth, (3, 1))
        whole = group_d_prime(signal, said[members], ["x", "y", "z"])
        assert found.figures["dprime"].groups[name].estimate == pytest.approx(whole.estimate.estimate)
    difference = only(found, "sensitivity").comparison.difference
    assert difference.estimate == pytest.approx(hits[:3].mean() - hits[3:].mean())
    assert difference.method.endswith(RANDOM)


def test_for_these_observers_the_same_images_are_a_paired_comparison() -> None:
    said, truth = drawn([0.9, 0.8, 0.5, 0.6])
    comparison = only(compared(observations(said, truth, [0, 0, 1, 1])), "sensitivity").comparison
    apart = said[:2, truth].mean(axis=0) - said[2:, truth].mean(axis=0)
    assert comparison.standard_error == pytest.approx(np.sqrt(apart.var(ddof=1) / truth.sum()))
    assert comparison.difference.method.endswith(THESE)


def test_groups_without_a_common_image_have_the_variances_of_both() -> None:
    said, truth = drawn([0.9, 0.8, 0.5, 0.6], images=80)
    truth = np.arange(80) % 2 == 0
    said[:2, 40:], said[2:, :40] = MISSING, MISSING
    found = compared(observations(said, truth, [0, 0, 1, 1]))
    assert found.shared == {NAMES: 0}
    halves = (said[:2, :40][:, truth[:40]], said[2:, 40:][:, truth[40:]])
    variance = sum(half.mean(axis=0).var(ddof=1) / half.shape[1] for half in halves)
    assert only(found, "sensitivity").comparison.standard_error == pytest.approx(np.sqrt(variance))


def test_common_images_that_are_hard_for_both_groups_narrow_the_interval() -> None:
    generator = np.random.default_rng(4)
    truth = np.ones(200, dtype=bool)
    truth[100:] = False
    rates = np.clip(generator.choice([0.05, 0.95], size=200), 0, 1)
    said = (generator.random((8, 200)) < rates).astype(np.int8)
    together = only(compared(observations(said, truth, [0] * 4 + [1] * 4)), "sensitivity").comparison
    apart = said.copy()
    apart[:4, ::2], apart[4:, 1::2] = MISSING, MISSING
    separate = only(compared(observations(apart, truth, [0] * 4 + [1] * 4)), "sensitivity").comparison
    assert (together.standard_error or 1) < 0.5 * (separate.standard_error or 0)


@pytest.mark.parametrize("figure", ["sensitivity", "specificity", "dprime", "criterion"])
def test_the_other_way_round_the_difference_has_the_other_sign(figure: str) -> None:
    said, truth = drawn([0.9, 0.7, 0.8, 0.5, 0.6, 0.4])
    one = only(compared(observations(said, truth, [0, 0, 0, 1, 1, 1])), figure).comparison
    other = only(compared(observations(said, truth, [1, 1, 1, 0, 0, 0])), figure).comparison
    assert other.difference.estimate == pytest.approx(-(one.difference.estimate or 0))
    assert other.difference.low == pytest.approx(-(one.difference.high or 0))
    assert other.p == pytest.approx(one.p)


def test_a_single_observer_is_compared_for_these_observers_and_agrees_with_nobody() -> None:
    said, truth = drawn([0.9, 0.5, 0.6, 0.7])
    found = compared(observations(said, truth, [0, 1, 1, 1]))
    assert only(found, "sensitivity").comparison.difference.method.endswith(THESE)
    assert only(found, "sensitivity").comparison.p is not None
    assert found.groups[0].agreement.fleiss_kappa.estimate is None
    assert found.groups[0].agreement.fleiss_kappa.reason


def test_a_group_of_nobody_is_told_so() -> None:
    said, truth = drawn([0.9, 0.5, 0.6])
    found = compared(observations(said, truth, [0, 0, 0]))
    assert found.figures["sensitivity"].groups[NAMES[1]].reason == "nobody in the group has answered"
    difference = only(found, "sensitivity").comparison.difference
    assert difference.estimate is None
    assert difference.reason == "general practitioners: nobody in the group has answered"


def test_who_is_in_no_group_is_named_and_in_no_figure() -> None:
    said, truth = drawn([0.9, 0.5, 0.6, 0.1])
    found = compared(observations(said, truth, [0, 1, 1, UNKNOWN]))
    assert found.in_none == ("D",)
    without = compared(observations(said[:3], truth, [0, 1, 1]))
    assert found.figures == without.figures


def test_groups_whose_answers_are_all_alike_have_no_interval() -> None:
    truth = np.arange(20) < 10
    said = np.tile(truth.astype(np.int8), (6, 1))
    comparison = only(compared(observations(said, truth, [0, 0, 0, 1, 1, 1])), "sensitivity").comparison
    assert (comparison.difference.estimate, comparison.difference.low, comparison.p) == (0, None, None)
    assert comparison.difference.method == NO_WIDTH


def test_who_answers_one_way_has_no_d_prime_and_is_named() -> None:
    said, truth = drawn([0.8] * 14)
    said[0] = 0
    found = compared(observations(said, truth, [0] * 11 + [1] * 3))
    assert found.figures["dprime"].left_out == ("A",)
    assert found.figures["sensitivity"].left_out == ()
    assert found.figures["dprime"].groups[NAMES[0]].estimate is not None


def test_p_values_of_three_groups_are_adjusted_after_holm_figure_by_figure() -> None:
    said, truth = drawn([0.9, 0.8, 0.85, 0.6, 0.5, 0.55, 0.5, 0.6, 0.4])
    found = compared(observations(said, truth, [0] * 3 + [1] * 3 + [2] * 3, ("a", "b", "c")))
    for figure in found.figures.values():
        assert [one.p_adjusted for one in figure.differences] == holm([one.comparison.p for one in figure.differences])
        assert [one.groups for one in figure.differences] == [("a", "b"), ("a", "c"), ("b", "c")]
    two = compared(observations(said[:6], truth, [0] * 3 + [1] * 3))
    assert only(two, "sensitivity").p_adjusted is None


def test_ratings_give_areas_and_choices_the_share_right() -> None:
    said, truth = drawn([0.9, 0.8, 0.85, 0.6, 0.5, 0.55])
    series = observations(said, truth, [0] * 3 + [1] * 3)
    rated = replace(series, rating=series.response + 0.5 * (series.item % 3))
    area = compared(rated).figures["roc_area"]
    assert all(estimate.estimate is not None and estimate.low is not None for estimate in area.groups.values())
    choices = compared(replace(series, task="two_afc"))
    assert set(choices.figures) == {"right_choices", "dprime"}
    right = (said == truth).mean(axis=1)
    assert choices.figures["right_choices"].groups[NAMES[0]].estimate == pytest.approx(right[:3].mean())
    whole = group_d_prime(np.tile(truth, (3, 1)), said[:3], "abc", task="two_afc")
    assert choices.figures["dprime"].groups[NAMES[0]].estimate == pytest.approx(whole.estimate.estimate)


def test_one_image_of_a_truth_gives_no_interval() -> None:
    said, truth = drawn([0.9, 0.8, 0.85, 0.6, 0.5, 0.55], images=2)
    found = compared(observations(said, truth, [0] * 3 + [1] * 3))
    assert only(found, "sensitivity").comparison.difference.method == "no interval from a single image"


def test_without_groups_there_is_no_comparison() -> None:
    said, truth = drawn([0.9, 0.8])
    series = replace(observations(said, truth, [0, 1]), group=None, groups=())
    assert compare_groups(series, series.table()) is None
