"""What a worker would do, done at once: the tests look at what came of it."""

from contextlib import suppress

from ml.errors import MlError
from ml.models import Run
from ml.tasks import perform_queued_run


def do_queued_work() -> None:
    """Do all that is queued, in its order, as a worker does; of a run that fails, the run says why."""
    for run in Run.objects.filter(state=Run.State.QUEUED).order_by("pk"):
        with suppress(MlError):
            perform_queued_run.func(run.pk)
