"""Reading a backup: nothing of it is used before all of it was found to be as it was written."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from perception.backup.errors import BackupError
from perception.backup.manifest import FILES, MEMBER, ROWS, Manifest, Table, read_manifest

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 1024**3


class BackupFile:
    """An opened backup."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        """Take the zip, and what it says of itself."""
        self._packed = packed
        self.manifest = manifest

    def check(self) -> None:
        """Read every member to its end, and compare it with the manifest.

        Raises
        ------
        BackupError
            Something is missing, too much, or other than it was written.
        """
        there = {info.filename for info in self._packed.infolist()} - {MEMBER}
        if len(self._packed.infolist()) != len(there) + 1 or there != self.manifest.members.keys():
            raise BackupError("The members of this backup are not those that its manifest lists: it is damaged.")
        for name, content in self.manifest.members.items():
            digest, size = hashlib.sha256(), 0
            with self._opened(name) as member:
                while part := member.read(CHUNK):
                    digest.update(part)
                    size += len(part)
            if (digest.hexdigest(), size) != (content.sha256, content.size):
                raise BackupError(f"{name} of this backup is not as it was written: its hash is another.")
        for table in self.manifest.tables:
            self._check_rows(table)
        if bad := [name for name in self.manifest.file_names if name.startswith("/") or ".." in name.split("/")]:
            raise BackupError(f"A file of this backup would lie elsewhere: {bad[0]}.")

    def lines_of(self, table: Table) -> Iterator[bytes]:
        """Yield the rows of a table, as JSON."""
        with self._opened(f"{ROWS}{table.name}.jsonl") as member:
            yield from member

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file of the storage, to be read."""
        with self._opened(f"{FILES}{name}") as member:
            yield member

    def _check_rows(self, table: Table) -> None:
        count = 0
        for count, line in enumerate(self.lines_of(table), start=1):  # told below
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BackupError(f"Row {count} of the table {table.name} is no JSON ({error}).") from error
            if not isinstance(row, list) or len(row) != len(table.columns):
                raise BackupError(f"Row {count} of the table {table.name} does not have {len(table.columns)} values.")
        if count != table.rows:
            raise BackupError(f"The table {table.name} has {count:,} rows, and the manifest says {table.rows:,}.")

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._packed.open(name) as member:
                yield member
        except (KeyError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise BackupError(f"{name} of this backup is missing or damaged ({error}).") from error


@contextmanager
def opened_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup, and read its manifest.

    Raises
    ------
    BackupError
        There is no such file, or it is not a backup, or damaged.
    """
    try:
        packed = zipfile.ZipFile(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, ValueError) as error:
        raise BackupError(f"{path} is no backup, or was cut short ({error}).") from error
    with packed:
        try:
            if packed.getinfo(MEMBER).file_size > LARGEST_MANIFEST:
                raise BackupError(f"The manifest of {path} is too large.")
            document = json.loads(packed.read(MEMBER))
        except (KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
            raise BackupError(f"{path} is no backup of this program, or is damaged ({error}).") from error
        yield BackupFile(packed, read_manifest(document))
