"""How far each observer is. It knows how many answers there are, and not what they say or whether they are right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.db.models import Aggregate, Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state, state_of
from studies.models.study import Study
from studies.models.trial import Trial


class _Counted(Protocol):
    """What `with_progress` adds to an observer."""

    answered: int
    last_answer_at: datetime | None


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

    @classmethod
    def of(cls, observer: Observer, study: Study) -> "ObserverProgress":
        """Return the progress of an observer of a study who was read by `with_progress` (no query)."""
        counted = cast("_Counted", observer)
        return cls(
            observer,
            state_of(observer),
            counted.answered,
            study.n_trials,
            counted.last_answer_at,
            comments=observer.session.comments if hasattr(observer, "session") else "",
        )

    @property
    def percent(self) -> int:
        """Share of the trials that are answered, in whole percent."""
        return round(100 * self.answered / self.total) if self.total else 0


def with_progress(observers: QuerySet[Observer]) -> QuerySet[Observer]:
    """Read observers with their session, with `answered` (how many trials of the series) and `last_answer_at`.

    By a query within the query for each, so that a page of a long list counts the answers of its own rows alone.
    """
    return observers.select_related("session").annotate(
        answered=Coalesce(_of_its_answers(Count("pk"), trial__phase=Trial.Phase.SERIES), 0),
        last_answer_at=_of_its_answers(Max("answered_at")),
    )


def progress_of(study: Study) -> list[ObserverProgress]:
    """Return every invited observer's progress, in the order of invitation (one query)."""
    observers = with_progress(Observer.objects.filter(study=study)).order_by("pk")
    return [ObserverProgress.of(observer, study) for observer in observers]


def count_by_state(observers: QuerySet[Observer]) -> dict[ObserverState, int]:
    """Return how many observers are in each state (one query)."""
    counts = observers.aggregate(**{state.value: Count("pk", filter=in_state(state)) for state in ObserverState})
    return {state: counts[state.value] for state in ObserverState}


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """How far a group is: how many were invited or came, and how many of them have finished. `name` may be empty."""

    name: str
    invited: int
    finished: int


def progress_of_groups(study: Study, people: QuerySet[Observer]) -> dict[str, GroupProgress]:
    """Return how far each of a study's groups is, in its order, and whoever is in none, if anybody is (one query).

    Nothing for a study without groups.

    Parameters
    ----------
    people
        Who counts: all of the study's observers, or those of one of its lists.
    """
    if not study.group_names:
        return {}
    finished = Count("pk", filter=in_state(ObserverState.FINISHED))
    rows = people.order_by().values_list("group").annotate(n=Count("pk"), finished=finished)
    counted = {group: (invited, done) for group, invited, done in rows}
    names = (*study.group_names, *sorted(counted.keys() - set(study.group_names)))
    return {name: GroupProgress(name, *counted.get(name, (0, 0))) for name in names}


def _of_its_answers(figure: Aggregate, **conditions: str) -> Subquery:
    answers = Answer.objects.filter(Q(**conditions), trial__session__observer=OuterRef("pk")).order_by()
    return Subquery(answers.values("trial__session__observer").annotate(figure=figure).values("figure"))
