"""Ctrl-C ends the work wherever it comes: nothing takes its place, nothing swallows it for good."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from perception.core.interruption import interruption_kept
from perception.core.progress import Progress, terminal_progress

pytestmark = pytest.mark.usefixtures("ctrl_c_as_in_a_terminal")


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def fail_to_clean_up() -> None:
    try:
        press_ctrl_c()
    finally:
        raise OSError("Bad file descriptor")


def test_the_error_of_a_clean_up_does_not_take_its_place() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, interruption_kept():
        fail_to_clean_up()

    assert isinstance(raised.value.__cause__, OSError)


def test_one_that_was_swallowed_ends_the_next_step() -> None:
    steps = []

    def read(progress: Progress) -> None:
        for step in range(1, 4):
            with suppress(BaseException):
                steps.append(step)
                if step == 2:
                    press_ctrl_c()
            progress(step, 3)

    with pytest.raises(KeyboardInterrupt), terminal_progress("Reading", disable=True) as progress:
        read(progress)

    assert steps == [1, 2]


def test_it_comes_at_once_where_nothing_holds_it() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, interruption_kept():
        press_ctrl_c()

    assert raised.value.__cause__ is None


def test_without_it_errors_stay_what_they_are() -> None:
    def write(raise_if_pressed: Callable[[], None]) -> None:
        raise_if_pressed()
        raise OSError("full")

    with pytest.raises(OSError, match="full"), interruption_kept() as raise_if_pressed:
        write(raise_if_pressed)


def test_the_handler_is_given_back_and_another_is_left_alone() -> None:
    with interruption_kept():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interruption_kept():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_thread_may_use_it() -> None:
    done = []

    def work() -> None:
        with interruption_kept() as raise_if_pressed:
            raise_if_pressed()
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert done == [True]
