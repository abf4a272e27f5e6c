"""What processes cost, read from /proc (Linux)."""

import contextlib
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the processes of a tree hold, in bytes."""

    resident: int
    """Sum of their resident sets: pages that they share are counted for each."""
    proportional: int
    """Shared pages counted once in all."""


def tree(root: int) -> list[int]:
    """Return the ids of a process and of all that descend from it."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            children[int(_fields(folder)[1])].append(int(folder.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children[found[-1]]
    return found


def cpu_seconds(root: int) -> float:
    """Return the user and system seconds of a process and its descendants, those included that have ended."""
    ticks = 0
    for process in tree(root):
        with contextlib.suppress(OSError):
            ticks += sum(map(int, _fields(PROC / str(process))[11:15]))
    return ticks / TICKS


def machine_cpu_seconds() -> float:
    """Return the seconds that all cores together were busy since the machine started."""
    user, nice, system, _idle, _waiting, *others = map(int, (PROC / "stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + sum(others)) / TICKS


def memory(root: int) -> Memory:
    """Return what a process and its descendants hold now."""
    kib = {"Rss:": 0, "Pss:": 0}
    for process in tree(root):
        with contextlib.suppress(OSError):
            for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
                name, value, *_ = line.split()
                if name in kib:
                    kib[name] += int(value)
    return Memory(resident=kib["Rss:"] * 1024, proportional=kib["Pss:"] * 1024)


def _fields(folder: Path) -> list[str]:
    """Return the fields of `stat` from the state on: the name before it may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
