"""What a worker queues once it has made image pairs: the measuring of how visible they are, if that was asked for."""

from ml.evaluation.visibility import VisibilityMeasurement
from ml.images.visibility.colorvideovdp import is_set_up
from ml.models import PairSet, Run, Visibility
from ml.tasks import enqueue


def queue_measurement(run: Run) -> None:
    """Queue the measuring of the pairs that a run has made, where that was asked for with them."""
    if not run.options.get("visibility"):
        return
    pair_set = PairSet.objects.filter(uid=run.options.get("uid")).first()
    if pair_set is not None and not Visibility.objects.filter(pair_set=pair_set).exists():
        enqueue(VisibilityMeasurement(pair_set=pair_set, colorvideovdp=is_set_up()), by=run.owner)
