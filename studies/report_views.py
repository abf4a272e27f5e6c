"""The report of a study, as a page and as downloads. Results of an open study are seen only by unblinding it.

`studies.report` and `studies.plots` bring SciPy, statsmodels and Matplotlib: they are loaded with the first report
that is asked for, not when the server starts.
"""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from ml.evaluation_lines import size_lines
from studies import audit
from studies.exports.downloads import DOWNLOADS
from studies.languages import ENGLISH
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.report_lines import (
    WORDINGS,
    answers_text,
    choice_lines,
    comparison_lines,
    detection_lines,
    second_lines,
    shown_text,
    time_lines,
)
from studies.study_progress import progress_of
from studies.study_views import own_study, researcher


@login_required
@require_safe
def study_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report; of a study that is open and blinded, how far it is and how to go on."""
    study = own_study(request, pk)
    if study.state == Study.State.DRAFT:
        return redirect("studies:study-detail", pk)
    if not study.results_visible:
        return render(request, "studies/report_blinded.html", {"study": study, "rows": progress_of(study)})
    from studies.plots import forest_plot, roc_plot
    from studies.report import build_report

    report = build_report(study)
    figures = report.figures
    observers = choice_lines(figures) if figures["task"] == "two_afc" else detection_lines(figures)
    context = {
        "study": study,
        "shown": shown_text(study),
        "answers": answers_text(study),
        "question": study.text("question", ENGLISH),
        "report": report,
        "downloads": DOWNLOADS.values(),
        "figures": figures,
        "wording": WORDINGS[figures["task"]],
        "observers": observers,
        "false_alarms": sum(row["counts"]["fp"] for row in observers) if figures["task"] != "two_afc" else None,
        "comparison": comparison_lines(figures),
        "second": second_lines(figures),
        "times": time_lines(figures),
        "sizes": size_lines(figures["attack"]["sizes"] or {}),
        "plot": forest_plot(figures) if report.rows else "",
        "roc_plot": roc_plot(figures["roc"]) if figures["roc"] and figures["roc"]["curve"] else "",
    }
    return render(request, "studies/report.html", context)


@login_required
@require_safe
def report_download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send one of the report's downloads, and write down that it was taken away."""
    study = own_study(request, pk)
    if name not in DOWNLOADS:
        raise Http404(f"no download of a report is called {name}")
    if not study.results_visible:
        return redirect("studies:study-report", pk)
    from studies.report import build_report

    report = build_report(study)
    download = DOWNLOADS[name]
    content = download.write(report)
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher(request), details={"what": name})
    saved_as = f"{slugify(study.title)[:60] or 'study'}-{'simulated-' if report.simulated else ''}{name}"
    if not isinstance(content, str | bytes):
        return FileResponse(content, as_attachment=True, filename=saved_as, content_type=download.content_type)
    headers = {"Content-Disposition": f'attachment; filename="{saved_as}"'}
    return HttpResponse(content, content_type=download.content_type, headers=headers)
