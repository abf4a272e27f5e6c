"""Whether the tables of the database are those that this version of the program knows."""

from django.db import DatabaseError, InterfaceError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

SAID_BY_SQLITE = ("no such table", "no such column", "has no column")
"""PostgreSQL says the same of a table or a column that is not there by the kind of error."""


def missing_migrations(error: BaseException) -> int:
    """Return how many migrations the database lacks, where an error speaks of a table or a column that is not there.

    0 for every other error, where none is missing, and where the database does not answer.
    """
    if not isinstance(error, ProgrammingError) and not any(words in str(error) for words in SAID_BY_SQLITE):
        return 0
    try:
        executor = MigrationExecutor(connection)
    except (DatabaseError, InterfaceError, OSError):
        return 0
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
