"""How far an observer has come: one list of states, told of one observer in memory and asked of many in the database.

Nothing here is stored: a state follows from the times that a session keeps. Where several of them are there, the state
that comes later in `DECIDES` gives way: a session that was finished and then rejected is rejected. Of somebody without
a session it is the link that tells: it was revoked, or they are invited.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from studies.models.observer import Observer
from studies.models.session import Session


class ObserverState(models.TextChoices):
    """How far somebody has come, in the order of a session's life."""

    INVITED = "invited", gettext_lazy("invited")
    REVOKED = "revoked", gettext_lazy("revoked")
    STARTED = "started", gettext_lazy("started")
    FINISHED = "finished", gettext_lazy("finished")
    SCREENED_OUT = "screened_out", gettext_lazy("screened out")
    TIMED_OUT = "timed_out", gettext_lazy("timed out")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
    REJECTED = "rejected", gettext_lazy("rejected")
    RETURNED = "returned", gettext_lazy("returned")


DECIDES: tuple[tuple[ObserverState, str], ...] = (
    (ObserverState.REJECTED, "rejected_at"),
    (ObserverState.RETURNED, "returned_at"),
    (ObserverState.WITHDRAWN, "withdrawn_at"),
    (ObserverState.SCREENED_OUT, "screened_out_at"),
    (ObserverState.TIMED_OUT, "timed_out_at"),
    (ObserverState.FINISHED, "finished_at"),
)
"""Each state that ends a session with the time that tells it, the deciding one first."""

WITHOUT_SESSION = frozenset({ObserverState.INVITED, ObserverState.REVOKED})
"""The states of those who have not begun."""
ENDED_EARLY = frozenset({state for state, _ in DECIDES} - {ObserverState.FINISHED}) | {ObserverState.REVOKED}
"""The states of those whose answers are not analysed, and whose plan the next person gets."""


def state_of(observer: Observer) -> ObserverState:
    """Return an observer's state; no query, if the observer was read with their session."""
    session: Session | None = getattr(observer, "session", None)
    if session is None:
        return ObserverState.INVITED if observer.revoked_at is None else ObserverState.REVOKED
    return next((state for state, moment in DECIDES if getattr(session, moment) is not None), ObserverState.STARTED)


def in_state(state: ObserverState, *, session: str = "session") -> Q:
    """Return the condition that an observer is in a state.

    Parameters
    ----------
    state
        The state.
    session
        How the rows that are asked for reach the session, such as `session` of an observer, or `trial__session`. For
        the states without a session they reach it by the observer.
    """
    if state in WITHOUT_SESSION:
        revoked = f"{session.removesuffix('session')}revoked_at__isnull"
        return Q(**{f"{session}__isnull": True, revoked: state == ObserverState.INVITED})
    condition = Q(**{f"{session}__isnull": False})
    for other, moment in DECIDES:
        condition &= Q(**{f"{session}__{moment}__isnull": other != state})
        if other == state:
            break
    return condition


def usable(*, session: str = "session") -> Q:
    """Return the condition that answers are analysed: the session was finished, and neither rejected nor returned.

    Parameters
    ----------
    session
        As for `in_state`.
    """
    return in_state(ObserverState.FINISHED, session=session)


def ended_early() -> Q:
    """Return the condition that an observer's session has ended and is not analysed, or will never begin."""
    condition = in_state(ObserverState.REVOKED)
    for state, moment in DECIDES:
        if state in ENDED_EARLY:
            condition |= Q(**{f"session__{moment}__isnull": False})
    return condition
