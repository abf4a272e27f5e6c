"""Table 1 of the paper, from a confusion table that prints every figure of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.classification import AttackSummary, summarise_attack
from tests.analysis.written_json import written_json

CLASSES = ["akiec", "bcc", "bkl", "df", "nv", "mel", "vasc"]
# Rows truth, columns prediction: reconstructed from the published Table 1 and the class sizes (n = 2,003).
CONFUSION = {
    "akiec": [42, 6, 10, 0, 3, 4, 0],
    "bcc": [6, 75, 6, 1, 10, 4, 1],
    "bkl": [5, 5, 151, 0, 33, 17, 0],
    "df": [2, 4, 3, 9, 4, 1, 0],
    "nv": [1, 7, 32, 0, 1249, 45, 1],
    "mel": [4, 5, 21, 0, 71, 137, 0],
    "vasc": [0, 2, 1, 0, 3, 1, 21],
}
# Allyn et al. 2020, Table 1: precision and recall before, precision and recall after, fooling ratio, in percent.
TABLE_ONE: dict[str, tuple[int, int, int, int, int | None]] = {
    "akiec": (70, 65, 0, 0, 100),
    "bcc": (72, 73, 0, 0, 100),
    "bkl": (67, 72, 0, 0, 100),
    "df": (90, 39, 0, 0, 100),
    "nv": (91, 94, 67, 100, None),
    "mel": (66, 58, 0, 0, 100),
    "vasc": (91, 75, 0, 0, 100),
}


@pytest.fixture(scope="module")
def paper() -> AttackSummary:
    cells = [(true, said, count) for true, row in CONFUSION.items() for said, count in zip(CLASSES, row, strict=True)]
    truth = [true for true, _, count in cells for _ in range(count)]
    before = [said for _, said, count in cells for _ in range(count)]
    return summarise_attack(truth, before, ["nv"] * len(truth), classes=CLASSES, target="nv")


@pytest.mark.parametrize("name", CLASSES)
def test_table_one(paper: AttackSummary, name: str) -> None:
    row = written_json(paper.classes[name])
    keys = ("precision_before", "recall_before", "precision_after", "recall_after", "fooling_ratio")

    printed = tuple(None if (value := row[key]["estimate"]) is None else round(100 * value) for key in keys)

    assert printed == TABLE_ONE[name]


def test_what_stands_below_table_one(paper: AttackSummary) -> None:
    overall = written_json(paper)["overall"]

    before, after = overall["accuracy_before"], overall["accuracy_after"]
    assert [round(100 * before[key]) for key in ("estimate", "low", "high")] == [84, 82, 86]
    assert [round(100 * after[key]) for key in ("estimate", "low", "high")] == [67, 65, 69]
    assert (overall["n"], overall["mcnemar"]["b"], overall["mcnemar"]["c"]) == (2003, 435, 86)
    assert overall["mcnemar"]["p"] < 1e-4
    assert (overall["fooling_ratio"]["k"], overall["fooling_ratio"]["n"]) == (668, 668)
    assert overall["fooling_ratio_of_others"]["n"] == 544  # 124 of the 668 were already read as nevi
    assert (overall["target_share_before"]["k"], overall["target_share_after"]["k"]) == (1373, 2003)
    assert sum(row.fooling_ratio_of_others.n or 0 for name, row in paper.classes.items() if name != "nv") == 544
    assert paper.classes["mel"].fooling_ratio_of_others.n == 238 - 71
    assert paper.classes["nv"].fooling_ratio_of_others.estimate is None


def test_nothing_to_divide_by_is_zero_and_says_so() -> None:
    summary = summarise_attack(["a", "a"], ["a", "a"], ["b", "b"], classes=["a", "b", "c"], target="b")
    row = summary.classes["c"]

    assert (row.precision_before.estimate, row.recall_before.estimate) == (0, 0)
    assert "by convention" in row.precision_before.method
    assert row.fooling_ratio.estimate is None
    assert summary.balanced_accuracy_before == 1


NAMES = st.integers(0, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.sampled_from(["a", "b", "c"]), min_size=n, max_size=n)] * 3)
)


@given(columns=NAMES)
def test_no_table_breaks_it(columns: tuple[list[str], list[str], list[str]]) -> None:
    summary = written_json(summarise_attack(*columns, classes=["a", "b", "c"], target="a"))

    overall = summary["overall"]
    assert sum(row["n"] for row in summary["classes"].values()) == overall["n"] == len(columns[0])
    if overall["n"]:
        change = overall["accuracy_after"]["estimate"] - overall["accuracy_before"]["estimate"]
        assert overall["accuracy_difference"]["estimate"] == pytest.approx(change)


@given(columns=NAMES)
def test_without_a_target_class_changes_are_counted_and_accuracies_stay(
    columns: tuple[list[str], list[str], list[str]],
) -> None:
    """Counted here image by image: of all, what changed its class; of the rightly read, what was read wrongly after."""
    truth, before, after = columns
    summary = summarise_attack(truth, before, after, classes=["a", "b", "c"], target=None)
    aimed = summarise_attack(truth, before, after, classes=["a", "b", "c"], target="a")

    changed = [one != other for one, other in zip(before, after, strict=True)]
    right = [one == true for one, true in zip(before, truth, strict=True)]
    assert (summary.fooling_ratio.k, summary.fooling_ratio.n) == (sum(changed), len(truth))
    spoilt = sum(was and is_other for was, is_other in zip(right, changed, strict=True))
    assert (summary.fooling_ratio_of_others.k, summary.fooling_ratio_of_others.n) == (spoilt, sum(right))
    assert sum(row.fooling_ratio.k or 0 for row in summary.classes.values()) == sum(changed)
    assert summary.mcnemar.b == spoilt
    assert (summary.accuracy_before, summary.accuracy_after) == (aimed.accuracy_before, aimed.accuracy_after)
    assert summary.target_share_after.estimate is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="target class 'x' is not one of a, b"):
        summarise_attack([], [], [], classes=["a", "b"], target="x")
    with pytest.raises(ValueError, match="not among the classes: z"):
        summarise_attack(["a"], ["z"], ["a"], classes=["a", "b"], target="a")
    with pytest.raises(ValueError, match="differ in length"):
        summarise_attack(["a"], [], ["a"], classes=["a", "b"], target="a")
    with pytest.raises(ValueError, match="no interval is called"):
        summarise_attack(["a"], ["a"], ["a"], classes=["a", "b"], target="a", interval="default")
