"""Run this project in other processes, as a user does: real settings, a data folder of the test's own."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads

from tests.postgresql import copy_database, url_of_folder

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 240.0  # seconds for what takes one or two on an idle machine, and a minute or more on a busy one


def project_environment(data_dir: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a user who has set nothing but the data folder (and `changes`).

    Where the tests keep their rows in PostgreSQL, that also names a database of the folder's own.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PERCEPTION_", "PYTEST_", "DJANGO_", "GUNICORN_", "S3_", "AWS_"))
    }
    for name in ("DATABASE_URL", "FILES"):
        environment.pop(name, None)
    if "DATABASE_URL" not in changes and (url := url_of_folder(data_dir)) is not None:
        environment["DATABASE_URL"] = url
    return {**environment, "PERCEPTION_DATA_DIR": str(data_dir), **changes}


def run_manage(
    data_dir: Path, *arguments: str, changes: Mapping[str, str] | None = None, timeout: float = 600
) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` with the arguments, and `changes` of its environment, to its end, however it ends."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=project_environment(data_dir, **(changes or {})),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def refused(data_dir: Path, *arguments: str, **changes: str) -> str:
    """Run `manage.py` where it is bound to fail, in words; return what it said."""
    done = run_manage(data_dir, *arguments, changes=changes)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def manage(data_dir: Path, *arguments: str, **changes: str) -> str:
    """Run `manage.py` with the arguments; return what it printed. A status other than 0 is an AssertionError."""
    done = run_manage(data_dir, *arguments, changes=changes)
    assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def make_data_folder(folder: Path) -> None:
    """Make a data folder as `serve` prepares it: the tables, the static files. Copied, after the first one."""
    shutil.copytree(_prepared_folder(), folder, dirs_exist_ok=True)
    copy_database(_prepared_folder(), folder)


@cache
def _prepared_folder() -> Path:
    # In the folder of this process's tests, which goes with them.
    folder = Path(os.environ["PERCEPTION_DATA_DIR"]) / "prepared"
    prepare = "from perception.serving.preparation import prepare_data_folder; prepare_data_folder()"
    manage(folder, "shell", "--verbosity", "0", "--command", prepare)
    return folder


def rows_in(data_dir: Path, statement: str, *parameters: object) -> list[dict[str, Any]]:
    """Run a statement in the database of a data folder, past the program; return its rows, if it has any, by column.

    Parameters have `%s` in the statement. What is JSON comes as text; a boolean may come as 0 or 1.
    """
    url = url_of_folder(data_dir)
    if url is None:
        with closing(sqlite3.connect(data_dir / "db.sqlite3", timeout=30)) as database, database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(statement.replace("%s", "?"), parameters)]
    with psycopg.connect(url, row_factory=dict_row) as server:
        set_json_loads(lambda data: data, server)
        done = server.execute(statement.encode(), parameters)
        return done.fetchall() if done.description else []


def eventually(ask: Callable[[], T], what: str) -> T:
    """Ask again and again until the answer is true; return it. An AssertionError says what was waited for."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.05)
    return answer


@dataclass(frozen=True)
class Server:
    """A `manage.py serve` that runs."""

    process: subprocess.Popen[bytes]
    data_dir: Path
    url: str
    log: Path

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of the answer to `GET path`."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:  # noqa: S310 - http, our own
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(data_dir: Path, *arguments: str, **changes: str) -> Iterator[Server]:
    """Run `manage.py serve` on a free port of this machine while the block runs."""
    command = [sys.executable, str(ROOT / "manage.py"), "serve", "--bind", "127.0.0.1:0", *arguments]
    with serving_command(command, data_dir, cwd=ROOT, **changes) as server:
        yield server


@contextmanager
def serving_command(command: Sequence[str], data_dir: Path, *, cwd: Path, **changes: str) -> Iterator[Server]:
    """Run a command that serves, in a folder, while the block runs; `changes` are of its environment."""
    log = data_dir.parent / f"{data_dir.name}-serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=project_environment(data_dir, **changes),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Server(process, data_dir, _announced_url(process, log), log)
    finally:
        if process.poll() is None:
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()  # nothing if it has ended, as it should have


def _announced_url(process: subprocess.Popen[bytes], log: Path) -> str:
    def announced() -> str | None:
        text = log.read_text(encoding="utf-8")
        assert process.poll() is None, f"serve ended with {process.returncode}:\n{text}"
        lines = [line for line in text.splitlines() if line.startswith("Serving at ")]
        return lines[0].split()[2] if lines else None

    return eventually(announced, "serve says where it listens") or ""


def command_lines(data_dir: Path) -> dict[int, str]:
    """Return, by process id, the command lines of all processes that work on the data folder (Linux only).

    They are known by their environment, which children inherit: so an orphan is found as well.
    """
    marker = f"PERCEPTION_DATA_DIR={data_dir}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker in (process / "environ").read_bytes().split(b"\0"):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found[int(process.name)] = " ".join(words).strip()
    return found
