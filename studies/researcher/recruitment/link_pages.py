"""The pages of personal links: the list, what is done to some of them, and how they are taken away."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from studies.design.invitations import invitation_url
from studies.design.recruitment.link_file import LEADS_ON, links_csv, record_taken
from studies.design.recruitment.open_links import open_link_url
from studies.design.recruitment.personal_links import (
    ChangedLinks,
    replace_links,
    revoke_links,
    set_deadline,
)
from studies.errors import StudyError
from studies.languages import LANGUAGES
from studies.models.observer import Observer
from studies.models.observer_state import state_of
from studies.models.study import Study
from studies.models.study_state import INVITE
from studies.researcher.access import own_study, researcher
from studies.researcher.recruitment.invitation_list_form import deadline_field
from studies.researcher.recruitment.link_selection import (
    EVERYBODY,
    SELECTED,
    SOME,
    links_table,
    selected_people,
)
from studies.researcher.recruitment.qr_code import qr_code
from studies.researcher.sent_file import send_text

CARDS_ON_A_SHEET = 480
"""As a page, some two seconds and a megabyte; further people are on the next one."""
CONFIRMED = "confirmed"
"""How many people the question was about; if it is another number by now, it is asked again."""
MEANING = (SOME, SELECTED, EVERYBODY, "search", "state", "group")
"""What says whom a form means."""
NAMED = 30
"""People whom the question names before something is done to their links."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a printed sheet: `label` is empty where the link is for everybody."""

    label: str
    deadline: dt.datetime | None
    address: str
    code: SafeString


@dataclass(frozen=True, slots=True)
class LinkChange:
    """Something that is done to links: its name in addresses, its button, and what the question says of it."""

    name: str
    button: Promise
    title: Promise
    consequences: tuple[Promise, ...]
    is_grave: bool = False


CHANGES = (
    LinkChange(
        "replace",
        gettext_lazy("New links"),
        gettext_lazy("Give new links?"),
        (
            gettext_lazy("The links that they have lead nowhere from then on, wherever they were sent or printed."),
            gettext_lazy("Whoever has begun goes on by the new link where they were; all answers stay."),
            gettext_lazy("You have to send or print the new links."),
        ),
    ),
    LinkChange(
        "deadline",
        gettext_lazy("Set the deadline"),
        gettext_lazy("Until when can they begin?"),
        (
            gettext_lazy("Nobody can begin after it; whoever has begun can finish, and is left as they are."),
            gettext_lazy("The first page says it. Whoever has the time from a letter or a sheet has to be told."),
        ),
    ),
    LinkChange(
        "revoke",
        gettext_lazy("Revoke"),
        gettext_lazy("Revoke the links?"),
        (
            gettext_lazy("They can begin no more, and are shown that their link was taken back. It cannot be undone."),
            gettext_lazy("What was drawn for them goes to whoever is invited next."),
            gettext_lazy(
                "Whoever has begun keeps link and session: their answers are there. To leave them out, say in "
                "“Sessions that do not count” why."
            ),
        ),
        is_grave=True,
    ),
)


class DeadlineForm(forms.Form):
    """A moment after which nobody can begin, or none."""

    deadline = deadline_field()


@never_cache
@login_required
@require_safe
def study_links(request: HttpRequest, pk: int) -> HttpResponse:
    """List the personal links of a study."""
    study = own_study(request, pk)
    context = {
        "study": study,
        "links": links_table(study, request.GET, base_url=_base_url(request)),
        "changes": CHANGES,
        "can_invite": INVITE.is_possible(study.state),
    }
    return render(request, "researcher/recruitment/links.html", context)


@never_cache
@login_required
@require_safe
def study_links_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the links that lead on as a CSV: all, or those that were selected. It is written down."""
    study = own_study(request, pk)
    people = _leading_on(request, study)
    if not people:
        return _nobody(request, study)
    record_taken(study=study, what="links.csv", n=len(people), by=researcher(request))
    return send_text(study, "links.csv", links_csv(people, _base_url(request)), content_type="text/csv; charset=utf-8")


@never_cache
@login_required
@require_safe
def study_links_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show cards with QR codes to print: of all links that lead on, or of those that were selected."""
    study = own_study(request, pk)
    people = _leading_on(request, study)
    if not people:
        return _nobody(request, study)
    n_sheets = -(-len(people) // CARDS_ON_A_SHEET)
    number = {str(number): number for number in range(1, n_sheets + 1)}.get(request.GET.get("sheet", "1"))
    if number is None:
        raise Http404
    some = people[(number - 1) * CARDS_ON_A_SHEET : number * CARDS_ON_A_SHEET]
    record_taken(study=study, what="sheet", n=len(some), by=researcher(request))
    cards = []
    for observer in some:
        address = invitation_url(observer, _base_url(request))
        cards.append(Card(observer.label, observer.deadline, address, qr_code(address)))
    return _sheet(request, study, cards, number=number, n_sheets=n_sheets)


@never_cache
@login_required
@require_safe
def study_open_link_sheet(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Show an open link as a card to print; there is none of one whose recruiter fills in the address."""
    study = own_study(request, pk)
    found = get_object_or_404(study.open_links.filter(revoked_at__isnull=True), pk=link)
    if found.asks_id:
        raise Http404
    address = open_link_url(found, _base_url(request))
    return _sheet(request, study, [Card("", found.deadline, address, qr_code(address))], number=1, n_sheets=1)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def study_links_change(request: HttpRequest, pk: int, change: str) -> HttpResponse:
    """Ask whether the selected links are to be changed; a confirmed one changes them."""
    study = own_study(request, pk)
    asked = next((one for one in CHANGES if one.name == change), None)
    if asked is None:
        raise Http404
    sent = request.POST if request.method == "POST" else request.GET
    people = selected_people(study, sent)
    if not people:
        return _nobody(request, study)
    form = DeadlineForm(request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST" and sent.get(CONFIRMED) != str(len(people)):
        error = gettext("The list has changed meanwhile. Look whether you still mean these people.")
    elif request.method == "POST" and (change != "deadline" or form.is_valid()):
        try:
            result = _carry_out(request, study, change, people, form)
        except StudyError as refused:
            error = str(refused)
        else:
            _tell(request, result)
            return redirect("studies:study-links", pk)
    context = {
        "study": study,
        "change": asked,
        "people": people,
        "named": people[:NAMED],
        "n_further": max(0, len(people) - NAMED),
        "form": form if change == "deadline" else None,
        "error": error,
        "meant": [(name, value) for name in MEANING for value in sent.getlist(name)],
    }
    status = 422 if error or form.errors else 200
    return render(request, "researcher/recruitment/change_links.html", context, status=status)


def _carry_out(
    request: HttpRequest, study: Study, change: str, people: Sequence[Observer], form: DeadlineForm
) -> ChangedLinks:
    by = researcher(request)
    if change == "replace":
        return replace_links(study=study, observers=people, by=by)
    if change == "revoke":
        return revoke_links(study=study, observers=people, by=by)
    return set_deadline(study=study, observers=people, deadline=form.cleaned_data["deadline"], by=by)


def _tell(request: HttpRequest, result: ChangedLinks) -> None:
    n = len(result.changed)
    if n:
        messages.success(request, ngettext("%(n)s link is changed.", "%(n)s links are changed.", n) % {"n": n})
    if result.unchanged:
        labels = ", ".join(result.unchanged[:NAMED])
        more = len(result.unchanged) - NAMED
        if more > 0:
            labels += " " + gettext("and %(n)d more") % {"n": more}
        messages.warning(request, gettext("Left as they are, being too far on: %(labels)s.") % {"labels": labels})


def _leading_on(request: HttpRequest, study: Study) -> list[Observer]:
    """Return whose links are taken away: of those who are meant, whose links lead on."""
    return [observer for observer in selected_people(study, request.GET) if state_of(observer) in LEADS_ON]


def _nobody(request: HttpRequest, study: Study) -> HttpResponse:
    messages.warning(request, gettext("None of the links that you chose leads on: check the box beside at least one."))
    return redirect("studies:study-links", study.pk)


def _sheet(request: HttpRequest, study: Study, cards: Sequence[Card], *, number: int, n_sheets: int) -> HttpResponse:
    context = {
        "study": study,
        "cards": cards,
        "number": number,
        "sheets": range(1, n_sheets + 1),
        "n_sheets": n_sheets,
        "languages": LANGUAGES,
    }
    return render(request, "researcher/recruitment/sheet.html", context)


def _base_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
