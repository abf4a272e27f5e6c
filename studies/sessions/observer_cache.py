"""Observers whose links were used lately, with their studies, sessions and trials, kept in memory.

Nearly all that a request needs of them is fixed: a study's design once it is open, a session's trials once it has
begun. What can change is asked for each time, by one small query, and what was kept is used only if nothing has.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakValueDictionary

from django.conf import settings
from django.db.models import OuterRef, Subquery

from studies.models.observer import Observer
from studies.models.session import ENDING_MOMENTS, Session
from studies.models.study import Study
from studies.models.study_state import BEFORE_OPENING
from studies.sessions.prepared_query import PreparedQuery, Row
from studies.sessions.read_anew.rows import observer_with
from studies.sessions.trial_sequence import SessionTrials, first_unanswered, kept_trial_sequence

BYTES_OF_OBSERVER = 24 * 1024
"""What one observer takes at most, with their session and a study that nobody else is kept of."""
BYTES_OF_TRIAL = 1536
"""What each trial adds, and a stimulus that nobody else is shown. Observers who share both take a fifth."""


def _changing(observer: str, session: str) -> tuple[str, ...]:
    """Return all that changes of an observer, their study (but the design of a draft) and session.

    Each of the session's other fields changes together with one of these times. The arguments are the ways there from
    the model that is asked.
    """
    of_session = (
        *("pk", "language", "questionnaire_at", "n_screened", "asked_at", "instructed_at"),
        *ENDING_MOMENTS,
        "commented_at",
    )
    of_observer = ("study__state", "deadline", "revoked_at")
    return (*(f"{observer}{name}" for name in of_observer), *(f"{session}{name}" for name in of_session))


_STATE = PreparedQuery(
    lambda token: Observer.objects.filter(token=token).values_list(*_changing("", "session__")), placeholder="token"
)
_STANDING = PreparedQuery(
    lambda token: (
        Session.objects.filter(observer__token=token)
        .order_by()
        .values_list(Subquery(first_unanswered(OuterRef("pk")).values("pk")), *_changing("observer__", ""))
    ),
    placeholder="token",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An observer who has begun, and where their session stands."""

    observer: Observer
    session: Session
    trials: SessionTrials
    current: int
    """The number of the current trial, as `SessionTrials` numbers them."""


class ObserverCache:
    """The observers that were asked for last, by the token of their link."""

    def __init__(self, most_bytes: int) -> None:
        """Keep none yet, and never more than about so many bytes."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[Row, Observer, int]] = OrderedDict()
        self._studies: WeakValueDictionary[int, Study] = WeakValueDictionary()
        self._lock = threading.Lock()

    def find(self, token: str) -> Observer | None:
        """Return the observer with study and session as they are now; None where there is none (one query or two).

        What is returned is shared by all threads: nobody may change it.
        """
        state = _STATE.first(token)
        if state is None:
            with self._lock:
                self._drop(token)  # whose data were erased are not kept in memory either
            return None
        kept = self._kept_in(token, state)
        if kept is not None:
            return kept
        observer = observer_with(token)
        if observer is None:  # erased between the two queries
            return None
        if observer.study.state not in BEFORE_OPENING:
            self._keep(token, state, observer)
        return observer

    def standing(self, token: str) -> Standing | None:
        """Return where a session stands now, if it and its trials are kept as they are now (one query).

        None where they are not, whatever the reason: `find` tells it.
        """
        row = _STANDING.first(token)
        if row is None:
            return None
        first, *state = row
        observer = self._kept_in(token, tuple(state))
        if observer is None:
            return None
        trials = kept_trial_sequence(observer.session)
        return None if trials is None else Standing(observer, observer.session, trials, trials.current(first))

    def kept(self, token: str) -> Observer | None:
        """Return the observer as they were when they were last found; None where they are not kept (no query)."""
        with self._lock:
            kept = self._kept.get(token)
        return None if kept is None else kept[1]

    def _kept_in(self, token: str, state: Row) -> Observer | None:
        """Return the observer who was kept in this state, if one was."""
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept[0] != state:
                return None
            self._kept.move_to_end(token)
            return kept[1]

    def _keep(self, token: str, state: Row, observer: Observer) -> None:
        weight = BYTES_OF_OBSERVER + BYTES_OF_TRIAL * (observer.study.n_practice + observer.study.n_trials)
        with self._lock:
            observer.study = self._shared(observer.study)
            self._drop(token)
            self._kept[token] = state, observer, weight
            self._bytes += weight
            while self._bytes > self._most_bytes and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, token: str) -> None:
        kept = self._kept.pop(token, None)
        if kept is not None:
            self._bytes -= kept[2]

    def _shared(self, study: Study) -> Study:
        """Return the study that other observers are kept with, if all that was read of it is the same."""
        shared = self._studies.get(study.pk)
        if shared is None or any(
            shared.__dict__.get(name) != value for name, value in study.__dict__.items() if name != "_state"
        ):
            self._studies[study.pk] = shared = study
        return shared


observer_cache = ObserverCache(settings.OBSERVER_CACHE_BYTES)
