"""`manage.py analyse` on real answers of a crowd, of whom each judged images of their own: from file to report.

The answers are a sample of those of Fazlija et al. (2025), SCOOTER, arXiv 2507.07776; see the README beside them.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

CROWD = Path(__file__).parents[1] / "answers" / "scooter"
NAMES = ("aca", "advpp", "cadv", "cadv_4_6", "diffattack", "ncf", "semanticadv")
WORDS = (
    "truth:modified=perturbed,truth:real=clean,response:-2=perturbed,response:-1=perturbed,"
    "response:0=neither,response:1=clean,response:2=clean"
)
OPTIONS = (
    *("--observer-column", "pid", "--item-column", "image_type+image_id", "--truth-column", "image_type"),
    *("--response-column", "rating", "--words", WORDS, "--highest-rating", "clean"),
)


def analyse(name: str, *options: str) -> tuple[str, str]:
    """Return what is printed, and what is said of how the file was read."""
    out, said = io.StringIO(), io.StringIO()
    call_command("analyse", str(CROWD / f"{name}.csv"), *OPTIONS, *options, stdout=out, stderr=said)
    return out.getvalue(), said.getvalue()


def counted(name: str) -> tuple[Counter[tuple[str, str]], set[tuple[str, str]]]:
    """Return how often what was said of which images, by the file alone, and the images."""
    with (CROWD / f"{name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    meaning = {"-2": "perturbed", "-1": "perturbed", "0": "neither", "1": "clean", "2": "clean"}
    said = Counter((row["image_type"], meaning[row["rating"]]) for row in rows)
    return said, {(row["image_type"], row["image_id"]) for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_each_file_gives_the_figures_of_who_was_asked_about_what(name: str) -> None:
    figures: dict[str, Any] = json.loads(analyse(name, "--format", "json")[0])
    said, images = counted(name)

    assert (figures["n_observers"], figures["n_images"], figures["n_missing"]) == (6, len(images), 0)
    asked = figures["asked"]
    assert asked["own_images"]
    assert (asked["n_asked"], asked["n_not_asked"]) == (600, 6 * len(images) - 600)
    assert asked["n_neither"] == said["modified", "neither"] + said["real", "neither"]
    counts = figures["pooled_counts"]
    assert (counts["tp"], counts["fn"]) == (said["modified", "perturbed"], said["modified", "clean"])
    assert (counts["fp"], counts["tn"]) == (said["real", "perturbed"], said["real", "clean"])
    assert (counts.get("neither_perturbed", 0), counts.get("neither_clean", 0)) == (
        said["modified", "neither"],
        said["real", "neither"],
    )
    these, others = figures["roc"]["pooled"], figures["roc"]["pooled_observers_random"]
    assert 0.5 < these["estimate"] < 1
    assert others["estimate"] == pytest.approx(these["estimate"])
    assert others["low"] <= these["low"] < these["high"] <= others["high"]
    assert "Gallas" in others["method"]
    for share in figures["pooled_observers_random"].values():
        assert share["low"] < share["estimate"] < share["high"]


def test_the_report_says_who_was_asked_and_how_middle_answers_count() -> None:
    text, said = analyse("advpp", "--margin", "0.1")
    words = " ".join(text.split())

    assert "0 missing answers" in words
    assert "Each observer was asked about images of their own, 100 of them" in words
    assert "What was not asked is not missing" in words
    assert "neither “perturbed” nor “clean”" in words
    assert "in ROC curves they are a category between the two" in words
    assert "Neither" in text
    assert all("not estimable" not in line for line in text.splitlines() if line.startswith("Mean, for other"))
    assert "Expected of more observers" in words
    assert "own-images" not in said
    assert "if every observer was asked about every image, add: --design crossed" in said


def test_an_image_of_few_observers_does_not_head_the_list() -> None:
    figures: dict[str, Any] = json.loads(analyse("advpp", "--format", "json")[0])
    items = figures["items"]["all"]
    most = figures["items"]["most_noticed"][0]

    noticed_by_all = [item["n"] for item in items if item["perturbed"] and item["n"] and item["k"] == item["n"]]
    assert min(noticed_by_all) == 1
    assert most["n"] > 1
    assert most["shrunken"] == max(item["shrunken"] for item in items if item["perturbed"] and item["n"])
    assert "Kleinman" in figures["items"]["method"]


def test_said_to_be_crossed_every_answer_that_is_not_there_is_missing() -> None:
    figures: dict[str, Any] = json.loads(analyse("advpp", "--format", "json", "--design", "crossed")[0])

    assert figures["n_missing"] == 6 * figures["n_images"] - 600
    assert not figures["asked"]["own_images"]


def test_image_numbers_that_count_within_each_class_are_no_names_by_themselves() -> None:
    options = [option if option != "image_type+image_id" else "image_id" for option in OPTIONS]

    with pytest.raises(CommandError, match=r"the item \d+ is (perturbed|clean) in line"):
        call_command("analyse", str(CROWD / "ncf.csv"), *options, stdout=io.StringIO(), stderr=io.StringIO())
