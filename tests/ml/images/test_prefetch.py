"""Work done ahead by threads: order, bounds, errors, and an end that leaves nothing under way."""

import threading
import time
from collections.abc import Iterator

import pytest

from ml.images.prefetch import prefetched


def test_results_come_in_order_whichever_is_done_first() -> None:
    def slow_where_even(number: int) -> int:
        time.sleep(0.002 * (number % 2 == 0))
        return number * number

    with prefetched(slow_where_even, range(50)) as squares:
        assert list(squares) == [number * number for number in range(50)]


def test_items_are_taken_no_further_ahead_than_asked() -> None:
    taken = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with prefetched(int, numbers(), most=5) as results:
        assert taken == []
        for place, _ in enumerate(results):
            assert len(taken) <= place + 5


def test_an_error_comes_out_where_its_result_would() -> None:
    def take_all() -> None:
        with prefetched(lambda number: 6 // number, [3, 2, 0, 1]) as results:
            list(results)

    with pytest.raises(ZeroDivisionError):
        take_all()
    with prefetched(lambda number: 6 // number, [3, 2, 0, 1]) as results:
        assert (next(results), next(results)) == (2, 3)


def test_an_error_of_the_items_comes_out_too() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"), prefetched(int, numbers()) as results:
        list(results)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_nothing_is_under_way_once_the_block_is_left(ending: type[BaseException]) -> None:
    begun: list[int] = []
    ended: list[int] = []
    gate = threading.Event()

    def wait(number: int) -> int:
        begun.append(number)
        if number:
            gate.wait(5)
        ended.append(number)
        return number

    def open_soon() -> None:
        time.sleep(0.05)
        gate.set()

    def leave_early() -> None:
        with prefetched(wait, range(100), most=20) as results:
            next(results)
            threading.Thread(target=open_soon).start()
            raise ending

    with pytest.raises(ending):
        leave_early()

    assert sorted(begun) == sorted(ended)
    assert len(begun) < 20, "what had not begun was dropped"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
