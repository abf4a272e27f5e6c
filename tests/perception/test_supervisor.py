"""The supervisor of `serve` with programs that behave badly in ways that gunicorn and the worker do once in a while."""

import os
import signal
import sys
from pathlib import Path

import pytest

from perception.serving.programs import Program
from perception.serving.supervisor import Supervisor

# A master as gunicorn is one, whose process loses the first signal that it is sent.
FORGETFUL = """
import os, signal, sys
ready, note = int(sys.argv[1]), sys.argv[2]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
child = os.fork()
if child == 0:
    os.write(ready, b"\\n")
    for _ in range(2):
        signal.sigwait([signal.SIGTERM])
    with open(note, "w") as file:
        file.write("ended by itself")
else:
    signal.sigwait([signal.SIGTERM])
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
"""


def test_a_web_process_that_lost_its_signal_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perception.serving.supervisor.REMINDED_EVERY", 0.1)
    monkeypatch.setattr("perception.serving.supervisor.PATIENCE", 60.0)
    note = tmp_path / "note"
    reader, writer = os.pipe()
    web = Program(
        arguments=[sys.executable, "-c", FORGETFUL, str(writer), str(note)],
        signal_on_parent_death=signal.SIGKILL,
        descriptors=[writer],
    )
    supervisor = Supervisor(
        web=web,
        worker=None,
        ready=reader,
        on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM),
        on_worker_death=lambda pid: None,
        say=lambda line: None,
    )

    assert supervisor.run(after_start=lambda: os.close(writer)) == 0

    assert note.read_text() == "ended by itself"
