"""What a process is called in the database."""

import os
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ml.runs.leases import process
from ml.runs.leases.process import this_process

THREADS = 8


def test_threads_that_ask_at_once_get_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker and its keeper do: under two names the keeper takes the worker for another, which is dead."""
    together = threading.Barrier(THREADS)
    drawn = secrets.token_hex

    def drawn_slowly(length: int) -> str:
        time.sleep(0.01)
        return drawn(length)

    def ask() -> str:
        together.wait()
        return this_process()

    monkeypatch.setattr(process, "_names", {})
    monkeypatch.setattr(secrets, "token_hex", drawn_slowly)
    with ThreadPoolExecutor(THREADS) as threads:
        asked = [threads.submit(ask) for _ in range(THREADS)]
    names = {one.result() for one in asked}

    assert len(names) == 1
    assert this_process() in names


def test_a_forked_process_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    name = this_process()
    monkeypatch.setattr(os, "getpid", lambda: 1)

    assert this_process() != name
    assert this_process() == this_process()
