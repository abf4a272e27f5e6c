"""What SLURM's own commands say of jobs: those that wait or run. Those that ended are known to accounting at most."""

import shutil
import subprocess
from dataclasses import dataclass

from ml.errors import MlError

COMMANDS = ("sbatch", "squeue", "scancel", "srun")  # submitit takes `srun` as the sign of a cluster
PATIENCE = 60
"""Seconds that a command may take: a controller that is busy answers late."""


class QueueSilentError(Exception):
    """The cluster's controller does not answer; nothing is known of the jobs."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job that has not ended."""

    state: str
    """`PENDING`, `RUNNING`, `COMPLETING` …"""
    reason: str
    """Why it waits, in SLURM's words: `Resources`, `Priority`, `PartitionTimeLimit` …"""


def check_commands() -> None:
    """Refuse to go on where SLURM's commands are missing.

    Raises
    ------
    MlError
        With their names.
    """
    if missing := [command for command in COMMANDS if shutil.which(command) is None]:
        raise MlError(
            f"This machine cannot give jobs to SLURM: it has no {', '.join(missing)}. Let a worker do it that runs "
            "on a machine from which jobs are submitted, or take another engine (--engine local)."
        )


def queued_jobs(name: str) -> dict[str, QueuedJob]:
    """Return the jobs of that name that have not ended, by their numbers: `12` or, of an array, `12_0`.

    Raises
    ------
    QueueSilentError
        SLURM does not say.
    """
    said = _ask("squeue", "--noheader", "--array", f"--name={name}", "--format=%i|%T|%r")
    rows = [line.strip().split("|") for line in said.splitlines() if line.strip()]
    return {number: QueuedJob(state, reason) for number, state, reason in rows}


def cancel_jobs(name: str) -> None:
    """Cancel all jobs of that name.

    Raises
    ------
    QueueSilentError
        SLURM could not be told.
    """
    _ask("scancel", f"--name={name}")


def _ask(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise QueueSilentError(error.stderr.strip() or str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QueueSilentError(str(error)) from error
    return done.stdout
