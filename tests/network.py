"""No test talks to another machine: an attempt raises, wherever in whichever library it is made."""

import ipaddress
import sys
from typing import Any

# What the interpreter announces before it does it: https://docs.python.org/3/library/audit_events.html
ADDRESS_PLACE = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


class NetworkError(RuntimeError):
    """A test wanted to reach another machine. Not an OSError: no retry and no fallback shall hide it."""


def refuse_network() -> None:
    """Refuse, from now on and to the end of this process, every connection but those to this machine."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    place = ADDRESS_PLACE.get(event)
    if place is None:
        return
    target = arguments[place]
    host = target[0] if isinstance(target, tuple) else target
    # A Unix socket has a path. Looking up no host at all means this machine's own addresses.
    is_path = event != "socket.getaddrinfo" and not isinstance(target, tuple)
    if not (is_path or host is None or _is_this_machine(host)):
        raise NetworkError(f"{event} {target!r}: tests do not reach other machines")


def _is_this_machine(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in {"", "localhost"}
