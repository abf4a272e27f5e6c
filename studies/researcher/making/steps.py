"""The steps of making a study, each a page of its own; a draft is saved with each."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from perception.core.form_errors import error_summary
from studies.design.drafts.readiness import Finding, findings_about
from studies.design.invitations import invite_observers
from studies.design.lifecycle import change_study
from studies.design.option import Step
from studies.design.options import PEOPLE, STEPS
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import CHANGE, why_impossible
from studies.researcher.access import own_study, researcher
from studies.researcher.invitation_form import InvitationForm
from studies.researcher.making.estimates import estimate_context
from studies.researcher.study_form import StudyForm

CHECK = Step("check", gettext_noop("Check and open"))
ALL_STEPS = (*STEPS, CHECK)
STEPS_BY_KEY = {step.key: step for step in ALL_STEPS}
LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One entry of the list of where one is; `problems` counts what is to be mended there before the study opens."""

    step: Step
    address: str
    is_current: bool
    problems: int


@login_required
@require_safe
def study_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to change a draft, at its first step."""
    return redirect("studies:study-step", own_study(request, pk).pk, STEPS[0].key)


@login_required
@require_http_methods(["GET", "POST"])
def study_step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show the options of a step, and save them; the button that was pressed says where to go on."""
    step = STEPS_BY_KEY.get(key)
    if step is None or step == CHECK:
        raise Http404(f"no step of a study is called {key}")
    study = own_study(request, pk)
    if why := why_impossible(CHANGE, title=study.title, state=study.state):
        messages.error(request, why)
        return redirect("studies:study-detail", pk)
    data = request.POST if request.method == "POST" else None
    # The form writes what is sent into its study, right or wrong: it gets one of its own.
    form = StudyForm(data, step=step, instance=own_study(request, pk), by=researcher(request))
    people = InvitationForm(data, required=False, groups=study.groups_by_hand) if step == PEOPLE else None
    if data is not None and _is_saved(request, study, form, people):
        return redirect(address_of(study, data.get("then", ""), after=step))
    return _page(request, study, step, form, people)


def address_of(study: Study, then: str, *, after: Step) -> str:
    """Return the address that a button of a step leads to: of the step named, or of the study; else of the next."""
    if then == LEAVE:
        return reverse("studies:study-detail", args=[study.pk])
    step = STEPS_BY_KEY.get(then) or ALL_STEPS[ALL_STEPS.index(after) + 1]
    return step_address(study, step)


def step_address(study: Study, step: Step) -> str:
    """Return the address of a step."""
    if step == CHECK:
        return reverse("studies:study-check", args=[study.pk])
    return reverse("studies:study-step", args=[study.pk, step.key])


def step_lines(study: Study, current: Step, findings: list[Finding]) -> list[StepLine]:
    """Return the list of where one is."""
    return [
        StepLine(
            step,
            step_address(study, step),
            step == current,
            sum(finding.stops and finding.step == step for finding in findings),
        )
        for step in ALL_STEPS
    ]


def base_url_of(request: HttpRequest) -> str:
    """Return what the observers' links begin with, as the pages of a study show them."""
    return f"{request.scheme}://{request.get_host()}"


def _is_saved(request: HttpRequest, study: Study, form: StudyForm, people: InvitationForm | None) -> bool:
    """Save a step, all of it or nothing; what is wrong is told in the forms."""
    invited = people is None or people.is_valid()
    if not (form.is_valid() and invited):
        return False
    try:
        with transaction.atomic():
            change_study(study=study, by=researcher(request), **form.cleaned_data)
            if people is not None and people.cleaned_data["labels"]:
                _invite(request, study, people)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    except _NotInvitedError as error:
        (people or form).add_error("labels", str(error))
    except StudyError as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


class _NotInvitedError(Exception):
    """Observers cannot be invited as asked."""


def _invite(request: HttpRequest, study: Study, people: InvitationForm) -> None:
    labels, by = people.cleaned_data["labels"], researcher(request)
    try:
        observers = invite_observers(study=study, labels=labels, groups=people.groups, by=by)
    except StudyError as error:
        raise _NotInvitedError(str(error)) from error
    n = len(observers)
    messages.success(request, ngettext("%(n)s observer invited.", "%(n)s observers invited.", n) % {"n": n})


def _page(
    request: HttpRequest, study: Study, step: Step, form: StudyForm, people: InvitationForm | None
) -> HttpResponse:
    findings = findings_about(study, base_url=base_url_of(request))
    summary = error_summary(*([form] if people is None else [form, people]))
    index = ALL_STEPS.index(step)
    context = {
        "study": study,
        "step": step,
        "number": index + 1,
        "lines": step_lines(study, step, findings),
        "findings": [finding for finding in findings if finding.step == step],
        "form": form,
        "people": people,
        "invited": list(study.observers.order_by("pk")) if people is not None else [],
        "summary": summary,
        "before": ALL_STEPS[index - 1] if index else None,
        "after": ALL_STEPS[index + 1],
        **estimate_context(study, study.further_pair_sets.all()),
    }
    return render(request, "researcher/making/step.html", context, status=422 if summary else 200)
