"""Rows of the database that the tests of a module share: made once, read by each, undone after the last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from pytest_django import DjangoDbBlocker

T = TypeVar("T")


@contextmanager
def rows_of(make: Callable[[], T], blocker: DjangoDbBlocker) -> Iterator[T]:
    """Yield what `make` returns; the rows that it wrote are there while the block runs.

    For fixtures of a wider scope than a test, which take `django_db_setup` too. What a test changes of the rows is
    undone after it, as anything else: its transaction lies within this one. A test with `transaction=True` must not
    run meanwhile.
    """
    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined]  # else what is `durable` is refused within it
    with blocker.unblock():
        outer.__enter__()
    try:
        with blocker.unblock():
            made = make()
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(rollback=True)
            outer.__exit__(None, None, None)
