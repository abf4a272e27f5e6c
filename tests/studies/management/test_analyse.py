"""`manage.py analyse`: the paper's figures from a file, and errors that name line and column."""

import io
import json
from itertools import chain, repeat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

WORDS = {"P": "perturbed", "C": "clean"}
# Allyn et al. 2020, reconstructed: truth, what A and B said, how many images.
PAPER = [
    ("P", "PP", 9),
    ("P", "PC", 7),
    ("P", "CP", 10),
    ("P", "CC", 4),
    ("C", "PP", 5),
    ("C", "PC", 6),
    ("C", "CP", 7),
    ("C", "CC", 2),
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    images = chain.from_iterable(repeat((truth, said), count) for truth, said, count in PAPER)
    lines = ["observer,item,truth,response"]
    for number, (truth, said) in enumerate(images):
        lines += [f"{name},img{number:02d},{WORDS[truth]},{WORDS[said[at]]}" for at, name in enumerate("AB")]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def analyse(path: Path | str, *options: str) -> str:
    out = io.StringIO()
    call_command("analyse", str(path), *options, stdout=out)
    return out.getvalue()


def test_the_papers_figures_as_text(answers: Path) -> None:
    text = analyse(answers, "--interval", "wald")

    for figure in ("58.3% (45.9–70.8)", "42.5% (27.2–57.8)", "−0.22 (−0.49 to 0.04)", "35 of 60", "17 of 40"):
        assert figure in text


@pytest.mark.parametrize("interval", ["default", "wald"])
def test_the_text_fits_a_terminal(answers: Path, interval: str) -> None:
    lines = analyse(answers, "--interval", interval).splitlines()

    assert max(map(len, lines)) <= 100
    assert any("Wald, answers taken as independent" in line for line in lines)


def test_what_is_not_estimable_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("observer,item,truth,response\nA,x,perturbed,perturbed\n", encoding="utf-8")

    text = " ".join(analyse(path).split())

    assert "Agreement (Cohen’s kappa) not estimable: there is only one observer" in text
    assert "A not estimable: there is no" in text
    figures = json.loads(analyse(path, "--format", "json"))
    assert figures["observers"]["A"]["dprime"]["reason"] == "there is no answer to a clean image"


def test_the_papers_figures_as_json(answers: Path) -> None:
    figures = json.loads(analyse(answers, "--interval", "wald", "--format", "json"))

    sensitivity = figures["pooled"]["sensitivity"]
    assert set(sensitivity) == {"estimate", "low", "high", "level", "method", "n", "k"}
    assert [round(sensitivity[key], 3) for key in ("estimate", "low", "high")] == [0.583, 0.459, 0.708]
    assert figures["observers"]["A"]["counts"] == {"tp": 16, "fn": 14, "tn": 9, "fp": 11, "missing": 0}
    assert round(figures["agreement"]["cohen_kappa"]["estimate"], 2) == -0.22


@pytest.mark.parametrize("interval", ["default", "wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys"])
def test_every_interval(answers: Path, interval: str) -> None:
    figures = json.loads(analyse(answers, "--interval", interval, "--level", "0.9", "--format", "json"))

    estimate = figures["pooled"]["specificity"]
    assert estimate["level"] == 0.9
    assert estimate["low"] < estimate["estimate"] == 17 / 40 < estimate["high"]


def test_a_file_as_a_spreadsheet_leaves_it(tmp_path: Path) -> None:
    """A byte-order mark, semicolons, other columns, capitals, spaces, an empty response."""
    path = tmp_path / "a.csv"
    path.write_bytes(
        "\ufeffItem;Observer;note;Truth;Response;rt_ms\r\nx;A;hm; Perturbed ;CLEAN;12\r\ny;A;;clean;;\r\n".encode()
    )

    figures = json.loads(analyse(path, "--format", "json"))

    assert figures["observers"]["A"]["counts"] == {"tp": 0, "fn": 1, "tn": 0, "fp": 0, "missing": 1}
    assert figures["n_missing"] == 1
    assert figures["pooled"]["specificity"]["estimate"] is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("A,x,maybe,clean", "line 2, column truth: 'maybe' is neither perturbed nor clean"),
        ("A,x,clean,yes", "line 2, column response: 'yes' is neither perturbed nor clean, nor empty"),
        (",x,clean,clean", "line 2, column observer: the cell is empty"),
        ("A,,clean,clean", "line 2, column item: the cell is empty"),
        ("A,x,,clean", "line 2, column truth: the cell is empty"),
        ("A,x,clean,clean\nB,x,perturbed,clean", "line 3, column truth: the item x is clean in line 2"),
        ("A,x,clean,clean,9\nA,y,clean,clean", "line 2: 5 cells where the header has 4"),
        (f"A,x,clean,{'z' * 99}", f"line 2, column response: '{'z' * 39}…' is neither"),
        ("A,x,clean,clean\nA,x,clean,clean", "line 3, column item: A has judged the item x in line 2"),
        ("A,x,clean", "line 2: 3 cells where the header has 4"),
        ("", "there is no answer below the header"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"observer,item,truth,response\n{rows}\n", encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        analyse(path)

    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "observer,item,truth,response,rt_ms\nA,x,maybe,clean,5\nA,y,clean,no,soon\nA,z,clean,clean,7\nB,q\nA,z,clean,clean,inf\n"
        "A,z,clean,clean,7\nB,z,perturbed,clean,7\n",
        encoding="utf-8",
    )

    with pytest.raises(CommandError) as caught:
        analyse(path)

    assert [line.split(": ")[0].split(", ", 1)[1] for line in str(caught.value).splitlines()] == [
        "line 2, column truth",
        "line 3, column response",
        "line 3, column rt_ms",
        "line 5",
        "line 6, column rt_ms",
        "line 7, column item",
        "line 8, column truth",
    ]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nowhere.csv", [], "cannot be read: No such file"),
        (".", [], "cannot be read: Is a directory; name the files in it"),
        ("answers.csv", ["--level", "95"], "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_said_in_words(answers: Path, name: str, options: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        analyse(answers.parent / name, *options)


def test_a_table_of_too_many_observers_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.answers.readers.as_observations.MOST_CELLS", 3)
    path = tmp_path / "a.csv"
    path.write_text("observer,item,truth,response\nA,x,clean,clean\nB,y,clean,clean\n", encoding="utf-8")

    with pytest.raises(CommandError, match="column observer: 2 observers × 2 images are too many"):
        analyse(path)


def test_standard_input(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(answers.read_bytes())))

    assert "58.3% (45.9–70.8)" in analyse("-")


def test_words_of_another_trial_type_are_errors_that_name_this_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("observer,item,truth,response\nA,x,different,same\nA,y,same,perturbed\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"line 3.*response.*'perturbed' is neither different nor same, nor empty"):
        analyse(path)


def test_choices_may_have_the_perturbed_image_on_another_side_for_each_observer(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["observer,item,truth,response", "A,x,first,first", "A,y,Second,first", "B,x,second,second", "B,y,first,"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    figures = json.loads(analyse(path, "--format", "json"))

    assert figures["task"] == "two_afc"
    assert (figures["pooled"]["correct"]["k"], figures["pooled"]["correct"]["n"]) == (2, 3)
    assert figures["n_missing"] == 1


def test_catch_trials_and_practice_are_not_part_of_the_main_figures(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [
        "observer,item,truth,response,role,phase,subset",
        "A,x,perturbed,perturbed,series,series,1",
        "A,c,perturbed,clean,catch,series,",
        "A,p,clean,clean,,practice,",
        "B,z,clean,clean,series,series,2",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    figures = json.loads(analyse(path, "--format", "json"))

    assert (figures["n_images"], figures["n_missing"]) == (2, 0)
    assert figures["catch_trials"]["observers"]["A"]["k"] == 0
    assert figures["catch_trials"]["observers"]["A"]["n"] == 1


def test_a_column_of_ratings_gives_the_area_under_the_curve(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    said = [("perturbed", 6), ("perturbed", 3), ("clean", 4), ("clean", 1)]
    rows = [f"A,{number},{truth},clean,{rating}" for number, (truth, rating) in enumerate(said)]
    path.write_text("observer,item,truth,response,rating\n" + "\n".join(rows) + "\n", encoding="utf-8")

    assert json.loads(analyse(path, "--format", "json"))["roc"]["observers"]["A"]["estimate"] == 0.75

    path.write_text(path.read_text(encoding="utf-8").replace(",6\n", ",high\n"), encoding="utf-8")
    with pytest.raises(CommandError, match="'high' is not a number"):
        analyse(path)


def with_strengths(tmp_path: Path, observers: int = 3) -> Path:
    """Return answers to eight images of each strength and sixteen clean ones: the stronger, the more are noticed."""
    lines = ["observer,item,truth,response,strength,position,diagnosis,rt_ms"]
    for observer in range(observers):
        for image in range(48):
            strength = (0, 0, 2, 4, 8, 16)[image // 8]
            said = (image * 5 + observer * 3) % 8 < (2, 2, 3, 4, 7, 8)[image // 8]
            lines.append(
                f"O{observer},img{image},{'perturbed' if strength else 'clean'},{'perturbed' if said else 'clean'},"
                f"{strength},{(image * 7 + observer * 11) % 48 + 1},{('mel', 'nv')[image % 2]},{900 + 20 * image}"
            )
    path = tmp_path / "strengths.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_strength_place_diagnosis_and_time_have_their_figures(tmp_path: Path) -> None:
    path = with_strengths(tmp_path)

    text = analyse(path, "--margin", "0.05")
    figures = json.loads(analyse(path, "--margin", "0.05", "--format", "json"))

    for line in (
        "At strength 8: ",
        "The strength at which half of the perturbed images are noticed, beyond false alarms, is",
        "16 levels 24 of 24 100.0% (63.1–100.0)",
        "mel 16 8",
        "Sensitivity, for other observers too",
        "Least often noticed",
        "answered wrongly",
    ):
        assert line in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert figures["equivalence"]["verdict"] in " ".join(text.split())
    assert figures["psychometric"]["in_words"] in " ".join(text.split())
    assert [point["strength"] for point in figures["psychometric"]["pooled"]["points"]] == [0, 2, 4, 8, 16]


def test_without_a_margin_there_is_no_verdict(answers: Path) -> None:
    assert "Undetectable" not in analyse(answers)
    assert json.loads(analyse(answers, "--format", "json"))["equivalence"] is None


def test_a_margin_out_of_range_is_refused(answers: Path) -> None:
    with pytest.raises(CommandError, match="a margin lies between 0 and ½"):
        analyse(answers, "--margin", "5")


def test_one_observer_image_and_answer_are_counted_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("observer,item,truth,response\nA,x,perturbed,perturbed\n", encoding="utf-8")
    text = analyse(path)
    assert "1 observer, 1 image, 0 missing answers." in text
    assert "1 observer gave 1 answer:" in text
    path.write_text("observer,item,truth,response\nA,x,clean,clean\nB,y,clean,clean\n", encoding="utf-8")
    assert "was shown to 1 observer:" in " ".join(analyse(path).split())
