"""A folder or a zip of twins, opened: by two folders, or by a table that names both files of each pair."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ml.datasets.readers.archive import Refusal
from ml.datasets.readers.files import MAX_BYTES, ArchiveFile, list_files, printable
from ml.datasets.readers.folder import fit_by_name
from ml.errors import MlError
from ml.pairs.elsewhere.twin_folders import is_in_masks, read_twin_folders
from ml.pairs.elsewhere.twin_table import is_twin_table, read_twin_table
from ml.pairs.elsewhere.twins import CLEAN, MASKS, PERTURBED, TwinListing
from perception.core.input_files.plain_file import read_plain_file

TABLE_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt"})
_LISTED = 5


@contextmanager
def open_twins(source: Path, *, table: Path | None = None) -> Iterator[TwinListing]:
    """Look through a folder or a zip for twins; their files can be read while the block runs.

    Parameters
    ----------
    source
        A folder or a zip that holds `clean` and `perturbed`, with the same names below them (endings may differ; a
        folder for each diagnosis may stand between), and `masks`, if there are any; or that holds a table with the
        columns `clean` and `perturbed`, or such a table itself, whose folder holds the images.
    table
        Such a table, where it lies elsewhere.

    Raises
    ------
    MlError
        No such folder or zip; it holds neither the two folders nor one such table; no twins are found.
    perception.core.input_files.csv_table.CsvError
        The table that was named cannot be read as such.
    """
    if table is None and source.suffix.lower() in TABLE_ENDINGS and source.is_file():
        source, table = source.parent, source
    where = printable(str(source))
    with ExitStack() as stack:
        files, refusals = list_files(source, stack, into_zips=False)
        seen = _below_one_folder([file for file in files if not file.is_hidden])
        tables = [file for file in seen if file.path.suffix.lower() in TABLE_ENDINGS]
        found = [] if table is not None else [file for file in tables if is_twin_table(file)]
        # A table says what each file is, whatever it is called.
        by_table = table is not None or bool(found)
        images, unfit = fit_by_name(
            [file for file in seen if file not in tables], is_mask=lambda file: by_table or is_in_masks(file)
        )
        if table is not None:
            listing = read_twin_table(_bytes_of(table), source=printable(table.name), images=images)
        else:
            if len(found) > 1:
                named = ", ".join(file.where for file in found[:_LISTED])
                raise MlError(f"{where} holds several tables of twins ({named}); say which is meant (--table)")
            if found:
                listing = read_twin_table(found[0].read(), source=found[0].where, images=images)
                listing.notes.insert(0, f"twins by the table {found[0].where}")
            else:
                listing = read_twin_folders(images, where=where)
        listing.refusals[:0] = [*refusals, *unfit]
        if not listing.twins:
            first = f"; the first of {len(listing.refusals):,} refusals: {_told(listing.refusals[-1])}"
            raise MlError(f"{where} holds no twins that can be used{first if listing.refusals else ''}")
        yield listing


def _bytes_of(table: Path) -> bytes:
    try:
        return read_plain_file(table, limit=MAX_BYTES)
    except OSError as error:
        raise MlError(f"{printable(str(table))} cannot be read: {error.strerror}") from error


def _told(refusal: Refusal) -> str:
    return f"{refusal.where}: {refusal.kind}: {refusal.reason}"


def _below_one_folder(files: list[ArchiveFile]) -> list[ArchiveFile]:
    """Return the files with their paths below the one folder that holds all of them, if there is one."""
    while files and all(len(file.path.parts) > 1 for file in files):
        tops = {file.path.parts[0] for file in files}
        if len(tops) > 1 or {top.casefold() for top in tops} & {CLEAN, PERTURBED, MASKS}:
            break
        files = [replace(file, path=PurePosixPath(*file.path.parts[1:])) for file in files]
    return files
