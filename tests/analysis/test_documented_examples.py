"""What the docstrings of `perception.analysis` promise: examples that run, parameters by name, every error said."""

import ast
import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import perception.analysis

EXAMPLES = (
    "agreement.cohen.kappa_of_answers",
    "agreement.cohen.kappa_of_table",
    "agreement.many_raters.counts_of_answers",
    "agreement.many_raters.fleiss_kappa",
    "agreement.many_raters.gwet_ac1",
    "agreement.many_raters.krippendorff_alpha",
    "agreement.summary.agreement_of",
    "answer_table.AnswerTable",
    "breakdowns.by_diagnosis.by_diagnosis",
    "breakdowns.items.summarise_items",
    "breakdowns.learning.summarise_learning",
    "breakdowns.response_times.summarise_response_times",
    "classification.summarise_attack",
    "detection.accuracy_verdict.accuracy_verdict",
    "detection.choices_against_chance.share_right_against_chance",
    "detection.margin.d_prime_of_margin",
    "detection.d_prime_margin.within_d_prime",
    "detection.equivalence.balanced_accuracy",
    "detection.equivalence.equivalence",
    "detection.forced_choice.pooled_d_prime",
    "detection.forced_choice.summarise_choices",
    "detection.group_d_prime.group_d_prime",
    "detection.right_answers.right_answers",
    "detection.right_answers.second_question",
    "detection.signal_detection.signal_detection",
    "detection.signal_detection.two_alternative_d_prime",
    "detection.verdict.verdict",
    "detection.yes_no.summarise_answers",
    "estimates.bootstrap.bootstrap",
    "estimates.clustered.clustered_proportion",
    "estimates.clustered.ratio_variance",
    "estimates.crossed.crossed_proportion",
    "estimates.difference.independent_difference",
    "estimates.mcnemar.mcnemar",
    "estimates.median.clustered_median",
    "estimates.median.median",
    "estimates.multiple_comparisons.holm",
    "estimates.paired.paired_difference",
    "estimates.proportions.agresti_coull",
    "estimates.proportions.clopper_pearson",
    "estimates.proportions.jeffreys",
    "estimates.proportions.proportion",
    "estimates.proportions.wald",
    "estimates.proportions.wilson",
    "observations.Observations",
    "planning.assumed_observers.AssumedObservers",
    "planning.power.power",
    "planning.power.spread",
    "planning.sample_size.design_needed",
    "planning.sample_size.images_needed",
    "planning.sample_size.observers_needed",
    "planning.sample_size.smallest_dprime",
    "planning.sample_size.smallest_margin",
    "planning.simulated_power.simulate_power",
    "psychometric.fit.fit_psychometric",
    "psychometric.function.PsychometricFunction",
    "psychometric.summary.summarise_psychometric",
    "psychometric.threshold.slope",
    "psychometric.threshold.threshold",
    "ratings.multireader.mean_area",
    "ratings.rating_scale.six_categories",
    "ratings.roc.auc",
    "ratings.roc.placements",
    "ratings.summary.mean_area_of_these",
    "ratings.summary.summarise_ratings",
    "study_summary.summarise_study",
)
"""What somebody from outside would call: each has an example that runs."""

PACKAGE = f"{perception.analysis.__name__}."
MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(perception.analysis.__path__, PACKAGE)
]


@dataclass(frozen=True)
class Documented:
    """A public function, method, property or class of the package: its name within the package, and itself."""

    name: str
    value: object

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.value) or ""

    def section(self, title: str) -> str:
        """Return the text of a section; nothing where it is not there."""
        _, _, after = f"\n{self.doc}".partition(f"\n{title}\n{'-' * len(title)}\n")
        lines = after.splitlines()
        ends = [at for at in range(len(lines) - 1) if lines[at] and set(lines[at + 1]) == {"-"}]
        return "\n".join(lines[: ends[0]] if ends else lines)

    def names(self, title: str) -> list[str]:
        """Return what a section lists: its lines that are not indented, cut at commas."""
        listed = [line for line in self.section(title).splitlines() if line and not line.startswith(" ")]
        return [name.strip() for line in listed for name in line.split(",")]

    @property
    def parameters(self) -> list[str]:
        """Those of a function or a method; none of a property or a class."""
        if not inspect.isroutine(self.value):
            return []
        return [name for name in inspect.signature(self.value).parameters if name != "self"]

    @property
    def fields(self) -> list[str]:
        return [field.name for field in fields(self.value)] if is_dataclass(self.value) else []

    @property
    def says_what_it_returns(self) -> bool:
        returned = inspect.signature(self.value).return_annotation if inspect.isroutine(self.value) else None
        return returned is None or bool(self.section("Returns")) or self.doc.startswith("Return ")


def public(module: ModuleType) -> Iterator[Documented]:
    """Yield the functions and classes that the module itself defines, and the methods and properties of these."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        full = f"{module.__name__.removeprefix(PACKAGE)}.{name}"
        if inspect.isfunction(value) or inspect.isclass(value):
            yield Documented(full, value)
        if inspect.isclass(value):
            yield from members(full, value)


def members(full: str, owner: type) -> Iterator[Documented]:
    """Yield what is written in the class; a dataclass makes some methods of its own."""
    (written,) = ast.parse(inspect.getsource(owner)).body
    assert isinstance(written, ast.ClassDef)
    for node in written.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield Documented(f"{full}.{node.name}", getattr(owner, node.name))


class Raises:
    """What the functions of the package raise: themselves, or through functions and classes of it that they call."""

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[ModuleType, ast.AST]] = {}
        for module in MODULES:
            tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
            self._read(tree, module, module.__name__)

    def _read(self, tree: ast.Module | ast.ClassDef, module: ModuleType, name: str) -> None:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.bodies[f"{name}.{node.name}"] = (module, node)
            if isinstance(node, ast.ClassDef):
                self._read(node, module, f"{name}.{node.name}")

    def of(self, full: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Return the names of the exceptions; making an object of a class raises what its `__post_init__` does."""
        if full in seen or full not in self.bodies:
            return set()
        module, body = self.bodies[full]
        if isinstance(body, ast.ClassDef):
            return self.of(f"{full}.__post_init__", seen | {full})
        found = set[str]()
        for node in ast.walk(body):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found.add(ast.unparse(node.exc.func))
            elif isinstance(node, ast.Call):
                found |= self.of(called(node.func, module), seen | {full})
        return found


def called(function: ast.expr, module: ModuleType) -> str:
    """Return the full name of what is called by a name, or as an attribute of one; methods of objects are not known."""
    value: object = module
    for name in ast.unparse(function).split("."):
        value = getattr(value, name, None)
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


ALL = [documented for module in MODULES for documented in public(module)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_examples_give_what_they_print(module: ModuleType) -> None:
    assert doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed == 0


def test_what_an_outsider_calls_has_an_example() -> None:
    documented = {one.name: one for one in ALL}
    assert [name for name in EXAMPLES if ">>> " not in documented[name].section("Examples")] == []


def test_parameters_are_those_of_the_signature() -> None:
    told = {one.name: (one.names("Parameters"), one.parameters) for one in ALL}
    assert {name: lists for name, lists in told.items() if lists[0] != lists[1]} == {}


def test_attributes_are_the_fields() -> None:
    told = {one.name: (one.names("Attributes"), one.fields) for one in ALL}
    assert {name: lists for name, lists in told.items() if lists[0] != lists[1]} == {}


def test_what_comes_back_is_said() -> None:
    assert [one.name for one in ALL if one.parameters and not one.says_what_it_returns] == []


def test_every_error_is_said() -> None:
    raises = Raises()
    unsaid = {one.name: raises.of(PACKAGE + one.name) - set(one.names("Raises")) for one in ALL}
    assert {name: errors for name, errors in unsaid.items() if errors} == {}
