"""Workers as real processes, killed, frozen and stopped in the middle of a making of pairs: each pair is made once.

Each worker has a data folder of its own, as machines have; they share the database and the storage.
"""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import ROOT, eventually, manage, project_environment

LEASE = 3.0
IMAGES = 24
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", "--run-syncdb", verbosity=0)
call_command("make_synthetic_dataset", "--train", "14", "--test", "{IMAGES}", "--size", "64")
from ml.models import Dataset
from tests.ml.pair_rows import make_working_classifier
make_working_classifier(Dataset.objects.get())
call_command("train_attack", "--kind", "pgd", "--steps", "50", "--name", "slow")
call_command("make_pairs", "--attack", "slow", "--name", "pairs", "--enqueue")
"""

pytestmark = [pytest.mark.process, pytest.mark.faults]


@dataclass(frozen=True)
class Site:
    """What all machines share."""

    folder: Path

    def environment(self, **changes: str) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.ml.shared_storage_settings",
            "DATABASE_URL": f"sqlite:///{self.folder / 'db.sqlite3'}",
            "SHARED_MEDIA": str(self.folder / "media"),
            "PERCEPTION_CHECKPOINT_SECONDS": "0",
            "PERCEPTION_LEASE_SECONDS": f"{LEASE:g}",
            "PERCEPTION_SECRET_KEY": "k" * 50,
            **changes,
        }

    def machine(self, name: str) -> Path:
        """Return the data folder of another machine."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def rows(self, question: str) -> list[tuple[object, ...]]:
        """Ask the database, without the seconds that a process of the program takes to start."""
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=30)) as database:
            return database.execute(question).fetchall()

    def run(self) -> dict[str, object]:
        """Return how the making of the pairs stands."""
        names = ("state", "error", "takeovers", "uid")
        ((*values, options),) = self.rows(
            "SELECT state, error, takeovers, options FROM ml_run WHERE kind = 'make_pairs'"
        )
        return dict(zip(names, [*values, json.loads(str(options))["uid"]], strict=True))

    def count(self, what: str) -> object:
        """Return how many rows a part of a query finds."""
        return self.rows(f"SELECT count(*) FROM {what}")[0][0]  # noqa: S608 - our own

    @contextmanager
    def worker(self, machine: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker on a machine of its own while the block runs."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            env=project_environment(self.machine(machine), **self.environment()),
            cwd=ROOT,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def freeze(self, process: subprocess.Popen[bytes]) -> None:
        """Let a process stand still, but not while it writes: SQLite would let nobody else write meanwhile."""
        while True:
            process.send_signal(signal.SIGSTOP)
            with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=1, isolation_level=None)) as database:
                try:
                    database.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    process.send_signal(signal.SIGCONT)
                    time.sleep(0.05)
                else:
                    database.execute("ROLLBACK")
                    return

    def begun(self) -> bool:
        """Say whether some pairs are made and kept."""
        return any((self.folder / "media" / "checkpoints").glob("*/*-shard-*"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database and a storage in which the making is queued."""
    site = Site(tmp_path_factory.mktemp("prepared"))
    manage(site.machine("first"), "shell", "--no-imports", "--command", PREPARE, **site.environment())
    return site.folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Site:
    """Return a site of the test's own, with the making queued."""
    return Site(shutil.copytree(prepared, tmp_path / "site"))


def is_done(site: Site, *, takeovers: int) -> None:
    """Wait for the end of the making, and hold what is there against what must be: each pair once, no other file."""
    eventually(lambda: site.run()["state"] not in {"queued", "running"}, "the making has ended")
    run = site.run()
    assert (run["state"], run["error"], run["takeovers"]) == ("succeeded", "", takeovers)
    named = {str(name) for pair in site.rows("SELECT clean_file, perturbed_file FROM ml_imagepair") for name in pair}
    assert (site.count("ml_imagepair"), len(named)) == (IMAGES, 2 * IMAGES)
    assert site.count("(SELECT DISTINCT image_id FROM ml_imagepair)") == IMAGES
    folder = site.folder / "media" / "pairs" / str(run["uid"])

    def has_its_files_alone() -> bool:
        return {f"pairs/{run['uid']}/{path.name}" for path in folder.iterdir()} == named

    # They are removed after the rows are stored.
    eventually(has_its_files_alone, "no file is left that no pair has")
    eventually(lambda: not site.count("ml_checkpointpart"), "no checkpoint is left")


def test_what_a_killed_worker_left_goes_on_by_itself_on_another_machine(site: Site) -> None:
    with site.worker("one") as one:
        eventually(site.begun, "some pairs are made")
        one.kill()
        one.wait()
        with site.worker("two"):
            is_done(site, takeovers=1)


def test_a_worker_that_stood_still_past_its_lease_writes_nothing(site: Site) -> None:
    with site.worker("one") as one:
        eventually(site.begun, "some pairs are made")
        site.freeze(one)
        with site.worker("two"):
            eventually(lambda: (site.run()["takeovers"], site.run()["state"]) == (1, "running"), "the other began")
            one.send_signal(signal.SIGCONT)  # both are at it
            is_done(site, takeovers=1)
        one.send_signal(signal.SIGTERM)
        assert one.wait(60) == 0
    is_done(site, takeovers=1)


def test_a_worker_that_stood_still_until_all_was_done_leaves_no_file(site: Site) -> None:
    with site.worker("one") as one:
        eventually(site.begun, "some pairs are made")
        site.freeze(one)
        with site.worker("two"):
            is_done(site, takeovers=1)
        one.send_signal(signal.SIGCONT)
        one.send_signal(signal.SIGTERM)
        one.wait(60)
    is_done(site, takeovers=1)


def test_a_worker_that_is_asked_to_end_hands_its_work_back(site: Site) -> None:
    with site.worker("one") as one:
        eventually(site.begun, "some pairs are made")
        one.send_signal(signal.SIGTERM)
        assert one.wait(60) == 0
    assert (site.run()["state"], site.run()["takeovers"]) == ("queued", 0)
    assert site.count("ml_checkpointpart")
    assert not site.count("ml_worker")
    with site.worker("two"):
        is_done(site, takeovers=0)


def test_looking_at_the_run_from_another_machine_changes_nothing(site: Site) -> None:
    """Where no lock of the worker's machine reaches, its page once deleted the pairs of a living run."""
    look = """
from django.test import Client
from django.contrib.auth.models import User
client = Client()
user, _ = User.objects.get_or_create(username="somebody", is_superuser=True)
client.force_login(user)
from ml.models import Run
for run in Run.objects.all():
    assert client.get(f"/runs/{run.pk}/").status_code == 200
    assert client.get(f"/runs/{run.pk}/state.json").status_code == 200
assert client.get("/runs/").status_code == 200
"""
    with site.worker("one") as one:
        eventually(site.begun, "some pairs are made")
        manage(site.machine("two"), "shell", "--no-imports", "--command", look, **site.environment())
        assert one.poll() is None
        is_done(site, takeovers=0)
