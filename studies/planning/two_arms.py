"""A plan of two arms that the same observers judge: the images that it takes, or what a design can show, in words.

It loads SciPy: import it where a plan is asked for.
"""

from dataclasses import asdict, dataclass
from math import isinf

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.power import MOST_IMAGES, Design
from perception.analysis.planning.two_arms import (
    AssumedArms,
    PlannedComponents,
    TwoArmPower,
    images_for_two_arms,
    power_of_two_arms,
    simulate_two_arms,
)
from perception.analysis.two_arms.obuchowski_rockette import Population
from studies.planning.request import PlanRequest
from studies.planning.wording import monte_carlo_text, power_text, share_of


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
        What it shows by simulation; None where none was asked for.
    """

    request: PlanRequest
    assumed: AssumedArms
    images_needed: int | None
    design: Design | None
    components: PlannedComponents | None
    formula: TwoArmPower | None
    simulated: Estimate | None

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
            "design": None if design is None else {**asdict(design), "images": design.images},
            "components": None if self.components is None else asdict(self.components),
            "formula": None
            if formula is None
            else {**asdict(formula), "freedom": None if isinf(formula.freedom) else formula.freedom},
            "simulation": None if self.simulated is None else {**self.simulated.as_dict(), "agrees": self.agrees},
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
    if request.studies:
        simulated = simulate_two_arms(
            assumed, design, studies=request.studies, seed=request.seed, level=level, population=population
        )
    return TwoArmPlan(
        request=request,
        assumed=assumed,
        images_needed=needed,
        design=design,
        components=assumed.components(perturbed=design.perturbed, clean=design.clean),
        formula=power_of_two_arms(assumed, design, level=level, population=population),
        simulated=simulated,
    )


def two_arms_text(plan: TwoArmPlan) -> str:
    """Write out a plan: what is to be shown, what is assumed, what it takes, and what the design shows."""
    lines = [f"To show: {_claim_text(plan)}", f"Assumed: {_assumptions_text(plan)}", "", _needed_text(plan)]
    if plan.design is not None and plan.formula is not None:
        lines += ["", f"Design: {_design_text(plan.design)}", *_power_lines(plan, plan.formula)]
    return "\n".join(lines)


def _population(request: PlanRequest) -> Population:
    return Population.OBSERVERS_AND_IMAGES if request.observers_random else Population.IMAGES


def _claim_text(plan: TwoArmPlan) -> str:
    whose = "observers like these" if plan.request.observers_random else "these observers"
    interval = f"the {100 * plan.request.claim.level:g}% interval of the difference of balanced accuracies"
    return f"that two arms differ: {interval} excludes 0, for {whose}"


def _assumptions_text(plan: TwoArmPlan) -> str:
    assumed, request = plan.assumed, plan.request
    rights = f"balanced accuracies {100 * assumed.first.right:.1f}% and {100 * assumed.second.right:.1f}%"
    images = "the same images in both" if assumed.same_images else "other images in each"
    text = (
        f"{request.observers} observers with a d′ of {assumed.first.dprime:g} in the first arm and "
        f"{assumed.second_dprime:g} in the second ({rights}); {images}; ρ = {request.correlation:.3g} between answers "
        "to one image"
    )
    if request.observer_sd:
        text += f"; SD of d′ between observers {request.observer_sd:g}"
    return f"{text}; what observers and images differ by correlates by {assumed.likeness:g} between the arms"


def _needed_text(plan: TwoArmPlan) -> str:
    wanted = f"{100 * plan.request.power:g}% power"
    if plan.images_needed is not None:
        return f"{plan.images_needed:,} images in each arm for {wanted}."
    if plan.assumed.difference == 0:
        return f"No number of images gives {wanted}: the arms do not differ."
    return f"No number of images up to {MOST_IMAGES:,} gives {wanted}: take more observers."


def _design_text(design: Design) -> str:
    return (
        f"{design.perturbed:,} perturbed + {design.clean:,} clean images × {design.observers} observers × 2 arms = "
        f"{2 * design.answers:,} answers"
    )


def _power_lines(plan: TwoArmPlan, formula: TwoArmPower) -> list[str]:
    test = "χ²" if isinf(formula.freedom) else f"F with 1 and {formula.freedom:.1f} degrees of freedom"
    told = f"standard error {100 * formula.standard_error:.2f} points, {test}"
    lines = [f"  power by formula     {power_text(formula.power)}  ({told})"]
    if plan.simulated is not None:
        sure = f"{monte_carlo_text(plan.simulated)}; {plan.simulated.n:,} studies, seed {plan.request.seed}"
        lines.append(f"  power by simulation  {power_text(share_of(plan.simulated))}  ({sure})")
        lines.append(
            "  They agree within the Monte Carlo error: go by the formula."
            if plan.agrees
            else "  They differ by more than the Monte Carlo error: trust the simulation, which analyses each "
            "study as the report does."
        )
    return lines
