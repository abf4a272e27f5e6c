"""What this process is called in the database: unlike any other, on whatever machine, at whatever time."""

import os
import secrets
import socket

MACHINE_LENGTH = 40

_names: dict[int, str] = {}
"""This process's name by its number: a process that was forked from it is another."""


def machine() -> str:
    """Return the name of this machine, or of the container."""
    return socket.gethostname()


def this_process() -> str:
    """Return this process's name: machine, number and something random, since both may be used again."""
    pid = os.getpid()
    if pid not in _names:
        # Of threads that ask for the first time at once, each gets the name that was there first.
        _names.setdefault(pid, f"{name_begins(pid)}{secrets.token_hex(4)}")
    return _names[pid]


def name_begins(pid: int) -> str:
    """Return how the names of this machine's processes of that number begin."""
    return f"{machine()[:MACHINE_LENGTH]}-{pid}-"
