"""A study from pilot to archive: each step has a page that says what follows, and works without JavaScript."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ml.errors import MlError
from ml.runs.lifecycle import cancel
from studies.design.lifecycle.consequences import CONFIRMED, consequences_of
from studies.design.lifecycle.long_work import BY_WORKERS, ask_for, latest_opening
from studies.design.lifecycle.performing import perform, why_not_now
from studies.design.lifecycle.pilot import invite_to_pilot
from studies.design.lifecycle.step import LONGEST_REASON
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import DELETE, REOPEN, UNBLIND, Reason, StudyAction
from studies.researcher.access import own_study, researcher
from studies.researcher.invitation_form import InvitationForm

_BY_NAME = {action.name: action for action in CONFIRMED}


class ActionForm(forms.Form):
    """Why something is done to a study, where that is asked; and a box to tick where results were seen."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is written down with your name and the time."),
    )
    although_seen = forms.BooleanField(
        label=gettext_lazy("Reopen it although its results have been seen. The report will say so."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, study: Study, action: StudyAction) -> None:
        """Ask what the action needs, and no more."""
        super().__init__(data)
        if action.reason is Reason.NOT_ASKED:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = action.reason is Reason.REQUIRED
            if action.reason is Reason.OPTIONAL:
                self.fields["reason"].label = gettext("Why (optional)")
        if action == REOPEN and study.results_were_seen:
            self.fields["although_seen"].required = True
        else:
            del self.fields["although_seen"]
        self.helper = FormHelper()
        self.helper.form_tag = False


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def study_action(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Say what an action would do to a study, and ask why; a POST does it."""
    study, action = own_study(request, pk), _BY_NAME[name]
    page = reverse("studies:study-detail", args=[study.pk])
    if why := why_not_now(study, action):
        messages.error(request, why)
        return redirect(page)
    form = ActionForm(request.POST if request.method == "POST" else None, study=study, action=action)
    if not form.is_valid():
        context = {"study": study, "action": action, "form": form, "follows": consequences_of(study, action)}
        return render(request, "researcher/action.html", context, status=422 if form.is_bound else 200)
    try:
        if action in BY_WORKERS:
            ask_for(action, study=study, by=researcher(request), **form.cleaned_data)
            messages.success(request, gettext("It is being done by a worker; this page says how far it is."))
            return redirect(page)
        perform(action, study=study, by=researcher(request), **form.cleaned_data)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect(page)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(page)
    messages.success(request, gettext(action.done))
    if action == DELETE:
        return redirect("studies:study-list")
    return redirect("studies:study-report", pk) if action == UNBLIND else redirect(page)


@login_required
@require_POST
def opening_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End the opening of a study, or the making of its pilot, that is on its way. The draft stays as it was."""
    study = own_study(request, pk)
    run = latest_opening(study)
    try:
        if run is None:
            raise Http404("this study was never opened")
        cancel(run)
    except MlError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("It was asked to end; the draft stays as it is."))
    return redirect("studies:study-detail", pk)


@login_required
@require_POST
def pilot_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Make further links of the pilot that runs."""
    study = own_study(request, pk)
    form = InvitationForm(request.POST, prefix="pilot")
    try:
        if form.is_valid():
            made = invite_to_pilot(study=study, labels=form.cleaned_data["labels"], by=researcher(request))
            said = ngettext(
                "%(n)s link of the pilot made. It is of no use for the study itself.",
                "%(n)s links of the pilot made. They are of no use for the study itself.",
                len(made),
            )
            messages.success(request, said % {"n": len(made)})
        else:
            messages.error(request, gettext("Give at least one label, one a line."))
    except StudyError as error:
        messages.error(request, str(error))
    return redirect("studies:study-detail", pk)
