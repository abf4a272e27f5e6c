"""What stands beside the code: how to cite the program, its changes, how to add to it, and how commits are checked."""

import datetime as dt
import re
import tomllib
from typing import Any

import pytest
import yaml

from studies.report.methods.references import REFERENCES
from tests.project.documentation import ROOT, Page

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What CITATION.cff 1.2.0 asks for, and what else of it stands there.
REQUIRED = {"authors", "cff-version", "message", "title"}
OTHERS = {"abstract", "date-released", "keywords", "license", "references", "type", "version"}
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) – (\d{4}-\d\d-\d\d)$", re.MULTILINE)
WRITTEN = {"data/"}  # the program makes it when it is first started
PATH = re.compile(r"[\w.]+(/[\w.-]+)*/|[\w.]+(/[\w.-]+)+")


@pytest.fixture(scope="module")
def citation() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return content


def test_the_citation_has_what_its_format_asks_for(citation: dict[str, Any]) -> None:
    assert citation.keys() >= REQUIRED
    assert citation.keys() <= REQUIRED | OTHERS
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert isinstance(citation["date-released"], dt.date)
    for work in (citation, *citation["references"]):
        assert work["title"]
        for author in work["authors"]:
            assert author.keys() in ({"name"}, {"family-names", "given-names"})


def test_the_citation_is_of_this_version(citation: dict[str, Any]) -> None:
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]


def test_the_paper_is_cited_as_in_the_report(citation: dict[str, Any]) -> None:
    (paper,) = citation["references"]
    authors = ", ".join(f"{author['family-names']} {author['given-names'][0]}" for author in paper["authors"])
    title = paper["title"].replace("Risk", "risk")

    assert REFERENCES["allyn"] == (
        f"{authors}. {title}. {paper['journal']} {paper['year']};{paper['volume']}({paper['issue']}):{paper['start']}."
    )
    assert f"https://doi.org/{paper['doi']}" in Page(ROOT / "README.md").targets


def test_the_changes_begin_with_this_version(citation: dict[str, Any]) -> None:
    releases = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert releases[0] == (PROJECT["version"], str(citation["date-released"]))
    numbers = [tuple(map(int, version.split("."))) for version, _ in releases]
    assert numbers == sorted(numbers, reverse=True)
    assert [date for _, date in releases] == sorted((date for _, date in releases), reverse=True)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_named_exists(name: str) -> None:
    paths = [code for code in Page(ROOT / name).inline_code if PATH.fullmatch(code)]

    assert len(paths) > 20
    assert [path for path in paths if path not in WRITTEN and not (ROOT / path).exists()] == []


def test_every_folder_of_the_drawn_house_exists() -> None:
    house = next(
        block for block in Page(ROOT / "docs" / "architecture.md").code_blocks if block.startswith("manage.py")
    )
    folders: list[str] = []
    above: dict[int, str] = {}
    for line in house.splitlines():
        depth = len(line) - len(line.lstrip())
        names = [name for name in re.split(" {2,}", line.strip())[0].split() if name.endswith("/")]
        parent = "".join(above[level] for level in sorted(above) if level < depth)
        folders += [parent + name for name in names]
        above = {level: name for level, name in above.items() if level < depth} | dict.fromkeys(
            [depth], "".join(names[:1])
        )

    assert {"studies/answers/readers/", "perception/core/input_files/", "ml/networks/training/"} <= set(folders)
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_recipe_names_the_files_that_it_changes() -> None:
    recipes = re.split(r"^## ", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]

    assert [recipe.partition("\n")[0] for recipe in recipes] == [
        "Add an attack",
        "Add a trial type",
        "Add a section to the report",
        "Add a reader of answer files",
        "Make a release",
    ]
    for recipe in recipes[:-1]:
        assert len(re.findall(r"`[\w/]+/[\w.]+\.py`", recipe)) >= 4


def test_commits_are_checked_by_what_the_locks_install() -> None:
    content = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")

    assert [repository["repo"] for repository in content["repos"]] == ["local"]
    for hook in content["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        program = re.match(r"\.venv/bin/(\w+) ", hook["entry"])
        assert program is not None
        assert re.search(rf"^{program[1]}==", locked, re.MULTILINE)
