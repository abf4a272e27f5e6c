"""The observers, in a process of their own, so that what they cost is told apart from what the server costs.

`python -m tools.web_benchmark.load_generator`: reads an order (JSON) from standard input, lets all observers go
through their sessions at the same time, and writes what they met (JSON) to standard output.
"""

import asyncio
import json
import resource
import sys
import time
from typing import TypedDict

from tools.web_benchmark.observer import Browser, Notes, Observer


class Order(TypedDict):
    """What the load generator is to do: how many observers, by their invitations, and how they go through a study."""

    host: str
    port: int
    tokens: list[str]
    browser: str
    think: float


class Encounters(TypedDict):
    """What the observers met; `kinds` are the seconds of each kind of request, `memory` the largest resident set."""

    seconds: float
    cpu_seconds: float
    memory: int
    kinds: dict[str, list[float]]
    errors: dict[str, int]
    acknowledged: list[tuple[str, str, str]]
    finished: int


async def let_observers_take_part(
    *, host: str, port: int, tokens: list[str], browser: Browser, think: float
) -> tuple[Notes, float]:
    """Let one observer for each invitation go through a session, all at once; return what they met, and the seconds."""
    notes = Notes()
    observers = [
        Observer(host=host, port=port, token=token, browser=browser, notes=notes, think=think) for token in tokens
    ]
    began = time.perf_counter()
    await asyncio.gather(*(observer.take_part() for observer in observers))
    return notes, time.perf_counter() - began


def main() -> None:
    """Do as the order says."""
    order: Order = json.load(sys.stdin)
    before = time.process_time()
    notes, seconds = asyncio.run(
        let_observers_take_part(
            host=order["host"],
            port=order["port"],
            tokens=order["tokens"],
            browser=Browser(order["browser"]),
            think=order["think"],
        )
    )
    met: Encounters = {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - before,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "kinds": notes.seconds,
        "errors": notes.errors,
        "acknowledged": notes.acknowledged,
        "finished": notes.finished,
    }
    json.dump(met, sys.stdout)


if __name__ == "__main__":
    main()
