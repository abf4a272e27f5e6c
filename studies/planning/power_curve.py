"""The curve of a plan: power against images, by formula and at some sizes by simulation."""

from math import ceil
from typing import Any

from perception.analysis.detection.equivalence import CHANCE
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


def power_curve(request: PlanRequest, design: Design | None) -> dict[str, Any]:
    """Return power against images, for what is asked for and for a stricter and a laxer claim."""
    last = MOST_IMAGES_SHOWN if design is None else min(max(2 * design.images, 40), MOST_IMAGES)
    first = ceil(2 / min(request.prevalence, 1 - request.prevalence))
    even = [max(first, round(last * step / STEPS)) for step in range(STEPS + 1)]
    every = STEPS // STEPS_OF_TABLE
    told = {*even[every::every]} | ({design.images} if design else set())
    simulated = _simulated_curve(request, design)
    told.update(point["images"] for point in simulated)
    sizes = sorted({*even, *told})
    return {
        "over": "dprime" if request.margin is None else "margin",
        "sizes": sizes,
        "sizes_of_table": sorted(told),
        "lines": [
            {"value": value, "asked": asked, "powers": [_power_at(request, value, size) for size in sizes]}
            for value, asked in _values(request)
        ],
        "simulated": simulated,
    }


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
        design = Design.of(observers=request.observers, images=images, prevalence=request.prevalence)
    except ValueError:  # too few of one truth
        return None
    return power(claim, assumed, design)


def _simulated_curve(request: PlanRequest, design: Design | None) -> list[dict[str, Any]]:
    studies = 0 if design is None else request.studies_of(design) // len(SIMULATED_AT)
    if design is None or studies < FEWEST_STUDIES:
        return []
    points = []
    for part in SIMULATED_AT:
        try:
            other = Design.of(
                observers=request.observers, images=round(part * design.images), prevalence=request.prevalence
            )
        except ValueError:  # too few of one truth
            continue
        simulated = simulate_power(request.claim, request.assumed, other, studies=studies, seed=request.seed)
        points.append({"images": other.images, "studies": studies, "power": simulated.power.as_dict()})
    return points
