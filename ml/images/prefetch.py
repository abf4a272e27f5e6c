"""Work done ahead of whoever needs it, by threads: the next images are read while the network is busy with these."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")

# How many are under way or wait at one time: what bounds the memory.
MOST_AHEAD = 32


@contextmanager
def prefetched(
    function: Callable[[Given], Done], items: Iterable[Given], *, most: int = MOST_AHEAD
) -> Iterator[Iterator[Done]]:
    """Apply a function to items in threads; give what it returns, in the items' order.

    Decoding, resizing, encoding and NumPy's arithmetic leave Python's lock to others, so threads are enough. When the
    block is left, however that is, nothing is under way any more: what had not begun is dropped, what had is waited
    for.

    Parameters
    ----------
    function
        Called in other threads than the caller's; an exception of it comes out where its result would.
    items
        Taken in the caller's thread, when a result is asked for.
    most
        Items that are under way, or done and not yet taken: so far the results lag behind.
    """
    with ThreadPoolExecutor(_processors(), thread_name_prefix="ahead") as pool:
        try:
            yield _in_order(pool, function, items, most)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    pool: ThreadPoolExecutor, function: Callable[[Given], Done], items: Iterable[Given], most: int
) -> Iterator[Done]:
    under_way: deque[Future[Done]] = deque()
    for item in items:
        under_way.append(pool.submit(function, item))
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
