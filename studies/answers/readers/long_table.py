"""The long format: CSV, one row an answer, with columns for observer, item, truth and response."""

import re

from perception.core.input_files.csv_rows import CsvError, CsvRows
from perception.core.input_files.errors import InputRowsError
from studies.answers.readers.answer_cells import NUMBERS, AnswerCells, FilePart
from studies.answers.readers.options import ReadingOptions

DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")


def is_long(header: list[str], options: ReadingOptions) -> bool:
    """Whether a header has what the long format needs."""
    return set(options.found(header)) == set(options.required)


def read_long(rows: CsvRows, options: ReadingOptions) -> AnswerCells:
    """Read a table with one row an answer.

    Where semicolons stand between the cells, a comma in a number is a decimal one: such files are written where it is.

    Raises
    ------
    InputError
        A column is missing, or stands twice.
    """
    named = options.found(rows.header)
    missing = [column for column in options.required if column not in named]
    if missing:
        raise options.missing_error(missing, rows.header, source=rows.source, line=rows.line)
    named |= options.others(rows.header)
    places = {column: position_of(rows, name) for column, name in named.items()}
    lines, columns, ragged = rows.columns(list(places.values()))
    cells = dict(zip(places, columns, strict=True))
    if rows.delimiter == ";":
        for column in NUMBERS:
            if column in cells:
                cells[column] = [with_decimal_point(cell) for cell in cells[column]]
    part = FilePart(rows.source, lines, None, dict(named))
    problems = tuple(rows.ragged_error(line, count) for line, count in ragged[: InputRowsError.SHOWN])
    return AnswerCells((part,), cells, problems, len(ragged))


def position_of(rows: CsvRows, name: str) -> int:
    """Return which column has this name.

    Raises
    ------
    CsvError
        Two have it.
    """
    places = [place for place, other in enumerate(rows.header) if other.casefold() == name.casefold()]
    if len(places) > 1:
        raise CsvError("the column stands twice in the header", source=rows.source, line=rows.line, column=name)
    return places[0]


def with_decimal_point(cell: str) -> str:
    """Return the number with a point for its decimal comma; any other cell as it is."""
    match = DECIMAL_COMMA.fullmatch(cell)
    return f"{match[1]}.{match[2]}" if match else cell
