"""A study's own page: its design, invitations, downloads. What leads from one state to the next: `lifecycle`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ml.models import Run
from ml.runs.status import state_of
from studies import audit
from studies.audit import events_of
from studies.data_protection.retention import deletion_day
from studies.design.invitations import invitation_url, invite_observers
from studies.design.lifecycle.long_work import latest_opening
from studies.design.lifecycle.pilot import n_pilot_sessions, running_pilot
from studies.design.progress import progress_of
from studies.design.publication import Publication
from studies.errors import StudyError
from studies.exports.observers import sessions_csv
from studies.languages import LANGUAGES
from studies.models.audit_event import AuditEvent
from studies.models.screening.check import CheckRule
from studies.models.screening.wording import what_passes
from studies.models.study import Study
from studies.models.study_state import BEFORE_OPENING, CHANGE, INVITE
from studies.observer.texts import ShownText, shown_text
from studies.permissions import Permission, permissions_of
from studies.planning.kept_plan import KeptPlan
from studies.planning.links import plan_address
from studies.planning.precision.links import precision_links
from studies.researcher.access import own_study, researcher
from studies.researcher.invitation_form import InvitationForm
from studies.researcher.lists.observers import observers_table
from studies.researcher.making.check import draft_context
from studies.researcher.next_actions import next_actions
from studies.researcher.roles import roles_context
from studies.researcher.sent_file import send_text
from studies.sessions.stimulus_check import unfit_events


@login_required
@require_safe
def study_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one study: its design, its observers and their links, how far they are, what was done."""
    study = own_study(request, pk)
    return _detail(request, study, InvitationForm(groups=study.groups_by_hand))


@login_required
@require_POST
def study_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite observers."""
    study = own_study(request, pk)
    form = InvitationForm(request.POST, groups=study.groups_by_hand)
    if form.is_valid():
        labels, by = form.cleaned_data["labels"], researcher(request)
        try:
            observers = invite_observers(study=study, labels=labels, groups=form.groups, by=by)
        except StudyError as error:
            form.add_error("labels", str(error))
        else:
            said = ngettext(
                "%(n)s observer invited. Send them their link.",
                "%(n)s observers invited. Send each their own link.",
                len(observers),
            )
            messages.success(request, said % {"n": len(observers)})
            return redirect(study_page(study))
    return _detail(request, study, form)


@login_required
@require_safe
def sessions_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what observers told of themselves and of the study; it holds no answer, and so tells no result."""
    study = own_study(request, pk)
    return _download(request, study, "observers.csv", sessions_csv(study), content_type="text/csv; charset=utf-8")


@login_required
@require_safe
def preregistration_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the protocol as the text of a preregistration; of a draft, say that its protocol is not fixed."""
    # Loaded here: the report's words come with it, and with them SciPy and pandas.
    from studies.exports.preregistration import FILE_NAME, preregistration_text

    study = own_study(request, pk)
    try:
        text = preregistration_text(study)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect(study_page(study))
    return _download(request, study, FILE_NAME, text, content_type="text/markdown; charset=utf-8")


def _download(request: HttpRequest, study: Study, name: str, text: str, *, content_type: str) -> HttpResponse:
    """Send a text as a file named after the study, and write down that it was taken away."""
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher(request), details={"what": name})
    return send_text(study, name, text, content_type=content_type)


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """How far the opening of a study is, or how the last one failed.

    Attributes
    ----------
    run
        The run that does it.
    state
        As `ml.runs.status.state_of` tells it.
    """

    run: Run
    state: Mapping[str, object]

    @property
    def is_pilot(self) -> bool:
        """Whether it is a pilot that is made."""
        return bool(self.run.options.get("pilot"))


def opening_line(study: Study) -> OpeningLine | None:
    """Return what a draft's page says of its opening; None where it is not opened, and no opening failed."""
    if study.state not in BEFORE_OPENING or (run := latest_opening(study)) is None:
        return None
    return None if run.state == Run.State.SUCCEEDED else OpeningLine(run, state_of(run))


def study_page(study: Study) -> str:
    """Return the address of a study's page."""
    return reverse("studies:study-detail", args=[study.pk])


def _detail(request: HttpRequest, study: Study, form: InvitationForm) -> HttpResponse:
    base_url = f"{request.scheme}://{request.get_host()}"
    events = events_of(study)
    pilot = running_pilot(study)
    permissions = permissions_of(researcher(request), study)
    observers = observers_table(
        study,
        request.GET,
        base_url=base_url,
        shows_links=INVITE.is_possible(study.state) and Permission.INVITE in permissions,
        tells_results=Permission.SEE_RESULTS in permissions,
    )
    opening = opening_line(study)
    context = {
        "study": study,
        "opening": opening,
        "next": next_actions(study, is_being_opened=opening is not None and not opening.state["ended"]),
        "can_change": CHANGE.is_possible(study.state),
        "can_invite": INVITE.is_possible(study.state),
        "pilot": None
        if pilot is None
        else [(row, invitation_url(row.observer, base_url)) for row in progress_of(pilot)],
        "n_piloted": n_pilot_sessions(study),
        "pilot_form": InvitationForm(prefix="pilot"),
        "screening": [
            (check.label, CheckRule(study.rule_of(check)).label, what_passes(study, check)) for check in study.checks
        ],
        "words": [(language, study.words(language)) for language, _ in LANGUAGES],
        "texts": [(language, _texts(study, language)) for language, _ in LANGUAGES],
        "observers": observers,
        "form": form,
        "events": events,
        "unfit": unfit_events(study, events),
        "plan": KeptPlan.of(study),
        "deleted_on": deletion_day(study),
        "publication": Publication.of(study),
        **roles_context(study),
        "plan_url": plan_address(study, observers=observers.n_observers),
        "precision_links": precision_links(study, observers=observers.n_observers),
    }
    if study.state == Study.State.DRAFT:
        context |= draft_context(request, study)
    return render(request, "researcher/detail.html", context, status=_status(form))


def _texts(study: Study, language: str) -> dict[str, ShownText]:
    """Return what observers read on pages in a language."""
    names = ("title", "question", "instructions", "consent_text", "debriefing")
    texts = {name: shown_text(study, name, language) for name in names}
    asked = ShownText(study.questionnaire_in(language), study.text_language("questionnaire", language), language)
    understood = ShownText(study.comprehension_in(language), study.text_language("comprehension", language), language)
    return texts | {"questionnaire": asked, "comprehension": understood}


def _status(form: InvitationForm) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200
