"""Which images stand out, and the shares of each diagnosis."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.breakdowns.by_diagnosis import by_diagnosis
from perception.analysis.breakdowns.items import RANKING, summarise_items
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.observations import Observations

# What observers A, B and C said of each image: 1 perturbed, 0 clean, − nothing.
SAID = {"p1": "111", "p2": "100", "p3": "000", "p4": "1-1", "p5": "---", "c1": "110", "c2": "000", "c3": "1--"}


def study(said: dict[str, str] | None = None, *, observers: int = 3) -> Observations:
    said = SAID if said is None else said
    cells = [(row, column) for row in range(observers) for column in range(len(said))]
    observer, item = (np.array([cell[at] for cell in cells]) for at in (0, 1))
    names = tuple(said)
    perturbed = np.array([name[0] == "p" for name in names])
    words = [said[names[column]][row] for row, column in cells]
    return Observations(
        task="yes_no",
        observers=tuple("ABCDEFGHIJ"[:observers]),
        items=names,
        observer=observer,
        item=item,
        truth=perturbed[item],
        response=np.array([-1 if word == "-" else int(word) for word in words], dtype=np.int8),
        catch=np.zeros(len(cells), dtype=bool),
        strength=np.where(perturbed, 4.0, 9.0)[item],
        diagnosis=np.array([int(name[1]) % 2 for name in names])[item],
        diagnoses=("nv", "mel"),
    )


def test_the_items_that_stand_out() -> None:
    summary = summarise_items(study())

    assert [(item.name, item.k, item.n) for item in summary.most_noticed] == [("p1", 3, 3), ("p4", 2, 2)]
    assert [(item.name, item.k, item.n) for item in summary.least_noticed] == [("p3", 0, 3), ("p2", 1, 3)]
    assert [(item.name, item.k, item.n) for item in summary.false_alarms] == [("c3", 1, 1), ("c1", 2, 3)]
    assert [item.name for item in summary.items] == list(SAID)


def test_a_share_of_few_observers_ranks_behind_one_of_many() -> None:
    """Two of two observers noticed the first, nine of ten the second: more is known of it."""
    said = {"p1": "11--------", "p2": "1111111110", "p3": "1100000000", "p4": "0000010000", "p5": "00--------"}

    summary = summarise_items(study(said, observers=10))

    assert [item.name for item in summary.most_noticed] == ["p2", "p1", "p3"]
    assert [item.name for item in summary.least_noticed] == ["p4", "p5"]
    assert all(0 < (item.shrunken or 0) < 1 for item in summary.items)
    assert summary.as_dict()["method"] == RANKING
    assert [item.name for item in summary.by_share().most_noticed] == ["p1", "p2", "p3"]
    assert "method" not in summary.by_share().as_dict()


def test_where_equally_many_judged_each_image_the_shares_are_as_they_are() -> None:
    summary = summarise_items(study({"p1": "110", "p2": "100", "c1": "000", "c2": "110"}))

    assert summary.method is None
    assert summary == summary.by_share()
    assert all("shrunken" not in item.as_dict() for item in summary.items)


def test_what_is_known_of_an_item() -> None:
    items = {item.name: item.as_dict() for item in summarise_items(study()).items}

    assert items["p2"] == {
        "item": "p2", "perturbed": True, "strength": 4.0, "diagnosis": "nv", "n": 3, "k": 1, "share": 1 / 3,
        "shrunken": pytest.approx((1 + 2 * 6 / 11) / 5),
    }  # fmt: skip
    assert (items["c1"]["strength"], items["c1"]["diagnosis"], items["p5"]["share"]) == (0.0, "mel", None)
    unknown = summarise_items(replace(study(), strength=None, diagnosis=None)).items
    assert (unknown[0].strength, unknown[0].diagnosis) == (None, None)


def test_of_two_images_the_right_choices_are_counted_on_whichever_side_it_stood() -> None:
    choices = replace(study({"p1": "110", "p2": "001"}), task="two_afc")
    first = np.array([True, True, False, True, True, False])

    summary = summarise_items(replace(choices, truth=first))

    # p1 stood first, second, first and was called first, first, second; p2 first, first, second; second, second, first.
    assert [(item.name, item.k, item.n, item.perturbed) for item in summary.items] == [
        ("p1", 1, 3, True),
        ("p2", 0, 3, True),
    ]
    assert summary.false_alarms == ()


def test_at_most_ten_and_none_in_both() -> None:
    summary = summarise_items(study({f"p{place}": "100" for place in range(25)}))
    few = summarise_items(study({f"p{place}": "100" for place in range(3)}))

    assert (len(summary.most_noticed), len(summary.least_noticed)) == (10, 10)
    assert not set(summary.most_noticed) & set(summary.least_noticed)
    assert (len(few.most_noticed), len(few.least_noticed)) == (2, 1)


def test_each_diagnosis_has_its_shares_clustered_by_image() -> None:
    shares = by_diagnosis(study())

    assert list(shares) == ["mel", "nv"]
    nevi = shares["nv"]
    said, given = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool), np.array([[1, 1], [1, 0], [1, 1]], dtype=bool)
    assert nevi.sensitivity == clustered_proportion(said, given)
    assert (nevi.n_perturbed, nevi.n_clean) == (2, 1)
    assert (nevi.specificity.k, nevi.specificity.n) == (3, 3)


def test_one_image_of_a_diagnosis_has_no_interval() -> None:
    shares = by_diagnosis(study({"p1": "110", "c2": "000"}))

    assert shares["mel"].sensitivity.estimate == pytest.approx(2 / 3)
    assert shares["mel"].sensitivity.method == "no interval from a single image"
    assert shares["mel"].specificity.reason == "there is no answer"


def test_unknown_diagnoses_are_in_none() -> None:
    unknown = study()
    assert unknown.diagnosis is not None

    assert by_diagnosis(replace(unknown, diagnosis=None)) == {}
    assert list(by_diagnosis(replace(unknown, diagnosis=np.where(unknown.diagnosis == 0, -1, 1)))) == ["mel"]
