"""How the packages lie: no folder that nobody can look through, no two files that need each other."""

import graphlib
import sys

import grimp
import pytest

from tests.project.documentation import ROOT

PACKAGES = ("perception", "ml", "studies", "tools")
MOST_MODULES = 15
FLAT = {"ml/management/commands"}  # Django finds a command by its module in this very folder


def test_no_folder_has_more_modules_than_one_looks_through() -> None:
    folders = {path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    counts = {
        folder.relative_to(ROOT).as_posix(): sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        for folder in folders
        if folder.name != "migrations"
    }

    assert {folder: n for folder, n in counts.items() if n > MOST_MODULES and folder not in FLAT} == {}


def test_no_two_files_need_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports of types alone are counted, too. The graph is the one that import-linter judges its contracts by."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    try:
        order = list(graphlib.TopologicalSorter(imports).static_order())
    except graphlib.CycleError as error:
        pytest.fail(f"imports in a circle: {' → '.join(error.args[1])}")

    assert set(order) >= set(imports)
