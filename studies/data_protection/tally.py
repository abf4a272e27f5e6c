"""How many people's data are gone, and how: counted from the study's log, which names none of them.

The report needs it. Without it a study whose finished sessions were erased would look as if fewer had taken part.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from studies.audit import events_of
from studies.models.audit_event import AuditEvent
from studies.models.observer_state import WITHOUT_SESSION, ObserverState
from studies.models.study import Study

GONE = "gone"
"""Key of an event's details: how many were erased, by how far they had come (`ObserverState`)."""
KEPT = "kept"
"""Key of an event's details: how many answers were detached from the person and kept, as a number of people."""
RESULTS_SEEN = "results_seen"
"""Key of an event's details: whether anybody had seen results by then, and so could know whose data to erase."""
FORGOTTEN = "(erased)"
"""What stands in the log for a label that is gone."""
WITHOUT_LABEL = "Anonymous {}"
"""What a person is called whose label is gone, with a number."""


@dataclass(frozen=True, slots=True)
class ErasedPeople:
    """How many people's data were erased or detached since they were invited.

    Attributes
    ----------
    gone
        How many were erased, by how far they had come.
    finished_by_wish, finished_by_lab, finished_by_time
        Of those erased who had finished: how many had withdrawn after the end, were erased by the lab, or were deleted
        as the time was over for which their data were to be kept.
    by_wish_after_results, by_lab_after_results
        Of the first two, how many since results of the study had been seen.
    kept_by_wish, kept_by_time
        How many answers stayed without what tells whose they are.
    """

    gone: Mapping[str, int]
    finished_by_wish: int
    finished_by_lab: int
    finished_by_time: int
    by_wish_after_results: int
    by_lab_after_results: int
    kept_by_wish: int
    kept_by_time: int

    @classmethod
    def of(cls, study: Study, *, of_pilots: bool = False) -> "ErasedPeople":
        """Count them in the log of a study (one query); with `of_pilots` those of its pilots, and no others."""
        gone: Counter[str] = Counter()
        finished: Counter[str] = Counter()
        informed: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for event in events_of(study):
            if event.action in _ACTIONS and bool(event.details.get("pilot")) == of_pilots:
                by_stage: Counter[str] = Counter()
                for state, count in event.details.get(GONE, {}).items():
                    by_stage[_EARLIER_NAMES.get(state, state)] += count
                gone += by_stage
                finished[event.action] += by_stage[ObserverState.FINISHED]
                informed[event.action] += by_stage[ObserverState.FINISHED] if event.details.get(RESULTS_SEEN) else 0
                kept[event.action] += event.details.get(KEPT, 0)
        action = AuditEvent.Action
        return cls(
            dict(gone),
            finished[action.WITHDREW_LATER],
            finished[action.ERASED],
            finished[action.EXPIRED],
            informed[action.WITHDREW_LATER],
            informed[action.ERASED],
            kept[action.WITHDREW_LATER],
            kept[action.EXPIRED],
        )

    @property
    def n_gone(self) -> int:
        """How many people were erased."""
        return sum(self.gone.values())

    @property
    def n_begun(self) -> int:
        """How many of those who were erased had consented."""
        return self.n_gone - sum(self.gone.get(state, 0) for state in WITHOUT_SESSION)

    @property
    def n_finished(self) -> int:
        """How many of those who were erased had finished."""
        return self.gone.get(ObserverState.FINISHED, 0)

    @property
    def states_before_the_end(self) -> list[str]:
        """How far those had come who were erased and had not finished, one entry for each."""
        return [state for state, count in self.gone.items() if state != ObserverState.FINISHED for _ in range(count)]

    @property
    def is_empty(self) -> bool:
        """Whether nobody's data were erased or detached."""
        return not (self.n_gone or self.kept_by_wish or self.kept_by_time)

    def as_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        return asdict(self)


_EARLIER_NAMES = {"in progress": ObserverState.STARTED.value, "withdrew": ObserverState.WITHDRAWN.value}
"""What the log of version 0.4 and before calls two of the states."""
_ACTIONS = {AuditEvent.Action.ERASED, AuditEvent.Action.WITHDREW_LATER, AuditEvent.Action.EXPIRED}
