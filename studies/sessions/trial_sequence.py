"""The trials of a session in their order: made with the session, and fixed since.

Where strengths are chosen from answers, what a trial shows is fixed two trials before it: of such sessions nothing is
kept, and whoever asks reads it anew.

They are kept for hundreds of observers at once, so they are kept small: what is fixed of a trial, and the stimuli
shared by all who see them.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef, QuerySet

from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.trial import Trial
from studies.sessions.prepared_query import PreparedQuery

_KEPT = "_trial_sequence"
_FIXED = ("pk", "token", "phase", "position")
_OF_STIMULUS = tuple(field.attname for field in Stimulus._meta.concrete_fields)
_OF_TRIAL = ("id", "session_id", "phase", "position", "stimulus_id", "second_stimulus_id", "token")
"""In the order of the model's fields, which `from_db` goes by."""

_TRIALS = PreparedQuery(
    lambda session: (
        Trial.objects.filter(session=session)
        .order_by("phase", "position")
        .values_list(
            *_FIXED, *(f"{which}__{name}" for which in ("stimulus", "second_stimulus") for name in _OF_STIMULUS)
        )
    ),
    placeholder=-1,
)

# By all that is stored of them, as long as somebody's trials are kept that show them.
_stimuli: "WeakValueDictionary[tuple[Any, ...], Stimulus]" = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class FixedTrial:
    """What is fixed of a trial."""

    pk: int
    token: str
    phase: str
    position: int
    stimuli: tuple[Stimulus, ...]
    """What is shown, from left to right."""

    @property
    def second_stimulus_id(self) -> int | None:
        """The key of the second stimulus of a trial with two."""
        return self.stimuli[1].pk if len(self.stimuli) > 1 else None

    def as_model(self, session: Session) -> Trial:
        """Return the trial as a model of this session (no query); when it was served, it would have to ask."""
        first, second, *_ = *self.stimuli, None
        values = (
            *(self.pk, session.pk, self.phase, self.position),
            *(first.pk, None if second is None else second.pk, self.token),
        )
        trial = Trial.from_db(DEFAULT_DB_ALIAS, _OF_TRIAL, values)
        trial.session = session
        trial.stimulus = first
        trial.second_stimulus = second
        return trial


class SessionTrials:
    """The trials of one session, numbered from 0 in the order in which they are shown, practice first."""

    __slots__ = ("_number_of_pk", "_number_of_token", "_totals", "trials")

    def __init__(self, trials: tuple[FixedTrial, ...]) -> None:
        """Number the trials."""
        self.trials = trials
        self._number_of_pk = {trial.pk: number for number, trial in enumerate(trials)}
        self._number_of_token = {trial.token: number for number, trial in enumerate(trials)}
        self._totals = Counter(trial.phase for trial in trials)

    def number_of(self, token: str) -> int | None:
        """Return the number of the trial with this token; None where there is none."""
        return self._number_of_token.get(token)

    def current(self, first_unanswered: int | None) -> int:
        """Return the number of the current trial, by the first unanswered one's key; that behind the last if none."""
        return len(self.trials) if first_unanswered is None else self._number_of_pk[first_unanswered]

    def total(self, phase: str) -> int:
        """Return how many trials a phase has."""
        return self._totals[phase]


def trial_sequence(session: Session) -> SessionTrials:
    """Return the session's trials in their order, with their stimuli.

    One query, the first time that this very object is asked; it stays with the object, which `observer_cache` keeps.
    Where strengths are chosen from answers, a query each time.
    """
    if session.observer.study.adapts_strength:
        return _read(session)
    kept: SessionTrials | None = session.__dict__.get(_KEPT)
    if kept is None:
        kept = _read(session)
        session.__dict__[_KEPT] = kept
    return kept


def kept_trial_sequence(session: Session) -> SessionTrials | None:
    """Return what `trial_sequence` has read for this very object; None where it has not been asked (no query)."""
    kept: SessionTrials | None = session.__dict__.get(_KEPT)
    return kept


def first_unanswered(session: Session | int | OuterRef) -> QuerySet[Trial]:
    """Return the query for the current trial of a session: the first that has no answer and was not passed over."""
    return Trial.objects.filter(session=session, answer__isnull=True, not_shown=False).order_by("phase", "position")[:1]


def _read(session: Session) -> SessionTrials:
    width = len(_OF_STIMULUS)
    trials = []
    for pk, token, phase, position, *of_stimuli in _TRIALS.all(session.pk):
        parts = (tuple(of_stimuli[:width]), tuple(of_stimuli[width:]))
        stimuli = tuple(_shared(values) for values in parts if values[0] is not None)
        trials.append(FixedTrial(pk, token, phase, position, stimuli))
    return SessionTrials(tuple(trials))


def _shared(values: tuple[Any, ...]) -> Stimulus:
    """Return the stimulus of a row, the same object for whoever sees it."""
    shared = _stimuli.get(values)
    if shared is None:
        shared = _stimuli.setdefault(values, Stimulus.from_db(DEFAULT_DB_ALIAS, _OF_STIMULUS, values))
    return shared
