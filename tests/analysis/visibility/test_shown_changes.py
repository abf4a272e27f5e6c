"""How large the changes were that were shown: each pair once, no other pair, and what is missing told."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.observations import Observations, Task
from perception.analysis.study_summary import summarise_study
from perception.analysis.visibility.shown_changes import ShownChanges, shown_changes

VALUES = np.array([4.0, 1.0, 8.0, 2.0, np.nan, np.nan, 100.0])
"""Of seven items; the last one is shown to nobody."""


def series(task: Task = "yes_no") -> Observations:
    """Return the answers of two observers: to items 0 to 3 both, to 4 (perturbed) and 5 (clean) the second alone."""
    item = np.array([0, 1, 2, 3, 0, 1, 2, 3, 4, 5])
    return Observations(
        task=task,
        observers=("A", "B"),
        items=tuple("abcdefg"),
        observer=np.repeat([0, 1], [4, 6]),
        item=item,
        truth=item != 5,
        response=np.array([1, 0, 1, -1, 1, 0, 0, 1, 0, 0], dtype=np.int8),
        catch=np.zeros(10, dtype=bool),
    )


def test_each_pair_shown_counts_once_and_missing_ones_are_told() -> None:
    found = shown_changes(series(), {"linf": VALUES})["linf"]

    middle, low, high = np.quantile([4, 1, 8, 2], [0.5, 0.25, 0.75])
    assert found == ShownChanges(middle, low, high, n=4, without_a_value=1)


def test_of_two_images_every_item_is_a_pair_of_them() -> None:
    assert shown_changes(series("two_afc"), {"linf": VALUES})["linf"].without_a_value == 2


def test_an_image_without_an_answer_was_shown_all_the_same() -> None:
    unanswered = replace(series(), response=np.full(10, -1, dtype=np.int8))
    assert shown_changes(unanswered, {"linf": VALUES}) == shown_changes(series(), {"linf": VALUES})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([30.0, 40.0, np.inf, np.inf], (np.inf, 37.5, np.inf)),
        ([30.0, 40.0, 50.0, np.inf], (45.0, 37.5, np.inf)),
        ([np.inf] * 4, (np.inf, np.inf, np.inf)),
    ],
)
def test_infinite_ratios_have_their_place_and_no_number_in_json(
    values: list[float], expected: tuple[float, float, float]
) -> None:
    measured: NDArray[np.float64] = np.array([*values, np.nan, np.nan, np.nan])
    found = shown_changes(series(), {"psnr": measured})["psnr"]

    assert (found.median, found.lower_quartile, found.upper_quartile) == expected
    assert found.as_dict()["median"] == (None if np.isinf(expected[0]) else expected[0])


def test_what_nobody_measured_is_undefined() -> None:
    found = shown_changes(series(), {"flip": np.full(7, np.nan)})["flip"]
    assert found == ShownChanges(None, None, None, n=0, without_a_value=5)


def test_nothing_perturbed_has_no_changes() -> None:
    clean = replace(series(), truth=np.zeros(10, dtype=bool))
    assert shown_changes(clean, {"linf": VALUES}) == {}


def test_only_the_arms_of_a_study_have_them() -> None:
    arm = np.array([0, 0, 1, 1, 0, 0, 1, 1, 1, -1])
    study = replace(series(), arm=arm, arms=("FGSM", "PGD"), image=series().item, measures={"linf": VALUES})
    found = summarise_study(study)

    assert found.changes == {}
    assert found.arms["FGSM"].changes["linf"] == ShownChanges(2.5, 1.75, 3.25, n=2, without_a_value=0)
    assert found.arms["PGD"].changes["linf"] == ShownChanges(5.0, 3.5, 6.5, n=2, without_a_value=1)
    assert found.arms["PGD"].as_dict()["changes"] == {
        "linf": {"median": 5.0, "lower_quartile": 3.5, "upper_quartile": 6.5, "n": 2, "without_a_value": 1}
    }
