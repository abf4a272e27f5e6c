"""The tutorial tells the walks that the browser tests walk: every label, every picture, and no other."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.project.documentation import ROOT
from tools.tutorial_screenshots.pictures import MOST_BYTES
from tools.tutorial_screenshots.synthetic_files import IMAGES, PAIRS, write_files
from tools.tutorial_screenshots.walks import (
    FIRST_ACCOUNT,
    ON_IMAGES,
    ON_PAIRS,
    PAIRS_FROM_ELSEWHERE,
    PAIRS_FROM_IMAGES,
    STUDY,
    Look,
    Walk,
    clicks_of,
    labels_of,
)

MOST_CLICKS = 20
MOST_PICTURES = 12
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
PICTURES = ROOT / "docs" / "images" / "tutorial"
PARTS = {
    "Start": FIRST_ACCOUNT,
    "Images of your own": PAIRS_FROM_IMAGES,
    "Pairs from elsewhere": PAIRS_FROM_ELSEWHERE,
    "The study": STUDY,
}


def part_of(heading: str) -> str:
    return TUTORIAL.split(f"## {heading}\n")[1].split("\n## ")[0]


def in_bold(text: str) -> list[str]:
    return [" ".join(bold.split()) for bold in re.findall(r"\*\*(.+?)\*\*", text, flags=re.DOTALL)]


def pictures_in(text: str) -> list[str]:
    return re.findall(r"\(images/tutorial/([a-z-]+)\.png\)", text)


@pytest.mark.parametrize("heading", PARTS)
def test_a_part_names_what_its_walk_uses_in_that_order_and_nothing_else(heading: str) -> None:
    assert in_bold(part_of(heading)) == list(labels_of(PARTS[heading]))


@pytest.mark.parametrize("heading", PARTS)
def test_a_part_shows_the_pictures_of_its_walk(heading: str) -> None:
    assert pictures_in(part_of(heading)) == [step.picture for step in PARTS[heading] if isinstance(step, Look)]


@pytest.mark.parametrize("walk", [ON_IMAGES, ON_PAIRS], ids=["on images", "on pairs"])
def test_a_walk_takes_at_most_twenty_clicks(walk: Walk) -> None:
    assert clicks_of(walk) <= MOST_CLICKS


def test_there_are_few_pictures_each_small_and_used() -> None:
    files = sorted(PICTURES.glob("*"))
    assert [file.name for file in files] == sorted(f"{name}.png" for name in pictures_in(TUTORIAL))
    assert len(files) <= MOST_PICTURES
    for file in files:
        assert file.stat().st_size <= MOST_BYTES
        with Image.open(file) as picture:
            picture.verify()


def test_the_files_that_are_sent_hold_what_they_say(tmp_path: Path) -> None:
    import zipfile

    names = {path.name: zipfile.ZipFile(path).namelist() for path in write_files(tmp_path).values()}
    assert len(names["lesions.zip"]) == IMAGES
    assert len(names["pairs.zip"]) == 2 * PAIRS
    clean = {name.removeprefix("clean/") for name in names["pairs.zip"] if name.startswith("clean/")}
    assert clean == {name.removeprefix("perturbed/") for name in names["pairs.zip"] if name.startswith("perturbed/")}
