"""A plan of two arms that the same observers judge: the images that it takes, or what a design can show.

It loads SciPy: import it where a plan is asked for.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import floor, isinf

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.power import FEWEST_IMAGES, MOST_IMAGES, Design
from perception.analysis.planning.two_arms import (
    AssumedArms,
    PlannedComponents,
    TwoArmPower,
    images_for_two_arms,
    power_of_two_arms,
    simulate_two_arms,
)
from perception.analysis.two_arms.obuchowski_rockette import Population
from studies.planning.request import FEWEST_STUDIES, PlanRequest

MOST_PAIRS = 100_000
"""How many pairs of an observer in an arm one request may compare in its simulated studies: about two seconds' work."""
PARTS = (0.25, 0.5, 0.75, 1, 1.5, 2)
"""Of the images of a design: the sizes whose power is told beside it."""


@dataclass(frozen=True, slots=True)
class TwoArmPlan:
    """A plan of two arms.

    Attributes
    ----------
    request
        What was asked; its d′ is that of the first arm.
    assumed
        Who answers in both arms.
    images_needed
        In each arm, for the power wanted; None where no number does.
    design
        Observers, and images in each arm: those asked for, or those needed; None where there are neither.
    components
        What balanced accuracies vary by in this design; None without one.
    formula
        What it shows by formula; None likewise.
    simulated
        What it shows by simulation; None where none was asked for, or the design is too large for the limit.
    curve
        Images in each arm, ascending, and the power by formula with as many; empty without a design.
    """

    request: PlanRequest
    assumed: AssumedArms
    images_needed: int | None
    design: Design | None
    components: PlannedComponents | None
    formula: TwoArmPower | None
    simulated: Estimate | None
    curve: tuple[tuple[int, float], ...] = ()

    @property
    def agrees(self) -> bool | None:
        """Whether the formula's power lies within the Monte Carlo error of the simulated one; None without both."""
        found = self.simulated
        if self.formula is None or found is None or found.low is None or found.high is None:
            return None
        return found.low <= self.formula.power <= found.high

    def as_dict(self) -> dict[str, object]:
        """Return the plan as JSON; infinite degrees of freedom, those of χ², as null."""
        request, assumed, design, formula = self.request, self.assumed, self.design, self.formula
        return {
            "claim": {
                "kind": "two_arms",
                "level": request.claim.level,
                "observers_random": request.observers_random,
            },
            "assumptions": {
                "dprime": [assumed.first.dprime, assumed.second_dprime],
                "balanced_accuracy": [assumed.first.right, assumed.second.right],
                "difference": assumed.difference,
                "correlation": request.correlation,
                "observer_sd": request.observer_sd,
                "likeness": assumed.likeness,
                "same_images": assumed.same_images,
            },
            "observers": request.observers,
            "prevalence": request.prevalence,
            "power_wanted": request.power,
            "images_given": request.images,
            "images_needed": self.images_needed,
            "design": None if design is None else _numbers(design),
            "components": None if self.components is None else asdict(self.components),
            "formula": None
            if formula is None
            else {**asdict(formula), "freedom": None if isinf(formula.freedom) else formula.freedom},
            "simulation": None if self.simulated is None else {**self.simulated.as_dict(), "agrees": self.agrees},
        }


def _numbers(design: Design) -> dict[str, object]:
    return {
        "observers": design.observers,
        "perturbed": design.perturbed,
        "clean": design.clean,
        "images": design.images,
    }


def plan_two_arms(request: PlanRequest, *, second_dprime: float, likeness: float, same_images: bool) -> TwoArmPlan:
    """Work out a plan of two arms.

    Parameters
    ----------
    request
        As for one arm, but for the margin; its d′ is that of the first arm, its images are those of each arm.
    second_dprime, likeness, same_images
        As for `AssumedArms`.

    Raises
    ------
    ValueError
        A margin; an argument outside its range.
    """
    if request.margin is not None:
        raise ValueError("that two arms differ is planned without a margin")
    assumed = AssumedArms(request.assumed, second_dprime, likeness, same_images)
    level, population = request.claim.level, _population(request)
    needed = images_for_two_arms(
        assumed,
        observers=request.observers,
        prevalence=request.prevalence,
        power=request.power,
        level=level,
        population=population,
    )
    images = request.images or needed
    if images is None:
        return TwoArmPlan(request, assumed, needed, None, None, None, None)
    design = Design.of(observers=request.observers, images=images, prevalence=request.prevalence)
    simulated = None
    if studies := _studies_of(request, design):
        simulated = simulate_two_arms(
            assumed, design, studies=studies, seed=request.seed, level=level, population=population
        )
    return TwoArmPlan(
        request=request,
        assumed=assumed,
        images_needed=needed,
        design=design,
        components=assumed.components(perturbed=design.perturbed, clean=design.clean),
        formula=power_of_two_arms(assumed, design, level=level, population=population),
        simulated=simulated,
        curve=tuple(
            (size, power_of_two_arms(assumed, of_size, level=level, population=population).power)
            for size, of_size in _sizes(request, images, needed)
        ),
    )


def _studies_of(request: PlanRequest, design: Design) -> int:
    """Return how many studies are simulated within the request's limit; 0 where these would be too few."""
    if request.most_answers is None:
        return request.studies
    both = Design(design.observers, 2 * design.perturbed, 2 * design.clean)
    studies = min(request.studies_of(both), MOST_PAIRS // (2 * design.observers) ** 2)
    return studies if studies >= FEWEST_STUDIES else 0


def _sizes(request: PlanRequest, images: int, needed: int | None) -> Iterator[tuple[int, Design]]:
    """Go through sizes around those of the design and those needed, each with its design."""
    around = {round(part * size) for size in {images, needed or images} for part in PARTS}
    for size in sorted(around):
        perturbed = floor(request.prevalence * size + 0.5)  # as `Design.of` rounds
        if min(perturbed, size - perturbed) >= FEWEST_IMAGES and size <= MOST_IMAGES:
            yield size, Design.of(observers=request.observers, images=size, prevalence=request.prevalence)


def _population(request: PlanRequest) -> Population:
    return Population.OBSERVERS_AND_IMAGES if request.observers_random else Population.IMAGES
