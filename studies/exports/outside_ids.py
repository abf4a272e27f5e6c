"""Recruiters' ids → table: whom to pay. For the lab alone: nothing else that leaves the program holds these ids."""

import csv
import io

from perception.core.input_files.spreadsheet_cell import escape_formula
from studies.models.observer_state import state_of
from studies.models.recruitment.outside_id import OutsideId
from studies.models.study import Study

FILE_NAME = "recruiter_ids.csv"
HEAD = ("observer", "link", "recruiter", "id", "parameters", "state", "rejection", "arrived_at", "finished_at")


def outside_ids_csv(study: Study) -> str:
    """Return a line for each observer with an id, in the order of arrival: label, link, id, and how far they have come.

    `parameters` holds what else the recruiter's address said, as `NAME=value` with spaces between. Times are UTC, in
    ISO 8601. Ids whose time is over are not there any more.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    ids = OutsideId.objects.filter(study=study).select_related("observer__session", "observer__open_link")
    for outside in ids.order_by("pk"):
        observer = outside.observer
        session = observer.session if hasattr(observer, "session") else None
        finished = session.finished_at if session else None
        told = (
            observer.label,
            observer.open_link.name if observer.open_link else "",
            outside.recruiter,
            outside.value,
            " ".join(f"{name}={value}" for name, value in outside.parameters.items()),
            state_of(observer).value,
            session.rejection if session else "",
            outside.arrived_at.isoformat(),
            finished.isoformat() if finished else "",
        )
        table.writerow([escape_formula(cell) for cell in told])
    return out.getvalue()
