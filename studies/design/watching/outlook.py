"""When a study will have all the sessions it wants, judged by when the last ones were finished."""

import datetime as dt
from dataclasses import dataclass
from statistics import median

from perception.analysis.planning.remaining_time import LEAST_WAITS, remaining_time
from studies.models.observer_state import ObserverState, in_state
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import StudyState

LATEST = 20
"""How many of the last sessions tell the pace: it changes in the course of a study."""
LEAST_FINISHED = LEAST_WAITS + 1
LONGEST = dt.timedelta(days=365)
"""What ends later than this is not foreseen."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How sessions went, and until when the rest of them will take.

    Attributes
    ----------
    wanted, finished
        How many sessions are to be finished, and how many are.
    median_duration
        From the consent to the last answer, of the finished ones; None where none is.
    earliest, latest
        Between these the last wanted session will be finished, with a chance of 80%, if things go on as they went;
        None where nothing can be said.
    """

    wanted: int
    finished: int
    median_duration: dt.timedelta | None
    earliest: dt.datetime | None = None
    latest: dt.datetime | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody more is wanted."""
        return self.finished >= self.wanted

    @property
    def percent(self) -> int:
        """Share of the wanted sessions that are finished, in whole percent."""
        return min(100, round(100 * self.finished / self.wanted)) if self.wanted else 0

    @property
    def too_few(self) -> bool:
        """Whether fewer have finished than tell a pace."""
        return self.finished < LEAST_FINISHED


def outlook(study: Study, *, wanted: int, now: dt.datetime) -> Outlook:
    """Return how a study's sessions went and will go (one query).

    Parameters
    ----------
    wanted
        How many finished sessions the study is to have.
    now
        The silence since the last one counts as well. So does a time in which the study paused.
    """
    done = Session.objects.filter(
        in_state(ObserverState.FINISHED, session="observer__session"),
        observer__study=study,
        observer__is_simulated=False,
    )
    times = list(done.order_by("-finished_at").values_list("consented_at", "finished_at"))
    durations = [(finished - begun).total_seconds() for begun, finished in times if finished is not None]
    typical = dt.timedelta(seconds=median(durations)) if durations else None
    finished = len(times)
    last = [moment for _, moment in times[: LATEST + 1] if moment is not None]
    lasted = (now - last[-1]).total_seconds() if last else 0
    if study.state != StudyState.OPEN or finished >= wanted or lasted <= 0:
        return Outlook(wanted, finished, typical)
    still = remaining_time(waits=len(last) - 1, lasted=lasted, further=wanted - finished)
    if still is None or still.high > LONGEST.total_seconds():
        return Outlook(wanted, finished, typical)
    return Outlook(
        wanted, finished, typical, now + dt.timedelta(seconds=still.low), now + dt.timedelta(seconds=still.high)
    )
