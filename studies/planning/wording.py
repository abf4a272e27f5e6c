"""A plan in words, for page and command line: the same sentences in both.

It must not load SciPy, which `studies.planning.plan` does: the page's first visit has nothing to plan yet.
"""

from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.simulated_observers.model import image_sd_of_share
from perception.core.formatting import percent

if TYPE_CHECKING:
    from perception.analysis.planning.power import Design
    from studies.planning.plan import FormulaPower, Plan, Simulation

LARGE = 0.01
"""A difference of power that changes nobody's plan."""


def points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    number = f"{100 * share:.3g}"
    return f"{number} point{'' if number == '1' else 's'}"


def power_text(power: float | None) -> str:
    """Write a power; near 1 it is never written as certain, and where there is none as a dash."""
    if power is None:
        return "–"
    return "> 99.9%" if power >= 0.9995 else f"{100 * power:.1f}%"


def share_of(power: Estimate) -> float:
    """Return the power that simulated studies found; there is one wherever there was a study."""
    if power.estimate is None:
        raise ValueError("no study was simulated")
    return power.estimate


def limits_of(power: Estimate) -> tuple[float, float]:
    """Return the Monte Carlo error of a simulated power, as the limits of its interval."""
    if power.low is None or power.high is None:
        raise ValueError("no study was simulated")
    return power.low, power.high


def monte_carlo_text(power: Estimate) -> str:
    """Write the Monte Carlo error of a simulated power in percent, as `76.2–83.9`."""
    low, high = limits_of(power)
    return f"{100 * low:.1f}–{100 * high:.1f}"


def claim_text(plan: "Plan") -> str:
    """Say what is to be shown, and by which interval."""
    claim = plan.request.claim
    whose = "observers like these" if claim.observers_random else "these observers"
    interval = f"the {100 * claim.level:g}% interval of d′"
    if claim.margin is None:
        return f"detected: {interval} excludes 0, for {whose}"
    low, high = 50 - 100 * claim.margin, 50 + 100 * claim.margin
    reach = d_prime_of_margin(claim.margin)
    return (
        f"undetectable within {points(claim.margin)}: {interval} lies inside ±{reach:.2f} "
        f"(balanced accuracy {low:g}–{high:g}% without a leaning), for {whose}"
    )


def assumptions_text(plan: "Plan") -> str:
    """Say who is assumed to answer."""
    assumed, observers = plan.request.assumed, plan.request.observers
    many = "1 observer" if observers == 1 else f"{observers} observers"
    if assumed.dprime == 0:
        sees = "who guesses" if observers == 1 else "who guess"
    else:
        sees = f"with a d′ of {assumed.dprime:g} (balanced accuracy {100 * assumed.right:.1f}%)"
    image_sd = image_sd_of_share(assumed.image_share)
    sd = "" if image_sd is None else f" (image SD {image_sd:.2f})"
    text = f"{many} {sees}; ρ = {assumed.correlation:.3g} between answers to one image{sd}"
    return f"{text}; SD of d′ between observers {assumed.observer_sd:g}" if assumed.observer_sd else text


def needed_text(plan: "Plan") -> str:
    """Say how many images are needed, or why no number is enough and how many observers are."""
    wanted = f"{100 * plan.request.power:g}% power"
    if plan.images_needed is None:
        text = f"No number of images gives {wanted}: {plan.why_not}."
    else:
        text = f"{plan.images_needed:,} images for {wanted}."
    if (enough := plan.observers_needed) is not None:
        text += f" {enough.observers} observers would do, with {enough.images:,} images."
    return text


def design_text(design: "Design") -> str:
    """Say what a design has."""
    return (
        f"{design.perturbed:,} perturbed + {design.clean:,} clean images × {design.observers} "
        f"observer{'' if design.observers == 1 else 's'} = {design.answers:,} answers"
    )


def formula_text(formula: "FormulaPower") -> str:
    """Say what the power rests on."""
    if (expected := formula.spread) is None:
        return "no interval from so few observers"
    quantile = "normal" if isinf(expected.freedom) else f"t with {expected.freedom:.1f} degrees of freedom"
    return f"standard error {100 * expected.standard_error:.2f} points, {quantile}"


def reach_text(plan: "Plan", formula: "FormulaPower") -> str:
    """Say which margins, or which d′, a design of this size reaches."""
    wanted = f"{100 * plan.request.power:g}% power"
    if plan.request.claim.margin is None:
        dprime = formula.smallest_dprime_with_power
        return f"It has {wanted} for no d′." if dprime is None else f"It has {wanted} for a d′ of {dprime:.2f}."
    at_best, with_power = formula.smallest_margin, formula.smallest_margin_with_power
    if at_best is None:
        return "It excludes no margin."
    text = f"With an estimate of exactly 50% it would exclude differences above {100 * at_best:.1f} points"
    if with_power is None:
        return f"{text}; it has {wanted} for no margin."
    return f"{text}; it has {wanted} for a margin of {100 * with_power:.1f} points."


def simulation_text(simulation: "Simulation") -> str:
    """Say how sure the simulated power is."""
    text = f"{simulation.studies:,} studies, seed {simulation.seed}"
    if without := simulation.outcome.without_interval:
        text += f"; {without} of them without an interval"
    return text


def trust_text(plan: "Plan", formula: "FormulaPower", simulation: "Simulation") -> str:
    """Say whether formula and simulation agree, and which to go by."""
    if simulation.agrees:
        return "They agree within the Monte Carlo error: go by the formula."
    simulated = share_of(simulation.outcome.power)
    above = formula.power > simulated
    text = (
        f"They differ by more than the Monte Carlo error: the formula promises too {'much' if above else 'little'}. "
        "Trust the simulation, which analyses each study as the report does."
    )
    if abs(formula.power - simulated) < LARGE:
        text += " The difference is below one point."
    elif above and simulated < plan.request.power:
        text += f" {_enough_by_simulation(plan)}"
    return text


def _enough_by_simulation(plan: "Plan") -> str:
    wanted = plan.request.power
    enough = [point.images for point in plan.simulated_points if share_of(point.power) >= wanted]
    if not enough:
        return "Take more images, and simulate again."
    return f"Of the simulated sizes, {enough[0]:,} images are the first with {100 * wanted:g}%."


def line_names(plan: "Plan") -> list[str]:
    """Name the lines of the curve."""
    symbol = "d′" if plan.curve.over_dprime else "δ"
    return [f"{symbol} = {line.value:g}" for line in plan.curve.lines]


@dataclass(frozen=True, slots=True)
class CurveRow:
    """A row of the curve's table.

    Attributes
    ----------
    images
        How many.
    powers
        By formula, as text, one for each line of the curve.
    simulated
        By simulation; None where this size was not simulated.
    is_design
        Whether these are the images of the plan's design.
    """

    images: int
    powers: tuple[str, ...]
    simulated: Estimate | None
    is_design: bool

    @property
    def simulated_text(self) -> str:
        """The simulated power with its Monte Carlo error; nothing where this size was not simulated."""
        return "" if self.simulated is None else percent(self.simulated)


def curve_rows(plan: "Plan") -> list[CurveRow]:
    """Return the rows of the curve's table, from few images to many."""
    curve, design = plan.curve, plan.design
    simulated = {point.images: point.power for point in plan.simulated_points}
    return [
        CurveRow(
            images=size,
            powers=tuple(power_text(line.powers[curve.sizes.index(size)]) for line in curve.lines),
            simulated=simulated.get(size),
            is_design=design is not None and size == design.images,
        )
        for size in curve.sizes_of_table
    ]
