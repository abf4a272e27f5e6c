"""A plan of two arms in words, for page and command line: the same sentences in both. It loads SciPy."""

from math import isinf

from django.utils.translation import gettext

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.power import MOST_IMAGES, Design
from perception.analysis.planning.two_arms import TwoArmPower
from perception.core.formatting import localized
from studies.planning.two_arms.plan import TwoArmPlan
from studies.planning.wording import monte_carlo_text, observers_text, power_text, share_of


def two_arms_text(plan: TwoArmPlan) -> str:
    """Write out a plan: what is to be shown, what is assumed, what it takes, and what the design shows."""
    lines = [f"To show: {claim_text(plan)}", f"Assumed: {assumptions_text(plan)}", "", needed_text(plan)]
    if plan.design is not None and plan.formula is not None:
        lines += ["", f"Design: {design_text(plan.design)}", *_power_lines(plan, plan.formula)]
    return "\n".join(lines)


def claim_text(plan: TwoArmPlan) -> str:
    """Say what is to be shown, and by which interval."""
    whose = gettext("observers like these") if plan.request.observers_random else gettext("these observers")
    interval = gettext("the %(level)s%% interval of the difference of balanced accuracies") % {
        "level": localized(f"{100 * plan.request.claim.level:g}")
    }
    return gettext("that two attacks differ: %(interval)s excludes 0, for %(whose)s") % {
        "interval": interval,
        "whose": whose,
    }


def assumptions_text(plan: TwoArmPlan) -> str:
    """Say who is assumed to answer in both arms."""
    assumed, request = plan.assumed, plan.request
    rights = gettext("balanced accuracies %(first)s%% and %(second)s%%") % {
        "first": localized(f"{100 * assumed.first.right:.1f}"),
        "second": localized(f"{100 * assumed.second.right:.1f}"),
    }
    images = gettext("the same images of both") if assumed.same_images else gettext("other images of each")
    text = gettext(
        "%(observers)s with a d′ of %(first)s of the first attack and %(second)s of the second (%(rights)s); "
        "%(images)s; ρ = %(rho)s between answers to one image"
    ) % {
        "observers": observers_text(request.observers),
        "first": localized(f"{assumed.first.dprime:g}"),
        "second": localized(f"{assumed.second_dprime:g}"),
        "rights": rights,
        "images": images,
        "rho": localized(f"{request.correlation:.3g}"),
    }
    if request.observer_sd:
        text += gettext("; SD of d′ between observers %(observer_sd)s") % {
            "observer_sd": localized(f"{request.observer_sd:g}")
        }
    return gettext("%(text)s; what observers and images differ by correlates by %(likeness)s between the attacks") % {
        "text": text,
        "likeness": localized(f"{assumed.likeness:g}"),
    }


def needed_text(plan: TwoArmPlan) -> str:
    """Say how many images are needed in each arm, or that no number is enough."""
    wanted = gettext("%(share)s%% power") % {"share": localized(f"{100 * plan.request.power:g}")}
    if plan.images_needed is not None:
        return gettext("%(images_needed)s images of each attack for %(wanted)s.") % {
            "images_needed": localized(f"{plan.images_needed:,}"),
            "wanted": wanted,
        }
    if plan.assumed.difference == 0:
        return gettext("No number of images gives %(wanted)s: the attacks do not differ.") % {"wanted": wanted}
    return gettext("No number of images up to %(most_images)s gives %(wanted)s: take more observers.") % {
        "most_images": localized(f"{MOST_IMAGES:,}"),
        "wanted": wanted,
    }


def design_text(design: Design) -> str:
    """Say what a design has, in both arms together."""
    return gettext(
        "%(perturbed)s perturbed + %(clean)s clean images × %(observers)s × 2 attacks = %(answers)s answers"
    ) % {
        "perturbed": localized(f"{design.perturbed:,}"),
        "clean": localized(f"{design.clean:,}"),
        "observers": observers_text(design.observers),
        "answers": localized(f"{2 * design.answers:,}"),
    }


def formula_text(formula: TwoArmPower) -> str:
    """Say what the power by formula rests on."""
    test = (
        "χ²"
        if isinf(formula.freedom)
        else gettext("F with 1 and %(freedom)s degrees of freedom") % {"freedom": localized(f"{formula.freedom:.1f}")}
    )
    return gettext("standard error %(error)s points, %(test)s") % {
        "error": localized(f"{100 * formula.standard_error:.2f}"),
        "test": test,
    }


def simulation_text(plan: TwoArmPlan, simulated: Estimate) -> str:
    """Say how many studies were simulated."""
    return gettext("%(n)s studies, seed %(seed)s") % {"n": localized(f"{simulated.n:,}"), "seed": plan.request.seed}


def trust_text(plan: TwoArmPlan) -> str:
    """Say whether formula and simulation agree, and which to go by."""
    if plan.agrees:
        return gettext("They agree within the Monte Carlo error: go by the formula.")
    return gettext(
        "They differ by more than the Monte Carlo error: trust the simulation, which analyses each study as "
        "the report does."
    )


def _power_lines(plan: TwoArmPlan, formula: TwoArmPower) -> list[str]:
    lines = [f"  power by formula     {power_text(formula.power)}  ({formula_text(formula)})"]
    if plan.simulated is not None:
        sure = f"{monte_carlo_text(plan.simulated)}; {simulation_text(plan, plan.simulated)}"
        lines += [f"  power by simulation  {power_text(share_of(plan.simulated))}  ({sure})", f"  {trust_text(plan)}"]
    return lines
