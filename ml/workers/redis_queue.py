"""The loop of a worker over the queue on Redis. It needs the extra `redis`."""

import logging
import time
from types import FrameType

import django_rq
from django_tasks_rq import Job
from redis.exceptions import RedisError
from rq import SimpleWorker

from ml.runs.leases.process import this_process
from ml.runs.leases.stopping import ask_for_stop, stop_is_asked

logger = logging.getLogger(__name__)

# Seconds between two tries to reach a Redis that is away.
TRY_EVERY = 2.0


class _Loop(SimpleWorker):
    """RQ's worker that does its jobs in its own process: TensorFlow is loaded once, and not with every job."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job, which ends at its next step; at a second signal at once."""
        ask_for_stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work_on_redis(*, until_empty: bool) -> None:
    """Do the jobs of the queue, one after the other, until a signal comes or (where asked for) none is left.

    While Redis is away it is tried again and again; what was queued meanwhile, the keeper brings to it.
    """
    while not stop_is_asked():
        try:
            queue = django_rq.get_queue("default", job_class=Job)
            loop = _Loop([queue], connection=queue.connection, name=this_process(), job_class=Job)
            loop.work(burst=until_empty, logging_level="WARNING")
        except RedisError as error:
            logger.warning("The queue on Redis could not be reached: %s", error)
        if until_empty:
            return
        if not stop_is_asked():
            time.sleep(TRY_EVERY)
