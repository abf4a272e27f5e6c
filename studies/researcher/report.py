"""The report of a study, as a page and as downloads. Results of an open study are seen only by unblinding it.

A worker makes it (`studies.exports.kept`); here it is asked for, and read. No web process computes any of it: the parts
that do bring SciPy, statsmodels, pandas and Matplotlib with them.
"""

import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ml.models import Run
from ml.runs.status import state_of
from studies import audit
from studies.design.lifecycle import note_results_seen
from studies.design.progress import count_by_state
from studies.exports.downloads import DOWNLOADS
from studies.exports.kept.asking import ask_again, ask_for_report
from studies.exports.kept.reading import earlier_report, kept_report, open_file, page_of
from studies.models.audit_event import AuditEvent
from studies.models.kept_report import KeptReport
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState
from studies.models.study import Study
from studies.models.study_state import BEFORE_OPENING
from studies.researcher.access import own_study, researcher
from studies.researcher.sent_file import saved_as

SENT_WHOLE = 2**20
"""Bytes of a file that is sent in one piece; a larger one never is in memory."""


@login_required
@require_safe
@never_cache
def study_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report; while a worker makes it, how far it is; of a blinded study, how far that is and how to go on."""
    study = own_study(request, pk)
    if study.state in BEFORE_OPENING:
        return redirect("studies:study-detail", pk)
    if not study.results_visible:
        counts = count_by_state(Observer.objects.filter(study=study))
        context = {"study": study, "invited": sum(counts.values()), "finished": counts[ObserverState.FINISHED]}
        return render(request, "report/blinded.html", context)
    note_results_seen(study=study, by=researcher(request))
    if request.GET.get("made", "").isdecimal():
        kept = KeptReport.objects.filter(study=study, pk=int(request.GET["made"])).first()
        return redirect("studies:study-report", pk) if kept is None else _page(request, study, kept, is_earlier=True)
    kept = kept_report(study)
    if kept is not None:
        return _page(request, study, kept)
    run = ask_for_report(study=study, by=researcher(request))
    if run.state == Run.State.SUCCEEDED and (kept := kept_report(study)) is not None:
        return _page(request, study, kept)
    context = {"study": study, "run": run, "state": state_of(run), "earlier": earlier_report(study)}
    return render(request, "report/being_made.html", context)


def _page(request: HttpRequest, study: Study, kept: KeptReport, *, is_earlier: bool = False) -> HttpResponse:
    context = {"study": study, "kept": kept, "body": page_of(kept), "is_earlier": is_earlier}
    return render(request, "report/kept.html", context | ({} if is_earlier else _downloads(kept)))


def _downloads(kept: KeptReport) -> dict[str, object]:
    """Return what a page says of the downloads of a report: each with whether it is there, and whether all are."""
    downloads = [(one, kept.is_complete or one.name in kept.files) for one in DOWNLOADS.values()]
    return {"downloads": downloads, "are_complete": all(is_ready for _, is_ready in downloads)}


@login_required
@require_safe
@never_cache
def report_downloads(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the menu of the report's downloads, for a page that waits for them; nothing where its report is no more."""
    study = own_study(request, pk)
    kept = kept_report(study) if study.results_visible else None
    if kept is None:
        return HttpResponse(status=204)
    return render(request, "report/downloads.html", {"study": study, "kept": kept} | _downloads(kept))


@login_required
@require_POST
def report_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a report that could not be made."""
    study = own_study(request, pk)
    if study.results_visible:
        ask_again(study=study, by=researcher(request))
    return redirect("studies:study-report", pk)


@login_required
@require_safe
@never_cache
def report_download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send one of the report's downloads, and write down that it was taken away; where it is not made yet, say so."""
    study = own_study(request, pk)
    if name not in DOWNLOADS:
        raise Http404(f"no download of a report is called {name}")
    if not study.results_visible:
        return redirect("studies:study-report", pk)
    note_results_seen(study=study, by=researcher(request))
    kept = kept_report(study)
    if kept is None and ask_for_report(study=study, by=researcher(request)).state == Run.State.SUCCEEDED:
        kept = kept_report(study)
    if kept is None or name not in kept.files:
        why = None if kept is None else kept.refusals.get(name)
        later = gettext("“%(name)s” is still being made: try again in a moment.") % {"name": name}
        messages.error(request, why or later)
        return redirect("studies:study-report", pk)
    content = open_file(kept, name)
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher(request), details={"what": name})
    file_name = saved_as(study, f"{'simulated-' if kept.is_simulated else ''}{name}")
    content_type = DOWNLOADS[name].content_type
    if content.seek(0, io.SEEK_END) > SENT_WHOLE:
        content.seek(0)
        return FileResponse(content, as_attachment=True, filename=file_name, content_type=content_type)
    with content:
        content.seek(0)
        headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        return HttpResponse(content.read(), content_type=content_type, headers=headers)
