"""The page on which a study is planned. The address holds the whole plan, so that it can be kept and cited.

`studies.planning.plan` and `…planning.plot` bring SciPy and Matplotlib: they are loaded with the first plan.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from studies.planning import wording as lines
from studies.planning.form import EQUIVALENCE, StudyPlanForm

if TYPE_CHECKING:
    from studies.planning.request import PlanRequest

MOST_SHOWN = 1000
"""Images of either truth in one study."""
MOST_STUDIES = 1000
MOST_ANSWERS = 20_000_000
"""How much one request may simulate: about a second's work."""


@login_required
@require_safe
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
    plan = make_plan(_request_of(form.cleaned_data, studies=studies))
    context = {
        "form": form,
        "plan": plan,
        "needed": lines.needed_text(plan),
        "claim": lines.claim_text(plan),
        "assumptions": lines.assumptions_text(plan),
        "design": lines.design_text(plan) if plan["design"] else "",
        "power": lines.power_text(plan["formula"]["power"]) if plan["formula"] else "",
        "formula": lines.formula_text(plan) if plan["formula"] else "",
        "reach": lines.reach_text(plan) if plan["formula"] else "",
        "simulation": lines.simulation_text(plan) if plan["simulation"] else "",
        "trust": lines.trust_text(plan) if plan["simulation"] else "",
        "names": [lines.line_name(plan, line["value"]) for line in plan["curve"]["lines"]],
        "rows": lines.curve_rows(plan),
        "plot": power_plot(plan),
        "simulate_url": _address(request, simulate=MOST_STUDIES) if not studies else "",
        "too_large": bool(studies and not plan["simulation"] and plan["design"]),
        "start_url": _start_address(plan),
    }
    return render(request, "planning/plan.html", context)


def _with_defaults(request: HttpRequest) -> Any:
    """Return what the address holds, with the form's own values for what it leaves out: a link need not hold all."""
    given = request.GET.copy()
    for name, field in StudyPlanForm.base_fields.items():
        # ρ is left out where the images' SD is given in its place.
        if name not in given and field.initial is not None and not (name == "icc" and given.get("image_sd")):
            given[name] = str(field.initial)
    return given


def _request_of(given: dict[str, Any], *, studies: int) -> "PlanRequest":
    from studies.planning.request import PlanRequest, correlation_asked_for

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


def _start_address(plan: dict[str, Any]) -> str:
    """Return the address of a new study's form with the plan's numbers; nothing where a study cannot have them."""
    design = plan["design"]
    if design is None or max(design["perturbed"], design["clean"]) > MOST_SHOWN:
        return ""
    numbers = {"n_perturbed": design["perturbed"], "n_clean": design["clean"]}
    if plan["claim"]["margin"] is not None:
        numbers["margin"] = plan["claim"]["margin"]
    return f"{reverse('studies:study-create')}?{urlencode(numbers)}"
