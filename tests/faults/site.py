"""A site of its own for each fault: data folder, database, a study that is open; and what may be asked of it after."""

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.processes import Server, command_lines, eventually, make_data_folder, manage, serving
from tools.postgresql import PostgresqlServer

TRIALS = 8
OBSERVERS = 12
PREPARE = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from ml.models import Dataset
from studies.integrity.images import hash_of
from tests.studies.factories import make_draft_with_observers, make_open_study, make_pair_set
call_command("migrate", verbosity=0)
owner = User.objects.create_user("researcher", password="a long password")
study = make_open_study(owner=owner, title="Study", pair_set=make_pair_set(n=12, size=64), **json.loads(%r))
make_draft_with_observers(
    owner=owner, title="Draft", pair_set=make_pair_set(n=32, size=192), n_perturbed=15, n_clean=15, observers=2)
for dataset in Dataset.objects.all():
    Dataset.objects.filter(pk=dataset.pk).update(content_hash=hash_of(dataset))
(settings.DATA_DIR / "tokens.json").write_text(json.dumps(list(study.observers.values_list("token", flat=True))))
"""
STUDY: dict[str, Any] = {
    "n_perturbed": TRIALS // 2,
    "n_clean": TRIALS - TRIALS // 2,
    "observers": OBSERVERS,
    "closes_when_finished": False,
}
ANSWERS = """
    SELECT studies_observer.token, position, response FROM studies_answer
    JOIN studies_trial ON trial_id = studies_trial.id JOIN studies_session ON session_id = studies_session.id
    JOIN studies_observer ON observer_id = studies_observer.id
"""

Place = tuple[str, int]
"""An observer's token and the position of a trial."""


@dataclass(frozen=True)
class Site:
    """What lies in a data folder and a database, whether it is served or not."""

    data_dir: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    """What a user sets for it beside the data folder."""
    postgresql: PostgresqlServer | None = None
    """The server of its database; None where it is a file."""

    @property
    def tokens(self) -> list[str]:
        """The tokens of the study's observers."""
        found: list[str] = json.loads((self.data_dir / "tokens.json").read_text(encoding="utf-8"))
        return found

    def serve(self, *arguments: str, **changes: str) -> AbstractContextManager[Server]:
        """Run `manage.py serve` on it, two web processes and a worker, while the block runs."""
        processes = ("--workers", "2", "--threads", "4")
        return serving(self.data_dir, *processes, *arguments, **{**self.variables, **changes})

    def manage(self, *arguments: str, **changes: str) -> str:
        """Run a command on it; return what it printed."""
        return manage(self.data_dir, *arguments, **{**self.variables, **changes})

    def processes(self, *what: str) -> list[int]:
        """Return the ids of its processes, of those whose command line has one of the words in it if any are given."""
        lines = command_lines(self.data_dir)
        return sorted(pid for pid, line in lines.items() if not what or any(word in line for word in what))

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask its database, without the program."""
        if "DATABASE_URL" in self.variables:
            with psycopg.connect(self.variables["DATABASE_URL"]) as connection:
                return connection.execute(question.encode()).fetchall()
        with closing(sqlite3.connect(self.data_dir / "db.sqlite3", timeout=60)) as database:
            return database.execute(question).fetchall()

    def answers(self) -> dict[Place, str]:
        """Return what is stored; no answer is there twice."""
        rows = self.rows(ANSWERS)
        found = {(token, position): response for token, position, response in rows}
        assert len(found) == len(rows)
        return found

    def assert_whole(self) -> None:
        """Have the program look for what does not agree in database and files; there is nothing."""
        assert "Nothing is wrong" in self.manage("check_integrity")

    def workers(self) -> list[int]:
        """Return the ids of its background workers, once there is one."""
        return eventually(lambda: self.processes("django worker"), "a worker runs")

    def kill_all(self) -> None:
        """Kill every process of the site at once, its database's if it has one of its own; wait until they are gone."""
        pids = self.processes()
        if self.postgresql is not None:
            pids += processes_of(self.postgresql)
        kill(*pids)
        eventually(lambda: not self.processes(), "the site's processes are gone")


def kill(*pids: int) -> None:
    """Send SIGKILL; one that has ended meanwhile is none the less gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes_of(server: PostgresqlServer) -> list[int]:
    """Return the ids of a database server's processes: the one that listens, and its children."""
    listening = server.pid
    found = [listening]
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program, in parentheses, may have blanks in it.
            if int(status.read_text().rpartition(")")[2].split()[1]) == listening:
                found.append(int(status.parent.name))
    return found


def start_again(server: PostgresqlServer) -> None:
    """Start a database server that was killed; the first attempts may find traces of the one before."""

    def started() -> bool:
        try:
            server.start()
        except RuntimeError:
            return False
        return True

    eventually(started, "PostgreSQL is there again")


def prepare(data_dir: Path, **variables: str) -> None:
    """Fill a data folder and a database, which are empty: a researcher, image pairs, a study with its observers."""
    make_data_folder(data_dir)
    code = PREPARE % json.dumps(STUDY)
    manage(data_dir, "shell", "--verbosity", "0", "--no-imports", "--command", code, **variables)


def copied(prepared: Path, folder: Path) -> Path:
    """Return a data folder like one that was prepared."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return folder
