"""What is watched of the long work: how much waits, and for how long."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone

from ml.models import Run
from ml.runs.status import living_workers
from perception.core.monitoring.measurements import Measurement


def measure_runs() -> Iterable[Measurement]:
    """Yield the counts of runs by state, how long the first in the queue has waited, and how many workers live."""
    counts = dict.fromkeys(Run.State.values, 0) | {
        row["state"]: row["n"] for row in Run.objects.order_by().values("state").annotate(n=Count("pk"))
    }
    yield Measurement("runs", "Runs of long work by state.", counts, "state")
    first = Run.objects.filter(state=Run.State.QUEUED).aggregate(first=Min("queued_at"))["first"]
    waited = 0.0 if first is None else max(0.0, (timezone.now() - first).total_seconds())
    yield Measurement("run_longest_wait_seconds", "How long the first run in the queue has waited.", waited)
    yield Measurement("workers", "Workers that were heard of lately.", living_workers().count())
