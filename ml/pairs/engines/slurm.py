"""Shards made by jobs of a SLURM cluster, submitted by submitit: one job a shard.

Whether a shard is done is told by its result file alone. The scheduler is asked for one thing, which of the jobs have
not ended yet (`squeue`): clusters without accounting forget a job that has ended, however it did.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from ml.errors import MlError
from ml.pairs.engines.attempts import Attempts, forget_failures
from ml.pairs.engines.engine import FinishedShards, Standing
from ml.pairs.engines.job_log import last_words
from ml.pairs.engines.slurm_queue import QueuedJob, QueueSilentError, cancel_jobs, check_commands, queued_jobs
from ml.shards.manifest import Manifest
from ml.shards.results import failure_of, forget_stale_results, is_done
from ml.shards.whole_files import write_whole

logger = logging.getLogger(__name__)

JOBS = "jobs.json"
# SLURM's own limit is an array of 1001 jobs, unless the cluster's settings say otherwise.
LARGEST_ARRAY = 1000
# What a job is given of this process' environment: not its passwords.
ENVIRONMENT = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SLURM_CONF"),
    *("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS"),
)


@dataclass(frozen=True, slots=True)
class SlurmOptions:
    """How jobs are asked for."""

    partition: str = ""
    """Empty is the cluster's default."""
    minutes: int = 240
    """A job's time limit."""
    memory_gb: float = 4.0
    cpus: int = 2
    at_once: int = 256
    """Jobs of one array that may run at one time."""
    more: dict[str, str] = field(default_factory=dict)
    """Other options of sbatch by name, such as `account`."""
    poll_seconds: float = 2.0
    """Between two looks at results and queue."""
    grace_seconds: float = 60.0
    """How long the result of a job that has left the queue may take to be seen: network file systems are late."""


class SlurmEngine:
    """Jobs of a cluster. They go on if this process ends; whoever takes the run over finds them."""

    goes_on: ClassVar[bool] = True

    def __init__(self, options: SlurmOptions) -> None:
        """Take note of how jobs are asked for; nothing is asked yet."""
        self._options = options

    def make(self, manifest: Manifest, shards: Sequence[int], *, tell: Callable[[Standing], None]) -> FinishedShards:
        """Submit a job for each and wait for their results; what a job leaves undone another does.

        Raises
        ------
        MlError
            Submitit or SLURM's commands are missing, the cluster refuses the jobs, or a shard failed too often.
        """
        check_submitit()
        check_commands()
        forget_stale_results(manifest, shards)
        jobs = _Jobs(manifest, self._options)
        left = set(shards)
        jobs.submit([shard for shard in shards if not is_done(manifest, shard) and not jobs.has(shard)])
        while left:
            finished = [shard for shard in sorted(left) if is_done(manifest, shard)]
            left.difference_update(finished)
            yield from finished
            jobs.look(left)
            jobs.submit([shard for shard in sorted(left) if not jobs.has(shard)])
            tell(jobs.standing(left))
            if left:
                time.sleep(self._options.poll_seconds)

    def end(self, manifest: Manifest) -> None:
        """Cancel the jobs that have not ended, and forget them and what failed."""
        end_jobs(manifest.folder)
        forget_failures(manifest)


def end_jobs(folder: Path) -> None:
    """Cancel the jobs of a manifest's folder, if it has any, and forget them."""
    if not (folder / JOBS).exists():
        return
    try:
        cancel_jobs(job_name(folder))
    except QueueSilentError as error:
        logger.warning("The jobs named %s could not be cancelled: %s", job_name(folder), error)
    (folder / JOBS).unlink(missing_ok=True)


def check_submitit() -> None:
    """Refuse to go on without submitit.

    Raises
    ------
    MlError
        It is not installed.
    """
    try:
        import submitit  # noqa: F401
    except ImportError as error:
        raise MlError(
            "The engine slurm needs submitit, which is not installed: pip install 'perception[cluster]', or "
            "requirements/servers.txt."
        ) from error


def job_name(folder: Path) -> str:
    """Return the name of all jobs of a manifest's folder, in SLURM's queue: no other run's jobs have it."""
    return f"perception-{folder.name}"


def _environment() -> dict[str, str]:
    """Return the variables that a job is given."""
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    return {**kept, "PYTHONPATH": str(settings.BASE_DIR)}


class _Jobs:
    """The jobs of one manifest: which shard each makes, and since when one has been gone."""

    def __init__(self, manifest: Manifest, options: SlurmOptions) -> None:
        self._manifest, self._options = manifest, options
        self._attempts = Attempts(manifest)
        self._shard_of = self._read()
        self._queued: dict[str, QueuedJob] = {}
        self._gone_since: dict[str, float] = {}
        self._silence = ""

    def has(self, shard: int) -> bool:
        """Say whether a job makes the shard, as far as is known."""
        return shard in self._shard_of.values()

    def submit(self, shards: Sequence[int]) -> None:
        """Submit a job for each shard.

        Raises
        ------
        MlError
            The cluster refuses them.
        """
        for start in range(0, len(shards), LARGEST_ARRAY):
            some = shards[start : start + LARGEST_ARRAY]
            for job, shard in zip(self._submitted(some), some, strict=True):
                self._shard_of[job] = shard
            self._write()

    def look(self, left: set[int]) -> None:
        """Look which jobs are gone; those that left no result in time are counted as failed, and forgotten.

        Raises
        ------
        MlError
            A shard failed too often.
        """
        try:
            self._queued, self._silence = queued_jobs(job_name(self._manifest.folder)), ""
        except QueueSilentError as error:  # nothing follows from it for the jobs
            self._silence = str(error)
            return
        for job, shard in list(self._shard_of.items()):
            if shard not in left:
                self._forget(job)
            elif job in self._queued:
                self._gone_since.pop(job, None)
            elif self._is_lost(job, shard):
                self._forget(job)
                self._attempts.failed(shard, f"job {job} ended without a result{last_words(self._log_of(job))}")

    def standing(self, left: set[int]) -> Standing:
        """Return where the shards stand."""
        waiting = [job for job in self._queued.values() if job.state == "PENDING"]
        running = min(len(left), len(self._queued) - len(waiting))
        reasons = ", ".join(sorted({job.reason for job in waiting} - {"None"}))
        waiting_for = f"the cluster ({reasons})" if reasons else "the cluster" if waiting else ""
        if self._silence:
            waiting_for = f"the cluster's controller, which does not answer: {self._silence}"
        return Standing(running, len(left) - running, self._attempts.failures_of(left), waiting_for)

    def _is_lost(self, job: str, shard: int) -> bool:
        if is_done(self._manifest, shard):
            return False
        if failure_of(self._manifest, shard) is not None:
            return True
        since = self._gone_since.setdefault(job, time.monotonic())
        return time.monotonic() - since >= self._options.grace_seconds

    def _forget(self, job: str) -> None:
        del self._shard_of[job]
        self._gone_since.pop(job, None)
        self._write()

    def _submitted(self, shards: Sequence[int]) -> list[str]:
        asked = {"folder": str(self._manifest.folder), "shards": list(shards), "parameters": self._parameters()}
        done = subprocess.run(
            [sys.executable, "-m", "ml.pairs.engines.slurm_submission"],
            input=json.dumps(asked),
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            why = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
            raise MlError(f"The cluster did not take the jobs: {why[0]}")
        jobs: list[str] = json.loads(done.stdout)
        return jobs

    def _parameters(self) -> dict[str, Any]:
        options = self._options
        return {
            "name": job_name(self._manifest.folder),
            "timeout_min": options.minutes,
            "mem_gb": options.memory_gb,
            "cpus_per_task": options.cpus,
            "stderr_to_stdout": True,
            "slurm_array_parallelism": options.at_once,
            "slurm_wckey": None,  # submitit names one of its own, which clusters that check them refuse
            "slurm_use_srun": False,  # one process a job: nothing for srun to spread
            "slurm_additional_parameters": options.more,
            **({"slurm_partition": options.partition} if options.partition else {}),
        }

    def _log_of(self, job: str) -> Path:
        return self._manifest.folder / "jobs" / f"{job}_0_log.out"

    def _read(self) -> dict[str, int]:
        """Return the jobs that an earlier part of the run submitted for this manifest; of any other they are ended."""
        with suppress(FileNotFoundError):
            read = json.loads((self._manifest.folder / JOBS).read_bytes())
            if read["manifest_sha256"] == self._manifest.sha256:
                jobs: dict[str, int] = read["jobs"]
                return jobs
        with suppress(QueueSilentError):
            cancel_jobs(job_name(self._manifest.folder))
        return {}

    def _write(self) -> None:
        kept = {"manifest_sha256": self._manifest.sha256, "jobs": self._shard_of}
        write_whole(self._manifest.folder / JOBS, json.dumps(kept).encode())
