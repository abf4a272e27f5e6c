"""The right answers by item, from a CSV of their own: an experiment in a browser should not hold them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from perception.core.input_files.csv_rows import open_csv
from perception.core.input_files.errors import InputError, InputRowsError
from perception.core.input_files.image_names import normal_name
from perception.core.input_files.text_file import decode_text
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.long_table import position_of
from studies.answers.readers.options import ReadingOptions

NEEDED = ("item", "truth")


def read_truths(data: bytes, *, source: str, options: ReadingOptions) -> dict[str, str]:
    """Read a table with a row for each item: its name and its truth, in the columns' usual names.

    Raises
    ------
    InputError
        A column is missing, or there is no row.
    InputRowsError
        Rows with more or fewer cells than the header, an empty cell, or an item that stands twice.
    """
    text = decode_text(data, source=source, encoding=options.encoding)
    rows = open_csv(text, source=source, expected="item, truth")
    found = options.found(rows.header)
    missing = [column for column in NEEDED if column not in found]
    if missing:
        raise options.missing_error(missing, rows.header, source=source, line=rows.line)
    lines, (items, truths), ragged = rows.columns([position_of(rows, found[column]) for column in NEEDED])
    errors: list[InputError] = [rows.ragged_error(line, count) for line, count in ragged]
    truth_of: dict[str, str] = {}
    for line, item, truth in zip(lines, items, truths, strict=True):
        if not item or not truth:
            errors.append(InputError("the cell is empty", source=source, line=line, column="truth" if item else "item"))
        elif item in truth_of:
            errors.append(InputError(f"the item {item} stands twice", source=source, line=line, column="item"))
        truth_of[item] = truth
    if errors:
        raise InputRowsError(errors)
    if not truth_of:
        raise InputError("there is no truth below the header", source=source)
    return truth_of


def with_truths(table: AnswerCells, truth_of: dict[str, str], *, source: str) -> AnswerCells:
    """Return the answers beside the truths of their items.

    A name is found as it stands; or else as `normal_name` writes it; or else by the file's name alone, where only one
    item of the answers and one of the truths has it, and folders and ending stand on one side only or are the same.

    Raises
    ------
    InputRowsError
        Answers to items of which no truth is told.
    """
    items = table.cells["item"]
    found = _found_truths(set(items) - {""}, truth_of)
    unknown = [row for row, item in enumerate(items) if item and item not in found]
    if unknown:
        errors = [
            table.error(row, "item", f"the item {{cell}} is not in {source}") for row in unknown[: InputRowsError.SHOWN]
        ]
        raise InputRowsError(errors, count=len(unknown))
    truths = [found.get(item, "") for item in items]
    return AnswerCells(table.parts, table.cells | {"truth": truths}, table.problems, table.n_problems, table.hint)


def _found_truths(items: set[str], truth_of: Mapping[str, str]) -> dict[str, str]:
    """Return the truth of each item that one name of the truths, and no other, may mean."""
    found = {item: truth_of[item] for item in items if item in truth_of}
    for way in (normal_name, _bare_name):
        names = _by_way(truth_of, way)
        for written, those in _by_way(items - found.keys(), way).items():
            if len(those) == len(names.get(written, ())) == 1 and _may_be(those[0], names[written][0]):
                found[those[0]] = truth_of[names[written][0]]
    return found


def _bare_name(name: str) -> str:
    return PurePosixPath(normal_name(name)).stem


def _may_be(one: str, other: str) -> bool:
    """Whether two names of files are one, of which one may lack its folders or its ending."""
    paths = [PurePosixPath(normal_name(name)) for name in (one, other)]
    folders = sorted((path.parts[:-1] for path in paths), key=len)
    endings = {path.suffix for path in paths} - {""}
    return len(endings) <= 1 and folders[1][len(folders[1]) - len(folders[0]) :] == folders[0]


def _by_way(names: Iterable[str], way: Callable[[str], str]) -> dict[str, list[str]]:
    by_way: dict[str, list[str]] = {}
    for name in names:
        by_way.setdefault(way(name), []).append(name)
    return by_way
