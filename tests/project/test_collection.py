"""TensorFlow is loaded where networks are tested: not by every process that collects the tests."""

import ast
from functools import cache

from tests.project.documentation import ROOT

HEAVY = ("keras", "tensorflow")


def imported_on_loading(source: str) -> set[str]:
    """Return the modules that a module imports when it is loaded: functions import when they are called."""
    found: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        match nodes.pop():
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{name.name}" for name in names)}
            case node:
                nodes += ast.iter_child_nodes(node)
    return found


@cache
def loads_tensorflow(module: str) -> bool:
    """Tell whether Keras comes with a module: its own import of it, or that of one of ours."""
    if module.split(".")[0] in HEAVY:
        return True
    path = ROOT / f"{module.replace('.', '/')}.py"
    if not path.is_file():  # a package, a name in a module, or somebody else's
        return False
    return any(map(loads_tensorflow, imported_on_loading(path.read_text(encoding="utf-8"))))


def test_it_finds_what_loads_tensorflow() -> None:
    assert loads_tensorflow("ml.networks.architectures.generator")
    assert not loads_tensorflow("ml.networks.generator_settings")


def test_no_test_module_loads_tensorflow_when_it_is_collected() -> None:
    modules = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("tests/**/conftest.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules]

    assert len(names) > 100
    assert [name for name in names if loads_tensorflow(name)] == []
