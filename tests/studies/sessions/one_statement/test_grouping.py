"""What waits is done together, by one thread for all, and never more of it than is allowed."""

import threading
from collections.abc import Sequence
from functools import partial

import pytest
from django.db import DatabaseError

from studies.sessions.one_statement.grouping import Grouping
from tests.core.test_write_queue import run_at_once

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 3


class Doing:
    """Does what is asked, when it may go on; notes what came together."""

    def __init__(self, *, failing: int | None = None) -> None:
        self.together: list[list[int]] = []
        self.may_go_on = threading.Event()
        self._failing = failing

    def __call__(self, things: Sequence[int]) -> list[bool]:
        self.together.append(list(things))
        self.may_go_on.wait(30)
        if self._failing in things:
            raise DatabaseError("a thing that cannot be done")
        return [thing % 2 == 0 for thing in things]


def test_what_waits_is_done_together_and_each_gets_its_own() -> None:
    doing = Doing()
    grouping = Grouping(doing, most=MOST)
    calls = [partial(grouping.do, thing) for thing in range(6)]

    outcomes = run_at_once([*calls, doing.may_go_on.set])[:6]

    assert outcomes == [True, False] * 3
    assert sorted(thing for things in doing.together for thing in things) == list(range(6))
    assert [len(things) for things in doing.together] == [1, 3, 2]


def test_where_the_database_cannot_nothing_of_it_is_done_and_the_next_goes_on() -> None:
    doing = Doing(failing=2)
    grouping = Grouping(doing, most=MOST)
    calls = [partial(grouping.do, thing) for thing in (0, 2, 4, 6, 8)]

    outcomes = run_at_once([*calls, doing.may_go_on.set])[:5]

    assert outcomes == [True, False, False, False, True]


def test_another_fault_is_raised_where_it_happened_and_nobody_waits_for_ever() -> None:
    def fail(_: Sequence[int]) -> list[bool]:
        raise ZeroDivisionError

    grouping: Grouping[int] = Grouping(fail, most=MOST)
    outcomes = run_at_once([partial(grouping.do, 1)] * 2)
    assert all(isinstance(outcome, ZeroDivisionError) for outcome in outcomes)
