"""A disk that is full, and has room again: at the first start, while observers answer."""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.faults.crowd import UNAVAILABLE, Crowd
from tests.faults.disks import small_disk
from tests.faults.site import OBSERVERS, TRIALS, Site, copied, kill, prepare, start_again
from tests.postgresql import require_postgresql
from tests.processes import PATIENCE, ROOT, Server, eventually, manage, project_environment, run_manage, serving
from tools.postgresql import postgresql_server

ALL = OBSERVERS * TRIALS
FOR_NOTHING, FOR_THE_KEY, FOR_SOME_TABLES, FOR_SOME_STYLE_SHEETS = 0, 8_192, 600_000, 200_000
"""Bytes of room."""


def started(data_dir: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run `serve` where it is bound to end by itself."""
    return run_manage(data_dir, "serve", "--bind", "127.0.0.1:0", changes=variables, timeout=60 + PATIENCE / 4)


def is_there(url: str) -> bool:
    """Say whether a database answers."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def test_at_the_first_start(tmp_path: Path) -> None:
    """It says that there is no room, whatever it was about to write; with room it starts as if nothing had been."""
    with small_disk(tmp_path / "disk", megabytes=24) as disk:
        data_dir = disk.folder / "data"
        for room in (FOR_NOTHING, FOR_THE_KEY, FOR_SOME_TABLES, FOR_SOME_STYLE_SHEETS):
            if room == FOR_SOME_STYLE_SHEETS:
                manage(data_dir, "migrate", "--verbosity", "0")
            disk.fill(but_bytes=room)
            done = started(data_dir)
            said = done.stdout + done.stderr
            assert done.returncode == 1, (room, said)
            assert "Traceback" not in said, (room, said)
            assert "full" in said or "No space left" in said, (room, said)
            disk.make_room()
        with serving(data_dir, "--workers", "1") as server:
            assert server.get("/healthz") == (200, b"ok")
            assert server.get("/accounts/first/")[0] == 200


def test_while_observers_answer(on_sqlite: Site, tmp_path: Path) -> None:
    """What cannot be stored is refused with status 503, and is there once it can be."""
    with small_disk(tmp_path / "disk", megabytes=24) as disk:
        site = Site(copied(on_sqlite.data_dir, disk.folder / "data"))
        with site.serve() as server:
            crowd = Crowd(site, server.url)
            with crowd.answering():
                crowd.wait_for(ALL // 4)
                disk.fill()
                eventually(lambda: crowd.refused[UNAVAILABLE] > OBSERVERS, "answers are refused")
                assert server.get("/healthz")[0] == 503
                told = dict(crowd.acknowledged)
                assert told.items() <= site.answers().items()
                disk.make_room()
                crowd.wait_for(ALL)
            assert server.get("/healthz") == (200, b"ok")
        assert len(told) < ALL
        crowd.assert_kept()


@pytest.mark.slow_fault
def test_while_observers_answer_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the database's server is full: it refuses, or it ends and has to be started once there is room."""
    require_postgresql()
    # Not below the tests' own folder: the server runs as somebody who may not look there.
    with TemporaryDirectory(prefix="perception-disk-") as folder, small_disk(Path(folder), megabytes=400) as disk:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with postgresql_server(durable=True) as database:
            site = Site(tmp_path / "data", {"DATABASE_URL": database.url})
            prepare(site.data_dir, **site.variables)
            with psycopg.connect(database.url, autocommit=True) as connection:
                # A few answers to a page of the table, so that these few need more of the disk.
                connection.execute("ALTER TABLE studies_answer SET (fillfactor = 10)")
            with site.serve() as server:
                crowd = Crowd(site, server.url)
                with crowd.answering():
                    crowd.wait_for(ALL // 6)

                    def is_refusing() -> bool:
                        disk.fill()  # again and again: a checkpoint makes room
                        return crowd.refused[UNAVAILABLE] > 1

                    eventually(is_refusing, "answers are refused")
                    told = dict(crowd.acknowledged)
                    disk.make_room()
                    if not is_there(database.url):
                        start_again(database)
                    crowd.wait_for(ALL)
            assert len(told) < ALL
            crowd.assert_kept()


@pytest.mark.slow_fault
def test_of_the_log(on_sqlite: Site) -> None:
    """What the server says can be written nowhere: it answers all the same, and starts another worker."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with Path("/dev/full").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "serve", "--bind", address, "--workers", "1"],
            env=project_environment(on_sqlite.data_dir),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    server = Server(process, on_sqlite.data_dir, f"http://{address}", Path("/dev/null"))
    try:
        eventually(lambda: answers_well(server), "it answers")
        killed = on_sqlite.workers()
        kill(*killed)
        eventually(lambda: set(on_sqlite.processes("django worker")) - set(killed), "another worker runs")
        assert answers_well(server)
    finally:
        process.terminate()
        process.wait(PATIENCE)
    assert not on_sqlite.processes()


def answers_well(server: Server) -> bool:
    """Say whether a server is there, and well."""
    try:
        return server.get("/healthz") == (200, b"ok")
    except OSError:
        return False
