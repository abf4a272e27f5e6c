"""Invitations by the list: a text with a label, or a label and a group, a line, looked through before any is made."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext

from perception.core.input_files.pasted_rows import RowProblem, read_pasted_rows, written_rows
from studies.design.invitations import MOST_AT_ONCE, invite_observers, named_group
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.study import Study

MOST_LISTED = 5_000
"""As many as an open link has places. `MOST_AT_ONCE` are made at a time, so that observers are answered in between."""
LABEL_NAMES = ("label", "observer", "pseudonym", "pseudonyme", "observateur")
GROUP_NAMES = ("group", "groupe")


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of a list: label, and one of the study's groups or nothing."""

    label: str
    group: str


@dataclass(frozen=True, slots=True)
class InvitationList:
    """What a list says.

    Attributes
    ----------
    new
        Who can be invited.
    there
        Labels of those who are invited already, and are left as they are.
    problems
        Of lines that nobody can be invited by.
    """

    new: tuple[Listed, ...]
    there: tuple[str, ...]
    problems: tuple[RowProblem, ...]

    @property
    def as_text(self) -> str:
        """Whom it invites, as a list that reads the same."""
        rows = [(listed.label, listed.group) for listed in self.new]
        return written_rows(rows, (LABEL_NAMES[0], GROUP_NAMES[0]))


def read_invitation_list(study: Study, text: str) -> InvitationList:
    """Look through a list of people to invite; nothing is stored (one query).

    Parameters
    ----------
    text
        A label a line, or a label and a group with a tab, semicolon or comma between; a header may stand above.

    Raises
    ------
    StudyError
        It names more than `MOST_LISTED` people.
    """
    read = read_pasted_rows(text, (LABEL_NAMES, GROUP_NAMES))
    if len(read.rows) > MOST_LISTED:
        raise StudyError(
            gettext("At most %(most)d people can be invited by one list; this one has %(n)d. Send it in parts.")
            % {"most": MOST_LISTED, "n": len(read.rows)}
        )
    taken = set(Observer.objects.filter(study=study).values_list("label", flat=True))
    lines: dict[str, int] = {}
    new, there, problems = [], [], list(read.problems)
    for line, (label, group) in read.rows:
        try:
            listed = Listed(_checked(label, lines), named_group(study, group))
        except StudyError as error:
            problems.append(RowProblem(line, str(error)))
            continue
        lines[label] = line
        if label in taken:
            there.append(label)
        else:
            new.append(listed)
    return InvitationList(tuple(new), tuple(there), tuple(sorted(problems, key=lambda problem: problem.line)))


def invite_listed(
    *, study: Study, listed: Sequence[Listed], by: User, deadline: dt.datetime | None = None
) -> list[Observer]:
    """Invite the people of a list, `MOST_AT_ONCE` in each transaction.

    Raises
    ------
    StudyError
        As `invite_observers`: those before stay invited, and the list, sent again, passes over them.
    """
    invited: list[Observer] = []
    for first in range(0, len(listed), MOST_AT_ONCE):
        some = listed[first : first + MOST_AT_ONCE]
        invited += invite_observers(
            study=study,
            labels=[one.label for one in some],
            groups=[one.group for one in some],
            deadline=deadline,
            by=by,
        )
    return invited


def _checked(label: str, lines: dict[str, int]) -> str:
    longest = Observer._meta.get_field("label").max_length or 0
    if not label:
        raise StudyError(gettext("it has no label"))
    if len(label) > longest:
        raise StudyError(
            gettext("the label “%(label)s…” is longer than %(longest)d characters")
            % {"label": label[:20], "longest": longest}
        )
    if label in lines:
        raise StudyError(
            gettext("“%(label)s” stands in line %(line)d already") % {"label": label, "line": lines[label]}
        )
    return label
