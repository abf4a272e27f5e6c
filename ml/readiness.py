"""What has to be well for long work to be done: the queue answers, and a worker lives."""

from django.conf import settings

from ml.runs.leases.lease import lease_length
from ml.runs.status import living_workers

LONGEST_WAIT = 2.0
"""Seconds to wait for Redis: whoever watches the site does not wait for long either."""


def wrong_with_queue() -> str | None:
    """Return what is wrong with the queue; one in the database is as well as the database."""
    if settings.QUEUE != "rq":
        return None
    from redis import Redis, RedisError  # an extra

    wait = {"socket_timeout": LONGEST_WAIT, "socket_connect_timeout": LONGEST_WAIT}
    try:
        with Redis.from_url(settings.REDIS_URL, **wait) as redis:
            redis.ping()
    except RedisError:
        return "the queue on Redis does not answer"
    return None


def wrong_with_workers() -> str | None:
    """Return that no worker lives, where none does."""
    if living_workers().exists():
        return None
    return f"no worker has been heard of for {lease_length().total_seconds():.0f} seconds"
