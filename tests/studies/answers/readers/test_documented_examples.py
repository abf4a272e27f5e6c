"""The examples of docs/answer-formats.md are read as it says, and all hold the same answers."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.answers.readers.answer_cells import OPTIONAL
from studies.answers.readers.options import FORMATS, USUAL_NAMES

PAGE = Path(__file__).parents[4] / "docs" / "answer-formats.md"
EXAMPLES = re.findall(r"^```(csv|json|imrmc)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def analyse(path: Path, *options: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("analyse", str(path), *options, "--format", "json", stdout=out, stderr=io.StringIO())
    figures: dict[str, object] = json.loads(out.getvalue())
    return figures


@pytest.fixture
def examples(tmp_path: Path) -> list[Path]:
    paths = []
    for number, (ending, text) in enumerate(EXAMPLES):
        path = tmp_path / f"{number}.{ending}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def test_the_examples_hold_the_same_answers(examples: list[Path]) -> None:
    long, as_json, jspsych, wide, imrmc = examples

    figures = analyse(long)
    assert analyse(as_json) == figures
    for others in (analyse(wide), analyse(imrmc)):
        assert {name: others[name] for name in ("observers", "pooled", "agreement", "n_missing")} == {
            name: figures[name] for name in ("observers", "pooled", "agreement", "n_missing")
        }
    (observer,) = analyse(jspsych, "--words", "y=perturbed,n=clean")["observers"].values()  # type: ignore[attr-defined]
    assert observer["counts"] == {"tp": 1, "fn": 0, "tn": 0, "fp": 1, "missing": 0}


def test_each_example_is_read_as_its_format_and_refused_as_another(examples: list[Path]) -> None:
    for path, name in zip(examples, FORMATS, strict=True):
        words = ("--words", "y=perturbed,n=clean")
        assert analyse(path, "--input-format", name, *words) == analyse(path, *words)
        other = "long" if path.suffix == ".json" else "json"
        with pytest.raises(CommandError):
            analyse(path, "--input-format", other, *words)


def test_the_page_names_every_column_and_every_usual_name() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for name in (*OPTIONAL, *(name for names in USUAL_NAMES.values() for name in names)):
        if name != "confidence":  # goes into the rating, and is not read by itself
            assert f"`{name}`" in page, name


def test_several_files_are_one_table_and_truths_may_be_in_a_file(tmp_path: Path) -> None:
    for name, said in (("a", "perturbed"), ("b", "clean")):
        (tmp_path / f"{name}.csv").write_text(f"observer,item,response\n{name},x,{said}\n", encoding="utf-8")
    (tmp_path / "key.csv").write_text("item,truth\nx,perturbed\n", encoding="utf-8")

    figures = analyse(tmp_path / "a.csv", str(tmp_path / "b.csv"), "--truths", str(tmp_path / "key.csv"))

    assert list(figures["observers"]) == ["a", "b"]  # type: ignore[call-overload]
    (tmp_path / "key.csv").write_text("item,truth\nx,perturbed\nx,clean\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"key\.csv, line 3, column item: the item x stands twice"):
        analyse(tmp_path / "a.csv", "--truths", str(tmp_path / "key.csv"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "y",
            "“y” is not WORD=MEANING with one of the meanings perturbed, clean, different, same, first, second",
        ),
        ("y=yes", "“y=yes” is not WORD=MEANING"),
        ("y=clean,y=perturbed", "--words gives “y” two meanings in truth"),
    ],
)
def test_words_that_cannot_be_read(examples: list[Path], words: str, message: str) -> None:
    with pytest.raises(CommandError, match=re.escape(message)):
        analyse(examples[0], "--words", words)


def test_some_rows_alone_of_any_table(examples: list[Path], tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text("item,truth,site,A\nx,clean,1,clean\ny,clean,2,clean\nz,clean,3,clean\n", encoding="utf-8")

    assert analyse(wide, "--only", "site=1,3")["n_images"] == 2
    assert analyse(examples[0], "--only", "observer=b")["n_images"] == 2
    with pytest.raises(CommandError, match="“site” is not COLUMN=VALUE, for example: --only block=main"):
        analyse(wide, "--only", "site")
