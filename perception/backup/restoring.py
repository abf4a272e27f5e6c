"""Restoring a backup: its files, then all its rows in one transaction, so that what was there stays until the end."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from perception.backup.errors import BackupError
from perception.backup.manifest import Manifest
from perception.backup.reading import BackupFile
from perception.backup.rows import insert_rows, tables_of
from perception.core.storage.named_files import named_files

CHUNK = 1024 * 1024
LOCK_SECONDS = 20
NOT_RESTORED = "Nothing was restored: the database is as it was."

Tell = Callable[[str], None]


def restore_backup(backup: BackupFile, *, replace: bool, tell: Tell) -> None:
    """Put a backup's files and rows in the place of what is there.

    Parameters
    ----------
    replace
        Whether accounts, studies and files that are there may go.
    tell
        Told how far it is, in words.

    Raises
    ------
    BackupError
        The backup is damaged or of a later version, there is something here already, there is no room, or rows do not
        fit. The database is then as it was; of the files none that a row names was changed.
    """
    backup.check()
    manifest = backup.manifest
    rows = sum(table.rows for table in manifest.tables)
    tell(f"The backup is whole: {rows:,} rows, {len(manifest.file_names):,} files.")
    _check_known(manifest)
    if not replace:
        _check_empty()
    _check_room(manifest)
    _restore_files(backup, tell)
    _restore_rows(backup)
    tell("The rows are in.")


def _check_known(manifest: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    if unknown := sorted(set(manifest.migrations) - set(known)):
        raise BackupError(
            f"This backup was made by version {manifest.program}, whose database is newer than this program's "
            f"({'.'.join(unknown[0])} and {len(unknown) - 1} more migrations). Restore it with that version. "
            f"{NOT_RESTORED}"
        )


def _check_empty() -> None:
    tables = set(connection.introspection.table_names())
    user = get_user_model()
    has_accounts = user._meta.db_table in tables and user._default_manager.exists()
    try:
        has_files = next(named_files(), None) is not None
    except DatabaseError:  # tables of another version
        has_files = has_accounts
    if has_accounts or has_files:
        raise BackupError(
            "There are accounts or files here already. Restore into an empty database and an empty storage of files, "
            f"or, after a backup of these, with --replace. {NOT_RESTORED}"
        )


def _check_room(manifest: Manifest) -> None:
    if not isinstance(default_storage, FileSystemStorage):
        return
    wanted = sum(content.size for content in manifest.members.values())
    folder = Path(default_storage.location)
    free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
    if free < wanted:
        raise BackupError(f"This takes {wanted / 1e9:,.1f} GB, and {free / 1e9:,.1f} are free. {NOT_RESTORED}")


def _restore_files(backup: BackupFile, tell: Tell) -> None:
    names = backup.manifest.file_names
    for done, name in enumerate(names, start=1):
        if not _is_there(name, backup.manifest.members[f"files/{name}"].sha256):
            try:
                default_storage.delete(name)
                with backup.file(name) as file:
                    stored = default_storage.save(name, File(file, name=name))
            except OSError as error:
                raise BackupError(f"{name} cannot be stored: {error.strerror or error}. {NOT_RESTORED}") from error
            if stored != name:
                default_storage.delete(stored)
                raise BackupError(f"The storage of files takes no file called {name}. {NOT_RESTORED}")
        if done % 1000 == 0 or done == len(names):
            tell(f"{done:,} of {len(names):,} files")


def _is_there(name: str, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            while part := file.read(CHUNK):
                digest.update(part)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def _restore_rows(backup: BackupFile) -> None:
    try:
        with _unchecked(), transaction.atomic():
            _drop_tables()
            targets = _last_of_each_app(backup.manifest)
            # The tables of the version that made the backup; a later program's come after the rows.
            state = MigrationExecutor(connection).migrate(targets)
            of_table = {model._meta.db_table: model for model in tables_of(state.apps)}
            for model in of_table.values():  # what migrations put in
                models.QuerySet(model)._raw_delete("default")
            _check_at_the_end()
            for table in backup.manifest.tables:
                insert_rows(of_table[table.name], table.columns, backup.lines_of(table))
            connection.check_constraints()
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(of_table.values())):
                    cursor.execute(statement)
            call_command("migrate", interactive=False, verbosity=0)
            connection.check_constraints()
    except (DatabaseError, ValidationError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"A row could not be put in ({type(error).__name__}: {error}). {NOT_RESTORED}") from error


@contextmanager
def _unchecked() -> Iterator[None]:
    """Let tables go and come in any order. SQLite is told so before a transaction begins."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _check_at_the_end() -> None:
    """Let rows come before those that they name. Migrations leave PostgreSQL's transaction checking at once."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _drop_tables() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cascade = " CASCADE" if connection.vendor == "postgresql" else ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")


def _last_of_each_app(manifest: Manifest) -> list[tuple[str, str]]:
    """Return the migrations after which none of the same app had been applied."""
    graph = MigrationLoader(None).graph
    applied = set(manifest.migrations)
    return [
        node
        for node in sorted(applied)
        if node in graph.nodes
        and not any(child.key in applied and child.key[0] == node[0] for child in graph.node_map[node].children)
    ]
