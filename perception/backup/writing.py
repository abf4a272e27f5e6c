"""Making a backup: rows of one moment, then the files that they name."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from perception.backup.errors import BackupError
from perception.backup.manifest import FILES, MEMBER, ROWS, Content, Manifest, Table
from perception.backup.rows import columns_of, lines_of, tables_of
from perception.backup.snapshot import snapshot
from perception.core.storage.named_files import NamedFile, named_files

CHUNK = 1024 * 1024
ATTEMPTS = 5
GONE, MISSING, ALTERED, UNREADABLE = (
    "deleted while this backup was made",
    "not in the storage of files",
    "not as it was stored",
    "cannot be read",
)

Tell = Callable[[str], None]


class _ReplacedError(Exception):
    """A file that is written anew again and again was replaced between the snapshot and its copy."""


def write_backup(path: Path, *, program: str, tell: Tell) -> Manifest:
    """Write a backup into a new file, its owner's alone; it is there whole or not at all.

    Parameters
    ----------
    program
        Version of this program.
    tell
        Told how far it is, in words.

    Raises
    ------
    BackupError
        There is such a file already, or it cannot be written.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: it was left as it is. Name another file.")
    part = path.with_name(f"{path.name}.part")
    try:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                manifest = _write(part, program=program, tell=tell)
                break
            except _ReplacedError:
                if attempt == ATTEMPTS:
                    raise BackupError(
                        "Runs replace their checkpoints faster than these are copied. Raise "
                        "PERCEPTION_CHECKPOINT_SECONDS, or make the backup when they have ended."
                    ) from None
        part.rename(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}. Nothing of it was kept.") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(part: Path, *, program: str, tell: Tell) -> Manifest:
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    members: dict[str, Content] = {}
    missing: dict[str, list[str]] = {}
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", allowZip64=True) as packed:
        with snapshot():
            made_at = timezone.now()
            migrations = tuple(sorted(MigrationRecorder(connection).applied_migrations()))
            tables = tuple(_write_rows(packed, model, members) for model in tables_of(apps))
            tell(f"{sum(table.rows for table in tables):,} rows of {len(tables)} tables")
            # What is written anew again and again comes first: a moment later it may be replaced.
            files = sorted(_once(named_files()), key=_is_fixed)
        _write_files(packed, files, members, missing, tell)
        manifest = Manifest(program, made_at.isoformat(), connection.vendor, migrations, tables, members, missing)
        packed.writestr(MEMBER, json.dumps(manifest.as_json(), ensure_ascii=False, indent=1))
        packed.close()
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _write_rows(packed: zipfile.ZipFile, model: type[models.Model], members: dict[str, Content]) -> Table:
    name = f"{ROWS}{model._meta.db_table}.jsonl"
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in lines_of(model):
            count += 1
            yield line

    members[name] = _write_member(packed, name, counted(), compression=zipfile.ZIP_DEFLATED)
    return Table(model._meta.db_table, columns_of(model), count)


def _write_files(
    packed: zipfile.ZipFile,
    files: list[NamedFile],
    members: dict[str, Content],
    missing: dict[str, list[str]],
    tell: Tell,
) -> None:
    for done, one in enumerate(files, start=1):
        why, told = _write_file(packed, one, members)
        if why == GONE and not _is_fixed(one):
            raise _ReplacedError
        if why:
            missing.setdefault(why, []).append(one.name)
            tell(f"{one.name}: {told or why}")
        if done % 1000 == 0 or done == len(files):
            tell(f"{done:,} of {len(files):,} files")


def _write_file(packed: zipfile.ZipFile, one: NamedFile, members: dict[str, Content]) -> tuple[str, str]:
    """Write a file; return why it is missing or wrong, and the reason in more words, or nothing."""
    try:
        opened = default_storage.open(one.name)
    except FileNotFoundError:
        rows = one.column.model._base_manager.filter(pk=one.pk, **{one.column.field: one.name})
        return (MISSING, "") if rows.exists() else (GONE, "")
    except OSError as error:
        return UNREADABLE, f"{UNREADABLE}: {error.strerror}"
    failed: list[OSError] = []

    def parts() -> Iterator[bytes]:
        try:
            while part := opened.read(CHUNK):
                yield part
        except OSError as error:  # what could be read of it is kept
            failed.append(error)

    name = f"{FILES}{one.name}"
    with opened:
        content = members[name] = _write_member(packed, name, parts(), compression=zipfile.ZIP_STORED)
    if failed:
        return UNREADABLE, f"{UNREADABLE} to its end: {failed[0].strerror}"
    return (ALTERED, "") if one.sha256 and content.sha256 != one.sha256 else ("", "")


def _write_member(packed: zipfile.ZipFile, name: str, parts: Iterable[bytes], *, compression: int) -> Content:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
    info.compress_type = compression
    info.external_attr = 0o100600 << 16
    with packed.open(info, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            size += len(part)
            member.write(part)
    return Content(digest.hexdigest(), size)


def _once(files: Iterable[NamedFile]) -> Iterator[NamedFile]:
    seen: set[str] = set()
    for one in files:
        if one.name not in seen:
            seen.add(one.name)
            yield one


def _is_fixed(one: NamedFile) -> bool:
    """Whether the file stays what it is as long as its row is there."""
    return isinstance(one.column.model._meta.get_field(one.column.field), models.FileField)
