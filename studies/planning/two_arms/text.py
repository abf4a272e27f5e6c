"""A plan of two arms in words, for page and command line: the same sentences in both. It loads SciPy."""

from math import isinf

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.power import MOST_IMAGES, Design
from perception.analysis.planning.two_arms import TwoArmPower
from studies.planning.two_arms.plan import TwoArmPlan
from studies.planning.wording import monte_carlo_text, power_text, share_of


def two_arms_text(plan: TwoArmPlan) -> str:
    """Write out a plan: what is to be shown, what is assumed, what it takes, and what the design shows."""
    lines = [f"To show: {claim_text(plan)}", f"Assumed: {assumptions_text(plan)}", "", needed_text(plan)]
    if plan.design is not None and plan.formula is not None:
        lines += ["", f"Design: {design_text(plan.design)}", *_power_lines(plan, plan.formula)]
    return "\n".join(lines)


def claim_text(plan: TwoArmPlan) -> str:
    """Say what is to be shown, and by which interval."""
    whose = "observers like these" if plan.request.observers_random else "these observers"
    interval = f"the {100 * plan.request.claim.level:g}% interval of the difference of balanced accuracies"
    return f"that two attacks differ: {interval} excludes 0, for {whose}"


def assumptions_text(plan: TwoArmPlan) -> str:
    """Say who is assumed to answer in both arms."""
    assumed, request = plan.assumed, plan.request
    rights = f"balanced accuracies {100 * assumed.first.right:.1f}% and {100 * assumed.second.right:.1f}%"
    images = "the same images of both" if assumed.same_images else "other images of each"
    text = (
        f"{_observers(request.observers)} with a d′ of {assumed.first.dprime:g} of the first attack and "
        f"{assumed.second_dprime:g} of the second ({rights}); {images}; ρ = {request.correlation:.3g} between answers "
        "to one image"
    )
    if request.observer_sd:
        text += f"; SD of d′ between observers {request.observer_sd:g}"
    return f"{text}; what observers and images differ by correlates by {assumed.likeness:g} between the attacks"


def needed_text(plan: TwoArmPlan) -> str:
    """Say how many images are needed in each arm, or that no number is enough."""
    wanted = f"{100 * plan.request.power:g}% power"
    if plan.images_needed is not None:
        return f"{plan.images_needed:,} images of each attack for {wanted}."
    if plan.assumed.difference == 0:
        return f"No number of images gives {wanted}: the attacks do not differ."
    return f"No number of images up to {MOST_IMAGES:,} gives {wanted}: take more observers."


def design_text(design: Design) -> str:
    """Say what a design has, in both arms together."""
    return (
        f"{design.perturbed:,} perturbed + {design.clean:,} clean images × {_observers(design.observers)} × "
        f"2 attacks = {2 * design.answers:,} answers"
    )


def formula_text(formula: TwoArmPower) -> str:
    """Say what the power by formula rests on."""
    test = "χ²" if isinf(formula.freedom) else f"F with 1 and {formula.freedom:.1f} degrees of freedom"
    return f"standard error {100 * formula.standard_error:.2f} points, {test}"


def simulation_text(plan: TwoArmPlan, simulated: Estimate) -> str:
    """Say how many studies were simulated."""
    return f"{simulated.n:,} studies, seed {plan.request.seed}"


def trust_text(plan: TwoArmPlan) -> str:
    """Say whether formula and simulation agree, and which to go by."""
    if plan.agrees:
        return "They agree within the Monte Carlo error: go by the formula."
    return (
        "They differ by more than the Monte Carlo error: trust the simulation, which analyses each study as the report "
        "does."
    )


def _observers(count: int) -> str:
    return "1 observer" if count == 1 else f"{count} observers"


def _power_lines(plan: TwoArmPlan, formula: TwoArmPower) -> list[str]:
    lines = [f"  power by formula     {power_text(formula.power)}  ({formula_text(formula)})"]
    if plan.simulated is not None:
        sure = f"{monte_carlo_text(plan.simulated)}; {simulation_text(plan, plan.simulated)}"
        lines += [f"  power by simulation  {power_text(share_of(plan.simulated))}  ({sure})", f"  {trust_text(plan)}"]
    return lines
