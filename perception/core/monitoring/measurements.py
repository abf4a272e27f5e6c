"""What is measured of the site at the moment of asking: counts of the whole site, none of a study or of a person."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

Measure = Callable[[], Iterable[Metric]]

_measures: list[Measure] = []


def add_measurements(measure: Measure) -> None:
    """Let this be measured too whenever somebody asks."""
    if measure not in _measures:
        _measures.append(measure)


def measures() -> Sequence[Measure]:
    """Return all that were added, in their order."""
    return tuple(_measures)


def gauge(name: str, told: str, number: float) -> Metric:
    """Return one measurement, `told` in words; its name ends with its unit, as Prometheus wants it."""
    family = GaugeMetricFamily(f"perception_{name}", told)
    family.add_metric([], number)
    return family


def gauges(name: str, told: str, numbers: Mapping[str, float], *, label: str) -> Metric:
    """Return one measurement for each value of a label."""
    family = GaugeMetricFamily(f"perception_{name}", told, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family
