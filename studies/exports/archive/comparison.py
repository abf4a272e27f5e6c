"""Whether two sets of figures agree, figure by figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import TypeAlias

from perception.analysis.json_values import JsonValue

# Figures come from sums and solvers in double precision, by libraries whose last digits change with their version, and
# with the number of threads that they sum in. One answer among ten million changes a share by 1e-7; the report prints
# four digits.
RELATIVE, ABSOLUTE = 1e-6, 1e-9
# A limit is the estimate less some standard errors: near 0 it is as precise as what it is the difference of.
SPAN = ("estimate", "low", "high")


class _Missing:
    """Stands for a figure that one of the two does not have."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()
FigureValue: TypeAlias = "JsonValue | _Missing"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure: its name as a path, what the report says, what was computed, and where they differ.

    Where `changed` says what is computed otherwise by now than by the version that wrote the archive, nothing else
    differs.
    """

    name: str
    reported: FigureValue
    computed: FigureValue
    differs_in: tuple[str, ...]
    changed: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, or only what is computed otherwise by now."""
        return not self.differs_in or bool(self.changed)


def compare_figures(reported: FigureValue, computed: FigureValue, name: str = "") -> Iterator[Comparison]:
    """Compare two trees of JSON, a figure at a time.

    A figure is an estimate with all that belongs to it, a list of values, or a single value. Numbers agree within a
    relative 1e-6 or an absolute 1e-9; the value and the limits of one estimate within 1e-6 of the largest of the three;
    everything else, numbers of answers among it, must be equal; undefined (null) agrees with undefined alone.
    """
    if isinstance(reported, dict) and isinstance(computed, dict) and "estimate" not in reported.keys() | computed:
        for key in [*reported, *(key for key in computed if key not in reported)]:
            path = f"{name}.{key}" if name else str(key)
            yield from compare_figures(reported.get(key, MISSING), computed.get(key, MISSING), path)
    elif isinstance(reported, list) and isinstance(computed, list) and _hold_figures(reported, computed):
        for number, (one, other) in enumerate(zip(reported, computed, strict=True)):
            yield from compare_figures(one, other, f"{name}[{number}]")
    else:
        yield Comparison(name, reported, computed, tuple(_differences(reported, computed, "")))


def _hold_figures(one: list[JsonValue], other: list[JsonValue]) -> bool:
    return len(one) == len(other) and any(isinstance(entry, dict) for entry in one)


def _differences(one: FigureValue, other: FigureValue, place: str, *, within: float = ABSOLUTE) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        of_span = max(ABSOLUTE, RELATIVE * max((abs(value) for value in _span(one)), default=0.0))
        for key in [*one, *(key for key in other if key not in one)]:
            name, tolerance = f"{place}.{key}".lstrip("."), of_span if key in SPAN else ABSOLUTE
            yield from _differences(one.get(key, MISSING), other.get(key, MISSING), name, within=tolerance)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield place or "length"
            return
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{place}[{number}]")
    elif not _equal(one, other, within):
        yield place or "value"


def _span(figure: dict[str, JsonValue]) -> list[float]:
    """Return the value and the limits of an estimate, those that it has; nothing of another object."""
    return [float(value) for key in SPAN if isinstance(value := figure.get(key), int | float)]


def _equal(one: FigureValue, other: FigureValue, within: float) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=RELATIVE, abs_tol=within)
    return type(one) is type(other) and bool(one == other)
