"""What is told of workers and of the queue to whoever watches the site."""

from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from ml.models import Worker
from ml.readiness import wrong_with_queue, wrong_with_workers
from ml.runs.leases.lease import from_now, lease_length
from tests.redis import new_redis, require_redis

pytestmark = pytest.mark.django_db


def test_a_worker_that_was_heard_of_is_enough(client: Client) -> None:
    assert client.get("/readyz").status_code == 503
    assert wrong_with_workers() == f"no worker has been heard of for {lease_length().total_seconds():.0f} seconds"

    Worker.objects.create(name="one", machine="here", pid=1, started_at=Now(), heard_at=Now())

    assert wrong_with_workers() is None
    assert client.get("/readyz").status_code == 200


def test_one_that_has_been_silent_is_none() -> None:
    silent_since = from_now(-2 * lease_length())
    Worker.objects.create(name="one", machine="here", pid=1, started_at=silent_since, heard_at=silent_since)

    assert wrong_with_workers() is not None


def test_a_queue_in_the_database_is_as_well_as_the_database() -> None:
    assert wrong_with_queue() is None


def test_a_redis_that_answers_is_well(settings: Settings, tmp_path: Path) -> None:
    require_redis()
    redis = new_redis(tmp_path)
    settings.QUEUE = "rq"
    settings.REDIS_URL = redis.url

    with redis.running():
        assert wrong_with_queue() is None
    assert wrong_with_queue() == "the queue on Redis does not answer"
