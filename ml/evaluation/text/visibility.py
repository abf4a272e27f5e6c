"""How visible the changes are, as lines of text: for a page, for a terminal, for a caption."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from ml.images.visibility.measures import MEASURES, Measure, ssimulacra2_word
from ml.models import PairVisibility
from perception.core.formatting import localized


@dataclass(frozen=True, slots=True)
class DistributionLine:
    """One measure over all pairs of a pair set, as a row of a table; texts, empty where no pair has the measure."""

    key: str
    name: str
    description: str
    median: str
    middle: str
    """From the 5th to the 95th percentile."""
    extremes: str
    """From the least to the largest."""
    word: str
    """The published word for the median, where there is one."""


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure of one pair."""

    key: str
    name: str
    description: str
    text: str
    """Empty where the pair does not have it."""
    word: str


def distribution_lines(distributions: Mapping[str, Mapping[str, float | None]]) -> list[DistributionLine]:
    """Return a line for each measure; what a `Visibility` holds is given."""
    return [
        _distribution_line(measure, distributions.get(measure.key, {}))
        for measure in MEASURES
        if not measure.is_extra or measure.key in distributions
    ]


def measure_lines(visibility: PairVisibility) -> list[MeasureLine]:
    """Return a line for each measure of a pair."""
    return [
        MeasureLine(
            key=measure.key,
            name=gettext(measure.name),
            description=gettext(measure.description),
            text=written(measure, getattr(visibility, measure.key)),
            word=_word(measure, getattr(visibility, measure.key)),
        )
        for measure in MEASURES
    ]


def caption(visibility: PairVisibility) -> str:
    """Return the measures of a pair in a few words, such as `ΔE00 1.20 · FLIP 0.0450 · SSIMULACRA2 78.1`."""
    shown = (
        ("ciede2000_mean", "ΔE00"),
        ("flip", "FLIP"),
        ("ssimulacra2", "SSIMULACRA2"),
        ("colorvideovdp", "ColorVideoVDP"),
    )
    by_key = {measure.key: measure for measure in MEASURES}
    told = [(name, written(by_key[key], getattr(visibility, key))) for key, name in shown]
    return " · ".join(f"{name} {text}" for name, text in told if text)


def visibility_text(
    distributions: Mapping[str, Mapping[str, float | None]], *, pixels_per_degree: float, versions: Mapping[str, str]
) -> str:
    """Write a pair set's measures for a terminal: a row a measure, and how they were taken."""
    head = ("Measure", "Median", "5% to 95%", "Least to largest", "")
    lines = distribution_lines(distributions)
    table = [head, *((line.name, line.median or "–", line.middle, line.extremes, line.word) for line in lines)]
    widths = [max(len(row[place]) for row in table) for place in range(len(head))]
    rows = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    n = next((values.get("n") for values in distributions.values()), None)
    named = ", ".join(f"{package} {version}" for package, version in versions.items())
    notes = [f"n = {n} pairs; viewed at {pixels_per_degree:g} pixels per degree. By {named}."]
    return "\n".join([*rows, "", *notes])


def written(measure: Measure, value: float | None) -> str:
    """Return a value with the digits of its measure; nothing where there is none."""
    return "" if value is None else localized(f"{value:.{measure.digits}f}")


def _distribution_line(measure: Measure, values: Mapping[str, float | None]) -> DistributionLine:
    def between(low: str, high: str) -> str:
        ends: Sequence[float | None] = (values.get(low), values.get(high))
        if None in ends:
            return ""
        return gettext("%(low)s to %(high)s") % {"low": written(measure, ends[0]), "high": written(measure, ends[1])}

    median = values.get("median")
    return DistributionLine(
        key=measure.key,
        name=gettext(measure.name),
        description=gettext(measure.description),
        median=written(measure, median),
        middle=between("q05", "q95"),
        extremes=between("min", "max"),
        word=_word(measure, median),
    )


def _word(measure: Measure, value: float | None) -> str:
    return gettext(ssimulacra2_word(value)) if measure.key == "ssimulacra2" and value is not None else ""
