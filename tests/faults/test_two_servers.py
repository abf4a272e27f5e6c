"""Two servers and three workers, each with a data folder of its own, that share a database, a storage and a queue.

A server and a worker are killed half-way: nothing is lost, nothing is done twice.
"""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd
from tests.faults.site import Site, kill, prepare
from tests.faults.test_killed_while_pairing import IMAGES, OFTEN, pairs, prepare_pairs, run
from tests.postgresql import require_postgresql
from tests.processes import PATIENCE, ROOT, eventually, project_environment
from tests.redis import new_redis, require_redis
from tests.s3 import keys_in, s3_environment
from tools.postgresql import postgresql_server

pytestmark = pytest.mark.slow_fault

WORKERS = 3
KEY = "of-these-tests-alone-and-long-enough-to-sign-with"

OPEN = """
from django.contrib.auth.models import User
from studies.design.lifecycle.long_work import ask_for
from studies.models import Study
from studies.models.study_state import OPEN
ask_for(OPEN, study=Study.objects.get(title="Draft"), by=User.objects.get(username="researcher"))
"""
REPORT = """
from django.contrib.auth.models import User
from studies.design.lifecycle import close_study
from studies.exports.kept.asking import ask_for_report
from studies.models import Study
owner = User.objects.get(username="researcher")
ask_for_report(study=close_study(study=Study.objects.get(title="Study"), by=owner), by=owner)
"""


def do(site: Site, code: str) -> None:
    site.manage("shell", "--verbosity", "0", "--no-imports", "--command", code)


@contextmanager
def worker_on(site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker on a machine of its own while the block runs."""
    site.data_dir.mkdir()
    with (site.data_dir / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "worker"],
            env=project_environment(site.data_dir, **site.variables),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
        process.wait()


@contextmanager
def what_is_shared(folder: Path) -> Iterator[dict[str, str]]:
    """Run PostgreSQL, a server that speaks S3, and Redis; yield what a user sets for each machine."""
    folder.mkdir()
    redis = new_redis(folder)
    with postgresql_server(durable=True) as database, s3_environment() as files, redis.running():
        yield {
            "DATABASE_URL": database.url,
            "TASKS": "rq",
            "REDIS_URL": redis.url,
            "PERCEPTION_SECRET_KEY": KEY,
            **files,
            **OFTEN,
        }


def who_makes_pairs(site: Site) -> int | None:
    """Return the process of the worker that does so at this moment."""
    rows = site.rows(
        "SELECT ml_worker.pid FROM ml_worker JOIN ml_run ON ml_worker.doing_id = ml_run.id "
        "WHERE ml_run.kind = 'make_pairs' AND ml_run.state = 'running'"
    )
    return int(rows[0][0]) if rows else None


def has_succeeded(site: Site, kind: str) -> bool:
    """Say whether the only run of a kind has come to its end, and well."""
    ((state, error),) = [row[1:] for row in site.rows("SELECT kind, state, error FROM ml_run") if row[0] == kind]
    assert state in {"queued", "running", "succeeded"}, error
    return bool(state == "succeeded")


def test_a_server_and_a_worker_are_killed_half_way(tmp_path: Path) -> None:
    require_postgresql()
    require_redis()
    with what_is_shared(tmp_path / "shared") as shared, ExitStack() as machines:
        one, two = (Site(tmp_path / name, shared) for name in ("one", "two"))
        prepare(one.data_dir, **shared)
        prepare_pairs(one)
        first = machines.enter_context(one.serve("--no-worker"))
        second = machines.enter_context(two.serve("--no-worker"))
        for number in range(WORKERS):
            machines.enter_context(worker_on(Site(tmp_path / f"worker{number}", shared)))
        crowd = Crowd(one, first.url)
        with crowd.answering():
            do(two, OPEN)
            doing = eventually(lambda: who_makes_pairs(one), "a worker makes pairs")
            crowd.wait_for(20)
            assert doing is not None
            assert pairs(one) == 0, "half of a set is to be seen"
            kill(doing, *one.processes())
            crowd.move_to(second.url)
        eventually(lambda: has_succeeded(two, "make_pairs"), "another worker has made the pairs")
        eventually(lambda: has_succeeded(two, "open_study"), "a worker has opened the study")
        do(two, REPORT)
        eventually(lambda: has_succeeded(two, "make_report"), "a worker has made the report")

        site = Site(two.data_dir, shared)
        assert run(site) == ("succeeded", "", 1), "taken over once"
        assert pairs(site) == IMAGES
        assert site.rows(
            "SELECT count(DISTINCT image_id) FROM ml_imagepair JOIN ml_pairset ON pair_set_id = "
            "ml_pairset.id WHERE name = 'made'"
        ) == [(IMAGES,)]
        assert site.rows(
            "SELECT count(*) FROM studies_stimulus JOIN studies_study ON study_id = studies_study.id "
            "WHERE title = 'Draft'"
        ) == [(30,)]
        # The crowd knows its site by the data folder that its tokens lie in.
        crowd.assert_kept()
        assert not any("checkpoints/" in key for key in keys_in(shared)), "nothing half-done is left"
