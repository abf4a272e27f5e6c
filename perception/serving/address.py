"""The address that the server listens on: read from the command line, opened, named."""

import errno
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from perception.serving.errors import ServeError

# How many connections wait their turn while every thread is busy: gunicorn's own default.
BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """A host (a name, or an IP address without brackets) and a port; port 0 asks for any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return `HOST:PORT`, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a browser takes it."""
        return f"http://{self}"


def parse_address(text: str) -> Address:
    """Read `HOST:PORT`, such as `127.0.0.1:8000`, `localhost:8000` or `[::1]:8000`."""
    match = re.fullmatch(r"(?:\[(?P<bracketed>[0-9a-fA-F:.%\w]+)\]|(?P<plain>[^\[\]:\s]+)):(?P<port>[0-9]{1,5})", text)
    if match is None:
        raise ServeError(f"{text!r} is not HOST:PORT; write for example 127.0.0.1:8000 or [::1]:8000.")
    port = int(match["port"])
    if port > 65_535:
        raise ServeError(f"Port {port} does not exist; ports go from 1 to 65535.")
    return Address(match["bracketed"] or match["plain"], port)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the host."""
    bare = host.strip("[]")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def unanswered_because(address: Address, allowed_hosts: Iterable[str]) -> str | None:
    """Return what to set if other machines reach the address but would get no answer; None if all is well.

    Django answers only requests for the names in ALLOWED_HOSTS. By default they are this machine's own, so a server
    that is bound to the network would answer every visitor with "400 Bad Request".
    """
    allowed = list(allowed_hosts)
    if is_loopback(address.host) or not all(is_loopback(host) for host in allowed):
        return None
    return (
        f"Other machines reach {address}, but only requests for {', '.join(allowed)} are answered. "
        "Set PERCEPTION_ALLOWED_HOSTS to the names that people type, and PERCEPTION_BASE_URL to the address in "
        "observers' links, for example: PERCEPTION_ALLOWED_HOSTS=study.example.org "
        "PERCEPTION_BASE_URL=https://study.example.org"
    )


def open_listener(address: Address) -> socket.socket:
    """Return a socket that listens on the address.

    The command itself opens it and hands it to the web server: a port in use is known at once, before the database
    is touched, and who connects while the server starts waits a second instead of being turned away.
    """
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise ServeError(f"No address is known for the host {address.host!r}: {error.strerror}.") from error
    listener = socket.socket(family, kind, protocol)
    try:
        # A server that has just stopped leaves connections behind that would block its own restart for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(target)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ServeError(_why_not(address, error)) from error
    return listener


def _why_not(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Another program already listens on {address}. Stop it, or choose another port, "
            f"for example: --bind {Address(address.host, 8001 if address.port == 8000 else 8000)}"
        )
    if error.errno == errno.EACCES:
        return (
            f"Not allowed to listen on {address}: ports below 1024 are the administrator's. Choose a higher port, "
            "and let a proxy such as nginx listen on 80 and 443 (docs/operations.md)."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {address.host}; 127.0.0.1 is for itself alone, 0.0.0.0 for every network."
    return f"Cannot listen on {address}: {error.strerror}."
