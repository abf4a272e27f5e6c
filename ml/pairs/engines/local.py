"""Shards made by processes of this machine, as many at once as it has processors."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from ml.pairs.engines.attempts import Attempts, forget_failures
from ml.pairs.engines.engine import FinishedShards, Standing
from ml.pairs.engines.job_log import last_words
from ml.shards.manifest import Manifest
from ml.shards.results import forget_stale_results, is_done

# Seconds between two looks at what is done.
POLL = 0.2


@dataclass(frozen=True, slots=True)
class _Process:
    popen: subprocess.Popen[bytes]
    shards: list[int]
    """In the order in which it makes them."""
    log: Path


class LocalEngine:
    """Processes of this machine, each with a share of the shards; they end with this one, however it ends."""

    goes_on: ClassVar[bool] = False

    def make(self, manifest: Manifest, shards: Sequence[int], *, tell: Callable[[Standing], None]) -> FinishedShards:
        """Make them, several at once; what a process leaves undone another does."""
        forget_stale_results(manifest, shards)
        left, waiting = set(shards), [shard for shard in shards if not is_done(manifest, shard)]
        attempts, at_once = Attempts(manifest), min(len(shards), processors())
        running: list[_Process] = []
        try:
            while left:
                free = at_once - len(running)
                shares = [waiting[place::free] for place in range(min(free, len(waiting)))]
                running += [_started(manifest, share, at_once=at_once) for share in shares]
                if shares:
                    waiting = []
                for process in [process for process in running if process.popen.poll() is not None]:
                    running.remove(process)
                    waiting += _left_undone(manifest, process, attempts)
                finished = [shard for shard in sorted(left) if is_done(manifest, shard)]
                left.difference_update(finished)
                yield from finished
                tell(Standing(len(running), max(0, len(left) - len(running)), attempts.failures_of(left)))
                if left and not finished:
                    time.sleep(POLL)
        finally:
            for process in running:
                process.popen.kill()
                process.popen.communicate()

    def end(self, manifest: Manifest) -> None:
        """Nothing of it outlives this process; failures are forgotten."""
        forget_failures(manifest)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started(manifest: Manifest, shards: list[int], *, at_once: int) -> _Process:
    logs = manifest.folder / "jobs"
    logs.mkdir(exist_ok=True)
    log = logs / f"local-{time.time_ns()}.log"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(settings.BASE_DIR)
    # Each has its share of the processors: more threads than those would wait for one another.
    environment.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, processors() // at_once)))
    with log.open("wb") as output:
        popen = subprocess.Popen(  # noqa: S603 - this program, of numbers
            [sys.executable, "-m", "ml.shards", str(manifest.folder), *map(str, shards)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    return _Process(popen, shards, log)


def _left_undone(manifest: Manifest, process: _Process, attempts: Attempts) -> list[int]:
    """Return the shards that a process that has ended did not make; the first of them is what it failed at."""
    process.popen.communicate()
    undone = [shard for shard in process.shards if not is_done(manifest, shard)]
    if undone:
        status = process.popen.returncode
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        attempts.failed(undone[0], f"its process {how}{last_words(process.log)}")
    return undone
