"""The split: exact totals, nothing on both sides, every class where it can be."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.datasets import splits

HAM10000 = {"akiec": 327, "bcc": 514, "bkl": 1099, "df": 115, "mel": 1113, "nv": 6705, "vasc": 142}

diagnosis_lists = st.lists(st.sampled_from("abcde"), min_size=2, max_size=80)
labelled = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 25)), min_size=2, max_size=80)
seeds = st.integers(0, 2**63 - 1)


def test_papers_totals() -> None:
    diagnoses = [name for name, count in HAM10000.items() for _ in range(count)]
    wanted = splits.test_count(len(diagnoses), 0.2)
    is_test = splits.split_plain(diagnoses, test=wanted, seed=0)
    assert (int((~is_test).sum()), int(is_test.sum())) == (8012, 2003)
    tested = Counter(name for name, side in zip(diagnoses, is_test, strict=True) if side)
    for name, count in HAM10000.items():
        assert abs(tested[name] - count * 0.2) < 1


def test_largest_remainder_worked_by_hand() -> None:
    # Quotas of 10 over 47, 16, 15.8, 12, 6.1, 3.1 thousandths: the textbook's example of Hamilton's method.
    votes = {"yellow": 47_000, "white": 16_000, "red": 15_800, "green": 12_000, "blue": 6_100, "pink": 3_100}
    assert splits.apportion(votes, 10) == {"yellow": 5, "white": 2, "red": 1, "green": 1, "blue": 1, "pink": 0}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 50), min_size=1), st.data())
def test_allotment_is_exact_and_within_one_of_the_quota(counts: dict[str, int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(counts.values())))
    shares = splits.apportion(counts, total)
    assert sum(shares.values()) == total
    for name, count in counts.items():
        assert abs(shares[name] * sum(counts.values()) - count * total) < sum(counts.values())


def test_allotment_refuses_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="cannot share out 4 of 3"):
        splits.apportion({"a": 3}, 4)


@pytest.mark.parametrize(
    ("total", "share", "count"), [(10_015, 0.2, 2003), (2, 0.01, 1), (2, 0.99, 1), (1080, 280 / 1080, 280)]
)
def test_count_of_a_share(total: int, share: float, count: int) -> None:
    assert splits.test_count(total, share) == count


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 2.0, float("nan"), float("inf")])
def test_share_outside_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        splits.test_count(10, share)


def test_one_image_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="at least two images"):
        splits.test_count(1, 0.5)


@given(diagnosis_lists, seeds, st.data())
def test_plain_split(diagnoses: list[str], seed: int, data: st.DataObject) -> None:
    wanted = data.draw(st.integers(1, len(diagnoses) - 1))
    is_test = splits.split_plain(diagnoses, test=wanted, seed=seed)
    assert int(is_test.sum()) == wanted
    np.testing.assert_array_equal(is_test, splits.split_plain(diagnoses, test=wanted, seed=seed))
    counts = Counter(diagnoses)
    several = [name for name, count in counts.items() if count > 1]
    room = sum(counts[name] - 1 for name in several)
    if len(several) <= wanted <= room:
        tested = Counter(name for name, side in zip(diagnoses, is_test, strict=True) if side)
        for name, count in counts.items():
            assert (tested[name] == 0) if count == 1 else (1 <= tested[name] < count)


def test_class_of_one_image_is_trained_on() -> None:
    diagnoses = ["common"] * 9 + ["single"]
    for seed in range(20):
        assert not splits.split_plain(diagnoses, test=5, seed=seed)[-1]


def test_nothing_but_single_images_still_meets_the_total() -> None:
    assert int(splits.split_plain(["a", "b", "c"], test=1, seed=0).sum()) == 1


def test_another_seed_is_another_split() -> None:
    diagnoses = ["a"] * 50
    one, other = (splits.split_plain(diagnoses, test=20, seed=seed) for seed in (0, 1))
    assert (one != other).any()


def test_every_image_is_as_likely() -> None:
    diagnoses = ["a"] * 6 + ["b"] * 4
    drawn = np.mean([splits.split_plain(diagnoses, test=5, seed=seed) for seed in range(2000)], axis=0)
    np.testing.assert_allclose(drawn, 0.5, atol=0.05)  # 4.5 standard errors


@given(labelled, seeds, st.data())
def test_split_by_lesion(images: list[tuple[str, int]], seed: int, data: st.DataObject) -> None:
    diagnoses, lesions = [dx for dx, _ in images], [str(lesion) for _, lesion in images]
    wanted = data.draw(st.integers(1, len(images) - 1))
    if len(set(lesions)) < 2:
        with pytest.raises(ValueError, match="at least two lesions"):
            splits.split_by_lesion(diagnoses, lesions, test=wanted, seed=seed)
        return
    is_test = splits.split_by_lesion(diagnoses, lesions, test=wanted, seed=seed)
    train = {lesion for lesion, side in zip(lesions, is_test, strict=True) if not side}
    test = {lesion for lesion, side in zip(lesions, is_test, strict=True) if side}
    assert train
    assert test
    assert not train & test
    np.testing.assert_array_equal(is_test, splits.split_by_lesion(diagnoses, lesions, test=wanted, seed=seed))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), min_size=6, max_size=40), seeds)
def test_split_by_lesion_is_as_near_as_single_image_lesions_allow(groups: list[tuple[str, int]], seed: int) -> None:
    groups = [*groups, *[("d", 1)] * 12]
    diagnoses = [dx for dx, size in groups for _ in range(size)]
    lesions = [f"{place}" for place, (_, size) in enumerate(groups) for _ in range(size)]
    wanted = splits.test_count(len(diagnoses), 0.3)
    is_test = splits.split_by_lesion(diagnoses, lesions, test=wanted, seed=seed)
    # Twelve lesions of one image take over whatever the other classes cannot meet (at most 2 each).
    if len({dx for dx, _ in groups}) <= wanted:
        assert abs(int(is_test.sum()) - wanted) <= 3


def test_split_by_lesion_of_single_images_keeps_the_classes_shares() -> None:
    diagnoses = ["a"] * 80 + ["b"] * 20
    is_test = splits.split_by_lesion(diagnoses, [str(i) for i in range(100)], test=20, seed=3)
    assert int(is_test[:80].sum()) == 16
    assert int(is_test[80:].sum()) == 4


def test_class_of_one_lesion_is_trained_on() -> None:
    diagnoses, lesions = ["a"] * 8 + ["b"] * 4, [*"11223344", *"9999"]
    for seed in range(20):
        is_test = splits.split_by_lesion(diagnoses, lesions, test=4, seed=seed)
        assert int(is_test.sum()) == 4
        assert not is_test[8:].any()


def test_lesion_of_two_diagnoses_stays_whole() -> None:
    is_test = splits.split_by_lesion(["a", "b", "a", "b"], ["1", "1", "2", "2"], test=2, seed=0)
    assert is_test[0] == is_test[1] != is_test[2]
    assert is_test[2] == is_test[3]


def test_two_big_lesions_of_two_classes_leave_neither_side_empty() -> None:
    is_test = splits.split_by_lesion(["a"] * 10 + ["b"] * 10, ["1"] * 10 + ["2"] * 10, test=2, seed=0)
    assert int(is_test.sum()) == 10
