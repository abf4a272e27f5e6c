"""The table of workers: each says every few seconds that it lives, and is forgotten when it does not."""

import os

from django.db.models.functions import Now

from ml.models import ImportClaim, Run, Worker
from ml.runs.leases.process import machine, name_begins, this_process
from ml.runs.status import living_workers


def say_that_it_lives() -> None:
    """Say that this process is a worker and lives, and which run it does."""
    doing = Run.objects.filter(worker=this_process(), state=Run.State.RUNNING).values_list("pk", flat=True).first()
    present = Worker.objects.filter(name=this_process())
    if not present.update(heard_at=Now(), doing_id=doing):  # a new one, or one that was silent for so long
        Worker.objects.create(
            name=this_process(), machine=machine(), pid=os.getpid(), started_at=Now(), heard_at=Now(), doing_id=doing
        )


def forget_the_silent() -> None:
    """Forget the workers that have not been heard of for a while."""
    Worker.objects.exclude(pk__in=living_workers().values("pk")).delete()


def say_goodbye() -> None:
    """Say that this worker ends."""
    Worker.objects.filter(name=this_process()).delete()


def note_death(pid: int) -> None:
    """Note that the process of that number, a worker on this machine, has ended: nobody need wait for its lease."""
    Run.objects.filter(worker__startswith=name_begins(pid), state=Run.State.RUNNING).update(lease_until=None)
    ImportClaim.objects.filter(process__startswith=name_begins(pid)).update(lease_until=None)
    Worker.objects.filter(machine=machine(), pid=pid).delete()
