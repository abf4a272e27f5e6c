"""One kept-alive connection of a browser: HTTP/1.1, as much of it as the server speaks, at little cost.

The load generator shares the machine with the server that it measures, so its own work is kept small; the standard
library's client costs several times as much for each reply.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

END_OF_HEAD = b"\r\n\r\n"


class BrokenReplyError(Exception):
    """The connection ended before the reply did, or the reply is none that is understood here."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Receiver(asyncio.Protocol):
    """Puts one reply together from what arrives."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        self.reply: asyncio.Future[Reply] | None = None
        self.closed = False
        self._received = bytearray()
        self._expected: int | None = None
        self._head = b""

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; hand over the reply once it is whole."""
        self._received += data
        if self._expected is None:
            end = self._received.find(END_OF_HEAD)
            if end < 0:
                return
            self._head = bytes(self._received[:end])
            del self._received[: end + len(END_OF_HEAD)]
            try:
                self._expected = int(_headers(self._head)["content-length"])
            except (KeyError, ValueError):
                self._fail("a reply without Content-Length")
                return
        if len(self._received) >= self._expected:
            body = bytes(self._received[: self._expected])
            del self._received[: self._expected]
            self._expected = None
            if self.reply is not None and not self.reply.done():
                self.reply.set_result(Reply(_status(self._head), _headers(self._head), body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self.closed = True
        self._fail("the connection was closed")

    def _fail(self, why: str) -> None:
        if self.reply is not None and not self.reply.done():
            self.reply.set_exception(BrokenReplyError(why))


class Connection:
    """A connection to one host, opened when it is first needed and again after the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        """Open nothing yet."""
        self._address = (host, port)
        self._transport: asyncio.Transport | None = None
        self._receiver = _Receiver()

    async def request(
        self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send one request and return the whole reply.

        Raises
        ------
        BrokenReplyError, OSError
            No connection, or it ended in the middle of the reply.
        """
        if self._transport is None or self._receiver.closed:
            self._receiver = _Receiver()
            self._transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: self._receiver, *self._address
            )
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._address[0]}:{self._address[1]}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._receiver.reply = reply
        self._transport.write("\r\n".join(lines).encode() + END_OF_HEAD + (body or b""))
        return await reply

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._transport is not None:
            self._transport.close()


def _status(head: bytes) -> int:
    return int(head.split(b" ", 2)[1])


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
