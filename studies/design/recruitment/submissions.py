"""The list of submissions that a recruiter lets one download, read back: who has no submission there that counts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from perception.core.input_files.csv_table import CsvError, read_csv

ID_COLUMNS = (
    "Participant id",
    "participant_id",
    "participantId",
    "PROLIFIC_PID",
    "WorkerId",
    "Worker ID",
    "survey_code",
)
"""What recruiters call the column with the person's id, the likelier first; case does not matter."""
STATUS_COLUMNS = ("Status", "AssignmentStatus", "Submission status")
GIVEN_BACK = frozenset({"RETURNED", "TIMED-OUT", "REJECTED"})
"""Whoever stands so is not paid, and their place is free at the recruiter as well."""


@dataclass(frozen=True, slots=True)
class Submissions:
    """What a list says.

    Attributes
    ----------
    given_back
        Ids of people who gave the task back, took too long for the recruiter, or were rejected there.
    statuses
        How many submissions of the list are in each status, as the list writes it.
    """

    given_back: tuple[str, ...]
    statuses: Mapping[str, int]


def read_submissions(data: bytes, *, source: str) -> Submissions:
    """Read a recruiter's list; somebody with one submission that counts has not given back, whatever the others are.

    Parameters
    ----------
    data
        The bytes of a CSV with a header; other columns than id and status are passed over.
    source
        The file's name, for messages.

    Raises
    ------
    CsvError
        It cannot be read, or has no column of ids or none of statuses.
    """
    table = read_csv(data, source=source, required=(), optional=(*ID_COLUMNS, *STATUS_COLUMNS))
    ids, statuses = (_column(table.cells, names, source) for names in (ID_COLUMNS, STATUS_COLUMNS))
    counted: set[str] = set()
    back: dict[str, None] = {}
    for person, status in zip(ids, statuses, strict=True):
        if _plain(status) not in GIVEN_BACK:
            counted.add(person)
        elif person:
            back[person] = None
    return Submissions(tuple(person for person in back if person not in counted), Counter(statuses))


def _column(cells: Mapping[str, list[str]], names: tuple[str, ...], source: str) -> list[str]:
    found = next((cells[name] for name in names if name in cells), None)
    if found is None:
        raise CsvError(f"no column “{names[0]}”, nor {', '.join(f'“{name}”' for name in names[1:])}", source=source)
    return found


def _plain(status: str) -> str:
    return status.strip().upper().replace("_", "-").replace(" ", "-")
