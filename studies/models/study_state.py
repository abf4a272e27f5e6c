"""Where a study stands, and what can be done to it there: one table, from which pages, commands and messages follow.

The drawing in `docs/lifecycle.md` follows from it too (a test compares them). Models and services of both sides read
it: it says nothing of any image.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from studies.models.audit_event import AuditEvent


class StudyState(models.TextChoices):
    """Where a study stands."""

    DRAFT = "draft", gettext_lazy("draft")
    PILOT = "pilot", gettext_lazy("pilot")
    OPEN = "open", gettext_lazy("open")
    PAUSED = "paused", gettext_lazy("paused")
    CLOSED = "closed", gettext_lazy("closed")
    ARCHIVED = "archived", gettext_lazy("archived")


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


CHANGE = StudyAction(
    "change",
    gettext_noop("Change"),
    gettext_noop("changed"),
    frozenset({StudyState.DRAFT}),
    None,
    AuditEvent.Action.CHANGED,
)
DELETE = StudyAction(
    "delete",
    gettext_noop("Delete"),
    gettext_noop("deleted"),
    frozenset({StudyState.DRAFT}),
    None,
    AuditEvent.Action.DELETED,
    done=gettext_noop("The draft is deleted."),
)
INVITE = StudyAction(
    "invite",
    gettext_noop("Invite"),
    gettext_noop("given further observers"),
    BEFORE_OPENING | RUNNING,
    None,
    AuditEvent.Action.INVITED,
)
PILOT = StudyAction(
    "pilot",
    gettext_noop("Start a pilot"),
    gettext_noop("tried out in a pilot"),
    frozenset({StudyState.DRAFT}),
    StudyState.PILOT,
    AuditEvent.Action.PILOTED,
    done=gettext_noop("The pilot has begun. Play it with the link below; nothing of it is counted."),
)
END_PILOT = StudyAction(
    "end-pilot",
    gettext_noop("End the pilot"),
    gettext_noop("taken out of its pilot"),
    frozenset({StudyState.PILOT}),
    StudyState.DRAFT,
    AuditEvent.Action.PILOT_ENDED,
    done=gettext_noop("The pilot is over, and the study is a draft again: everything can be changed."),
)
OPEN = StudyAction(
    "open",
    gettext_noop("Open the study"),
    gettext_noop("opened"),
    BEFORE_OPENING,
    StudyState.OPEN,
    AuditEvent.Action.OPENED,
    Reason.OPTIONAL,
    gettext_noop("The study is open. The observers' links work from now on."),
)
PAUSE = StudyAction(
    "pause",
    gettext_noop("Pause"),
    gettext_noop("paused"),
    frozenset({StudyState.OPEN}),
    StudyState.PAUSED,
    AuditEvent.Action.PAUSED,
    Reason.REQUIRED,
    gettext_noop("The study is paused. Observers are told so, and their answers are kept."),
)
RESUME = StudyAction(
    "resume",
    gettext_noop("Resume"),
    gettext_noop("resumed"),
    frozenset({StudyState.PAUSED}),
    StudyState.OPEN,
    AuditEvent.Action.RESUMED,
    Reason.OPTIONAL,
    gettext_noop("The study goes on. Observers continue where they were."),
)
CLOSE = StudyAction(
    "close",
    gettext_noop("Close"),
    gettext_noop("closed"),
    RUNNING,
    StudyState.CLOSED,
    AuditEvent.Action.CLOSED,
    Reason.OPTIONAL,
    gettext_noop("The study is closed. The report shows its results."),
)
UNBLIND = StudyAction(
    "unblind",
    gettext_noop("Unblind"),
    gettext_noop("unblinded"),
    RUNNING,
    None,
    AuditEvent.Action.UNBLINDED,
    Reason.REQUIRED,
    gettext_noop("The study is unblinded. The report says so."),
)
REOPEN = StudyAction(
    "reopen",
    gettext_noop("Reopen"),
    gettext_noop("reopened"),
    frozenset({StudyState.CLOSED}),
    StudyState.OPEN,
    AuditEvent.Action.REOPENED,
    Reason.REQUIRED,
    gettext_noop("The study is open again. The report says when it was closed, and since when it is open again."),
)
ARCHIVE = StudyAction(
    "archive",
    gettext_noop("Archive"),
    gettext_noop("archived"),
    frozenset({StudyState.CLOSED}),
    StudyState.ARCHIVED,
    AuditEvent.Action.ARCHIVED,
    Reason.OPTIONAL,
    gettext_noop("The study is archived: it leaves the list, and nothing of it is lost."),
)
RESTORE = StudyAction(
    "restore",
    gettext_noop("Restore"),
    gettext_noop("restored"),
    frozenset({StudyState.ARCHIVED}),
    StudyState.CLOSED,
    AuditEvent.Action.RESTORED,
    Reason.OPTIONAL,
    gettext_noop("The study is in the list again."),
)

ACTIONS: tuple[StudyAction, ...] = (
    CHANGE, INVITE, PILOT, END_PILOT, OPEN, PAUSE, RESUME, UNBLIND, CLOSE, REOPEN, ARCHIVE, RESTORE, DELETE,
)  # fmt: skip
"""In the order of a study's life."""

TRANSITIONS = tuple(action for action in ACTIONS if action.leads_to is not None)
"""Those that change where the study stands."""

WORDS = {
    StudyState.DRAFT: gettext_noop("a draft"),
    StudyState.PILOT: gettext_noop("in its pilot"),
    StudyState.OPEN: gettext_noop("open"),
    StudyState.PAUSED: gettext_noop("paused"),
    StudyState.CLOSED: gettext_noop("closed"),
    StudyState.ARCHIVED: gettext_noop("archived"),
}
"""How a sentence says that a study is in a state."""


def why_impossible(action: StudyAction, *, title: str, state: str) -> str:
    """Return why something cannot be done to a study now; nothing where it can."""
    if action.is_possible(state):
        return ""
    where = (" " + gettext("or") + " ").join(gettext(WORDS[possible]) for possible in action.states_in_order)
    return gettext("“%(title)s” is %(state)s; only a study that is %(where)s can be %(participle)s.") % {
        "title": title,
        "state": gettext(WORDS[StudyState(state)]),
        "where": where,
        "participle": gettext(action.participle),
    }
