"""A bad connection to a server: slow, and lost at the worst moments."""

import contextlib
import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

ANSWER = b"POST /o/"
"""What an observer's answer begins with."""
BYTES = 16_384


class BadConnection:
    """Passes on what comes, late; of four answers cuts off one before the server has it, and the next one after.

    Parameters
    ----------
    target
        The server's address, `http://HOST:PORT`.
    delay
        Seconds by which each piece of up to 16 KB comes late.
    """

    def __init__(self, target: str, *, delay: float) -> None:
        """Listen on a free port of this machine."""
        self.happened: Counter[str] = Counter()
        """How often `cut off before` and `cut off after` an answer reached the server."""
        self.is_bad = True
        address = urlsplit(target)
        self._target = (str(address.hostname), int(address.port or 80))
        self._delay = delay
        self._turn = itertools.count(1)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._target) as server:
            loses_reply = threading.Event()
            back = threading.Thread(target=self._bring_back, args=[server, client, loses_reply], daemon=True)
            back.start()
            while data := client.recv(BYTES):
                fate = next(self._turn) % 4 if self.is_bad and data.startswith(ANSWER) else 0
                if fate == 1:
                    self.happened["cut off before"] += 1
                    break
                if fate == 2:
                    loses_reply.set()
                time.sleep(self._delay)
                server.sendall(data)
            _shut(client)
            _shut(server)
            back.join()

    def _bring_back(self, server: socket.socket, client: socket.socket, loses_reply: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(BYTES):
                if loses_reply.is_set():
                    self.happened["cut off after"] += 1
                    break
                time.sleep(self._delay)
                client.sendall(data)
        _shut(client)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def bad_connection(target: str, *, delay: float = 0.02) -> Iterator[BadConnection]:
    """Listen while the block runs."""
    connection = BadConnection(target, delay=delay)
    try:
        yield connection
    finally:
        connection.close()
