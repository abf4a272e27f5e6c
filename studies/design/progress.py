"""How far each observer is. It knows how many answers there are, and not what they say or whether they are right."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, state_of
from studies.models.study import Study
from studies.models.trial import Trial


@dataclass(frozen=True, slots=True)
class ObserverProgress:
    """One invited observer's progress through the series, catch trials included, practice not."""

    observer: Observer
    state: ObserverState
    answered: int
    total: int
    last_answer_at: datetime | None
    comments: str = ""
    """What the observer wrote at the end."""

    @property
    def percent(self) -> int:
        """Share of the trials that are answered, in whole percent."""
        return round(100 * self.answered / self.total) if self.total else 0


def progress_of(study: Study) -> list[ObserverProgress]:
    """Return every invited observer's progress, in the order of invitation (one query)."""
    observers = (
        Observer.objects.filter(study=study)
        .select_related("session")
        .annotate(
            answered=Count("session__trials__answer", filter=Q(session__trials__phase=Trial.Phase.SERIES)),
            last_answer_at=Max("session__trials__answer__answered_at"),
        )
        .order_by("pk")
    )
    return [
        ObserverProgress(
            observer,
            state_of(observer),
            observer.answered,
            study.n_trials,
            observer.last_answer_at,
            comments=observer.session.comments if hasattr(observer, "session") else "",
        )
        for observer in observers
    ]
