"""What is watched of the studies: how many there are in each state, of all sites' studies together."""

from collections.abc import Iterable

from django.db.models import Count
from prometheus_client.core import Metric

from perception.core.monitoring.measurements import gauge, gauges
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study
from studies.models.study_state import StudyState


def measure_studies() -> Iterable[Metric]:
    """Yield the counts of studies and of observers by state, and of answers; no pilots among them."""
    counts = dict.fromkeys(StudyState.values, 0) | {
        row["state"]: row["n"] for row in Study.objects.order_by().values("state").annotate(n=Count("pk"))
    }
    yield gauges("studies", "Studies by state.", counts, label="state")
    observers = Observer.objects.aggregate(
        **{state.value: Count("pk", filter=in_state(state)) for state in ObserverState}
    )
    yield gauges("observers", "Observers by state.", observers, label="state")
    told = "Answers that are stored, those to practice and in pilots among them."
    yield gauge("answers", told, Answer.objects.count())
