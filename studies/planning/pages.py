"""The page on which a study is planned. The address holds the whole plan, so that it can be kept and cited.

`studies.planning.plan` and `…planning.plot` bring SciPy and Matplotlib: they are loaded with the first plan.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from perception.core.formatting import percent
from perception.site.in_turn import in_turn
from studies.planning import wording
from studies.planning.form import EQUIVALENCE, StudyPlanForm

if TYPE_CHECKING:
    from studies.planning.plan import DesignPower, Plan
    from studies.planning.request import PlanRequest

MOST_SHOWN = 1000
"""Images of either truth in one study."""
MOST_STUDIES = 1000
MOST_ANSWERS = 20_000_000
"""How much one request may simulate: about a second's work."""


@login_required
@require_safe
@in_turn
def study_plan(request: HttpRequest) -> HttpResponse:
    """Ask what is to be planned, and show the plan."""
    if not request.GET:
        return render(request, "planning/plan.html", {"form": StudyPlanForm()})
    form = StudyPlanForm(_with_defaults(request))
    if not form.is_valid():
        return render(request, "planning/plan.html", {"form": form}, status=422)
    from studies.planning.plan import make_plan
    from studies.planning.plot import power_plot

    studies = _studies(request)
    plan = make_plan(_request_of(form, studies=studies))
    context = {
        "form": form,
        "plan": plan,
        "needed": wording.needed_text(plan),
        "claim": wording.claim_text(plan),
        "assumptions": wording.assumptions_text(plan),
        "names": wording.line_names(plan),
        "rows": wording.curve_rows(plan),
        "plot": power_plot(plan),
        "simulate_url": _address(request, simulate=MOST_STUDIES) if not studies else "",
        "start_url": _start_address(plan),
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


def _with_defaults(request: HttpRequest) -> QueryDict:
    """Return what the address holds, with the form's own values for what it leaves out: a link need not hold all."""
    given = request.GET.copy()
    for name, field in StudyPlanForm.base_fields.items():
        # ρ is left out where the images' SD is given in its place.
        if name not in given and field.initial is not None and not (name == "icc" and given.get("image_sd")):
            given[name] = str(field.initial)
    return given


def _request_of(form: StudyPlanForm, *, studies: int) -> "PlanRequest":
    from studies.planning.request import PlanRequest, correlation_asked_for

    given = form.cleaned_data
    return PlanRequest(
        margin=given["margin"] if given["goal"] == EQUIVALENCE else None,
        dprime=given["dprime"] or 0.0,
        observers=given["observers"],
        images=given["images"],
        prevalence=given["prevalence"],
        correlation=correlation_asked_for(icc=given["icc"], image_sd=given["image_sd"]),
        observer_sd=given["observer_sd"],
        observers_random=given["observers_random"],
        level=given["level"],
        power=given["power"],
        studies=studies,
        most_answers=MOST_ANSWERS,
        seed=1 if given["seed"] is None else given["seed"],
    )


def _studies(request: HttpRequest) -> int:
    """Return how many studies the address asks to simulate, as far as a page may."""
    asked = request.GET.get("simulate", "")
    return min(int(asked), MOST_STUDIES) if asked.isdecimal() and len(asked) < 10 else 0


def _address(request: HttpRequest, **changes: object) -> str:
    given = request.GET.copy()
    for name, value in changes.items():
        given[name] = str(value)
    return f"?{given.urlencode()}"


def _start_address(plan: "Plan") -> str:
    """Return the address of a new study's form with the plan's numbers; nothing where a study cannot have them."""
    design, margin = plan.design, plan.request.margin
    if design is None or max(design.perturbed, design.clean) > MOST_SHOWN:
        return ""
    numbers: dict[str, float] = {"n_perturbed": design.perturbed, "n_clean": design.clean}
    if margin is not None:
        numbers["margin"] = margin
    return f"{reverse('studies:study-create')}?{urlencode(numbers)}"
