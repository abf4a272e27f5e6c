"""Where observers are just now, how fast they answer, and whether they look: of a page of them, and of all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol, cast

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from studies.design.progress import with_progress
from studies.design.watching.catch_trials import CatchTrials, catch_trials_of
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.observer_state import ENDED_EARLY, WITHOUT_SESSION, ObserverState, in_state, state_of
from studies.models.study import Study
from studies.models.study_state import StudyState
from studies.models.trial import Trial
from studies.sessions.recruitment.last_seen import last_seen
from studies.sessions.stage import Stage, stage_of

MS = 1000
USUAL_STUCK_MINUTES = 30
"""Without a sign for so long, a session stands out where the study does not say when one counts as abandoned."""
STAGES: dict[Stage, Promise] = {
    Stage.SCREENING: gettext_lazy("checks"),
    Stage.QUESTIONS: gettext_lazy("questions"),
    Stage.INSTRUCTIONS: gettext_lazy("instructions"),
    Stage.COMPREHENSION: gettext_lazy("questions on the instructions"),
    Stage.COMMENTS: gettext_lazy("comments"),
    Stage.END: gettext_lazy("end"),
}
"""What the stages are called, but that of the trials, of which there are many."""


class _Watched(Protocol):
    """What `watched` adds to an observer."""

    answered: int
    last_seen_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class WatchedObserver:
    """Where one observer is.

    Attributes
    ----------
    place
        Where in the session, in words.
    percent
        Share of the trials of the series that are answered, in whole percent.
    last_seen_at
        When something was last heard of them; None before they have begun.
    is_stuck
        Whether they are on the way and nothing was heard of them for too long.
    will_be_freed
        Whether their place then goes to somebody else.
    median_rt_s
        Seconds, of the answers of the series that tell a time; None where none does.
    partly_shown, focus_lost
        How many answers of the series were given with the image not in full view, and after the window had lost the
        focus.
    catch
        None where nobody asked, or none was answered.
    """

    observer: Observer
    state: ObserverState
    place: str | Promise
    percent: int
    last_seen_at: dt.datetime | None
    is_stuck: bool
    will_be_freed: bool
    median_rt_s: float | None
    partly_shown: int
    focus_lost: int
    catch: CatchTrials | None


def stuck_minutes(study: Study) -> int:
    """Return after how many minutes without a sign a session stands out."""
    return study.abandoned_after_minutes or USUAL_STUCK_MINUTES


def watched(study: Study) -> QuerySet[Observer]:
    """Return a study's people with how many trials they have answered and when something was last heard of them."""
    people = Observer.objects.filter(study=study, is_simulated=False)
    return with_progress(people).annotate(last_seen_at=last_seen(session="session"))


def stuck(study: Study, now: dt.datetime) -> Q:
    """Return the condition that one of `watched` is stuck. While the study is not open nobody can go on."""
    if study.state != StudyState.OPEN:
        return Q(pk__in=[])
    return in_state(ObserverState.STARTED) & Q(last_seen_at__lt=now - dt.timedelta(minutes=stuck_minutes(study)))


def count_stuck(study: Study, now: dt.datetime) -> int:
    """Return how many observers are stuck (one query)."""
    people = Observer.objects.filter(in_state(ObserverState.STARTED), study=study, is_simulated=False)
    return people.annotate(last_seen_at=last_seen(session="session")).filter(stuck(study, now)).count()


def watch(
    study: Study, observers: Sequence[Observer], *, now: dt.datetime, tells_catch_trials: bool
) -> list[WatchedObserver]:
    """Return where observers are who were read by `watched`, in their order (two queries, or four).

    Parameters
    ----------
    observers
        One page of them: the answers of each are read.
    tells_catch_trials
        Whether the reader may know who missed catch trials.
    """
    sessions = [observer.session.pk for observer in observers if hasattr(observer, "session")]
    series = Q(trial__phase=Trial.Phase.SERIES)
    answers = Answer.objects.filter(trial__session__in=sessions).order_by()
    counted = {
        session: counts
        for session, *counts in answers.values_list("trial__session").annotate(
            partly_shown=Count("pk", filter=series & Q(display__visible=0)),
            focus_lost=Count("pk", filter=series & Q(display__focus_losses__gt=0)),
            practised=Count("pk", filter=~series),
        )
    }
    times: defaultdict[int, list[int]] = defaultdict(list)
    timed = answers.filter(series, rt_ms__isnull=False).values_list("trial__session", "rt_ms")
    for session, rt_ms in timed:
        times[session].append(rt_ms or 0)
    catch = catch_trials_of(study, sessions) if tells_catch_trials else {}
    limit = now - dt.timedelta(minutes=stuck_minutes(study))
    rows = []
    for observer in observers:
        state, read = state_of(observer), cast("_Watched", observer)
        session = observer.session.pk if state not in WITHOUT_SESSION else 0
        partly_shown, focus_lost, practised = counted.get(session, (0, 0, 0))
        silent = read.last_seen_at is not None and read.last_seen_at < limit
        is_stuck = silent and state == ObserverState.STARTED and study.state == StudyState.OPEN
        rows.append(
            WatchedObserver(
                observer=observer,
                state=state,
                place=_place(observer, study, state, answered=read.answered, practised=practised),
                percent=round(100 * read.answered / study.n_trials) if study.n_trials else 0,
                last_seen_at=read.last_seen_at,
                is_stuck=is_stuck,
                will_be_freed=is_stuck and bool(study.abandoned_after_minutes) and observer.open_link_id is not None,
                median_rt_s=median(times[session]) / MS if times[session] else None,
                partly_shown=partly_shown,
                focus_lost=focus_lost,
                catch=catch.get(session),
            )
        )
    return rows


def _place(observer: Observer, study: Study, state: ObserverState, *, answered: int, practised: int) -> str | Promise:
    """Return where somebody is, as of the next thing that they do; of whoever ended early, how far they had come."""
    if state == ObserverState.INVITED:
        return gettext_lazy("consent")
    if state in ENDED_EARLY and not answered:
        return ""  # of whoever withdrew, the answers are deleted
    stage = stage_of(observer.session, study)
    if stage in STAGES and state not in ENDED_EARLY:
        return STAGES[stage]
    if stage == Stage.TRIALS and practised < study.n_practice:
        return format_lazy(
            gettext_lazy("practice, trial {number} of {total}"), number=practised + 1, total=study.n_practice
        )
    number = min(answered + (stage == Stage.TRIALS), study.n_trials)
    return format_lazy(gettext_lazy("trial {number} of {total}"), number=number, total=study.n_trials)
