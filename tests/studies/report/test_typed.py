"""The report reads its figures from dataclasses: no figure is looked up by a string."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

MODULES = sorted((Path(settings.BASE_DIR) / "studies" / "report").rglob("*.py"))
NO_FIGURES = {
    "WORDINGS": "words, by the task",
    "FIRST": "how a plot's points look",
    "SECOND": "the same",
    "style": "the same",
    "found": "versions, by the package",
    "versions": "the same",
    "files": "the files of a PDF, by their name",
    "protocol": "a study's protocol, as JSON",
    "provenance": "how something was made, as JSON",
    "pair_set.provenance": "the same",
    "measured": "what was measured of an attack or a screen, as JSON",
    "one.distributions": "of the measures of visibility, as they are stored",
    "display": "what a browser told of its screen",
    "study.protocol": "the protocol, as JSON",
    "event.details": "what an entry of the audit log holds, as JSON",
    "Literal": "no mapping",
}
"""What may be read by a string, by the name of the variable or function: no figure is in it."""


def looked_up(source: str) -> Iterator[str]:
    """Give the name of each mapping that is read by a string constant: `it["key"]`, `it.get("key")`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str())):
                yield name_of(value)
            case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str()), *_]):
                yield name_of(value)


def name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=value, attr="get")):
            return name_of(value)
        case ast.Call(func=function):
            return name_of(function)
        case _:
            return ast.unparse(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_figure_is_read_by_a_string_key(module: Path) -> None:
    assert set(looked_up(module.read_text(encoding="utf-8"))) <= NO_FIGURES.keys()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("figures['pooled']['n']", {"figures", "figures['pooled']"}),
        ("report.figures.get('roc')", {"report.figures"}),
        ("f\"{estimate['low']}\"", {"estimate"}),
        ("rows[0], by_name[name], summary.answers.pooled", set()),
    ],
)
def test_the_search_finds_what_is_read_by_a_string(source: str, names: set[str]) -> None:
    assert set(looked_up(source)) == names


def test_there_are_modules_to_search() -> None:
    assert len(MODULES) > 30
