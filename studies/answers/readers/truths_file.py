"""The right answers by item, from a CSV of their own: an experiment in a browser should not hold them."""

from perception.core.input_files.csv_rows import open_csv
from perception.core.input_files.errors import InputError, InputRowsError
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

    Raises
    ------
    InputRowsError
        Answers to items of which no truth is told.
    """
    unknown = [row for row, item in enumerate(table.cells["item"]) if item and item not in truth_of]
    if unknown:
        errors = [table.error(row, "item", f"the item {{cell}} is not in {source}") for row in unknown[:20]]
        raise InputRowsError(errors, count=len(unknown))
    truths = [truth_of.get(item, "") for item in table.cells["item"]]
    return AnswerCells(table.parts, table.cells | {"truth": truths}, table.problems, table.n_problems, table.hint)
