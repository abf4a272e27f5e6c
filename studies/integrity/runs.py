"""Whether runs that are to be done, or are being done, have anybody who does them."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from ml.models import Run
from studies.integrity.finding import Finding

SILENT = dt.timedelta(minutes=30)
"""The longest silence of a run that lives is a minute or two."""
WAITS = dt.timedelta(days=1)


def runs_without_worker() -> Iterator[Finding]:
    """Yield runs that nobody seems to do."""
    now = timezone.now()
    silent = Q(heartbeat_at__lt=now - SILENT) | Q(heartbeat_at=None, started_at__lt=now - SILENT)
    for run in Run.objects.filter(silent, state=Run.State.RUNNING):
        yield Finding(
            "run-without-worker",
            f"ml.Run {run.pk}: {run.get_kind_display()}",
            f"It is said to be running, and has said nothing for {SILENT.seconds // 60} minutes or more.",
            "Start a worker (`manage.py serve` has one): it takes the run up, or marks it as interrupted.",
        )
    for run in Run.objects.filter(state=Run.State.QUEUED, created_at__lt=now - WAITS):
        yield Finding(
            "run-waits",
            f"ml.Run {run.pk}: {run.get_kind_display()}",
            f"It has been asked for {(now - run.created_at).days} days ago, and nobody has begun it.",
            "Start a worker (`manage.py serve` has one), or cancel the run on its page.",
        )
