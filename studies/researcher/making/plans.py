"""A plan that is kept with a draft that is there already."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from perception.core.in_turn import in_turn
from studies.design.lifecycle import keep_plan
from studies.errors import StudyError
from studies.planning.kept_plan import make_kept_plan
from studies.researcher.access import own_study, researcher


@login_required
@require_POST
@in_turn
def study_keep_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the plan that is sent with a draft, or take away the one that it has; its numbers stay as they are."""
    study = own_study(request, pk)
    query = request.POST.get("plan", "")
    try:
        keep_plan(study=study, by=researcher(request), plan=make_kept_plan(query) if query else None)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("The plan is kept with the study.") if query else gettext("The study has no plan any more."),
        )
    return redirect("studies:study-detail", pk)
