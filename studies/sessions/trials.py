"""The observer's run through a study. The server owns the cursor: the first trial without an answer is the current one.

Nothing here, and nothing that this module imports, can tell a perturbed stimulus from a clean one: the order of the
trials comes from the observer's trial sequence, which the researcher's side has drawn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from perception.core.write_queue import group_commit, write_transaction
from studies.errors import StudyError, StudyPausedError
from studies.models.answer import Answer
from studies.models.session import ENDING_MOMENTS, Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial
from studies.sessions.diagnoses import read_diagnosis
from studies.sessions.ending import finish
from studies.sessions.prepared_query import PreparedQuery
from studies.sessions.trial_sequence import trial_sequence


@dataclass(frozen=True, slots=True)
class SessionPosition:
    """Where a session stands."""

    trial: Trial | None
    """The current trial; None when all are answered."""
    upcoming: Trial | None
    """The trial after it, whose images may be fetched ahead; None at the last."""
    total: int
    """How many trials the phase has that the current trial is in; after the last one, how many the series has."""


# What every step of every observer asks; all else of a session is fixed when it begins (`trial_sequence`).
_FIRST_UNANSWERED = PreparedQuery(
    lambda session: (
        Trial.objects.filter(session=session, answer__isnull=True).order_by("phase", "position").values_list("pk")[:1]
    ),
    placeholder=-1,
)
_UNSERVED = PreparedQuery(
    lambda trial: Trial.objects.filter(pk=trial, served_at__isnull=True).order_by().values_list("pk"), placeholder=-1
)
# Of the session's row alone: a lock on the study's would let the answers of all its observers wait for one another.
_LOCKED = PreparedQuery(
    lambda session: (
        Session.objects.select_for_update().filter(pk=session).order_by().values_list("instructed_at", *ENDING_MOMENTS)
    ),
    placeholder=-1,
)
_STUDY_STATE = PreparedQuery(
    lambda session: Study.with_pilots.filter(observers__session=session).order_by().values_list("state"), placeholder=-1
)


def position_of(session: Session) -> SessionPosition:
    """Return where the session stands (one query, if the session's trials were looked at before)."""
    return _position(session, _current(session))


def trial_of(session: Session, token: str) -> Trial | None:
    """Return the session's trial with this token; None where it has none."""
    return next((trial for trial in trial_sequence(session) if trial.token == token), None)


def stimulus_to_serve(*, session: Session, trial_token: str, index: int = 1) -> Stimulus | None:
    """Return the first or second stimulus of a trial (`index` 1 or 2); None for what is not to be seen now.

    To be seen are the current trial, the next one (fetched ahead), and practice trials that were answered (for their
    feedback).
    """
    trial = None if session.is_over else trial_of(session, trial_token)
    if trial is None:
        return None
    ahead = trial_sequence(session).index(trial) - _current(session)
    if ahead > 1 or (ahead < 0 and trial.phase != Trial.Phase.PRACTICE):
        return None
    return trial.stimulus if index == 1 else trial.second_stimulus


def mark_served(trial: Trial) -> None:
    """Write down when a trial was first the current one before the observer."""
    # Asked first: pages are shown far more often than there is anything to write.
    if trial.served_at is None and _UNSERVED.first(trial.pk) is not None:
        with write_transaction():
            _serve(trial, timezone.now())


def break_is_due(study: Study, trial: Trial) -> bool:
    """Whether a break comes before this trial."""
    if not study.break_every or trial.phase != Trial.Phase.SERIES or trial.position == 1:
        return False
    return (trial.position - 1) % study.break_every == 0


def goes_straight_on(study: Study, trial: Trial, following: Trial | None) -> bool:
    """Whether, once a trial is answered, the following one is shown at once: no feedback, no break, not the end."""
    return following is not None and trial.phase == Trial.Phase.SERIES and not break_is_due(study, following)


def record_answer(
    *,
    session: Session,
    trial_token: str,
    rt_ms: int | None = None,
    display: dict[str, Any] | None = None,
    **responses: str,
) -> SessionPosition | None:
    """Store the answer to the current trial. When this returns, it is on disk.

    Parameters
    ----------
    responses
        The answer, as the study's trial type reads it: `response`, `rating`, `confidence`; and `diagnosis`.

    Returns
    -------
    Where the session stands then, if the answer was stored, or if this trial had been answered before (a repeat
    changes nothing); None if the trial is not the current one, or not of this session, and nothing was stored.

    Raises
    ------
    IncompleteAnswerError
        The answer lacks something, or is not among the choices.
    StudyPausedError
        The study takes no answers for a while; this one can be sent again.
    StudyError
        The study is closed, or the session is over.
    """
    return group_commit(lambda: _record(session, trial_token, responses, rt_ms=rt_ms, display=display or {}))


def _record(
    session: Session, trial_token: str, responses: dict[str, str], *, rt_ms: int | None, display: dict[str, Any]
) -> SessionPosition | None:
    # The session's row is locked: a second tab's answer waits, and then finds this one.
    standing = _LOCKED.first(session.pk)
    trial = trial_of(session, trial_token)
    if standing is None or trial is None:
        return None
    instructed_at, *endings = standing
    is_over = any(moment is not None for moment in endings)
    number, current = trial_sequence(session).index(trial), _current(session)
    if number < current:
        return _position(session, current)
    state = _STUDY_STATE.first(session.pk)
    if state == (Study.State.PAUSED,) and not is_over:
        raise StudyPausedError(gettext("This study is paused."))
    if is_over or state != (Study.State.OPEN,):
        raise StudyError(gettext("This study takes no more answers."))
    if number > current or not instructed_at:
        return None
    study = session.observer.study
    judgement = study.trials.read(responses, study.words(session.language))
    now = timezone.now()
    Answer.objects.create(
        trial=trial,
        response=judgement.response,
        rating=judgement.rating,
        confidence=judgement.confidence,
        diagnosis=read_diagnosis(responses, study),
        answered_at=now,
        rt_ms=rt_ms,
        display=display,
    )
    position = _position(session, number + 1)
    if position.trial is None:
        finish(session, now)
    elif goes_straight_on(study, trial, position.trial):
        _serve(position.trial, now)
    return position


def _current(session: Session) -> int:
    """Return how many trials come before the first one without an answer: all, where all have one (one query)."""
    first = _FIRST_UNANSWERED.first(session.pk)
    if first is None:
        return len(trial_sequence(session))
    return next(number for number, trial in enumerate(trial_sequence(session)) if trial.pk == first[0])


def _position(session: Session, current: int) -> SessionPosition:
    trial, upcoming, *_ = *trial_sequence(session)[current : current + 2], None, None
    phase = trial.phase if trial is not None else Trial.Phase.SERIES
    return SessionPosition(trial, upcoming, total=sum(other.phase == phase for other in trial_sequence(session)))


def _serve(trial: Trial, now: datetime) -> None:
    Trial.objects.filter(pk=trial.pk, served_at__isnull=True).update(served_at=now)
