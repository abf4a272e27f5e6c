"""The files of an archive, in folders and in zips alike."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from ml.datasets.readers.archive import Refusal, RefusalKind, RefusedError
from ml.errors import MlError
from perception.core.input_files.csv_rows import shortened

# The largest file that is read. A 24-megapixel camera's uncompressed image has 72 MB.
MAX_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file.

    Attributes
    ----------
    path
        Relative to the archive's folder; within a zip, below the zip's own path.
    where
        The path, fit to print.
    """

    path: PurePosixPath
    size: int
    opened: Callable[[], IO[bytes]]

    @property
    def where(self) -> str:
        """The path, fit to print on one line."""
        return printable(str(self.path))

    @property
    def is_hidden(self) -> bool:
        """Whether the file, or a folder that it lies in, is hidden or an operating system's own."""
        return any(
            part.startswith((".", "__MACOSX")) or part in {"Thumbs.db", "desktop.ini"} for part in self.path.parts
        )

    def read(self) -> bytes:
        """Return the bytes.

        Raises
        ------
        RefusedError
            Empty, larger than `MAX_BYTES`, or not readable.
        """
        too_large = RefusedError(RefusalKind.TOO_LARGE, f"larger than {MAX_BYTES // 1024**2} MiB")
        if self.size > MAX_BYTES:
            raise too_large
        try:
            with self.opened() as file:
                # A zip's directory may lie about the size: what is read is bounded too.
                data = file.read(MAX_BYTES + 1)
        except (OSError, RuntimeError, NotImplementedError) as error:
            # From a zip: encrypted, or packed in a way that is not known here.
            raise RefusedError(RefusalKind.UNREADABLE, str(error)) from error
        except Exception as error:  # BadZipFile, zlib.error, lzma.LZMAError: each compression has its own
            raise RefusedError(RefusalKind.DAMAGED, f"it does not unpack: {error}") from error
        if len(data) > MAX_BYTES:
            raise too_large
        if not data:
            raise RefusedError(RefusalKind.EMPTY, "zero bytes")
        return data


def printable(text: str) -> str:
    """Return the text with everything that would not print on one line escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def quoted(text: str) -> str:
    """Return the text fit to print on one line, and short: a cell as long as a page would bury its message."""
    return printable(shortened(text))


def list_files(root: Path, stack: ExitStack, *, into_zips: bool) -> tuple[list[ArchiveFile], list[Refusal]]:
    """List every file below `root`, sorted by path.

    Parameters
    ----------
    root
        A folder, or a zip, whose files are listed below the one folder that holds all of them, if there is one.
    stack
        Keeps the zips open; close it after the last read.
    into_zips
        Whether a zip's files are listed in its place.

    Returns
    -------
    The files, and what could not be looked into: folders without permission, links to folders, damaged zips,
    whatever is not a plain file.

    Raises
    ------
    MlError
        No such folder or zip.
    """
    if root.is_file() and root.suffix.lower() == ".zip":
        return _list_zip(root, stack), []
    if not root.is_dir():
        problem = "is a file, neither a folder nor a zip" if root.exists() else "does not exist"
        raise MlError(f"{printable(str(root))} {problem}; give the folder that holds the images")
    files: list[ArchiveFile] = []
    refusals: list[Refusal] = []
    for path in _walk(root, refusals):
        relative = PurePosixPath(path.relative_to(root).as_posix())
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise RefusedError(RefusalKind.UNREADABLE, "not a plain file")  # noqa: TRY301
            if into_zips and path.suffix.lower() == ".zip":
                files += _zip_members(path, relative, stack)
            else:
                files.append(ArchiveFile(relative, status.st_size, partial(_open, path)))
        except RefusedError as error:
            refusals.append(error.at(printable(str(relative))))
        except OSError as error:
            refusals.append(Refusal(RefusalKind.UNREADABLE, printable(str(relative)), str(error.strerror)))
    return sorted(files, key=lambda file: file.path.parts), refusals


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _walk(root: Path, refusals: list[Refusal]) -> Iterator[Path]:
    def not_listed(error: OSError) -> None:
        where = printable(os.path.relpath(error.filename, root))
        refusals.append(Refusal(RefusalKind.UNREADABLE, where, f"the folder: {error.strerror}"))

    for folder, folders, names in os.walk(root, onerror=not_listed):
        for name in folders:
            if (link := Path(folder, name)).is_symlink():
                where = printable(str(link.relative_to(root)))
                refusals.append(Refusal(RefusalKind.PASSED_OVER, where, "a link to a folder is not followed"))
        for name in names:
            yield Path(folder, name)


def _list_zip(path: Path, stack: ExitStack) -> list[ArchiveFile]:
    try:
        files = _zip_members(path, PurePosixPath(), stack)
    except RefusedError as error:
        raise MlError(f"{printable(str(path))}: {error.reason}") from error
    seen = [file for file in files if not file.is_hidden]
    tops = {file.path.parts[0] for file in seen}
    # What packs a folder packs the folder itself. A zip of one class alone loses it so, and is refused as one class.
    if len(tops) == 1 and all(len(file.path.parts) > 2 for file in seen):
        files = [replace(file, path=PurePosixPath(*file.path.parts[1:])) for file in seen]
    return sorted(files, key=lambda file: file.path.parts)


def _zip_members(path: Path, relative: PurePosixPath, stack: ExitStack) -> list[ArchiveFile]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        reason = f"it does not open as a zip ({error}); if it was downloaded, download it again"
        raise RefusedError(RefusalKind.DAMAGED, reason) from error
    return [
        # Some programs of Windows write `\\` between folders, against the format.
        ArchiveFile(relative / member.filename.replace("\\", "/"), member.file_size, partial(archive.open, member))
        for member in archive.infolist()
        if not member.is_dir()
    ]
