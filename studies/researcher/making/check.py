"""The last step: all of a draft at a glance, what it lacks, and the button that opens it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.views.decorators.http import require_safe

from perception.core.in_turn import in_turn
from studies.design.drafts.readiness import findings_about
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan
from studies.planning.links import plan_address
from studies.planning.precision.links import precision_links
from studies.researcher.access import own_study
from studies.researcher.making.estimates import estimate_context
from studies.researcher.making.steps import ALL_STEPS, CHECK, base_url_of, step_lines

AS_IN_THE_PAPER = 2


@login_required
@require_safe
def study_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft lacks and what it has."""
    study = own_study(request, pk)
    if study.state != Study.State.DRAFT:
        return redirect("studies:study-detail", pk)
    context = draft_context(request, study)
    findings = context["findings"]
    context |= {
        "step": CHECK,
        "number": len(ALL_STEPS),
        "lines": step_lines(study, CHECK, findings),
        "can_open": not any(finding.stops for finding in findings),
        "before": ALL_STEPS[-2],
        "invited": list(study.observers.order_by("pk")),
    }
    return render(request, "researcher/making/check.html", context)


@login_required
@require_safe
@in_turn
def study_power(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a sentence on what a study of this size can show; a page fetches it once it is there."""
    # Loaded here: SciPy comes with it.
    from studies.planning.verdict_power import verdict_power_text

    study = own_study(request, pk)
    return HttpResponse(escape(verdict_power_text(study, observers=_observers_of_each_image(study))))


def draft_context(request: HttpRequest, study: Study) -> dict[str, Any]:
    """Return what is said of a draft before it opens, here and on its page."""
    observers = study.observers.count()
    return {
        "study": study,
        "findings": findings_about(study, base_url=base_url_of(request)),
        "plan_url": plan_address(study, observers=observers),
        "precision_links": precision_links(study, observers=observers),
        **estimate_context(study, study.further_pair_sets.all()),
    }


def _observers_of_each_image(study: Study) -> int:
    """Return how many judge each image: of those invited; as long as nobody is, as planned, or two as in the paper."""
    plan = KeptPlan.of(study)
    invited = study.observers.count() or (plan.observers if plan is not None else AS_IN_THE_PAPER)
    return max(1, invited // study.n_subsets)
