"""Run the web server and the background worker together, and stop them together."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from perception.serving.programs import Program

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})  # the last: the terminal was closed

# Seconds. gunicorn keeps its own time (`graceful_timeout`); what is there after PATIENCE has hung.
PATIENCE = 40.0
# A short task is left to finish; a training that runs for hours is interrupted, and marked so by the worker.
TASK_PATIENCE = 10.0
# A web process that was forked a moment before still has gunicorn's own handler, which takes the signal that was meant
# for the process and forgets it: unless it is told again, it is waited for until `graceful_timeout`.
REMINDED_EVERY = 1.0
# A worker that dies at once is started again after 1, 2, 4 … seconds; one that had lived for a while, after 1.
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
LONG_LIFE = 60.0


class Supervisor:
    """The two children of one `serve`: keeps the worker alive, ends with the web server.

    Parameters
    ----------
    web, worker
        The programs; without a worker, the web server runs alone.
    ready
        The end to read of the pipe on which the web server says that it can answer.
    on_ready
        Called once, when it has.
    on_worker_death
        Called with the number of the worker's process whenever it has ended and before the next one starts.
    say
        Told what an operator wants to know, a line each.
    """

    def __init__(
        self,
        *,
        web: Program,
        worker: Program | None,
        ready: int,
        on_ready: Callable[[], None],
        on_worker_death: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        """Keep what is to be run; nothing starts yet."""
        self._programs = (web, worker)
        self._ready = ready
        self._on_ready = on_ready
        self._on_worker_death = on_worker_death
        self._say = say
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._worker_started = 0.0
        self._worker_due: float | None = None
        self._delay = FIRST_DELAY

    def run(self, *, after_start: Callable[[], None]) -> int:
        """Start both, call `after_start`, wait for a signal or the web server's end; return the exit status.

        The status is 0 after SIGTERM, SIGINT or SIGHUP, and otherwise the web server's own (128 + the number of
        the signal that ended it). No child is left when this returns or raises.
        """
        with _arriving_signals() as signals, selectors.DefaultSelector() as selector:
            selector.register(signals, selectors.EVENT_READ)
            selector.register(self._ready, selectors.EVENT_READ)
            try:
                self._web = web = self._programs[0].start()
                self._start_worker()
                after_start()
                return self._watch(web, selector, signals)
            finally:
                self._end_what_is_left()

    def _watch(self, web: subprocess.Popen[bytes], selector: selectors.BaseSelector, signals: socket.socket) -> int:
        while True:
            for key, _ in selector.select(self._until_worker_is_due()):
                if key.fileobj is signals:
                    if STOP_SIGNALS.intersection(_read(signals)):
                        self._stop(signals)
                        return 0
                else:
                    selector.unregister(self._ready)
                    if os.read(self._ready, 1):  # nothing: it ended before it was ready
                        self._on_ready()
                    os.close(self._ready)
            if web.poll() is not None:
                self._say(f"The web server has ended ({_how(web.returncode)}); see its message above.")
                self._stop(signals)
                return _exit_status(web.returncode)
            self._look_after_worker()

    def _until_worker_is_due(self) -> float | None:
        return None if self._worker_due is None else max(0.0, self._worker_due - time.monotonic())

    def _start_worker(self) -> None:
        self._worker_due = None
        if self._programs[1] is not None:
            self._worker = self._programs[1].start()
            self._worker_started = time.monotonic()

    def _look_after_worker(self) -> None:
        now = time.monotonic()
        if self._worker is not None and self._worker.poll() is not None:
            if now - self._worker_started > LONG_LIFE:
                self._delay = FIRST_DELAY
            self._say(
                f"The background worker has ended ({_how(self._worker.returncode)}); "
                f"a new one starts in {self._delay:.0f} s."
            )
            ended = self._worker.pid
            self._worker = None
            self._worker_due = now + self._delay
            self._delay = min(2 * self._delay, LONGEST_DELAY)
            self._on_worker_death(ended)
        elif self._worker_due is not None and now >= self._worker_due:
            self._start_worker()

    def _stop(self, signals: socket.socket) -> None:
        """Ask both to end; hurry them at a second signal, and the worker when its time is up."""
        began = time.monotonic()
        worker_was_hurried = False
        reminded = began
        _send(self._web, signal.SIGTERM)
        _send(self._worker, signal.SIGTERM)
        while (self._lives(self._web) or self._lives(self._worker)) and time.monotonic() - began < PATIENCE:
            impatient = bool(STOP_SIGNALS.intersection(_wait_for(signals, seconds=0.2)))
            if impatient:
                _send(self._web, signal.SIGQUIT)
            if self._lives(self._web) and time.monotonic() - reminded > REMINDED_EVERY:
                reminded = time.monotonic()
                _send_to_group(self._web, signal.SIGTERM)
            if not worker_was_hurried and (impatient or time.monotonic() - began > TASK_PATIENCE):
                worker_was_hurried = True
                if self._lives(self._worker):
                    self._say("Interrupting the task that is running.")
                    _send(self._worker, signal.SIGTERM)

    @staticmethod
    def _lives(child: subprocess.Popen[bytes] | None) -> bool:
        return child is not None and child.poll() is None

    def _end_what_is_left(self) -> None:
        for child in (self._web, self._worker):
            if child is not None:
                # The group, not the process: a gunicorn that was killed has left its own workers behind.
                _send_to_group(child, signal.SIGKILL)
                child.wait()
        if self._worker is not None:
            self._on_worker_death(self._worker.pid)


@contextmanager
def _arriving_signals() -> Iterator[socket.socket]:
    """Yield a socket on which each signal that arrives is one byte, its number."""

    def let_arrive(signum: int, frame: FrameType | None) -> None:
        """Do nothing: that there is a handler makes Python write the byte."""

    reader, writer = socket.socketpair()
    with reader, writer:
        reader.settimeout(0)  # never block: a handler runs between any two lines
        writer.settimeout(0)
        before = {signum: signal.signal(signum, let_arrive) for signum in (*STOP_SIGNALS, signal.SIGCHLD)}
        former_descriptor = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(former_descriptor)
            for signum, handler in before.items():
                signal.signal(signum, handler)


def _read(signals: socket.socket) -> bytes:
    try:
        return signals.recv(1024)
    except BlockingIOError:
        return b""


def _wait_for(signals: socket.socket, *, seconds: float) -> bytes:
    with selectors.DefaultSelector() as selector:
        selector.register(signals, selectors.EVENT_READ)
        return _read(signals) if selector.select(seconds) else b""


def _send(child: subprocess.Popen[bytes] | None, signum: signal.Signals) -> None:
    if child is not None:
        child.send_signal(signum)  # does nothing for a child that has ended


def _send_to_group(child: subprocess.Popen[bytes] | None, signum: signal.Signals) -> None:
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signum)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def _exit_status(code: int) -> int:
    return 128 - code if code < 0 else code
