"""Workers on a real Redis: done once, found again after a Redis that was away, handed back by a worker that ends."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.processes import ROOT, eventually, manage, project_environment
from tests.redis import Redis, new_redis, require_redis

pytestmark = [pytest.mark.process, pytest.mark.faults]

QUEUE_ONE = """
from ml.datasets.import_run import DatasetImporting
from ml.runs.status import state_of
from ml.tasks import enqueue
run = enqueue(DatasetImporting(name="{name}", source="synthetic", train={train}, test=4, size=64))
print(run.state, "/", state_of(run)["waits"])
"""


@pytest.fixture
def redis(tmp_path: Path) -> Redis:
    require_redis()
    return new_redis(tmp_path)


@pytest.fixture
def environment(redis: Redis) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.ml.import_settings",
        "TASKS": "rq",
        "REDIS_URL": redis.url,
        "PERCEPTION_LEASE_SECONDS": "3",
    }


@pytest.fixture
def data_dir(tmp_path: Path, environment: dict[str, str]) -> Path:
    folder = tmp_path / "data"
    manage(folder, "migrate", "--run-syncdb", "--verbosity", "0", **environment)
    return folder


def queue_one(data_dir: Path, name: str, environment: dict[str, str], *, train: int = 10) -> str:
    code = QUEUE_ONE.format(name=name, train=train)
    return manage(data_dir, "shell", "--no-imports", "--verbosity", "0", "--command", code, **environment).strip()


@contextmanager
def worker(data_dir: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], env=project_environment(data_dir, **environment), cwd=ROOT
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def runs(data_dir: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data_dir / "db.sqlite3", timeout=30)) as database:
        return database.execute("SELECT state, takeovers, error FROM ml_run ORDER BY id").fetchall()


def test_runs_are_done_by_workers_on_redis_and_survive_its_absence(
    data_dir: Path, redis: Redis, environment: dict[str, str]
) -> None:
    with redis.running():
        assert queue_one(data_dir, "first", environment) == "queued /"
    said = queue_one(data_dir, "second", environment)
    assert said.startswith("queued / The queue could not be reached. As soon as it answers")

    with worker(data_dir, environment) as process, redis.running():  # empty: what it held is gone
        eventually(lambda: runs(data_dir) == [("succeeded", 0, "")] * 2, "both are done")
        queue_one(data_dir, "third", environment)
        eventually(lambda: runs(data_dir) == [("succeeded", 0, "")] * 3, "the third is done")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_worker_on_redis_hands_back_and_is_taken_over(
    data_dir: Path, redis: Redis, environment: dict[str, str]
) -> None:
    with redis.running():
        queue_one(data_dir, "many", environment, train=400)
        with worker(data_dir, environment) as first:
            eventually(lambda: runs(data_dir)[0][0] == "running", "it is begun")
            first.send_signal(signal.SIGTERM)
            assert first.wait(60) == 0
        assert runs(data_dir) == [("queued", 0, "")]
        with worker(data_dir, environment) as second:
            eventually(lambda: runs(data_dir)[0][0] == "running", "it is begun again")
            second.kill()
            second.wait()
        with worker(data_dir, environment):
            eventually(lambda: runs(data_dir) == [("succeeded", 1, "")], "the third does it")
