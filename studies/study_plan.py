"""A plan of a study: the images it takes, or what a design can show, by formula and by simulation.

One dictionary for page, JSON and command line. It loads SciPy: import it where a plan is asked for.
"""

from dataclasses import dataclass
from math import ceil, isinf, sqrt
from typing import Any

from perception.analysis.equivalence import CHANCE
from perception.analysis.model_observers import MOST_DPRIME, ModelObservers
from perception.analysis.planning import (
    MOST_IMAGES,
    Claim,
    Design,
    design_needed,
    images_needed,
    observers_needed,
    power,
    smallest_margin,
    spread,
    why_impossible,
)
from perception.analysis.planning_simulation import simulate_power

EQUIVALENCE_LEVEL, DETECTION_LEVEL = 0.90, 0.95
MOST_IMAGES_SHOWN = 2000
"""A study shows at most 1,000 images of either truth."""
DEFAULT_CORRELATION = 0.1
CURVE_STEPS = 32
TABLE_STEPS = 8
BESIDE = (0.8, 1.5)
"""The margins (or d′) of the curves beside the one asked for, as parts of it."""
SIMULATED_AT = (0.5, 0.75, 1.25, 1.5)
"""Where the curve is simulated besides the design itself, as parts of its images."""
FEWEST_STUDIES, FEWEST_STUDIES_ON_THE_CURVE = 20, 100
ANALYSIS = 9_000
"""What analysing a study costs besides its answers, in answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is asked of a plan.

    Attributes
    ----------
    margin
        δ of equivalence; None where it is detection that is planned.
    dprime
        d′ of the mean observer: the one to be detected, or the one that observers are thought to have.
    observers
        How many.
    images
        How many; None: as many as are needed.
    prevalence
        The share of perturbed images.
    correlation
        ρ of two observers' answers to one image.
    observer_sd
        Standard deviation of d′ between observers.
    observers_random
        Whether the claim is for other observers too.
    level
        Of the interval; None: 90% for equivalence, 95% for detection.
    power
        Wanted.
    studies
        How many are simulated; 0: none.
    most_answers
        A limit to the work: fewer studies are simulated where these would have more answers; None: no limit.
    seed
        Of the simulation.
    """

    margin: float | None = None
    dprime: float = 0.0
    observers: int = 4
    images: int | None = None
    prevalence: float = 0.5
    correlation: float = DEFAULT_CORRELATION
    observer_sd: float = 0.0
    observers_random: bool = False
    level: float | None = None
    power: float = 0.80
    studies: int = 0
    most_answers: int | None = None
    seed: int = 1

    @property
    def claim(self) -> Claim:
        """What is to be shown."""
        usual = DETECTION_LEVEL if self.margin is None else EQUIVALENCE_LEVEL
        return Claim(self.margin, usual if self.level is None else self.level, self.observers_random)

    @property
    def model(self) -> ModelObservers:
        """Who answers."""
        return ModelObservers(self.dprime, self.correlation, self.observer_sd)


def make_plan(request: PlanRequest) -> dict[str, Any]:
    """Work out a plan.

    Raises
    ------
    ValueError
        An argument outside its range; the text says which.
    """
    claim, model = request.claim, request.model
    needed = images_needed(claim, model, **_given(request))
    if request.images is None:
        design = design_needed(claim, model, **_given(request))
    else:
        design = Design.of(observers=request.observers, images=request.images, prevalence=request.prevalence)
    formula = None if design is None else _by_formula(request, design)
    return {
        "claim": {
            "kind": "detection" if claim.margin is None else "equivalence",
            "margin": claim.margin,
            "level": claim.level,
            "observers_random": claim.observers_random,
        },
        "assumptions": {
            "dprime": model.dprime,
            "balanced_accuracy": model.right,
            "correlation": model.correlation,
            "image_sd": image_sd_of(model),
            "observer_sd": model.observer_sd,
        },
        "observers": request.observers,
        "prevalence": request.prevalence,
        "power_wanted": request.power,
        "images_given": request.images,
        "images_needed": needed,
        "why_not": None if needed is not None else _why_not(request),
        "observers_needed": _observers_needed(request, needed),
        "design": None if design is None else _as_dict(design),
        "formula": formula,
        "simulation": _by_simulation(request, design, formula),
        "curve": _curve(request, design),
    }


def image_sd_of(model: ModelObservers) -> float | None:
    """Return the images' SD, in SDs of one observer's impressions of one image; None where it has no limit (ρ = 1)."""
    share = model.image_share
    return sqrt(share / (1 - share)) if share < 1 else None


def _given(request: PlanRequest) -> dict[str, Any]:
    return {"observers": request.observers, "prevalence": request.prevalence, "power": request.power}


def _why_not(request: PlanRequest) -> str:
    reason = why_impossible(request.claim, request.model, observers=request.observers, power=request.power)
    return reason or f"it would take more than {MOST_IMAGES:,} images"


def _observers_needed(request: PlanRequest, needed: int | None) -> dict[str, int] | None:
    """Return how many observers it takes where these are too few for a study that the program can show."""
    if needed is not None and needed <= MOST_IMAGES_SHOWN:
        return None
    fixed = {"prevalence": request.prevalence, "power": request.power}
    observers = observers_needed(request.claim, request.model, most_images=MOST_IMAGES_SHOWN, **fixed)
    if observers is None or observers <= request.observers:
        return None
    images = images_needed(request.claim, request.model, observers=observers, **fixed)
    return None if images is None else {"observers": observers, "images": images}


def _as_dict(design: Design) -> dict[str, int]:
    return {
        "observers": design.observers,
        "images": design.images,
        "perturbed": design.perturbed,
        "clean": design.clean,
        "answers": design.observers * design.images,
    }


def _by_formula(request: PlanRequest, design: Design) -> dict[str, Any]:
    claim, model = request.claim, request.model
    expected = spread(claim, model, design)
    figures = {
        "power": power(claim, model, design),
        "standard_deviation": expected.standard_deviation,
        "standard_error": expected.standard_error,
        "freedom": None if isinf(expected.freedom) else expected.freedom,
        "design_effect": 1 + (design.observers - 1) * model.correlation,
        "smallest_margin": None,
        "smallest_margin_with_power": None,
    }
    if claim.margin is not None:
        figures["smallest_margin"] = smallest_margin(claim, model, design)
        figures["smallest_margin_with_power"] = smallest_margin(claim, model, design, power=request.power)
    return figures


def _by_simulation(
    request: PlanRequest, design: Design | None, formula: dict[str, Any] | None
) -> dict[str, Any] | None:
    if not request.studies or design is None or formula is None:
        return None
    studies = _studies(request, design)
    simulated = simulate_power(request.claim, request.model, design, studies=studies, seed=request.seed)
    return {
        "studies": studies,
        "seed": request.seed,
        **simulated.as_dict(),
        "agrees": simulated.agrees_with(formula["power"]),
    }


def _studies(request: PlanRequest, design: Design) -> int:
    """Return how many studies of this design are simulated."""
    if request.most_answers is None:
        return request.studies
    within = request.most_answers // (design.observers * design.images + ANALYSIS)
    return min(request.studies, max(within, FEWEST_STUDIES))


def _curve(request: PlanRequest, design: Design | None) -> dict[str, Any]:
    """Return power against images, for what is asked for and for a stricter and a laxer claim."""
    last = MOST_IMAGES_SHOWN if design is None else min(max(2 * design.images, 40), MOST_IMAGES)
    first = ceil(2 / min(request.prevalence, 1 - request.prevalence))
    even = [max(first, round(last * step / CURVE_STEPS)) for step in range(CURVE_STEPS + 1)]
    told = {*even[CURVE_STEPS // TABLE_STEPS :: CURVE_STEPS // TABLE_STEPS]} | ({design.images} if design else set())
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
    claim, model = request.claim, request.model
    if claim.margin is None:
        model = ModelObservers(value, model.correlation, model.observer_sd)
    else:
        claim = Claim(value, claim.level, claim.observers_random)
    try:
        design = Design.of(observers=request.observers, images=images, prevalence=request.prevalence)
    except ValueError:  # too few of one truth
        return None
    return power(claim, model, design)


def _simulated_curve(request: PlanRequest, design: Design | None) -> list[dict[str, Any]]:
    studies = 0 if design is None else _studies(request, design) // len(SIMULATED_AT)
    if design is None or studies < FEWEST_STUDIES_ON_THE_CURVE:
        return []
    points = []
    for part in SIMULATED_AT:
        try:
            other = Design.of(
                observers=request.observers, images=round(part * design.images), prevalence=request.prevalence
            )
        except ValueError:  # too few of one truth
            continue
        simulated = simulate_power(request.claim, request.model, other, studies=studies, seed=request.seed)
        points.append({"images": other.images, "studies": studies, "power": simulated.power.as_dict()})
    return points
