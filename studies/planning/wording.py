"""A plan in words, for page and command line: the same sentences in both.

It must not load SciPy, which `studies.planning.plan` does: the page's first visit has nothing to plan yet.
"""

from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.simulated_observers.model import image_sd_of_share
from perception.core.formatting import localized, percent

if TYPE_CHECKING:
    from perception.analysis.planning.power import Design
    from studies.planning.plan import FormulaPower, Plan, Simulation

LARGE = 0.01
"""A difference of power that changes nobody's plan."""


def points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    number = f"{100 * share:.3g}"
    return ngettext("%(n)s point", "%(n)s points", 1 if number == "1" else 2) % {"n": localized(number)}


def power_text(power: float | None) -> str:
    """Write a power; near 1 it is never written as certain, and where there is none as a dash."""
    if power is None:
        return "–"
    return localized("> 99.9%" if power >= 0.9995 else f"{100 * power:.1f}%")


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
    return localized(f"{100 * low:.1f}–{100 * high:.1f}")


def claim_text(plan: "Plan") -> str:
    """Say what is to be shown, and by which interval."""
    claim = plan.request.claim
    whose = gettext("observers like these") if claim.observers_random else gettext("these observers")
    interval = gettext("the %(level)s%% interval of d′") % {"level": localized(f"{100 * claim.level:g}")}
    if claim.margin is None:
        return gettext("detected: %(interval)s excludes 0, for %(whose)s") % {"interval": interval, "whose": whose}
    low, high = 50 - 100 * claim.margin, 50 + 100 * claim.margin
    reach = d_prime_of_margin(claim.margin)
    return gettext(
        "undetectable within %(margin)s: %(interval)s lies inside ±%(reach)s (balanced accuracy "
        "%(low)s–%(high)s%% without a leaning), for %(whose)s"
    ) % {
        "margin": points(claim.margin),
        "interval": interval,
        "reach": localized(f"{reach:.2f}"),
        "low": localized(f"{low:g}"),
        "high": localized(f"{high:g}"),
        "whose": whose,
    }


def assumptions_text(plan: "Plan") -> str:
    """Say who is assumed to answer."""
    assumed, observers = plan.request.assumed, plan.request.observers
    many = observers_text(observers)
    if assumed.dprime == 0:
        sees = ngettext("who guesses", "who guess", observers)
    else:
        sees = gettext("with a d′ of %(dprime)s (balanced accuracy %(share)s%%)") % {
            "dprime": localized(f"{assumed.dprime:g}"),
            "share": localized(f"{100 * assumed.right:.1f}"),
        }
    image_sd = image_sd_of_share(assumed.image_share)
    sd = "" if image_sd is None else gettext(" (image SD %(image_sd)s)") % {"image_sd": localized(f"{image_sd:.2f}")}
    correlation = localized(f"{assumed.correlation:.3g}")
    text = f"{many} {sees}; " + gettext("ρ = %(rho)s between answers to one image") % {"rho": correlation} + sd
    if not assumed.observer_sd:
        return text
    return text + gettext("; SD of d′ between observers %(observer_sd)s") % {
        "observer_sd": localized(f"{assumed.observer_sd:g}")
    }


def needed_text(plan: "Plan") -> str:
    """Say how many images are needed, or why no number is enough and how many observers are."""
    wanted = gettext("%(share)s%% power") % {"share": localized(f"{100 * plan.request.power:g}")}
    if plan.images_needed is None:
        text = gettext("No number of images gives %(wanted)s: %(why_not)s.") % {
            "wanted": wanted,
            "why_not": plan.why_not,
        }
    else:
        text = gettext("%(images_needed)s images for %(wanted)s.") % {
            "images_needed": localized(f"{plan.images_needed:,}"),
            "wanted": wanted,
        }
    if (enough := plan.observers_needed) is not None:
        text += gettext(" %(observers)s observers would do, with %(images)s images.") % {
            "observers": enough.observers,
            "images": localized(f"{enough.images:,}"),
        }
    return text


def observers_text(n: int) -> str:
    """Count observers."""
    return ngettext("%(n)s observer", "%(n)s observers", n) % {"n": n}


def design_text(design: "Design") -> str:
    """Say what a design has."""
    if design.pool is not None:
        return gettext(
            "%(perturbed)s perturbed + %(clean)s clean images of each observer’s own × %(observers)s = %(answers)s "
            "answers; of a pool of %(pool)s images, each judged by up to %(judges)s at one strength"
        ) % {
            "perturbed": localized(f"{design.perturbed:,}"),
            "clean": localized(f"{design.clean:,}"),
            "observers": observers_text(design.observers),
            "answers": localized(f"{design.answers:,}"),
            "pool": localized(f"{design.pool:,}"),
            "judges": localized(f"{design.judges:.1f}"),
        }
    return gettext("%(perturbed)s perturbed + %(clean)s clean images × %(observers)s = %(answers)s answers") % {
        "perturbed": localized(f"{design.perturbed:,}"),
        "clean": localized(f"{design.clean:,}"),
        "observers": observers_text(design.observers),
        "answers": localized(f"{design.answers:,}"),
    }


def formula_text(formula: "FormulaPower") -> str:
    """Say what the power rests on."""
    if (expected := formula.spread) is None:
        return gettext("no interval from so few observers")
    quantile = (
        gettext("normal")
        if isinf(expected.freedom)
        else gettext("t with %(freedom)s degrees of freedom") % {"freedom": localized(f"{expected.freedom:.1f}")}
    )
    return gettext("standard error %(error)s points, %(quantile)s") % {
        "error": localized(f"{100 * expected.standard_error:.2f}"),
        "quantile": quantile,
    }


def reach_text(plan: "Plan", formula: "FormulaPower") -> str:
    """Say which margins, or which d′, a design of this size reaches."""
    wanted = gettext("%(share)s%% power") % {"share": localized(f"{100 * plan.request.power:g}")}
    if plan.request.claim.margin is None:
        dprime = formula.smallest_dprime_with_power
        return (
            gettext("It has %(wanted)s for no d′.") % {"wanted": wanted}
            if dprime is None
            else gettext("It has %(wanted)s for a d′ of %(dprime)s.")
            % {"wanted": wanted, "dprime": localized(f"{dprime:.2f}")}
        )
    at_best, with_power = formula.smallest_margin, formula.smallest_margin_with_power
    if at_best is None:
        return gettext("It excludes no margin.")
    text = gettext("With an estimate of exactly 50%% it would exclude differences above %(points)s points") % {
        "points": localized(f"{100 * at_best:.1f}")
    }
    if with_power is None:
        return gettext("%(text)s; it has %(wanted)s for no margin.") % {"text": text, "wanted": wanted}
    return gettext("%(text)s; it has %(wanted)s for a margin of %(points)s points.") % {
        "text": text,
        "wanted": wanted,
        "points": localized(f"{100 * with_power:.1f}"),
    }


def simulation_text(simulation: "Simulation") -> str:
    """Say how sure the simulated power is."""
    text = gettext("%(studies)s studies, seed %(seed)s") % {
        "studies": localized(f"{simulation.studies:,}"),
        "seed": simulation.seed,
    }
    if without := simulation.outcome.without_interval:
        text += gettext("; %(without)s of them without an interval") % {"without": without}
    return text


def trust_text(plan: "Plan", formula: "FormulaPower", simulation: "Simulation") -> str:
    """Say whether formula and simulation agree, and which to go by."""
    if simulation.agrees:
        return gettext("They agree within the Monte Carlo error: go by the formula.")
    simulated = share_of(simulation.outcome.power)
    above = formula.power > simulated
    promise = (
        gettext("They differ by more than the Monte Carlo error: the formula promises too much.")
        if above
        else gettext("They differ by more than the Monte Carlo error: the formula promises too little.")
    )
    text = promise + " " + gettext("Trust the simulation, which analyses each study as the report does.")
    if abs(formula.power - simulated) < LARGE:
        text += gettext(" The difference is below one point.")
    elif above and simulated < plan.request.power:
        text += f" {_enough_by_simulation(plan)}"
    return text


def _enough_by_simulation(plan: "Plan") -> str:
    wanted = plan.request.power
    enough = [point.images for point in plan.simulated_points if share_of(point.power) >= wanted]
    if not enough:
        return gettext("Take more images, and simulate again.")
    return gettext("Of the simulated sizes, %(enough)s images are the first with %(share)s%%.") % {
        "enough": localized(f"{enough[0]:,}"),
        "share": localized(f"{100 * wanted:g}"),
    }


def line_names(plan: "Plan") -> list[str]:
    """Name the lines of the curve."""
    symbol = "d′" if plan.curve.over_dprime else "δ"
    return [localized(f"{symbol} = {line.value:g}") for line in plan.curve.lines]


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
