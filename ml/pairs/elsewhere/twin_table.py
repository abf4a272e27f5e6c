"""A table of twins: one row a pair, with what was said of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ml.datasets.readers.archive import Refusal, RefusalKind, RefusedError
from ml.datasets.readers.class_names import LONGEST_CLASS, check_alike
from ml.datasets.readers.files import ArchiveFile, quoted
from ml.datasets.readers.table_names import name_of
from ml.errors import MlError
from ml.pairs.elsewhere.strength_text import read_strength
from ml.pairs.elsewhere.twins import CLEAN, NO_DIAGNOSIS, TwinFiles, TwinListing
from perception.core.input_files.csv_table import CsvError, CsvRow, read_csv
from perception.core.input_files.errors import InputError
from perception.core.input_files.image_names import normal_name

REQUIRED = ("clean", "perturbed")
MASK = "mask"
OPTIONAL = ("diagnosis", "lesion", "strength", "prediction_before", "prediction_after")
LONGEST_LESION = 200


class _RowError(Exception):
    def __init__(self, kind: RefusalKind, column: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.column, self.reason = kind, column, reason


@dataclass(slots=True)
class _Taken:
    """The rows that were taken so far: where each file stands, and what was said of a clean image."""

    lines: dict[tuple[str, float | None], int] = field(default_factory=dict)
    perturbed: dict[str, int] = field(default_factory=dict)
    said: dict[str, tuple[int, str, str]] = field(default_factory=dict)


def is_twin_table(file: ArchiveFile) -> bool:
    """Say whether a file is a table with the columns of twins."""
    try:
        read_csv(file.read(), source=file.where, required=REQUIRED)
    except (InputError, RefusedError):
        return False
    return True


def read_twin_table(data: bytes, *, source: str, images: Sequence[ArchiveFile]) -> TwinListing:
    """Read a table with the columns `clean` and `perturbed`, paths of files, and what else it says of each pair.

    `diagnosis`, `lesion`, `strength` (8-bit levels), `prediction_before` and `prediction_after` may stand beside. Where
    a column is there, each row has something in it, or none has. `mask`, the path of an image that is white where the
    twin was changed, may be empty in some rows. Rows that cannot be used are told, the others kept.

    Parameters
    ----------
    data
        The bytes of the table.
    source
        Its name, for messages.
    images
        The files that it may mean: by the path below their folder, by the end of that, or by a longer path's end.

    Raises
    ------
    CsvError
        It cannot be read as a table, or lacks one of the two columns.
    MlError
        Diagnoses that differ in case or blanks alone.
    """
    problems: list[CsvError] = []
    table = read_csv(data, source=source, required=REQUIRED, optional=(*OPTIONAL, MASK), problems=problems)
    listing = TwinListing([], [Refusal(RefusalKind.BAD_LABEL, _place(error), error.message) for error in problems])
    filled = {name for name in table.columns if name in OPTIONAL and any(table.cells[name])}
    files = _FilesByName(images)
    taken = _Taken()
    for row in table.rows:
        try:
            listing.twins.append(_twin(row, files, filled, taken))
        except _RowError as error:
            where = f"{source}, line {row.line}, column {error.column}"
            listing.refusals.append(Refusal(error.kind, where, error.reason))
    files_of_twins = ((twin.clean, twin.perturbed, twin.mask) for twin in listing.twins)
    used = {file.path for of_one in files_of_twins for file in of_one if file is not None}
    if left := [file.where for file in images if file.path not in used]:
        listing.notes.append(f"{len(left):,} images are in no row of {source} that is used, such as {left[0]}")
    if "diagnosis" in filled:
        check_alike((twin.diagnosis for twin in listing.twins), source)
    return listing


def _place(error: CsvError) -> str:
    return f"{error.source}, line {error.line}" if error.line else str(error.source)


def _twin(row: CsvRow, files: "_FilesByName", filled: set[str], taken: _Taken) -> TwinFiles:
    """Return the twins of a row, or raise what is wrong with it."""
    clean, perturbed = (_meant(row.cells[column], column, files) for column in REQUIRED)
    if clean.path == perturbed.path:
        raise _RowError(RefusalKind.BAD_LABEL, "perturbed", "the same file as the clean one")
    mask = _meant(row.cells[MASK], MASK, files) if row.cells.get(MASK) else None
    if mask is not None and mask.path in {clean.path, perturbed.path}:
        raise _RowError(RefusalKind.BAD_LABEL, MASK, "the same file as one of the twins")
    for column in filled:
        if not row.cells[column]:
            raise _RowError(RefusalKind.BAD_LABEL, column, "the cell is empty, and other rows have something there")
    diagnosis = _text(row, "diagnosis", filled, LONGEST_CLASS) or NO_DIAGNOSIS
    lesion = _text(row, "lesion", filled, LONGEST_LESION)
    try:
        strength = read_strength(row.cells["strength"]) if "strength" in filled else None
    except MlError as error:
        raise _RowError(RefusalKind.BAD_LABEL, "strength", str(error)) from error
    _check_once(row, clean, perturbed, (diagnosis, lesion), strength, taken)
    return TwinFiles(
        name=name_of(clean) if clean.path.parts[0].casefold() != CLEAN else name_of(clean)[len(CLEAN) + 1 :],
        clean=clean,
        perturbed=perturbed,
        mask=mask,
        diagnosis=diagnosis,
        lesion=lesion,
        strength=strength,
        before=_text(row, "prediction_before", filled, LONGEST_CLASS),
        after=_text(row, "prediction_after", filled, LONGEST_CLASS),
    )


def _check_once(
    row: CsvRow,
    clean: ArchiveFile,
    perturbed: ArchiveFile,
    said: tuple[str, str],
    strength: float | None,
    taken: _Taken,
) -> None:
    """Refuse a pair that stands in an earlier row, or that contradicts one; write the others down."""
    key = (str(clean.path), strength)
    if key in taken.lines:
        again = "" if strength is None else f" at the strength {strength:g}"
        raise _RowError(RefusalKind.DUPLICATE_NAME, "clean", f"it stands in line {taken.lines[key]} too{again}")
    if str(perturbed.path) in taken.perturbed:
        line = taken.perturbed[str(perturbed.path)]
        raise _RowError(RefusalKind.DUPLICATE_NAME, "perturbed", f"it stands in line {line} as another pair's twin")
    line, *before = taken.said.get(str(clean.path), (row.line, *said))
    if tuple(before) != said:
        reason = f"the clean image has another diagnosis or lesion in line {line}"
        raise _RowError(RefusalKind.BAD_LABEL, "diagnosis", reason)
    taken.said[str(clean.path)] = (line, *said)
    taken.lines[key] = row.line
    taken.perturbed[str(perturbed.path)] = row.line


def _text(row: CsvRow, column: str, filled: set[str], longest: int) -> str:
    if column not in filled:
        return ""
    text = row.cells[column]
    if len(text) > longest or not text.isprintable():
        raise _RowError(RefusalKind.BAD_LABEL, column, f"it has 1 to {longest} characters that can be printed")
    return text


def _meant(cell: str, column: str, files: "_FilesByName") -> ArchiveFile:
    found = files.meant_by(cell)
    if len(found) == 1:
        return found[0]
    if not found:
        raise _RowError(RefusalKind.NO_IMAGE, column, f"there is no image {quoted(cell)}")
    several = ", ".join(file.where for file in found[:5])
    raise _RowError(RefusalKind.BAD_LABEL, column, f"{quoted(cell)} may be {several}; write more of the path")


class _FilesByName:
    """Files by the paths that a table may write: whole, with more before them, or their ends."""

    def __init__(self, files: Iterable[ArchiveFile]) -> None:
        self._whole: dict[str, ArchiveFile] = {}
        self._ends: defaultdict[str, list[ArchiveFile]] = defaultdict(list)
        for file in files:
            self._whole[normal_name(str(file.path))] = file
            for depth in range(len(file.path.parts)):
                self._ends[normal_name(str(PurePosixPath(*file.path.parts[depth:])))].append(file)

    def meant_by(self, text: str) -> list[ArchiveFile]:
        """Return the files that a cell may mean: that whose path is the longest end of it; else those that end so."""
        parts = PurePosixPath(normal_name(text)).parts
        for depth in range(len(parts)):
            if file := self._whole.get(str(PurePosixPath(*parts[depth:]))):
                return [file]
        return self._ends.get(str(PurePosixPath(*parts)), []) if parts else []
