"""The observer's run through a study. The server owns the cursor: the first trial without an answer is the current one.

Nothing here, and nothing that this module imports, can tell a perturbed stimulus from a clean one: the order of the
trials comes from the observer's trial sequence, which the researcher's side has drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import IntegrityError
from django.db.models import OuterRef, Subquery
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
from studies.sessions.ending import finish, lock_study_that_may_close
from studies.sessions.one_statement.answers import GivenAnswer, store_plain_answer, stores_plain_answers
from studies.sessions.prepared_query import PreparedInsert, PreparedQuery, PreparedUpdate
from studies.sessions.signals import trial_over
from studies.sessions.trial_sequence import FixedTrial, SessionTrials, first_unanswered, trial_sequence
from studies.trial_types import Judgement
from studies.trial_types.marked_place import require_within

T = TypeVar("T", Trial, FixedTrial)


@dataclass(frozen=True)
class Position(Generic[T]):
    """Where a session stands."""

    trial: T | None
    """The current trial; None when all are answered."""
    upcoming: T | None
    """The trial after it, whose images may be fetched ahead; None at the last."""
    total: int
    """How many trials the phase has that the current trial is in; after the last one, how many the series has."""


SessionPosition = Position[Trial]
FixedPosition = Position[FixedTrial]
"""The same of what is kept of the trials."""

_UNSERVED = PreparedQuery(
    lambda trial: Trial.objects.filter(pk=trial, served_at__isnull=True).order_by().values_list("pk"), placeholder=-1
)
_FIRST_UNANSWERED = PreparedQuery(
    lambda session: first_unanswered(session).values_list("pk"),
    placeholder=-1,
)
# By the token, which is the credential. Of the session's row alone: a lock on the study's would let the answers of all
# its observers wait for one another.
_LOCKED = PreparedQuery(
    lambda token: (
        Session.objects.select_for_update(of=("self",))
        .filter(observer__token=token)
        .order_by()
        .values_list(
            "pk",
            Subquery(first_unanswered(OuterRef("pk")).values("pk")),
            "observer__study__state",
            "instructed_at",
            *ENDING_MOMENTS,
        )
    ),
    placeholder="token",
)
_ANSWER = PreparedInsert(
    Answer,
    (
        *("trial", "response", "rating", "confidence", "grade", "place_x", "place_y", "diagnosis"),
        *("answered_at", "rt_ms", "display"),
    ),
)
_SERVED_AT = PreparedUpdate(
    lambda trial: Trial.objects.filter(pk=trial, served_at__isnull=True).order_by(), "served_at", placeholder=-1
)


def position_of(session: Session) -> SessionPosition:
    """Return where the session stands (one query, if the session's trials were looked at before)."""
    # Where the session stands comes first: what is read then of this trial and the next can change no more.
    current = _current(session)
    return _with_models(session, _position(trial_sequence(session), current))


def trial_of(session: Session, token: str) -> Trial | None:
    """Return the session's trial with this token; None where it has none."""
    trials = trial_sequence(session)
    number = trials.number_of(token)
    return None if number is None else trials.trials[number].as_model(session)


def stimulus_to_serve(*, session: Session, trial_token: str, index: int = 1) -> Stimulus | None:
    """Return the first or second stimulus of a trial (`index` 1 or 2); None for what is not to be seen now.

    To be seen are the current trial, the next one (fetched ahead), and practice trials that were answered (for their
    feedback).
    """
    if session.is_over:
        return None
    current = _current(session)
    trials = trial_sequence(session)
    number = trials.number_of(trial_token)
    return None if number is None else stimulus_in_sight(trials, number, current=current, index=index)


def stimulus_in_sight(trials: SessionTrials, number: int, *, current: int, index: int = 1) -> Stimulus | None:
    """Return the same for the trial with a number, of a session that is not over (no query)."""
    trial, ahead = trials.trials[number], number - current
    if ahead > 1 or (ahead < 0 and trial.phase != Trial.Phase.PRACTICE):
        return None
    return trial.stimuli[index - 1] if index <= len(trial.stimuli) else None


def mark_served(trial: Trial) -> None:
    """Write down when a trial was first the current one before the observer."""
    # Asked first: pages are shown far more often than there is anything to write.
    if _UNSERVED.first(trial.pk) is not None:
        with write_transaction():
            _SERVED_AT.set(trial.pk, timezone.now())


def break_is_due(study: Study, trial: Trial | FixedTrial) -> bool:
    """Whether a break comes before this trial."""
    if not study.break_every or trial.phase != Trial.Phase.SERIES or trial.position == 1:
        return False
    return (trial.position - 1) % study.break_every == 0


def goes_straight_on(study: Study, trial: Trial | FixedTrial, following: Trial | FixedTrial | None) -> bool:
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
        The answer, as the study's trial type reads it: `response`, `rating`, `confidence`, `grade`, `place_x`
        and `place_y`; and `diagnosis`.

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
    store = partial(store_answer, session=session, trial_token=trial_token, responses=responses)
    position = store(rt_ms=rt_ms, display=display or {})
    return None if position is None else _with_models(session, position)


def store_answer(
    *, session: Session, trial_token: str, responses: dict[str, str], rt_ms: int | None, display: dict[str, Any]
) -> FixedPosition | None:
    """Do what `record_answer` does; return what is kept of the trials, which takes less."""
    position = _store_plainly(session, trial_token, responses, rt_ms=rt_ms, display=display)
    if position is not None:
        return position
    record = partial(_record, session, trial_token, responses, rt_ms=rt_ms, display=display)
    is_last = trial_token in {trial.token for trial in trial_sequence(session).trials[-1:]}
    store = partial(_store_last, session, record) if is_last else partial(group_commit, record, place=session.pk)
    try:
        return store()
    except IntegrityError:
        # The same answer, sent twice at once: the other was stored while this one waited for the session's row, and
        # is seen now.
        return store()


def _store_plainly(
    session: Session, trial_token: str, responses: dict[str, str], *, rt_ms: int | None, display: dict[str, Any]
) -> FixedPosition | None:
    """Store the answer by one statement, if there is nothing to find out; None where there is, and nothing is stored.

    Nothing is known of whether it is, either, where the connection was lost: the answer is a repeat then, or is not.
    """
    # Where an answer chooses a strength, there is more to store than the statement does.
    if not stores_plain_answers() or session.observer.study.adapts_strength:
        return None
    trials = trial_sequence(session)
    number = trials.number_of(trial_token)
    if number is None or number + 1 == len(trials.trials):
        return None
    study, answered = session.observer.study, trials.trials[number]
    try:
        judgement, diagnosis = _read(session, answered, responses)
    except StudyError:
        return None  # perhaps it is a repeat, of which nothing is asked
    position = _position(trials, number + 1)
    following = position.trial if goes_straight_on(study, answered, position.trial) else None
    is_stored = store_plain_answer(
        GivenAnswer(
            token=session.observer.token,
            session_id=session.pk,
            previous_id=trials.trials[number - 1].pk if number else None,
            trial_id=answered.pk,
            following_id=None if following is None else following.pk,
            response=judgement.response,
            rating=judgement.rating,
            confidence=judgement.confidence,
            grade=judgement.grade,
            place_x=judgement.place_x,
            place_y=judgement.place_y,
            diagnosis=diagnosis,
            answered_at=timezone.now(),
            rt_ms=rt_ms,
            display=display,
        )
    )
    return position if is_stored else None


def _read(session: Session, trial: FixedTrial, responses: dict[str, str]) -> tuple[Judgement, str]:
    study = session.observer.study
    judgement = study.trials.read(responses, study.words(session.language))
    require_within(judgement, trial.stimuli[0].size)
    return judgement, read_diagnosis(responses, study)


def _store_last(session: Session, record: Callable[[], FixedPosition | None]) -> FixedPosition | None:
    """Store the last answer of a session alone: the study may end with it, whose row is taken before any session's."""
    with write_transaction():
        lock_study_that_may_close(session)
        return record()


def pass_over(*, session: Session, trial_token: str) -> None:
    """Go on without the current trial, an image of which cannot be shown: it is never answered, and counts as missing.

    Nothing changes where the trial is not the current one, or was passed over before.

    Raises
    ------
    StudyPausedError
        The study pauses.
    StudyError
        The study is closed, or the session is over.
    """
    group_commit(lambda: _pass_over(session, trial_token))


def _pass_over(session: Session, trial_token: str) -> None:
    turn = _turn_of(session, trial_token)
    if turn is None or turn.is_past:
        return
    trials, now = trial_sequence(session), timezone.now()
    Trial.objects.filter(pk=trials.trials[turn.current].pk).update(not_shown=True)
    _tell(session, trials.trials[turn.current])
    if _position(trials, turn.current + 1).trial is None:
        finish(session, now)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Which trial is the current one, by its number, and whether another one's turn is over that was asked for."""

    current: int
    is_past: bool


def _turn_of(session: Session, trial_token: str) -> _Turn | None:
    """Return whether it is a trial's turn, or was; None where it is not yet, or the session has no such trial.

    Raises
    ------
    StudyPausedError, StudyError
        Its turn is not over, and nothing can be stored of it.
    """
    # The session's row is locked: a second tab's answer waits, and then finds this one.
    standing = _LOCKED.first(session.observer.token)
    trials = trial_sequence(session)
    number = trials.number_of(trial_token)
    if standing is None or number is None:
        return None
    pk, first, state, instructed_at, *endings = standing
    if pk != session.pk:
        return None
    current = trials.current(first)
    if number < current:
        return _Turn(current, is_past=True)
    is_over = any(moment is not None for moment in endings)
    if state == Study.State.PAUSED and not is_over:
        raise StudyPausedError(gettext("This study is paused."))
    if is_over or state != Study.State.OPEN:
        raise StudyError(gettext("This study takes no more answers."))
    return None if number > current or not instructed_at else _Turn(current, is_past=False)


def _record(
    session: Session, trial_token: str, responses: dict[str, str], *, rt_ms: int | None, display: dict[str, Any]
) -> FixedPosition | None:
    turn = _turn_of(session, trial_token)
    if turn is None:
        return None
    trials, number = trial_sequence(session), turn.current
    if turn.is_past:
        return _position(trials, number)
    study = session.observer.study
    judgement, diagnosis = _read(session, trials.trials[number], responses)
    now = timezone.now()
    said = (judgement.response, judgement.rating, judgement.confidence, judgement.grade)
    place = (judgement.place_x, judgement.place_y)
    _ANSWER.add([(trials.trials[number].pk, *said, *place, diagnosis, now, rt_ms, display)])
    if _tell(session, trials.trials[number]):
        trials = trial_sequence(session)
    position = _position(trials, number + 1)
    if position.trial is None:
        finish(session, now)
    elif goes_straight_on(study, trials.trials[number], position.trial):
        _SERVED_AT.set(position.trial.pk, now)
    return position


def _tell(session: Session, trial: FixedTrial) -> bool:
    """Tell whoever chooses strengths that a trial is over, if somebody does; say whether."""
    if not session.observer.study.adapts_strength or trial.phase != Trial.Phase.SERIES:
        return False
    trial_over.send(sender=Session, session=session, position=trial.position)
    return True


def _current(session: Session) -> int:
    """Return how many trials come before the first one without an answer: all, where all have one (one query)."""
    first = _FIRST_UNANSWERED.first(session.pk)
    return trial_sequence(session).current(None if first is None else first[0])


def _position(trials: SessionTrials, current: int) -> FixedPosition:
    trial, upcoming, *_ = *trials.trials[current : current + 2], None, None
    phase = trial.phase if trial is not None else Trial.Phase.SERIES
    return Position(trial, upcoming, total=trials.total(phase))


def _with_models(session: Session, position: FixedPosition) -> SessionPosition:
    def model_of(trial: FixedTrial | None) -> Trial | None:
        return None if trial is None else trial.as_model(session)

    return Position(model_of(position.trial), model_of(position.upcoming), total=position.total)
