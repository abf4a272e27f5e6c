"""A plan of a study: the images it takes, or what a design can show, by formula and by simulation.

One dictionary for page, JSON and command line. It loads SciPy: import it where a plan is asked for.
"""

from math import isinf
from typing import Any

from perception.analysis.planning.power import MOST_IMAGES, Design, power, spread
from perception.analysis.planning.sample_size import (
    design_needed,
    images_needed,
    observers_needed,
    smallest_dprime,
    smallest_margin,
    why_impossible,
)
from perception.analysis.planning.simulated_power import simulate_power
from perception.analysis.simulated_observers.model import image_sd_of_share
from studies.planning.power_curve import MOST_IMAGES_SHOWN, power_curve
from studies.planning.request import PlanRequest


def make_plan(request: PlanRequest) -> dict[str, Any]:
    """Work out a plan.

    Raises
    ------
    ValueError
        An argument outside its range; the text says which.
    """
    claim, assumed = request.claim, request.assumed
    needed = images_needed(claim, assumed, **_given(request))
    if request.images is None:
        design = design_needed(claim, assumed, **_given(request))
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
            "dprime": assumed.dprime,
            "balanced_accuracy": assumed.right,
            "correlation": assumed.correlation,
            "image_sd": image_sd_of_share(assumed.image_share),
            "observer_sd": assumed.observer_sd,
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
        "curve": power_curve(request, design),
    }


def _given(request: PlanRequest) -> dict[str, Any]:
    return {"observers": request.observers, "prevalence": request.prevalence, "power": request.power}


def _why_not(request: PlanRequest) -> str:
    reason = why_impossible(request.claim, request.assumed, observers=request.observers, power=request.power)
    return reason or f"it would take more than {MOST_IMAGES:,} images"


def _observers_needed(request: PlanRequest, needed: int | None) -> dict[str, int] | None:
    """Return how many observers it takes where these are too few for a study that the program can show."""
    if needed is not None and needed <= MOST_IMAGES_SHOWN:
        return None
    fixed = {"prevalence": request.prevalence, "power": request.power}
    observers = observers_needed(request.claim, request.assumed, most_images=MOST_IMAGES_SHOWN, **fixed)
    if observers is None or observers <= request.observers:
        return None
    images = images_needed(request.claim, request.assumed, observers=observers, **fixed)
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
    claim, assumed = request.claim, request.assumed
    expected = None if claim.too_few(design.observers) else spread(claim, assumed, design)
    figures = {
        "power": power(claim, assumed, design),
        "standard_deviation": None if expected is None else expected.standard_deviation,
        "standard_error": None if expected is None else expected.standard_error,
        "freedom": None if expected is None or isinf(expected.freedom) else expected.freedom,
        "design_effect": 1 + (design.observers - 1) * assumed.correlation,
        "smallest_margin": None,
        "smallest_margin_with_power": None,
        "smallest_dprime_with_power": None,
    }
    if claim.margin is None:
        figures["smallest_dprime_with_power"] = smallest_dprime(claim, assumed, design, power=request.power)
    else:
        figures["smallest_margin"] = smallest_margin(claim, assumed, design)
        figures["smallest_margin_with_power"] = smallest_margin(claim, assumed, design, power=request.power)
    return figures


def _by_simulation(
    request: PlanRequest, design: Design | None, formula: dict[str, Any] | None
) -> dict[str, Any] | None:
    studies = 0 if design is None else request.studies_of(design)
    if not studies or design is None or formula is None:
        return None
    simulated = simulate_power(request.claim, request.assumed, design, studies=studies, seed=request.seed)
    return {
        "studies": studies,
        "seed": request.seed,
        **simulated.as_dict(),
        "agrees": simulated.agrees_with(formula["power"]),
    }
