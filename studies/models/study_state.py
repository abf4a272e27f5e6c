"""Where a study stands, and what can be done to it there: one table, from which pages, commands and messages follow.

The drawing in `docs/lifecycle.md` follows from it too (a test compares them). Models and services of both sides read
it: it says nothing of any image.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import models

from studies.models.audit_event import AuditEvent


class StudyState(models.TextChoices):
    """Where a study stands."""

    DRAFT = "draft", "draft"
    PILOT = "pilot", "pilot"
    OPEN = "open", "open"
    PAUSED = "paused", "paused"
    CLOSED = "closed", "closed"
    ARCHIVED = "archived", "archived"


BEFORE_OPENING = frozenset({StudyState.DRAFT, StudyState.PILOT})
RUNNING = frozenset({StudyState.OPEN, StudyState.PAUSED})
OVER = frozenset({StudyState.CLOSED, StudyState.ARCHIVED})


class Reason(Enum):
    """Whether somebody who does something to a study says why."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class StudyAction:
    """One thing that researchers do to a study.

    Attributes
    ----------
    name
        In addresses and commands.
    label
        On the button.
    participle
        In sentences: “only a study that is open can be …”.
    states
        Where it is possible.
    leads_to
        Where the study stands then; None: where it stood, or nowhere, as it is deleted.
    event
        What the audit log calls it.
    reason
        Whether the person says why.
    done
        What is said once it is done.
    """

    name: str
    label: str
    participle: str
    states: frozenset[StudyState]
    leads_to: StudyState | None
    event: AuditEvent.Action
    reason: Reason = Reason.NOT_ASKED
    done: str = ""

    def is_possible(self, state: str) -> bool:
        """Whether a study in this state allows it."""
        return state in self.states

    @property
    def states_in_order(self) -> tuple[StudyState, ...]:
        """Where it is possible, in the order of a study's life."""
        return tuple(state for state in StudyState if state in self.states)


CHANGE = StudyAction("change", "Change", "changed", frozenset({StudyState.DRAFT}), None, AuditEvent.Action.CHANGED)
DELETE = StudyAction(
    "delete",
    "Delete",
    "deleted",
    frozenset({StudyState.DRAFT}),
    None,
    AuditEvent.Action.DELETED,
    done="The draft is deleted.",
)
INVITE = StudyAction(
    "invite", "Invite", "given further observers", BEFORE_OPENING | RUNNING, None, AuditEvent.Action.INVITED
)
PILOT = StudyAction(
    "pilot",
    "Start a pilot",
    "tried out in a pilot",
    frozenset({StudyState.DRAFT}),
    StudyState.PILOT,
    AuditEvent.Action.PILOTED,
    done="The pilot has begun. Play it with the link below; nothing of it is counted.",
)
END_PILOT = StudyAction(
    "end-pilot",
    "End the pilot",
    "taken out of its pilot",
    frozenset({StudyState.PILOT}),
    StudyState.DRAFT,
    AuditEvent.Action.PILOT_ENDED,
    done="The pilot is over, and the study is a draft again: everything can be changed.",
)
OPEN = StudyAction(
    "open",
    "Open the study",
    "opened",
    BEFORE_OPENING,
    StudyState.OPEN,
    AuditEvent.Action.OPENED,
    Reason.OPTIONAL,
    "The study is open. The observers' links work from now on.",
)
PAUSE = StudyAction(
    "pause",
    "Pause",
    "paused",
    frozenset({StudyState.OPEN}),
    StudyState.PAUSED,
    AuditEvent.Action.PAUSED,
    Reason.REQUIRED,
    "The study is paused. Observers are told so, and their answers are kept.",
)
RESUME = StudyAction(
    "resume",
    "Resume",
    "resumed",
    frozenset({StudyState.PAUSED}),
    StudyState.OPEN,
    AuditEvent.Action.RESUMED,
    Reason.OPTIONAL,
    "The study goes on. Observers continue where they were.",
)
CLOSE = StudyAction(
    "close",
    "Close",
    "closed",
    RUNNING,
    StudyState.CLOSED,
    AuditEvent.Action.CLOSED,
    Reason.OPTIONAL,
    "The study is closed. The report shows its results.",
)
UNBLIND = StudyAction(
    "unblind",
    "Unblind",
    "unblinded",
    RUNNING,
    None,
    AuditEvent.Action.UNBLINDED,
    Reason.REQUIRED,
    "The study is unblinded. The report says so.",
)
REOPEN = StudyAction(
    "reopen",
    "Reopen",
    "reopened",
    frozenset({StudyState.CLOSED}),
    StudyState.OPEN,
    AuditEvent.Action.REOPENED,
    Reason.REQUIRED,
    "The study is open again. The report says when it was closed, and since when it is open again.",
)
ARCHIVE = StudyAction(
    "archive",
    "Archive",
    "archived",
    frozenset({StudyState.CLOSED}),
    StudyState.ARCHIVED,
    AuditEvent.Action.ARCHIVED,
    Reason.OPTIONAL,
    "The study is archived: it leaves the list, and nothing of it is lost.",
)
RESTORE = StudyAction(
    "restore",
    "Restore",
    "restored",
    frozenset({StudyState.ARCHIVED}),
    StudyState.CLOSED,
    AuditEvent.Action.RESTORED,
    Reason.OPTIONAL,
    "The study is in the list again.",
)

ACTIONS: tuple[StudyAction, ...] = (
    CHANGE, INVITE, PILOT, END_PILOT, OPEN, PAUSE, RESUME, UNBLIND, CLOSE, REOPEN, ARCHIVE, RESTORE, DELETE,
)  # fmt: skip
"""In the order of a study's life."""

TRANSITIONS = tuple(action for action in ACTIONS if action.leads_to is not None)
"""Those that change where the study stands."""

WORDS = {
    StudyState.DRAFT: "a draft",
    StudyState.PILOT: "in its pilot",
    StudyState.OPEN: "open",
    StudyState.PAUSED: "paused",
    StudyState.CLOSED: "closed",
    StudyState.ARCHIVED: "archived",
}
"""How a sentence says that a study is in a state."""


def why_impossible(action: StudyAction, *, title: str, state: str) -> str:
    """Return why something cannot be done to a study now; nothing where it can."""
    if action.is_possible(state):
        return ""
    where = " or ".join(WORDS[possible] for possible in action.states_in_order)
    return f"“{title}” is {WORDS[StudyState(state)]}; only a study that is {where} can be {action.participle}."
