"""The tables of ways in: each row names tests that hold it, and all of them exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.processes import ROOT

SECURITY = ROOT / "docs" / "security.md"
READERS = ["observer", "fellow observer", "own researcher", "another study", "outsider", "disk", "wire"]


def rows() -> list[list[str]]:
    """Return the cells of every row that names a way in."""
    lines = [line for line in SECURITY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "the way in" and set(row[0]) != {"-"}]


@cache
def names_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_everybody_who_might_want_to_has_a_table() -> None:
    titles = [line for line in SECURITY.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    for reader in READERS:
        assert any(reader in title for title in titles), reader


@pytest.mark.parametrize("row", rows(), ids=lambda row: re.sub(r"\W+", "-", row[0])[:50])
def test_each_way_in_names_tests_that_there_are(row: list[str]) -> None:
    way, closed_by, held_by = row
    assert way
    assert closed_by
    named = re.findall(r"`([^`]+)`", held_by)
    assert named
    assert held_by == ", ".join(f"`{name}`" for name in named), "nothing but tests"
    for name in named:
        path, _, test = name.partition("::")
        assert test.startswith("test_"), f"{name} names no single test"
        assert test in names_in(ROOT / path), f"there is no {name}"
