"""A plan of a study: the images it takes, or what a design can show, by formula and by simulation.

One `Plan` for page, JSON and command line. It loads SciPy: import it where a plan is asked for.
"""

from dataclasses import dataclass
from math import isinf

from django.utils.translation import gettext

from perception.analysis.planning.power import MOST_IMAGES, Claim, Design, Spread, power, spread
from perception.analysis.planning.sample_size import (
    design_needed,
    images_needed,
    observers_needed,
    smallest_dprime,
    smallest_margin,
    why_impossible,
)
from perception.analysis.planning.simulated_power import SimulatedPower, simulate_power
from perception.analysis.simulated_observers.model import image_sd_of_share
from perception.core.formatting import localized
from studies.planning.power_curve import MOST_IMAGES_SHOWN, PowerCurve, SimulatedPoint, power_curve
from studies.planning.request import PlanRequest


@dataclass(frozen=True, slots=True)
class ObserversNeeded:
    """How many observers would do where those asked for are too few, and with how many images."""

    observers: int
    images: int

    def as_dict(self) -> dict[str, object]:
        """Return the numbers as JSON."""
        return {"observers": self.observers, "images": self.images}


@dataclass(frozen=True, slots=True)
class FormulaPower:
    """What a design shows by formula.

    Attributes
    ----------
    power
        0 to 1.
    spread
        How the estimate varies; None where the observers are too few for an interval.
    design_effect
        1 + (k − 1)ρ: how many answers to one image stand for one independent answer, of k observers who judge it.
    smallest_margin
        δ that the design excludes at best, with an estimate of exactly ½; None without such, and for detection.
    smallest_margin_with_power
        δ that it shows with the power wanted; None without such, and for detection.
    smallest_dprime_with_power
        d′ that it detects with the power wanted; None without such, and for equivalence.
    """

    power: float
    spread: Spread | None
    design_effect: float
    smallest_margin: float | None
    smallest_margin_with_power: float | None
    smallest_dprime_with_power: float | None

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON."""
        expected = self.spread
        return {
            "power": self.power,
            "standard_deviation": None if expected is None else expected.standard_deviation,
            "standard_error": None if expected is None else expected.standard_error,
            "freedom": None if expected is None or isinf(expected.freedom) else expected.freedom,
            "design_effect": self.design_effect,
            "smallest_margin": self.smallest_margin,
            "smallest_margin_with_power": self.smallest_margin_with_power,
            "smallest_dprime_with_power": self.smallest_dprime_with_power,
        }


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a design shows by simulation, and whether the formula's power lies within the Monte Carlo error."""

    studies: int
    seed: int
    outcome: SimulatedPower
    agrees: bool

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON."""
        return {"studies": self.studies, "seed": self.seed, **self.outcome.as_dict(), "agrees": self.agrees}


@dataclass(frozen=True, slots=True)
class DesignPower:
    """What a design shows; `simulation` is None where none was asked for, or the design is too large for it."""

    design: Design
    formula: FormulaPower
    simulation: Simulation | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of a study.

    Attributes
    ----------
    request
        What was asked.
    images_needed
        How many images give the power wanted; None where no number does, and `why_not` then says why.
    observers_needed
        None where those asked for do, or no number does.
    design_power
        What the design asked for shows, or that of `images_needed`; None where there is neither.
    curve
        Power against images.
    """

    request: PlanRequest
    images_needed: int | None
    why_not: str | None
    observers_needed: ObserversNeeded | None
    design_power: DesignPower | None
    curve: PowerCurve

    @property
    def design(self) -> Design | None:
        """Observers and images; None where no number of images is enough."""
        return None if self.design_power is None else self.design_power.design

    @property
    def simulation(self) -> Simulation | None:
        """What the design shows by simulation; None where nothing was simulated."""
        return None if self.design_power is None else self.design_power.simulation

    @property
    def simulated_points(self) -> list[SimulatedPoint]:
        """The simulated powers of the curve, the design's own among them, from few images to many."""
        points = list(self.curve.simulated)
        if self.design_power is not None and self.design_power.simulation is not None:
            simulation = self.design_power.simulation
            points.append(SimulatedPoint(self.design_power.design.images, simulation.studies, simulation.outcome.power))
        return sorted(points, key=lambda point: point.images)

    def as_dict(self) -> dict[str, object]:
        """Return the plan as JSON."""
        result = self.design_power
        return {
            "claim": _claim_as_dict(self.request.claim),
            "assumptions": _assumptions_as_dict(self.request),
            "observers": self.request.observers,
            "prevalence": self.request.prevalence,
            "power_wanted": self.request.power,
            "images_given": self.request.images,
            "images_needed": self.images_needed,
            "why_not": self.why_not,
            "observers_needed": None if self.observers_needed is None else self.observers_needed.as_dict(),
            "design": None if result is None else _design_as_dict(result.design),
            "formula": None if result is None else result.formula.as_dict(),
            "simulation": None if self.simulation is None else self.simulation.as_dict(),
            "curve": self.curve.as_dict(),
        }


def make_plan(request: PlanRequest) -> Plan:
    """Work out a plan.

    Raises
    ------
    ValueError
        An argument outside its range; the text says which.
    """
    needed = images_needed(
        request.claim,
        request.assumed,
        observers=request.observers,
        prevalence=request.prevalence,
        power=request.power,
        pool=request.pool,
    )
    design = _design(request)
    return Plan(
        request=request,
        images_needed=needed,
        why_not=None if needed is not None else _why_not(request),
        observers_needed=_observers_needed(request, needed),
        design_power=None if design is None else _design_power(request, design),
        curve=power_curve(request, design),
    )


def _design(request: PlanRequest) -> Design | None:
    if request.images is not None:
        return Design.of(
            observers=request.observers, images=request.images, prevalence=request.prevalence, pool=request.pool
        )
    return design_needed(
        request.claim,
        request.assumed,
        observers=request.observers,
        prevalence=request.prevalence,
        power=request.power,
        pool=request.pool,
    )


def _why_not(request: PlanRequest) -> str:
    reason = why_impossible(request.claim, request.assumed, observers=request.observers, power=request.power)
    if reason is None and request.pool is not None:
        return gettext("it would take more images than the pool has, or more observers")
    return reason or gettext("it would take more than %(most_images)s images") % {
        "most_images": localized(f"{MOST_IMAGES:,}")
    }


def _observers_needed(request: PlanRequest, needed: int | None) -> ObserversNeeded | None:
    """Return how many observers it takes where these are too few for a study that the program can show."""
    if request.pool is not None or (needed is not None and needed <= MOST_IMAGES_SHOWN):
        return None
    claim, assumed, prevalence, wanted = request.claim, request.assumed, request.prevalence, request.power
    observers = observers_needed(claim, assumed, most_images=MOST_IMAGES_SHOWN, prevalence=prevalence, power=wanted)
    if observers is None or observers <= request.observers:
        return None
    images = images_needed(claim, assumed, observers=observers, prevalence=prevalence, power=wanted)
    return None if images is None else ObserversNeeded(observers, images)


def _design_power(request: PlanRequest, design: Design) -> DesignPower:
    formula = _by_formula(request, design)
    return DesignPower(design, formula, _by_simulation(request, design, formula))


def _by_formula(request: PlanRequest, design: Design) -> FormulaPower:
    claim, assumed = request.claim, request.assumed
    detects, wanted = claim.margin is None, request.power
    return FormulaPower(
        power=power(claim, assumed, design),
        spread=None if claim.too_few(design.observers) else spread(claim, assumed, design),
        design_effect=1 + (design.judges - 1) * assumed.correlation,
        smallest_margin=None if detects else smallest_margin(claim, assumed, design),
        smallest_margin_with_power=None if detects else smallest_margin(claim, assumed, design, power=wanted),
        smallest_dprime_with_power=smallest_dprime(claim, assumed, design, power=wanted) if detects else None,
    )


def _by_simulation(request: PlanRequest, design: Design, formula: FormulaPower) -> Simulation | None:
    studies = request.studies_of(design)
    if not studies:
        return None
    outcome = simulate_power(request.claim, request.assumed, design, studies=studies, seed=request.seed)
    return Simulation(studies, request.seed, outcome, agrees=outcome.agrees_with(formula.power))


def _claim_as_dict(claim: Claim) -> dict[str, object]:
    return {
        "kind": "detection" if claim.margin is None else "equivalence",
        "margin": claim.margin,
        "level": claim.level,
        "observers_random": claim.observers_random,
    }


def _assumptions_as_dict(request: PlanRequest) -> dict[str, object]:
    assumed = request.assumed
    return {
        "dprime": assumed.dprime,
        "balanced_accuracy": assumed.right,
        "correlation": assumed.correlation,
        "image_sd": image_sd_of_share(assumed.image_share),
        "observer_sd": assumed.observer_sd,
    }


def _design_as_dict(design: Design) -> dict[str, object]:
    return {
        "observers": design.observers,
        "images": design.images,
        "perturbed": design.perturbed,
        "clean": design.clean,
        "answers": design.answers,
        **({} if design.pool is None else {"pool": design.pool, "observers_of_an_image": design.judges}),
    }
