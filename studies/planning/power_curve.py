"""The curve of a plan: power against images, by formula and at some sizes by simulation."""

from dataclasses import dataclass
from math import ceil

from perception.analysis.detection.margin import CHANCE
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import MOST_IMAGES, Claim, Design, power
from perception.analysis.planning.simulated_power import simulate_power
from perception.analysis.simulated_observers.model import MOST_DPRIME
from studies.planning.request import PlanRequest

MOST_IMAGES_SHOWN = 2000
"""A study shows at most 1,000 images of either truth."""
STEPS, STEPS_OF_TABLE = 32, 8
BESIDE = (0.8, 1.5)
"""The margins (or d′) of the lines beside the one asked for, as parts of it."""
SIMULATED_AT = (0.5, 0.75, 1.25, 1.5)
"""Where the curve is simulated besides the design itself, as parts of its images."""
FEWEST_STUDIES = 100


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One line of the curve.

    Attributes
    ----------
    value
        The margin δ, or the d′, that it is drawn for.
    asked
        Whether it is the one that the plan asks for.
    powers
        0 to 1, one for each of the curve's sizes; None where there are too few images of one truth.
    """

    value: float
    asked: bool
    powers: tuple[float | None, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the line as JSON."""
        return {"value": self.value, "asked": self.asked, "powers": list(self.powers)}


@dataclass(frozen=True, slots=True)
class SimulatedPoint:
    """The power of one size, by so many simulated studies: their share, with its Monte Carlo error as an interval."""

    images: int
    studies: int
    power: Estimate

    def as_dict(self) -> dict[str, object]:
        """Return the point as JSON."""
        return {"images": self.images, "studies": self.studies, "power": self.power.as_dict()}


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Power against images.

    Attributes
    ----------
    over_dprime
        Whether the lines differ by d′, as those of detection do, and not by the margin.
    sizes
        Numbers of images, from few to many.
    sizes_of_table
        Those of them that a table names.
    lines
        What is asked for, and a stricter and a laxer claim.
    simulated
        Some sizes by simulation, without the design itself; from few images to many.
    """

    over_dprime: bool
    sizes: tuple[int, ...]
    sizes_of_table: tuple[int, ...]
    lines: tuple[CurveLine, ...]
    simulated: tuple[SimulatedPoint, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the curve as JSON."""
        return {
            "over": "dprime" if self.over_dprime else "margin",
            "sizes": list(self.sizes),
            "sizes_of_table": list(self.sizes_of_table),
            "lines": [line.as_dict() for line in self.lines],
            "simulated": [point.as_dict() for point in self.simulated],
        }


def power_curve(request: PlanRequest, design: Design | None) -> PowerCurve:
    """Return power against images, for what is asked for and for a stricter and a laxer claim."""
    last = MOST_IMAGES_SHOWN if design is None else min(max(2 * design.images, 40), MOST_IMAGES)
    last = last if request.pool is None else min(last, request.pool)
    first = ceil(2 / min(request.prevalence, 1 - request.prevalence))
    even = [max(first, round(last * step / STEPS)) for step in range(STEPS + 1)]
    every = STEPS // STEPS_OF_TABLE
    told = {*even[every::every]} | ({design.images} if design else set())
    simulated = _simulated_curve(request, design)
    told.update(point.images for point in simulated)
    sizes = sorted({*even, *told})
    return PowerCurve(
        over_dprime=request.margin is None,
        sizes=tuple(sizes),
        sizes_of_table=tuple(sorted(told)),
        lines=tuple(
            CurveLine(value, asked, tuple(_power_at(request, value, size) for size in sizes))
            for value, asked in _values(request)
        ),
        simulated=simulated,
    )


def _values(request: PlanRequest) -> list[tuple[float, bool]]:
    """Return the margins or d′ of the curve's lines, and whether it is the one asked for."""
    asked = request.dprime if request.margin is None else request.margin
    lower, upper = (float(f"{part * asked:.2g}") for part in BESIDE)
    values = [(lower, False), (asked, True), (upper, False)]
    if request.margin is None:
        return [(value, is_asked) for value, is_asked in values if is_asked or 0 < abs(value) <= MOST_DPRIME]
    return [(value, is_asked) for value, is_asked in values if 0 < value < CHANCE]


def _power_at(request: PlanRequest, value: float, images: int) -> float | None:
    claim, assumed = request.claim, request.assumed
    if claim.margin is None:
        assumed = AssumedObservers(value, assumed.correlation, assumed.observer_sd)
    else:
        claim = Claim(value, claim.level, claim.observers_random)
    try:
        design = Design.of(observers=request.observers, images=images, prevalence=request.prevalence, pool=request.pool)
    except ValueError:  # too few of one truth, or more than the pool has
        return None
    return power(claim, assumed, design)


def _simulated_curve(request: PlanRequest, design: Design | None) -> tuple[SimulatedPoint, ...]:
    studies = 0 if design is None else request.studies_of(design) // len(SIMULATED_AT)
    if design is None or studies < FEWEST_STUDIES:
        return ()
    points = []
    for part in SIMULATED_AT:
        try:
            other = Design.of(
                observers=request.observers,
                images=round(part * design.images),
                prevalence=request.prevalence,
                pool=request.pool,
            )
        except ValueError:  # too few of one truth, or more than the pool has
            continue
        simulated = simulate_power(request.claim, request.assumed, other, studies=studies, seed=request.seed)
        points.append(SimulatedPoint(other.images, studies, simulated.power))
    return tuple(points)
