"""A file with people's personal links, for a mail program to merge into letters, or for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User

from perception.core.input_files.spreadsheet_cell import escape_formula
from studies import audit
from studies.design.invitations import invitation_url
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, state_of
from studies.models.study import Study

LEADS_ON = frozenset({ObserverState.INVITED, ObserverState.STARTED})
"""The states in which a personal link still leads on: of those who have not finished."""
COLUMNS = ("label", "group", "state", "begin_by", "link")


def links_csv(observers: Iterable[Observer], base_url: str, *, addresses: Mapping[str, str] | None = None) -> str:
    """Return a CSV with a row for each observer: label, group, state, deadline (ISO 8601, UTC) and link.

    Parameters
    ----------
    observers
        Read with their sessions.
    base_url
        What links begin with.
    addresses
        E-mail addresses by label, for a further column; they are written here and nowhere else.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS if addresses is None else (*COLUMNS, "email"))
    for observer in observers:
        cells = [
            observer.label,
            observer.group,
            state_of(observer).value,
            observer.deadline.isoformat(timespec="minutes") if observer.deadline else "",
            invitation_url(observer, base_url),
        ]
        if addresses is not None:
            cells.append(addresses.get(observer.label, ""))
        writer.writerow([escape_formula(cell) for cell in cells])
    return text.getvalue()


def record_taken(*, study: Study, what: str, n: int, by: User) -> None:
    """Write down that somebody took links away, as which file or sheet, and how many.

    Raises
    ------
    NotPermittedError
        They may not.
    """
    audit.record(study=study, action=AuditEvent.Action.LINKS_TAKEN, by=by, details={"what": what, "links": n})
