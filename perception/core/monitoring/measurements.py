"""What is measured of the site at the moment of asking: counts of the whole site, none of a study or of a person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure, or one for each value of a label.

    Attributes
    ----------
    name
        Without the program's name before it; it ends with its unit, as Prometheus wants it.
    told
        What it is, in words.
    numbers
        The figure, or the figures by the label's values.
    label
        What the values are; empty where there is one figure.
    """

    name: str
    told: str
    numbers: float | Mapping[str, float]
    label: str = ""


Measure = Callable[[], Iterable[Measurement]]

_measures: list[Measure] = []


def add_measurements(measure: Measure) -> None:
    """Let this be measured too whenever somebody asks."""
    if measure not in _measures:
        _measures.append(measure)


def measures() -> Sequence[Measure]:
    """Return all that were added, in their order."""
    return tuple(_measures)
