"""Many requests at once for work that takes its time."""

import threading
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase

PATIENCE = 60


class Crowd:
    """Work that does not end before all who ask have been let in or sent away."""

    def __init__(self) -> None:
        """Nobody works yet."""
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._may_end = threading.Event()

    def work(self) -> HttpResponse:
        """Do the work, which takes until all others have their answer."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        assert self._may_end.wait(PATIENCE)
        with self._lock:
            self._at_once -= 1
        return HttpResponse()

    def statuses_of(self, number: int, ask: Callable[[], HttpResponseBase], *, let_in: int) -> list[int]:
        """Return the statuses, in order, when so many ask at once, of whom `let_in` are expected to get their turn."""
        statuses: list[int] = []
        answered = threading.Semaphore(0)

        def one() -> None:
            try:
                statuses.append(ask().status_code)
            finally:
                answered.release()

        threads = [threading.Thread(target=one) for _ in range(number)]
        for thread in threads:
            thread.start()
        for _ in range(number - let_in):
            assert answered.acquire(timeout=PATIENCE)
        self._may_end.set()
        for thread in threads:
            thread.join(PATIENCE)
        return sorted(statuses)
