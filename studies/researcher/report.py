"""The report of a study, as a page and as downloads. Results of an open study are seen only by unblinding it.

`studies.report.build` brings SciPy and statsmodels, the plots bring Matplotlib: they are loaded with the first report
that is asked for, not when the server starts.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from perception.core.in_turn import in_turn
from perception.core.languages import in_english
from studies import audit
from studies.design.lifecycle import note_results_seen
from studies.design.progress import count_by_state
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState
from studies.models.study_state import BEFORE_OPENING
from studies.researcher.access import own_study, researcher
from studies.researcher.sent_file import saved_as


@login_required
@require_safe
@in_turn
def study_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report; of a study that is open and blinded, how far it is and how to go on."""
    study = own_study(request, pk)
    if study.state in BEFORE_OPENING:
        return redirect("studies:study-detail", pk)
    if not study.results_visible:
        counts = count_by_state(Observer.objects.filter(study=study))
        context = {"study": study, "invited": sum(counts.values()), "finished": counts[ObserverState.FINISHED]}
        return render(request, "report/blinded.html", context)
    from studies.report.build import build_report
    from studies.report.html import report_context

    note_results_seen(study=study, by=researcher(request))
    context = {**report_context(build_report(study)), "downloads": DOWNLOADS.values()}
    return render(request, "report/page.html", context)


@login_required
@require_safe
@in_turn
def report_download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send one of the report's downloads, and write down that it was taken away."""
    study = own_study(request, pk)
    if name not in DOWNLOADS:
        raise Http404(f"no download of a report is called {name}")
    if not study.results_visible:
        return redirect("studies:study-report", pk)
    from studies.report.build import build_report

    note_results_seen(study=study, by=researcher(request))
    report = build_report(study)
    download = DOWNLOADS[name]
    try:
        with in_english():
            content = download.write(report)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("studies:study-report", pk)
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher(request), details={"what": name})
    file_name = saved_as(study, f"{'simulated-' if report.simulated else ''}{name}")
    if not isinstance(content, str | bytes):
        return FileResponse(content, as_attachment=True, filename=file_name, content_type=download.content_type)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(content, content_type=download.content_type, headers=headers)
