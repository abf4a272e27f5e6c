"""The figures of an evaluation are read from its JSON, that of earlier versions too."""

import json
from dataclasses import fields

import pytest

from ml.evaluation.stored_table import read_attack_table
from ml.evaluation.text.dataset_comparison import comparison_text
from ml.evaluation.text.table_one import table_one_text
from perception.analysis.classification import AttackSummary, summarise_attack

LATER = (
    "accuracy_difference",
    "balanced_accuracy_before",
    "balanced_accuracy_after",
    "fooling_ratio_of_others",
    "target_share_before",
    "target_share_after",
    "by_lesion",
)


@pytest.fixture
def summary() -> AttackSummary:
    return summarise_attack(
        ["nv", "mel", "mel"],
        ["nv", "mel", "nv"],
        ["nv", "nv", "nv"],
        classes=["mel", "nv"],
        target="nv",
        lesions=["a", "b", "b"],
    )


def test_the_text_compares_by_lesion_where_lesions_have_several_images(summary: AttackSummary) -> None:
    lines = table_one_text(summary.as_dict()).splitlines()

    (line,) = [line for line in lines if line.startswith("Lesions")]
    assert "2, the images of each as a cluster: 66.7%" in line
    assert "difference −33.3 (" in lines[lines.index(line) + 1]


def test_every_figure_comes_back_from_the_json(summary: AttackSummary) -> None:
    table = read_attack_table(json.loads(json.dumps(summary.as_dict())))

    assert table.target == "nv"
    assert list(table.classes) == ["mel", "nv"]
    for field in fields(table.overall):
        assert getattr(table.overall, field.name) == getattr(summary, field.name), field.name
    for name, row in table.classes.items():
        for field in fields(row):
            assert getattr(row, field.name) == getattr(summary.classes[name], field.name), field.name


def test_the_order_of_the_classes_is_not_that_of_the_json(summary: AttackSummary) -> None:
    """PostgreSQL gives the keys back in an order of its own."""
    stored = summary.as_dict()
    turned = {**stored, "classes": dict(reversed(stored["classes"].items()))}
    assert table_one_text(turned) == table_one_text(stored)
    assert list(read_attack_table(turned).classes) == ["mel", "nv"]


def test_an_interval_without_width_of_an_earlier_version_is_not_shown(summary: AttackSummary) -> None:
    """100.0% (100.0–100.0) would say that it is known for certain."""
    stored = json.loads(json.dumps(summary.as_dict()))
    stored["overall"]["fooling_ratio"] |= {"estimate": 1.0, "low": 1.0, "high": 1.0, "method": "Wald"}

    read = read_attack_table(stored).overall.fooling_ratio

    assert (read.estimate, read.low, read.high) == (1.0, None, None)
    assert "no interval" in read.method
    assert "100.0–100.0" not in table_one_text(stored)


def test_what_an_earlier_version_did_not_count_is_left_out(summary: AttackSummary) -> None:
    stored = summary.as_dict()
    for name in LATER:
        del stored["overall"][name]

    overall = read_attack_table(stored).overall

    assert {getattr(overall, name) for name in LATER} == {None}
    assert "of all images are read as" not in table_one_text(stored)
    assert "Fooling    100.0%" in table_one_text(stored)
    assert "–" in comparison_text({"its own": stored})


def test_a_table_without_a_main_figure_is_refused(summary: AttackSummary) -> None:
    stored = summary.as_dict()
    del stored["overall"]["accuracy_after"]

    with pytest.raises(KeyError, match="accuracy_after"):
        read_attack_table(stored)
