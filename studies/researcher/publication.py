"""Who publishes a study, and under which approval: the page that changes it, at any time."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from perception.core.form_errors import error_summary
from studies.design.lifecycle import change_study
from studies.design.options import PUBLISHED
from studies.errors import StudyError
from studies.researcher.access import own_study, researcher
from studies.researcher.study_form import StudyForm


@login_required
@require_http_methods(["GET", "POST"])
def study_publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the report's first page says of authors and approvals, and change it."""
    study = own_study(request, pk)
    data = request.POST if request.method == "POST" else None
    # The form writes what is sent into its study, right or wrong: it gets one of its own.
    form = StudyForm(
        data, step=PUBLISHED.step, group=PUBLISHED, instance=own_study(request, pk), by=researcher(request)
    )
    if data is not None and form.is_valid():
        try:
            change_study(study=study, by=researcher(request), **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Authors and approvals are saved. The report and its downloads say so."))
            return redirect("studies:study-detail", pk)
    summary = error_summary(form)
    context = {"study": study, "form": form, "summary": summary}
    return render(request, "researcher/publication.html", context, status=422 if summary else 200)
