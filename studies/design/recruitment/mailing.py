"""Mail to observers by the lab's own server: addresses are given with the text, used once, and stored nowhere."""

import datetime as dt
import smtplib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext

from perception.core.input_files.pasted_rows import RowProblem, read_pasted_rows
from perception.core.write_queue import write_transaction
from studies import audit
from studies.design.invitations import invitation_url
from studies.design.recruitment.invitation_list import LABEL_NAMES
from studies.design.recruitment.mail_text import MailText, check_text, filled
from studies.design.recruitment.personal_links import people_with_links
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, state_of
from studies.models.study import Study

MOST_MAILS = 200
"""At once: somebody waits for them at the page."""
PATIENCE = 60.0
"""Seconds for all of them, half of what a web process may take for a page; who is not reached by then is told."""
EMAIL_NAMES = ("email", "e-mail", "mail", "address", "courriel", "adresse")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a mail, and where."""

    observer: Observer
    address: str


@dataclass(frozen=True, slots=True)
class MailList:
    """What a list of addresses says.

    Attributes
    ----------
    recipients
        Who is to get a mail: they have not finished, and can begin or go on.
    left_out
        Labels of those who need none: they have finished, or their link leads on no more.
    problems
        Of lines by which nobody gets a mail.
    """

    recipients: tuple[Recipient, ...]
    left_out: tuple[str, ...]
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A mail that was not sent, and why."""

    recipient: Recipient
    why: str


@dataclass(frozen=True, slots=True)
class Mailing:
    """What came of sending: how many mails the server took, and those that it did not."""

    n_sent: int
    unsent: tuple[Unsent, ...]


def mail_is_set_up() -> bool:
    """Whether the lab's mail server is known."""
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL)


def read_mail_list(study: Study, text: str) -> MailList:
    """Look through a list of labels and e-mail addresses; nothing of it is stored (one query).

    Parameters
    ----------
    text
        A label and an address a line, with a tab, semicolon or comma between; a header may stand above.
    """
    read = read_pasted_rows(text, (LABEL_NAMES, EMAIL_NAMES))
    people = {observer.label: observer for observer in people_with_links(study)}
    recipients: dict[str, Recipient] = {}
    left_out, problems = [], list(read.problems)
    now = timezone.now()
    for line, (label, address) in read.rows:
        observer = people.get(label)
        if observer is None:
            what = gettext("nobody in this study has a personal link and the label “%(label)s”")
            problems.append(RowProblem(line, what % {"label": label[:60]}))
        elif label in recipients:
            problems.append(RowProblem(line, gettext("“%(label)s” stands in the list already") % {"label": label}))
        elif not _is_address(address):
            problems.append(RowProblem(line, gettext("“%(label)s” has no valid address") % {"label": label}))
        elif _can_go_on(observer, now):
            recipients[label] = Recipient(observer, address)
        else:
            left_out.append(label)
    return MailList(
        tuple(recipients.values()), tuple(left_out), tuple(sorted(problems, key=lambda problem: problem.line))
    )


def send_mails(
    *,
    study: Study,
    recipients: Sequence[Recipient],
    text: MailText,
    base_url: str,
    mailing: str,
    by: User,
    reply_to: str = "",
) -> Mailing:
    """Send each recipient their own mail, at once; how many is written down, and not to whom.

    Parameters
    ----------
    base_url
        What links begin with.
    mailing
        A name that nobody has used before: with it, the same mails sent twice are sent once.
    reply_to
        Where answers go; empty: to the server's own address.

    Raises
    ------
    StudyError
        No mail server is known or it does not answer, the study is not open, the text cannot be sent, nobody or more
        than `MOST_MAILS` people are to get it, or it was sent already.
    """
    check_text(text)
    if not mail_is_set_up():
        raise StudyError(gettext("No mail server is set up: whoever runs this site can name one."))
    if study.state != Study.State.OPEN:
        raise StudyError(gettext("Links lead on only while the study is open: send mail then."))
    if not 1 <= len(recipients) <= MOST_MAILS:
        raise StudyError(
            gettext("Mail goes to 1 to %(most)d people at once; these are %(n)d.")
            % {"most": MOST_MAILS, "n": len(recipients)}
        )
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
    except OSError as error:  # all of smtplib's are
        message = gettext("The mail server does not answer as it should: %(why)s")
        raise StudyError(message % {"why": _why(error)}) from error
    try:
        event = _begin(study, len(recipients), mailing, by)
        result = _send_all(connection, study, recipients, text, base_url, reply_to)
    finally:
        connection.close()
    if result.unsent:
        event.details |= {"unsent": len(result.unsent)}
        event.save(update_fields=["details"])
    return result


def _begin(study: Study, n: int, mailing: str, by: User) -> AuditEvent:
    """Write down that mails are sent; only who is first with this name gets on."""
    with write_transaction():
        Study.with_pilots.select_for_update().only("pk").get(pk=study.pk)
        sent = AuditEvent.objects.filter(study_uid=study.uid, action=AuditEvent.Action.REMINDED)
        if any(event.details.get("mailing") == mailing for event in sent):
            raise StudyError(gettext("These mails were sent already."))
        return audit.record(
            study=study, action=AuditEvent.Action.REMINDED, by=by, details={"mails": n, "mailing": mailing}
        )


def _send_all(
    connection: BaseEmailBackend,
    study: Study,
    recipients: Sequence[Recipient],
    text: MailText,
    base_url: str,
    reply_to: str,
) -> Mailing:
    unsent = []
    until = time.monotonic() + PATIENCE
    for recipient in recipients:
        if time.monotonic() > until:
            unsent.append(Unsent(recipient, gettext("not tried: the server took too long for those before")))
            continue
        link = invitation_url(recipient.observer, base_url)
        subject, body = filled(text, study=study, observer=recipient.observer, link=link)
        message = EmailMessage(
            subject, body, to=[recipient.address], reply_to=[reply_to] if reply_to else None, connection=connection
        )
        try:
            message.send()
        except OSError as error:
            unsent.append(Unsent(recipient, _why(error)))
            # A server that hangs up is asked anew for the next one.
            connection.close()
    return Mailing(len(recipients) - len(unsent), tuple(unsent))


def _why(error: OSError) -> str:
    """Return what a server or the network said, in a line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"{code} {_line(said)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_line(error.smtp_error)}"
    return str(error) or type(error).__name__


def _line(said: bytes | str) -> str:
    return " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _can_go_on(observer: Observer, now: dt.datetime) -> bool:
    state = state_of(observer)
    return state == ObserverState.STARTED or (state == ObserverState.INVITED and not observer.link_is_over(now))
