"""The database backend `perception.postgresql`: Django's own, with psycopg's pool of connections.

A thread has a connection of the pool for the length of a request. Whether it is still good is seen from its socket,
which costs no round trip: a server that ends or is ended closes it, or says goodbye, and either can be read.
"""

import os
import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg_pool import ConnectionPool

from perception.postgresql.durability import DurabilityCheck

Connection = psycopg.Connection[Any]

LONGEST_PAUSE = "60s"
"""How long a transaction may stand still. A process that does so longer is frozen, and others wait for its rows."""

# A server's setting by which a crash loses the newest transactions is not obeyed; one that is safer than "on" is.
DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class _Operations(operations.DatabaseOperations):
    """Django's, with a text for what it logs of statements whose values go beside them."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return what was sent, as far as it is a text."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend for PostgreSQL; each commit is on disk when it is acknowledged."""

    ops_class = _Operations
    validation_class = DurabilityCheck

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Return a connection whose server is there: those that a restart has cut are given back, and replaced.

        Raises
        ------
        psycopg.OperationalError
            The server did not answer within the pool's timeout.
        """
        connection: Connection = super().get_new_connection(conn_params)
        while self.pool is not None and not _is_alive(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def prepared_cursor(self) -> CursorWrapper:
        """Return a cursor whose statements the server parses and plans once for each connection.

        For statements that are asked again and again: to plan one takes the server several times as long as to run it.
        The ORM's own have their values in their text, and are planned each time.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor: Any = _PreparingCursor(self.connection)
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)

    def _configure_connection(self, connection: Connection) -> bool:
        # Once for each connection to the server, not for each request.
        connection.execute(DURABLE)
        connection.execute(f"SET idle_in_transaction_session_timeout = '{LONGEST_PAUSE}'")
        super()._configure_connection(connection)  # type: ignore[misc]  # not in django-stubs
        return True


class _PreparingCursor(psycopg.Cursor[Any]):
    """Sends values beside the statement, which it prepares when it is first run."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_PreparingCursor":
        """Run a statement."""
        return super().execute(query, params, **{**options, "prepare": True})


def _is_alive(connection: Connection) -> bool:
    """Say whether the server still holds its end: a round trip only if it has said something unasked."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if not poll.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True


# Kept so that nothing closes, in the child's name, what its parent uses.
_parents_pools: list[ConnectionPool[Connection]] = []


def _leave_to_parent() -> None:
    """Forget the pools of the process that this one was forked from: two cannot speak on one connection."""
    pools: dict[str, ConnectionPool[Connection]] = base.DatabaseWrapper._connection_pools  # type: ignore[attr-defined]
    _parents_pools.extend(pools.values())
    pools.clear()


os.register_at_fork(after_in_child=_leave_to_parent)
