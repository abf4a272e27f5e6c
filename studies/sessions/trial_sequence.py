"""The trials of a session in their order: made with the session, and fixed since."""

from studies.models.session import Session
from studies.models.trial import Trial

_KEPT = "_trial_sequence"


def trial_sequence(session: Session) -> tuple[Trial, ...]:
    """Return the session's trials in their order, with their stimuli.

    One query, the first time that this very object is asked; it stays with the object, which `observer_cache` keeps.
    """
    kept: tuple[Trial, ...] | None = session.__dict__.get(_KEPT)
    if kept is None:
        kept = tuple(session.trials.select_related("stimulus", "second_stimulus").order_by("phase", "position"))
        session.__dict__[_KEPT] = kept
    return kept
