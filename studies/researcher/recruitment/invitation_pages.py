"""The page on which many observers are invited by a list, which is shown before anybody is invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from perception.core.form_errors import error_summary
from studies.design.recruitment.invitation_list import (
    MOST_LISTED,
    InvitationList,
    invite_listed,
    read_invitation_list,
)
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import INVITE
from studies.researcher.access import own_study, researcher
from studies.researcher.recruitment.invitation_list_form import InvitationListForm, with_file_in_memory

SHOWN = 10
"""People of a list that the page names before they are invited."""
PROBLEMS_SHOWN = 50


@csrf_exempt
@require_http_methods(["GET", "POST"])
def study_invite_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Look through a list of people to invite; a confirmed one invites them."""
    return with_file_in_memory(request, lambda sent: _invite_list(sent, pk))


@login_required
def _invite_list(request: HttpRequest, pk: int) -> HttpResponse:
    study = own_study(request, pk)
    data = request.POST if request.method == "POST" else None
    form = InvitationListForm(data, request.FILES if data is not None else None)
    if not (form.is_bound and form.is_valid()):
        return _page(request, study, form)
    deadline = form.cleaned_data["deadline"]
    try:
        found = read_invitation_list(study, form.cleaned_data["text"])
        if "confirmed" not in request.POST or not found.new:
            return _page(request, study, form, found)
        invited = invite_listed(study=study, listed=found.new, deadline=deadline, by=researcher(request))
    except StudyError as error:
        form.add_error(None, str(error))
        return _page(request, study, form)
    n = len(invited)
    messages.success(request, ngettext("%(n)s observer is invited.", "%(n)s observers are invited.", n) % {"n": n})
    return redirect("studies:study-links", pk)


def _page(
    request: HttpRequest, study: Study, form: InvitationListForm, found: InvitationList | None = None
) -> HttpResponse:
    summary = error_summary(form)
    # What was read of a file stands in the text from here on, so that it can be corrected.
    shown = form
    if found is not None:
        given = {"people": form.cleaned_data["text"], "deadline": form.cleaned_data["deadline"]}
        shown = InvitationListForm(initial=given)
    context = {
        "study": study,
        "form": shown,
        "summary": summary,
        "found": found,
        "deadline": form.cleaned_data.get("deadline") if form.is_bound else None,
        "shown": found.new[:SHOWN] if found else (),
        "n_further": max(0, len(found.new) - SHOWN) if found else 0,
        "problems": found.problems[:PROBLEMS_SHOWN] if found else (),
        "n_further_problems": max(0, len(found.problems) - PROBLEMS_SHOWN) if found else 0,
        "encoding_was_assumed": form.encoding_was_assumed,
        "most": MOST_LISTED,
        "can_invite": INVITE.is_possible(study.state),
    }
    return render(request, "researcher/recruitment/invite.html", context, status=422 if summary else 200)
