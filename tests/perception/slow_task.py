"""A task that takes its time, for tests of what becomes of one when its worker goes."""

import time

from django_tasks import task


@task()
def sleep_for(seconds: float) -> float:
    """Sleep, and return how long."""
    time.sleep(seconds)
    return seconds
