"""A real SLURM of one node for a test: Debian's, in a folder of its own, on free loopback ports, ended by pid."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import PATIENCE, eventually

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "srun")
PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))
# On a busy machine daemons answer late: nothing is given up for that.
SETTINGS = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
JobRequeue=0
KillWait=2
MinJobAge=10
SlurmdTimeout=0
MessageTimeout=20
BatchStartTimeout=300
SchedulerParameters=sched_interval=2,bf_interval=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


# In the environment of the daemons and of what they start on a node, before it becomes a job's.
MARK = "PERCEPTION_TEST_CLUSTER={}/{}"


@dataclass(frozen=True)
class Cluster:
    """A cluster that runs; its commands find it by the environment, which is set while it does."""

    folder: Path

    def ask(self, *command: str) -> str:
        """Run one of SLURM's commands and return what it printed."""
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout

    def lose_node(self) -> None:
        """Have the controller give the node up with what it runs, as it does with one that does not answer."""
        self.ask("scontrol", "update", f"NodeName={_node()}", "State=DOWN", "Reason=lost")

    def find_node(self) -> None:
        """Let jobs run on the node again, unless it has come back by itself meanwhile: then that is refused."""
        with suppress(subprocess.CalledProcessError):
            self.ask("scontrol", "update", f"NodeName={_node()}", "State=RESUME")
        eventually(lambda: "down" not in self.ask("sinfo", "--noheader", "--format=%T"), "the node")

    def end_controller(self) -> None:
        """End the controller; jobs go on."""
        _end(self.folder / "slurmctld.pid", signal.SIGTERM)

    def start_controller(self) -> None:
        """Start the controller, again; it has kept its state."""
        _start("slurmctld", self.folder)


def require_slurm() -> None:
    """Skip the test where no SLURM can be started; in CI, where it is installed, fail it."""
    missing = [program for program in PROGRAMS if shutil.which(program, path=PATHS) is None]
    reason = f"no {', '.join(missing)}: sudo apt install slurmctld slurmd slurm-client munge" if missing else ""
    if not reason and os.geteuid() != 0:
        reason = "SLURM's daemons are started as root here"
    if reason:
        if os.environ.get("CI") and missing:
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def slurm_cluster() -> Iterator[Cluster]:
    """Run a cluster of this machine's two processors while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="perception-slurm-"))
    folder.chmod(0o755)
    kept = {name: os.environ.get(name) for name in ("SLURM_CONF", "PATH")}
    try:
        for name in ("state", "spool", "munge"):
            (folder / name).mkdir(mode=0o755)
        _start_munge(folder)
        settings = SETTINGS.format(
            host=_node(), user="root", folder=folder, controller_port=_free_port(), node_port=_free_port()
        )
        (folder / "slurm.conf").write_text(settings)
        os.environ |= {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATHS}
        for daemon in ("slurmctld", "slurmd"):
            _start(daemon, folder)
        cluster = Cluster(folder)
        eventually(lambda: _is_idle(cluster), f"a node that is idle; see {folder}")
        yield cluster
    finally:
        _end_node(folder)
        for daemon in ("slurmctld", "munged"):
            _end(folder / f"{daemon}.pid", signal.SIGTERM)
        for name, value in kept.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        shutil.rmtree(folder, ignore_errors=True)


def _start_munge(folder: Path) -> None:
    user = pwd.getpwnam("munge")
    key = folder / "munge" / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    for path in (folder / "munge", key):
        os.chown(path, user.pw_uid, user.pw_gid)
    _run(
        shutil.which("munged", path=PATHS) or "munged",
        f"--key-file={key}",
        f"--socket={folder}/munge/socket",
        f"--pid-file={folder}/munge/munged.pid",
        f"--log-file={folder}/munge/munged.log",
        f"--seed-file={folder}/munge/seed",
        user="munge",
    )
    (folder / "munged.pid").symlink_to(folder / "munge" / "munged.pid")


def _start(daemon: str, folder: Path) -> None:
    name, _, value = MARK.format(folder, daemon).partition("=")
    command = (shutil.which(daemon, path=PATHS) or daemon, "-f", str(folder / "slurm.conf"))
    _run(*command, environment={**os.environ, name: value})


def _run(*command: str, user: str | None = None, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        user=user,
        env=environment,
        # A daemon inherits what it is started with: it must not hold a pipe that somebody reads to its end.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"


def _node() -> str:
    return socket.gethostname().split(".")[0]


def _end_node(folder: Path) -> None:
    """Kill the node's daemon and all that it runs."""
    steps = [pid for pid in _processes() if MARK.format(folder, "slurmd").encode() in _environment(pid)]
    for pid in [*steps, *_descendants(steps)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _processes() -> list[int]:
    return [int(process.name) for process in Path("/proc").glob("[0-9]*")]


def _environment(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def _descendants(pids: Sequence[int]) -> list[int]:
    """Return the processes that these started, and those that they did."""
    parents = {}
    for pid in _processes():
        with suppress(OSError, IndexError):
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    found, new = list[int](), set(pids)
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found += new
    return found


def _is_idle(cluster: Cluster) -> bool:
    with suppress(subprocess.CalledProcessError):
        return cluster.ask("sinfo", "--noheader", "--format=%T").strip() in {"idle", "mixed"}
    return False


def _end(pid_file: Path, number: signal.Signals) -> None:
    """End the daemon that wrote the file, and wait until it is gone."""
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, number)
    except (OSError, ValueError):
        return
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
