"""Observers whose links were used lately, with their studies, sessions and trials, kept in memory.

Nearly all that a request needs of them is fixed: a study's design once it is open, a session's trials once it has
begun. What can change is asked for each time, by one small query, and what was kept is used only if nothing has.
"""

import threading
from collections import OrderedDict

from studies.models.observer import Observer
from studies.models.session import ENDING_MOMENTS
from studies.models.study_state import BEFORE_OPENING
from studies.sessions.prepared_query import PreparedQuery, Row

# In each process: about 100 KiB each, with 50 trials.
MOST_KEPT = 128

# All that changes of an observer, their study (but the design of a draft) and session: each of the session's other
# fields changes together with one of these times.
_STATE = PreparedQuery(
    lambda token: Observer.objects.filter(token=token).values_list(
        "study__state",
        "deadline",
        "revoked_at",
        "session__pk",
        "session__language",
        "session__questionnaire_at",
        "session__n_screened",
        "session__asked_at",
        "session__instructed_at",
        *(f"session__{moment}" for moment in ENDING_MOMENTS),
        "session__commented_at",
    ),
    placeholder="token",
)


class ObserverCache:
    """The observers that were asked for last, by the token of their link."""

    def __init__(self, most: int) -> None:
        """Keep none yet, and never more than `most`."""
        self._most = most
        self._kept: OrderedDict[str, tuple[Row, Observer]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, token: str) -> Observer | None:
        """Return the observer with study and session as they are now; None where there is none (one query or two).

        What is returned is shared by all threads: nobody may change it.
        """
        state = _STATE.first(token)
        if state is None:
            with self._lock:
                self._kept.pop(token, None)  # whose data were erased are not kept in memory either
            return None
        with self._lock:
            kept = self._kept.get(token)
            if kept is not None and kept[0] == state:
                self._kept.move_to_end(token)
                return kept[1]
        # Neither the protocol nor the trial sequence is read: no page shows them.
        found = Observer.objects.select_related("study", "session").defer("study__protocol", "plan").filter(token=token)
        observer = found.first()
        if observer is None:  # erased between the two queries
            return None
        if observer.study.state not in BEFORE_OPENING:
            self._keep(token, state, observer)
        return observer

    def _keep(self, token: str, state: Row, observer: Observer) -> None:
        with self._lock:
            self._kept[token] = state, observer
            self._kept.move_to_end(token)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


observer_cache = ObserverCache(MOST_KEPT)
