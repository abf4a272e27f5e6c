"""Accuracies of images that share lesions: by hand, against independence, and what must hold for every table."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.accuracy_by_lesion import AccuracyByLesion
from perception.analysis.classification import summarise_attack
from perception.analysis.estimates.by_lesion import accuracy_by_lesion


def test_by_hand() -> None:
    """d = −1, −1, 0, 0, 1 of lesions a a b b c: D = −0.2, sums −1.6, 0.4, 1.2; v = 3/2 · 4.16/25."""
    before = np.array([1, 1, 1, 0, 0], dtype=bool)
    after = np.array([0, 0, 1, 0, 1], dtype=bool)

    found = accuracy_by_lesion(before, after, list("aabbc"))

    assert found is not None
    error = sqrt(1.5 * 4.16 / 25)
    assert found.difference.estimate == pytest.approx(-0.2)
    assert found.difference.high == pytest.approx(min(1, -0.2 + stats.t.ppf(0.975, 2) * error))
    assert found.p == pytest.approx(2 * stats.t.sf(0.2 / error, 2))
    assert (found.lesions, found.before.k, found.after.k) == (3, 3, 2)


def test_copies_of_one_image_are_no_more_evidence() -> None:
    """Each image three times: as if independent p would shrink; by lesion it stays that of the single images."""
    rng = np.random.default_rng(3)
    before, after = rng.random(60) < 0.8, rng.random(60) < 0.65
    lesions = [str(number) for number in range(60)]

    found = accuracy_by_lesion(np.tile(before, 3), np.tile(after, 3), lesions * 3)

    assert found is not None
    of_image = after.astype(float) - before
    assert found.p == pytest.approx(stats.ttest_1samp(of_image, 0).pvalue)
    assert found.difference.estimate == pytest.approx(of_image.mean())


def test_an_unknown_lesion_is_one_of_its_own() -> None:
    right = np.array([1, 0, 1, 0], dtype=bool)

    assert accuracy_by_lesion(right, ~right, ["", "", "", ""]) is None
    found = accuracy_by_lesion(right, ~right, ["a", "a", "", ""])
    assert found is not None
    assert found.lesions == 3


def test_nothing_changed_and_a_single_lesion_prove_nothing() -> None:
    right = np.array([1, 0, 1, 0], dtype=bool)
    same, single = accuracy_by_lesion(right, right, list("aabb")), accuracy_by_lesion(right, ~right, list("aaaa"))

    assert same is not None
    assert single is not None
    for found in (same, single):
        assert (found.difference.low, found.p) == (None, None)
        assert found.difference.method.startswith("no interval")


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from(["a", "b", "c", ""])), max_size=30))
def test_the_order_of_the_images_changes_nothing_and_json_gives_it_back(rows: list[tuple[bool, bool, str]]) -> None:
    def compared(rows: list[tuple[bool, bool, str]]) -> AccuracyByLesion | None:
        before, after = (np.array([row[which] for row in rows], dtype=bool) for which in (0, 1))
        return accuracy_by_lesion(before, after, [row[2] for row in rows])

    found, turned = compared(rows), compared(rows[::-1])

    if found is None or turned is None:
        assert found is turned is None
        return
    assert AccuracyByLesion.from_dict(found.as_dict()) == found
    assert turned.difference.estimate == pytest.approx(found.difference.estimate)
    assert turned.p == pytest.approx(found.p)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        accuracy_by_lesion(np.ones(2, dtype=bool), np.ones(2, dtype=bool), ["a"])


def test_table_one_has_it_beside_mcnemars_test_where_lesions_are_known() -> None:
    columns = (["mel", "mel", "nv"], ["mel", "mel", "nv"], ["nv", "nv", "nv"])

    alone = summarise_attack(*columns, classes=["mel", "nv"], target="nv")
    together = summarise_attack(*columns, classes=["mel", "nv"], target="nv", lesions=["a", "a", "b"])

    assert alone.as_dict()["overall"]["by_lesion"] is None
    assert together.by_lesion is not None
    assert together.mcnemar == alone.mcnemar
    assert together.by_lesion.difference.estimate == pytest.approx(-2 / 3)
