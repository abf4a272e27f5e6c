"""The page on which a study is planned. The address holds the whole plan, so that it can be kept and cited.

`studies.planning.plan` and `…planning.plot` bring SciPy and Matplotlib: they are loaded with the first plan.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from perception.core.formatting import percent
from perception.core.in_turn import in_turn
from studies.planning import wording
from studies.planning.form import StudyPlanForm, plan_request, with_defaults
from studies.planning.kept_plan import MOST_SHOWN
from studies.planning.precision.methods import METHODS
from studies.planning.query import simulation_address, studies_asked_for

if TYPE_CHECKING:
    from studies.planning.plan import DesignPower, Plan

MOST_ANSWERS = 20_000_000
"""How much one request may simulate: about a second's work."""


@login_required
@require_safe
@in_turn
def study_plan(request: HttpRequest) -> HttpResponse:
    """Ask what is to be planned, and show the plan."""
    about: dict[str, object] = {"for_study": _study_of(request), "precision_methods": METHODS.values()}
    if not request.GET:
        return render(request, "planning/plan.html", about | {"form": StudyPlanForm()})
    form = StudyPlanForm(with_defaults(request.GET))
    if not form.is_valid():
        return render(request, "planning/plan.html", about | {"form": form}, status=422)
    from studies.planning.plan import make_plan
    from studies.planning.plot import power_plot

    studies = studies_asked_for(request)
    plan = make_plan(plan_request(form.cleaned_data, studies=studies, most_answers=MOST_ANSWERS))
    context = about | {
        "form": form,
        "plan": plan,
        "needed": wording.needed_text(plan),
        "claim": wording.claim_text(plan),
        "assumptions": wording.assumptions_text(plan),
        "names": wording.line_names(plan),
        "rows": wording.curve_rows(plan),
        "plot": power_plot(plan),
        "simulate_url": simulation_address(request) if not studies else "",
        "query": with_defaults(request.GET).urlencode(),
        "start_url": _start_address(request, plan),
    }
    if plan.design_power is not None:
        context |= _design_context(plan, plan.design_power)
        context["too_large"] = bool(studies) and plan.simulation is None
    return render(request, "planning/plan.html", context)


def _design_context(plan: "Plan", shown: "DesignPower") -> dict[str, object]:
    """Return what the page says of the design."""
    formula, simulation = shown.formula, shown.simulation
    context: dict[str, object] = {
        "design": wording.design_text(shown.design),
        "power": wording.power_text(formula.power),
        "formula": wording.formula_text(formula),
        "reach": wording.reach_text(plan, formula),
    }
    if simulation is not None:
        context["simulated_power"] = percent(simulation.outcome.power)
        context["simulation"] = wording.simulation_text(simulation)
        context["trust"] = wording.trust_text(plan, formula, simulation)
    return context


def _start_address(request: HttpRequest, plan: "Plan") -> str:
    """Return the address where a new study begins with the plan; nothing where a study cannot have its numbers."""
    design = plan.design
    if design is None or max(design.perturbed, design.clean) > MOST_SHOWN:
        return ""
    return f"{reverse('studies:study-create')}?{urlencode({'plan': with_defaults(request.GET).urlencode()})}"


def _study_of(request: HttpRequest) -> int | None:
    """Return the number of the draft from whose page somebody came, which may keep the plan."""
    number = request.GET.get("study", "")
    return int(number) if number.isdecimal() and len(number) < 10 else None
