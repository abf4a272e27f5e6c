"""What is watched of the studies: how many there are in each state, of all sites' studies together."""

from collections.abc import Iterable

from django.db.models import Count

from perception.core.monitoring.measurements import Measurement
from studies.design.progress import count_by_state
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.study_state import StudyState


def measure_studies() -> Iterable[Measurement]:
    """Yield the counts of studies by state, no pilots among them, of observers by state, and of answers."""
    counts = dict.fromkeys(StudyState.values, 0) | {
        row["state"]: row["n"] for row in Study.objects.order_by().values("state").annotate(n=Count("pk"))
    }
    yield Measurement("studies", "Studies by state.", counts, "state")
    observers = {state.value: n for state, n in count_by_state(Observer.objects.all()).items()}
    yield Measurement("observers", "Observers by state, those of pilots among them.", observers, "state")
    told = "Answers that are stored, those to practice and in pilots among them."
    yield Measurement("answers", told, Answer.objects.count())
