"""The database as it was at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every query of the block see the database as it was when the block began; nobody waits for it.

    Within a transaction that has begun, that transaction is the snapshot.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Django's own transactions take the lock for writing at once (`transaction_mode`).
            cursor.execute("BEGIN DEFERRED")
            cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1")  # it begins with what is read first
            cursor.fetchall()
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # Files may be copied meanwhile for long, and nobody waits for whoever only reads.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
