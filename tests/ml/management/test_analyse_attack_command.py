"""`manage.py analyse_attack`: Table 1 from a file, and errors that name line and column."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.analysis.test_classification import CLASSES, CONFUSION

HEADER = "image,truth,clean_prediction,perturbed_prediction"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    lines = [HEADER]
    for truth, row in CONFUSION.items():
        for said, count in zip(CLASSES, row, strict=True):
            lines += [f"{truth}-{said}-{number},{truth},{said},nv" for number in range(count)]
    path = tmp_path / "predictions.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def analyse(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("analyse_attack", str(path), *options, stdout=out)
    return out.getvalue()


def test_the_papers_table_as_text(predictions: Path) -> None:
    lines = analyse(predictions).splitlines()

    melanoma = next(line for line in lines if line.startswith("mel"))
    assert melanoma.split() == ["mel", "238", "65.6%", "57.6%", "0.0%*", "0.0%", "100.0%"]
    nevi = next(line for line in lines if line.startswith("nv"))
    assert nevi.split() == ["nv", "1335", "91.0%", "93.6%", "66.7%", "100.0%", "NA"]
    overall = next(line for line in lines if line.startswith("Overall"))
    assert overall.split() == ["Overall", "2003", "–", "–", "–", "–", "100.0%"]
    assert "* nothing to divide by: 0 by convention" in lines
    assert any("84.1% (82.5–85.7) clean, 66.7% (64.6–68.7) perturbed" in line for line in lines)
    assert any("435" in line and "86" in line and "< 0.0001" in line for line in lines)


def test_the_papers_table_as_json(predictions: Path) -> None:
    table = json.loads(analyse(predictions, "--format", "json"))

    assert table["overall"]["n"] == 2003
    assert set(table["classes"]["df"]) == {
        "n",
        "precision_before",
        "recall_before",
        "precision_after",
        "recall_after",
        "fooling_ratio",
        "fooling_ratio_of_others",
    }
    assert table["classes"]["nv"]["fooling_ratio"]["estimate"] is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,nv,nv,", "line 2, column perturbed_prediction: the cell is empty"),
        ("a,nv,nv,nv\na,nv,nv,nv", "line 3, column image: the image a stands in line 2 too"),
        ("a,nv,nv", "line 2: 3 cells where the header has 4"),
        ("", "there is no image below the header"),
        ("a,mel,mel,bcc", "p.csv: the target class 'nv' is not one of bcc, mel; name the attack's own with --target"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        analyse(path)

    assert message in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"{HEADER}\na,nv,nv,nv\nb,,nv,nv\nc,nv\na,nv,nv,nv\n,nv,nv,nv\n", encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        analyse(path)

    assert str(caught.value).splitlines() == [
        f"{path}, line 3, column truth: the cell is empty",
        f"{path}, line 4: 2 cells where the header has 4",
        f"{path}, line 5, column image: the image a stands in line 2 too",
        f"{path}, line 6, column image: the cell is empty",
    ]


def test_another_target_and_another_interval(predictions: Path) -> None:
    overall = json.loads(analyse(predictions, "--target", "mel", "--interval", "wilson", "--format", "json"))["overall"]

    assert (overall["fooling_ratio"]["estimate"], overall["fooling_ratio"]["method"]) == (0, "Wilson")
