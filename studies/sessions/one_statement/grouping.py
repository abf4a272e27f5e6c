"""What many threads ask for at once, done for those that wait together."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import DatabaseError, connection, transaction

T = TypeVar("T")


class Grouping(Generic[T]):
    """Has one thread do what the others wait for, too: a statement for ten costs little more than one for one."""

    def __init__(self, do: Callable[[Sequence[T]], Sequence[bool]], *, most: int) -> None:
        """Keep what does it.

        Parameters
        ----------
        do
            Does several things by one statement, and says of each whether it is done.
        most
            How many things it does at most.
        """
        self._do = do
        self._most = most
        self._waiting: list[_Waiting[T]] = []
        self._waiting_lock = threading.Lock()
        self._leading = threading.Lock()

    def do(self, thing: T) -> bool:
        """Say whether a thing is done. It is not where the database could not do it, or others with it."""
        if connection.in_atomic_block:  # the transaction is the caller's
            with transaction.atomic():
                return self._do([thing])[0]
        own = _Waiting(thing)
        with self._waiting_lock:
            self._waiting.append(own)
        while not own.is_over:
            with self._leading:
                if not own.is_over:
                    self._do_some()
        return own.is_done

    def _do_some(self) -> None:
        with self._waiting_lock:
            together, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            for one, is_done in zip(together, self._do([one.thing for one in together]), strict=True):
                one.is_done = is_done
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()  # what follows finds another, or that there is none
        finally:
            for one in together:
                one.is_over = True


class _Waiting(Generic[T]):
    """A thing that a thread waits for."""

    __slots__ = ("is_done", "is_over", "thing")

    def __init__(self, thing: T) -> None:
        self.thing = thing
        self.is_done = False
        self.is_over = False
