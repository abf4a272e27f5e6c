"""What this process is called in the database: unlike any other, on whatever machine, at whatever time."""

import os
import secrets
import socket
from functools import cache

MACHINE_LENGTH = 40


def machine() -> str:
    """Return the name of this machine, or of the container."""
    return socket.gethostname()


def this_process() -> str:
    """Return this process's name: machine, number and something random, since both may be used again."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{name_begins(pid)}{secrets.token_hex(4)}"


def name_begins(pid: int) -> str:
    """Return how the names of this machine's processes of that number begin."""
    return f"{machine()[:MACHINE_LENGTH]}-{pid}-"
