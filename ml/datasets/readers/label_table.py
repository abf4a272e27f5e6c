"""A table that says what each image shows: one row an image, with the diagnosis in a column, or a column a class.

Columns that are not named are guessed, and the guess is told: the column of images by which cells name an image, that
of diagnoses, lesions and splits by the names that public datasets give them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ml.datasets.readers.archive import Refusal, RefusalKind
from ml.datasets.readers.class_names import (
    LONGEST_CLASS,
    SIDES_READ,
    check_alike,
    side_of,
    told_few,
    told_split,
    two_sides,
)
from ml.datasets.readers.files import quoted
from ml.datasets.readers.table_names import NamedImages
from ml.errors import MlError
from perception.core.input_files.csv_rows import CsvError, listed, open_csv
from perception.core.input_files.errors import InputError
from perception.core.input_files.text_file import decode_text

# As HAM10000, PAD-UFES-20, the ISIC archive, Derm7pt, PH2, chest X-ray and Kaggle tables call them; best first.
LABEL_NAMES = (
    *("diagnosis", "diagnostic", "dx", "label", "labels", "class", "class_name", "category", "diagnosis_1"),
    *("finding", "finding labels", "clinical diagnosis", "histological diagnosis", "lesion_type", "disease"),
    *("benign_malignant", "malignant", "target", "ground_truth", "y"),
)
LESION_NAMES = ("lesion_id", "lesion", "lesion_name", "lesionid")
PATIENT_NAMES = ("patient_id", "patient", "patientid", "subject_id", "subject")
SPLIT_NAMES = ("split", "set", "subset", "partition", "phase")
LONGEST_LESION = 200
# More different labels than this, and more than half as many as rows, are no classes.
MOST_CLASSES = 20
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a table of labels, as somebody names them; empty: guessed."""

    image: str = ""
    label: str = ""
    """One column, or the columns of the classes with commas between them."""
    lesion: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What a table says of one image."""

    line: int
    diagnosis: str
    lesion: str
    """Empty where it says none."""
    side: str
    """train, validation or test; empty where it says none."""

    def agrees_with(self, other: "Label") -> bool:
        """Say whether two rows say the same."""
        return (self.diagnosis, self.lesion, self.side) == (other.diagnosis, other.lesion, other.side)


@dataclass(slots=True)
class Labels:
    """What a table says of the images."""

    by_image: dict[str, Label] = field(default_factory=dict)
    sides: dict[str, str] = field(default_factory=dict)
    """The side of the split, train or test, of each image; empty where the table gives none or it is not kept."""
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contradicted: dict[str, Label] = field(default_factory=dict)
    """Images of which two rows say different things, and the first of them."""


@dataclass(frozen=True, slots=True)
class _Table:
    source: str
    header: list[str]
    lines: list[int]
    cells: list[list[str]]
    """By column."""
    refusals: list[Refusal]
    """Rows that have not as many cells as the header."""

    def place(self, name: str, option: str) -> int:
        for place, column in enumerate(self.header):
            if column.casefold() == name.strip().casefold():
                return place
        raise MlError(f"{self.source} has no column {quoted(name)} ({option}); it has {listed(self.header)}")

    def first_of(self, names: Sequence[str]) -> int | None:
        by_name = {column.casefold(): place for place, column in reversed(list(enumerate(self.header)))}
        return next((by_name[name] for name in names if name in by_name), None)


def read_labels(
    data: bytes, *, source: str, images: NamedImages, names: Sequence[str], columns: Columns, keep_split: bool
) -> Labels:
    """Read a table of labels.

    Parameters
    ----------
    data
        The bytes of a CSV, separated by commas, semicolons or tabs.
    source
        Its name, for messages.
    images, names
        The images that it may name, and the names of all.
    columns
        Which columns are which.
    keep_split
        Whether a split that the table gives is kept.

    Returns
    -------
    The labels of the images that it names, what is wrong with single rows, and what was guessed.

    Raises
    ------
    MlError
        No column names an image, or none says what they show; classes differ in case or blanks alone; a column that was
        named is not there.
    perception.core.input_files.csv_rows.CsvError
        It is not a readable table.
    """
    table = _read_table(data, source)
    image = table.place(columns.image, "--image-column") if columns.image else _guess_image(table, images)
    label = _label_places(table, columns, image)
    lesion = _place(table, columns.lesion, "--lesion-column", LESION_NAMES)
    split = _place(table, columns.split, "--split-column", SPLIT_NAMES)
    labels = Labels(refusals=list(table.refusals))
    if split is not None and not columns.split:
        others = list(dict.fromkeys(cell for cell in table.cells[split] if cell and not side_of(cell)))
        if others:
            labels.notes.append(
                f"{source}, column {quoted(table.header[split])}, is not read as a split: {quoted(others[0])} is no "
                f"side of one (read are {SIDES_READ})"
            )
            split = None
    for row, line in enumerate(table.lines):
        try:
            name, found = _row(table, row, line, images, (image, label, lesion, split))
        except _RowError as error:
            labels.refusals.append(Refusal(error.kind, f"{source}, line {line}, column {error.column}", error.reason))
        else:
            _take(labels, name, found, table, image)
    if not labels.by_image:
        first = f": {labels.refusals[0].where}: {labels.refusals[0].reason}" if labels.refusals else ""
        raise MlError(f"no row of {source} labels an image{first}; nothing was imported")
    classes = {one.diagnosis for one in labels.by_image.values()}
    check_alike(classes, f"{source}, column {_named(table, label)}")
    if len(classes) > MOST_CLASSES and 2 * len(classes) > len(labels.by_image):
        raise MlError(
            f"{source}: the column {_named(table, label)} has {len(classes):,} different values in "
            f"{len(labels.by_image):,} rows: these are no diagnoses. Name the right one with --label-column; the table "
            f"has {listed(table.header)}"
        )
    labels.notes.append(_told(table, image, label, lesion, split, count=len(labels.by_image), of=len(names)))
    labels.notes += told_few(Counter(one.diagnosis for one in labels.by_image.values()))
    if lesion is None and (patient := table.first_of(PATIENT_NAMES)) is not None:
        labels.notes.append(
            f"each image is a lesion of its own: {source} has no column of lesions; --lesion-column "
            f"{quoted(table.header[patient])} keeps a patient's images together"
        )
    if split is not None:
        _keep_split(labels, table.header[split], source, keep_split=keep_split)
    return labels


class _RowError(Exception):
    def __init__(self, kind: RefusalKind, column: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.column, self.reason = kind, column, reason


def _read_table(data: bytes, source: str) -> _Table:
    try:
        text = decode_text(data, source=source)
    except InputError as error:
        raise CsvError(error.message, source=source, line=error.line, column=error.column) from error
    rows = open_csv(text, source=source, expected="a column of images and one of diagnoses")
    lines, cells, ragged = rows.columns(range(len(rows.header)))
    refusals = [
        Refusal(RefusalKind.BAD_LABEL, f"{source}, line {line}", rows.ragged_error(line, count).message)
        for line, count in ragged
    ]
    return _Table(source, rows.header, lines, cells, refusals)


def _guess_image(table: _Table, images: NamedImages) -> int:
    """Return the column of which most cells name one image."""
    counts = [sum(len(images.meant_by(cell)) == 1 for cell in column if cell) for column in table.cells]
    if not counts or max(counts) == 0:
        raise MlError(
            f"no column of {table.source} names an image of the folder (by its path or file name). It has "
            f"{listed(table.header)}; name the right one with --image-column"
        )
    return counts.index(max(counts))


def _label_places(table: _Table, columns: Columns, image: int) -> list[int]:
    """Return the column of diagnoses, or the columns of the classes, one of which is 1 in each row."""
    if columns.label:
        whole = [place for place, name in enumerate(table.header) if name.casefold() == columns.label.casefold()]
        return whole[:1] or [table.place(name, "--label-column") for name in columns.label.split(",")]
    if (named := table.first_of(LABEL_NAMES)) is not None and named != image:
        return [named]
    flags = [place for place, column in enumerate(table.cells) if place != image and _are_flags(column)]
    sums = [sum(_flag(table.cells[place][row]) or 0 for place in flags) for row in range(len(table.lines))]
    if len(flags) > 1 and sums.count(1) > 0.5 * len(sums):
        return flags
    raise MlError(
        f"no column of {table.source} is known to say what the images show. It has {listed(table.header)}; name the "
        "right one with --label-column, or, where each class has a column of 0 and 1, all of them with commas between"
    )


def _are_flags(column: Sequence[str]) -> bool:
    return bool(column) and all(_flag(cell) is not None for cell in column)


def _flag(cell: str) -> int | None:
    """Return 0 or 1, however it is written; None for anything else."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        return None
    return int(value) if value in {0.0, 1.0} else None


def _place(table: _Table, asked: str, option: str, usual: Sequence[str]) -> int | None:
    return table.place(asked, option) if asked else table.first_of(usual)


def _row(
    table: _Table, row: int, line: int, images: NamedImages, places: tuple[int, list[int], int | None, int | None]
) -> tuple[str, Label]:
    image, label, lesion, split = places
    cell = table.cells[image][row]
    meant = images.meant_by(cell) if cell else []
    if not meant:
        raise _RowError(RefusalKind.NO_IMAGE, table.header[image], f"there is no image {quoted(cell)}")
    if len(meant) > 1:
        named = ", ".join(quoted(name) for name in meant[:MOST_NAMED])
        raise _RowError(
            RefusalKind.BAD_LABEL, table.header[image], f"{quoted(cell)} may be {named}; write the whole path"
        )
    diagnosis = _diagnosis(table, row, label)
    lesion_cell = table.cells[lesion][row] if lesion is not None else ""
    if lesion is not None and len(lesion_cell) > LONGEST_LESION:
        reason = f"a lesion's name has 1 to {LONGEST_LESION} characters"
        raise _RowError(RefusalKind.BAD_LABEL, table.header[lesion], reason)
    side = side_of(table.cells[split][row]) if split is not None else ""
    if split is not None and not side:
        reason = f"{quoted(table.cells[split][row])!r} is no side of a split; read are {SIDES_READ}"
        raise _RowError(RefusalKind.BAD_LABEL, table.header[split], reason)
    return meant[0], Label(line, diagnosis, lesion_cell, side or "")


def _diagnosis(table: _Table, row: int, places: Sequence[int]) -> str:
    if len(places) == 1:
        cell = " ".join(table.cells[places[0]][row].split())
        if not cell or len(cell) > LONGEST_CLASS or not cell.isprintable():
            reason = f"a diagnosis has 1 to {LONGEST_CLASS} characters that can be printed, not {quoted(cell)!r}"
            raise _RowError(RefusalKind.BAD_LABEL, table.header[places[0]], reason)
        return cell
    ones = [table.header[place] for place in places if _flag(table.cells[place][row]) == 1]
    if len(ones) != 1:
        reason = f"one class is to be 1; here {', '.join(map(quoted, ones)) if ones else 'none'} is"
        raise _RowError(RefusalKind.BAD_LABEL, table.header[places[0]], reason)
    return ones[0][:LONGEST_CLASS]


def _take(labels: Labels, name: str, found: Label, table: _Table, image: int) -> None:
    """Take one row; where rows of one image contradict each other, none is believed."""
    first = labels.contradicted.get(name) or labels.by_image.setdefault(name, found)
    if first is found or (name not in labels.contradicted and first.agrees_with(found)):
        return
    labels.by_image.pop(name, None)
    labels.contradicted[name] = first
    where = f"{table.source}, line {found.line}, column {table.header[image]}"
    reason = f"the image stands in line {first.line} with another label; no row of it is used"
    labels.refusals.append(Refusal(RefusalKind.BAD_LABEL, where, reason))


def _keep_split(labels: Labels, column: str, source: str, *, keep_split: bool) -> None:
    given = {label.side for label in labels.by_image.values()}
    if keep_split:
        into = two_sides(given)
        labels.sides = {name: into[label.side] for name, label in labels.by_image.items()}
        labels.notes.append(told_split(given, f"{source}, column {quoted(column)}"))
    else:
        labels.notes.append(f"the split that {source}, column {quoted(column)}, gives is not kept: a new one is drawn")


def _named(table: _Table, places: Sequence[int]) -> str:
    return listed([table.header[place] for place in places])


def _told(
    table: _Table, image: int, label: Sequence[int], lesion: int | None, split: int | None, *, count: int, of: int
) -> str:
    kinds: Mapping[str, Sequence[int]] = {
        "image": [image],
        "diagnosis" if len(label) == 1 else "one class each": label,
        "lesion": [] if lesion is None else [lesion],
        "split": [] if split is None else [split],
    }
    told = ", ".join(f"{kind}: {_named(table, places)}" for kind, places in kinds.items() if places)
    return f"labels of {count:,} of {of:,} images from {table.source}, by the columns {told}"
