"""A file's lock: one holder at a time, threads and processes alike, and none after a process that was killed."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from perception.core.file_lock import FileLock, is_locked


def test_it_is_held_while_the_block_runs(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path):
        assert is_locked(path)
        with pytest.raises(BlockingIOError), FileLock(path, wait=False):
            pytest.fail("it is held")
    assert not is_locked(path)


def test_it_is_given_back_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(LookupError), FileLock(path):
        raise LookupError
    assert not is_locked(path)


def test_the_block_reads_and_writes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path) as descriptor:
        os.write(descriptor, b"mine")
    with FileLock(path, create=False) as descriptor:
        assert os.read(descriptor, 100) == b"mine"


def test_a_file_is_made_with_its_permissions_or_not_at_all(tmp_path: Path) -> None:
    with FileLock(tmp_path / "private", mode=0o600):
        assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600
    with pytest.raises(FileNotFoundError), FileLock(tmp_path / "none", create=False):
        pytest.fail("there is no file")
    with pytest.raises(FileNotFoundError):
        is_locked(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_thread_waits_for_another(tmp_path: Path) -> None:
    path, order = tmp_path / "lock", []

    def wait() -> None:
        with FileLock(path):
            order.append("second")

    thread = threading.Thread(target=wait)
    with FileLock(path):
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_a_refused_lock_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path):
        free = _free_descriptor(path)
        for _ in range(3):
            assert is_locked(path)
        assert _free_descriptor(path) == free


def _free_descriptor(path: Path) -> int:
    """Return the number that the next file to be opened gets: the lowest that is free."""
    descriptor = os.open(path, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def test_a_killed_process_holds_it_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holds = f"""
import pathlib, time
from perception.core.file_lock import FileLock
with FileLock(pathlib.Path({str(path)!r})):
    print("held", flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_locked(path)
        holder.kill()
        with FileLock(path):
            pass
