"""The page on which observers are found: open links with their places, and sessions that do not count."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perception.core.form_errors import error_summary
from studies.design.recruitment.groups import change_group
from studies.design.recruitment.open_links import (
    change_open_link,
    links_with_counts,
    make_open_link,
    open_link_url,
    places_by_group,
    revoke_open_link,
)
from studies.design.recruitment.sessions import MarkedSessions, reject_sessions, return_sessions
from studies.errors import StudyError
from studies.models.recruitment.open_link import OpenLink
from studies.models.study import Study
from studies.models.study_state import INVITE, RUNNING
from studies.researcher.access import own_study, researcher
from studies.researcher.recruitment.group_form import GroupForm
from studies.researcher.recruitment.marking_form import RETURNED, MarkingForm
from studies.researcher.recruitment.open_link_form import OpenLinkForm


@login_required
@require_safe
def study_recruitment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the open links of a study with their addresses and places."""
    return _page(request, own_study(request, pk), MarkingForm())


@login_required
@require_http_methods(["GET", "POST"])
def study_open_link_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an open link."""
    study = own_study(request, pk)
    by = researcher(request)
    form = OpenLinkForm(request.POST if request.method == "POST" else None, study=study, by=by)
    if form.is_bound and form.is_valid():
        try:
            link = make_open_link(study=study, by=by, **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            said = gettext("“%(link)s” is made. Give its address to whoever sends people.")
            messages.success(request, said % {"link": link.name})
            return redirect("studies:study-recruitment", pk)
    return _form_page(request, study, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def study_open_link(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Change an open link, or the number of its places."""
    study = own_study(request, pk)
    found = get_object_or_404(study.open_links, pk=link)
    data = request.POST if request.method == "POST" else None
    # The form writes what is sent into its link, right or wrong: it gets one of its own.
    form = OpenLinkForm(
        data, study=study, by=researcher(request), instance=get_object_or_404(study.open_links, pk=link)
    )
    if data is not None and form.is_valid():
        try:
            change_open_link(link=found, by=researcher(request), **form.cleaned_data)
        except ValidationError as error:
            form.tell(error)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("“%(link)s” is changed.") % {"link": form.cleaned_data["name"]})
            return redirect("studies:study-recruitment", pk)
    return _form_page(request, study, form, found)


@login_required
@require_POST
def study_open_link_revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Let nobody begin by a link any more."""
    study = own_study(request, pk)
    found = revoke_open_link(link=get_object_or_404(study.open_links, pk=link), by=researcher(request))
    said = gettext("Nobody can begin by “%(link)s” any more. Whoever has begun can finish.")
    messages.success(request, said % {"link": found.name})
    return redirect("studies:study-recruitment", pk)


@login_required
@require_POST
def study_sessions_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject sessions, or mark them as given back."""
    study = own_study(request, pk)
    form = MarkingForm(request.POST)
    if form.is_valid():
        people, what, by = form.cleaned_data["people"], form.cleaned_data["what"], researcher(request)
        try:
            if what == RETURNED:
                marked = return_sessions(study=study, people=people, by=by)
            else:
                marked = reject_sessions(study=study, people=people, reason=what, by=by)
        except StudyError as error:
            form.add_error("people", str(error))
        else:
            _tell(request, marked)
            return redirect("studies:study-recruitment", pk)
    return _page(request, study, form)


@login_required
@require_POST
def study_groups_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Put observers who have not begun into another group."""
    study = own_study(request, pk)
    form = GroupForm(request.POST, groups=study.groups_by_hand)
    if form.is_valid():
        labels, group = form.cleaned_data["labels"], form.cleaned_data["group"]
        try:
            moved = change_group(study=study, labels=labels, group=group, by=researcher(request))
        except StudyError as error:
            form.add_error("labels", str(error))
        else:
            n = len(moved)
            said = ngettext("The group of %(n)s observer is changed.", "The group of %(n)s observers is changed.", n)
            messages.success(request, said % {"n": n})
            return redirect("studies:study-recruitment", pk)
    return _page(request, study, MarkingForm(), form)


def _tell(request: HttpRequest, marked: MarkedSessions) -> None:
    n = len(marked.marked)
    if n:
        said = ngettext(
            "%(n)s session is marked; its place, if it had one, is free.",
            "%(n)s sessions are marked; their places, if they had some, are free.",
            n,
        )
        messages.success(request, said % {"n": n})
    if marked.already:
        said = gettext("Nothing was changed for whoever never began or had ended early before: %(labels)s.")
        messages.warning(request, said % {"labels": ", ".join(marked.already)})
    if marked.unknown:
        said = gettext("Nobody in this study has this label or id: %(entries)s.")
        messages.warning(request, said % {"entries": ", ".join(entry[:60] for entry in marked.unknown)})


def _page(request: HttpRequest, study: Study, form: MarkingForm, groups: GroupForm | None = None) -> HttpResponse:
    base_url = f"{request.scheme}://{request.get_host()}"
    by_group = places_by_group(study)
    links = [
        (counts, open_link_url(counts.link, base_url), by_group.get(counts.link.pk, []))
        for counts in links_with_counts(study)
    ]
    context = {
        "study": study,
        "links": links,
        "asks_ids": any(counts.link.asks_id for counts, _, _ in links),
        "form": form,
        "group_form": (groups or GroupForm(groups=study.groups_by_hand)) if study.groups_by_hand else None,
        "can_make": INVITE.is_possible(study.state),
        "can_mark": study.state in RUNNING and not study.results_were_seen,
    }
    wrong = any(one.is_bound and one.errors for one in (form, groups) if one is not None)
    status = 422 if wrong else 200
    return render(request, "researcher/recruitment/page.html", context, status=status)


def _form_page(request: HttpRequest, study: Study, form: OpenLinkForm, link: OpenLink | None) -> HttpResponse:
    summary = error_summary(form)
    context = {"study": study, "form": form, "link": link, "summary": summary}
    return render(request, "researcher/recruitment/open_link.html", context, status=422 if summary else 200)
