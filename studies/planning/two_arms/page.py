"""The page on which a study of two arms is planned, such as two attacks. The address holds the whole plan.

`studies.planning.two_arms.plan` brings SciPy: it is loaded with the first plan.
"""

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from perception.core.formatting import percent
from perception.core.in_turn import in_turn
from studies.planning.form import plan_request, with_defaults
from studies.planning.pages import MOST_ANSWERS
from studies.planning.query import simulation_address, studies_asked_for
from studies.planning.two_arms.form import TwoArmPlanForm
from studies.planning.wording import power_text

if TYPE_CHECKING:
    from studies.planning.two_arms.plan import TwoArmPlan

TEMPLATE = "planning/two_arms.html"


@login_required
@require_safe
@in_turn
def two_arm_plan(request: HttpRequest) -> HttpResponse:
    """Ask what observers see in either arm, and show what it takes to tell the arms apart."""
    if not request.GET:
        return render(request, TEMPLATE, {"form": TwoArmPlanForm()})
    form = TwoArmPlanForm(with_defaults(request.GET, TwoArmPlanForm))
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=422)
    from studies.planning.two_arms.plan import plan_two_arms

    given, studies = form.cleaned_data, studies_asked_for(request)
    plan = plan_two_arms(
        plan_request(given, studies=studies, most_answers=MOST_ANSWERS),
        second_dprime=given["two_arms"],
        likeness=given["likeness"],
        same_images=not given["other_images"],
    )
    context = {"form": form, "plan": plan, **_told(plan)}
    if plan.design is not None:
        context["too_large"] = bool(studies) and plan.simulated is None
        context["simulate_url"] = "" if studies else simulation_address(request)
    return render(request, TEMPLATE, context)


def _told(plan: "TwoArmPlan") -> dict[str, object]:
    """Return the plan in words and as a table."""
    from studies.planning.two_arms import text as words

    told: dict[str, object] = {
        "needed": words.needed_text(plan),
        "claim": words.claim_text(plan),
        "assumptions": words.assumptions_text(plan),
    }
    if plan.design is not None and plan.formula is not None:
        size = plan.design.images
        told |= {
            "design": words.design_text(plan.design),
            "power": power_text(plan.formula.power),
            "formula": words.formula_text(plan.formula),
            "rows": [(images, power_text(power), images == size) for images, power in plan.curve],
        }
    if plan.simulated is not None:
        told |= {
            "simulated_power": percent(plan.simulated),
            "simulation": words.simulation_text(plan, plan.simulated),
            "trust": words.trust_text(plan),
        }
    return told
