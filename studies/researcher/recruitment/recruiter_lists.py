"""Lists that go between a study and its recruiter: whom to pay, and whose submission does not count there."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from perception.core.input_files.errors import InputError
from studies import audit
from studies.design.recruitment.sessions import MarkedSessions, return_sessions
from studies.design.recruitment.submissions import Submissions, read_submissions
from studies.errors import StudyError
from studies.exports.outside_ids import FILE_NAME, outside_ids_csv
from studies.models.audit_event import AuditEvent
from studies.researcher.access import own_study, researcher
from studies.researcher.sent_file import send_text


@login_required
@require_safe
def study_outside_ids(request: HttpRequest, pk: int) -> HttpResponse:
    """Send labels with recruiters' ids and states, and write down that they were taken away."""
    study = own_study(request, pk)
    text = outside_ids_csv(study)
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher(request), details={"what": FILE_NAME})
    return send_text(study, FILE_NAME, text, content_type="text/csv; charset=utf-8")


@csrf_exempt  # here, since the form may be read once the file in it has somewhere to go; checked in `_submissions`
@login_required
@require_POST
def study_submissions(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a recruiter's list of submissions, and mark as given back whoever has none there that counts."""
    # Kept in memory: the site takes no file to its disk, and limits how much a form may carry.
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _submissions(request, pk)


@csrf_protect
def _submissions_checked(request: HttpRequest, pk: int) -> HttpResponse:
    study = own_study(request, pk)
    file = request.FILES.get("submissions")
    if file is None:
        messages.error(request, gettext("Choose the file with the recruiter’s list first. Nothing was changed."))
    else:
        try:
            submissions = read_submissions(file.read(), source=file.name or "")
            if submissions.given_back:
                marked = return_sessions(study=study, people=submissions.given_back, by=researcher(request))
            else:
                marked = MarkedSessions((), (), ())
        except (StudyError, InputError) as error:
            messages.error(request, gettext("%(why)s Nothing was changed.") % {"why": f"{str(error).rstrip('.')}."})
        else:
            _tell(request, submissions, marked)
    return redirect("studies:study-recruitment", pk)


_submissions = cast("Callable[[HttpRequest, int], HttpResponse]", _submissions_checked)


def _tell(request: HttpRequest, submissions: Submissions, marked: MarkedSessions) -> None:
    n = len(submissions.given_back)
    said = ngettext(
        "In the list, %(n)s person has no submission that counts: %(marked)s marked as given back here, %(already)s "
        "had ended before or never began, %(unknown)s never came.",
        "In the list, %(n)s people have no submission that counts: %(marked)s marked as given back here, %(already)s "
        "had ended before or never began, %(unknown)s never came.",
        n,
    ) % {"n": n, "marked": len(marked.marked), "already": len(marked.already), "unknown": len(marked.unknown)}
    messages.success(request, said)
