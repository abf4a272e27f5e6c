"""The page on which observers are sent their links by mail, or a file for a mail program is made: shown before sent.

Addresses go from the form to the mail server, or into the file, and back into the form: they are stored nowhere.
"""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from perception.core.form_errors import error_summary
from perception.core.input_files.pasted_rows import written_rows
from studies.design.invitations import invitation_url
from studies.design.recruitment.invitation_list import LABEL_NAMES
from studies.design.recruitment.link_file import links_csv, record_taken
from studies.design.recruitment.mail_text import check_text, filled, usual_text
from studies.design.recruitment.mailing import (
    EMAIL_NAMES,
    MOST_MAILS,
    Mailing,
    MailList,
    Recipient,
    mail_is_set_up,
    read_mail_list,
    send_mails,
)
from studies.design.recruitment.personal_links import people_with_links
from studies.errors import StudyError
from studies.languages import ENGLISH, LANGUAGES
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study
from studies.researcher.access import own_study, researcher
from studies.researcher.recruitment.invitation_list_form import with_file_in_memory
from studies.researcher.recruitment.mail_form import MailForm
from studies.researcher.sent_file import send_text
from studies.tokens import new_token

SHOWN = 3
"""Mails that are shown as they will be sent."""
PROBLEMS_SHOWN = 50


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def study_links_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show mails as they will be sent; a confirmed form sends them, or makes the file for a mail program."""
    return with_file_in_memory(request, lambda sent: _mail(sent, pk))


@login_required
def _mail(request: HttpRequest, pk: int) -> HttpResponse:
    study = own_study(request, pk)
    form = _form(request, study)
    if not (form.is_bound and form.is_valid()):
        return _page(request, study, form)
    found = read_mail_list(study, form.cleaned_data["text"])
    try:
        check_text(form.mail_text)
        if "merge" in request.POST and found.recipients:
            return _file(request, study, found.recipients)
        if "confirmed" not in request.POST or not found.recipients:
            return _page(request, study, form, found)
        mailing = send_mails(
            study=study,
            recipients=found.recipients,
            text=form.mail_text,
            base_url=_base_url(request),
            mailing=request.POST["confirmed"],
            reply_to=form.cleaned_data["reply_to"],
            by=researcher(request),
        )
    except StudyError as error:
        form.add_error(None, str(error))
        return _page(request, study, form)
    if mailing.unsent:
        return _page(request, study, form, mailing=mailing)
    said = ngettext("The server took %(n)s mail.", "The server took %(n)s mails.", mailing.n_sent)
    messages.success(request, said % {"n": mailing.n_sent})
    return redirect("studies:study-links", pk)


def _form(request: HttpRequest, study: Study) -> MailForm:
    asked = request.GET.get("lang") or (get_language() or ENGLISH)[:2]
    language = asked if asked in dict(LANGUAGES) else ENGLISH
    waiting = people_with_links(study).filter(in_state(ObserverState.INVITED), deadline__isnull=False)
    text = usual_text(language, has_deadline=waiting.exists())
    if request.method == "POST":
        return MailForm(request.POST, request.FILES, text=text)
    return MailForm(text=text, reply_to=researcher(request).email)


def _file(request: HttpRequest, study: Study, recipients: Sequence[Recipient]) -> HttpResponse:
    """Send the file that a mail program merges: the links, and the addresses that were given."""
    record_taken(study=study, what="mail-merge.csv", n=len(recipients), by=researcher(request))
    addresses = {recipient.observer.label: recipient.address for recipient in recipients}
    people = [recipient.observer for recipient in recipients]
    text = links_csv(people, _base_url(request), addresses=addresses)
    return send_text(study, "mail-merge.csv", text, content_type="text/csv; charset=utf-8")


def _page(
    request: HttpRequest,
    study: Study,
    form: MailForm,
    found: MailList | None = None,
    *,
    mailing: Mailing | None = None,
) -> HttpResponse:
    summary = error_summary(form)
    shown = form
    people = ""
    if found is not None:
        people = _as_text(found.recipients)
        shown = MailForm(text=form.mail_text, reply_to=form.cleaned_data["reply_to"], people=form.cleaned_data["text"])
    elif mailing is not None:
        # Who got it is not in the form any more: sent again, it goes to the others alone.
        people = _as_text([unsent.recipient for unsent in mailing.unsent])
        shown = MailForm(text=form.mail_text, reply_to=form.cleaned_data["reply_to"], people=people)
    context = {
        "study": study,
        "form": shown,
        "summary": summary,
        "found": found,
        "mailing": mailing,
        "people": people,
        "given": form.cleaned_data if found is not None else {},
        "mails": [_mail_of(request, study, form, one) for one in found.recipients[:SHOWN]] if found else (),
        "problems": found.problems[:PROBLEMS_SHOWN] if found else (),
        "n_further_problems": max(0, len(found.problems) - PROBLEMS_SHOWN) if found else 0,
        "encoding_was_assumed": form.encoding_was_assumed,
        "is_set_up": mail_is_set_up(),
        "is_open": study.state == Study.State.OPEN,
        "most": MOST_MAILS,
        "too_many": found is not None and len(found.recipients) > MOST_MAILS,
        "new_name": new_token(),
        "languages": LANGUAGES,
    }
    return render(request, "researcher/recruitment/mail.html", context, status=422 if summary else 200)


def _mail_of(request: HttpRequest, study: Study, form: MailForm, recipient: Recipient) -> tuple[str, str, str]:
    """Return address, subject and text of a mail as it will be sent."""
    observer: Observer = recipient.observer
    link = invitation_url(observer, _base_url(request))
    subject, body = filled(form.mail_text, study=study, observer=observer, link=link)
    return recipient.address, subject, body


def _as_text(recipients: Sequence[Recipient]) -> str:
    """Return recipients as a list that reads the same."""
    rows = [(recipient.observer.label, recipient.address) for recipient in recipients]
    return written_rows(rows, (LABEL_NAMES[0], EMAIL_NAMES[0]))


def _base_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
