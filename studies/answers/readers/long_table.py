"""The long format: CSV, one row an answer, with columns for observer, item, truth and response."""

import re
from collections.abc import Sequence

from perception.core.input_files.coded_column import different, replaced
from perception.core.input_files.csv_rows import CsvError, CsvRows
from perception.core.input_files.errors import InputRowsError
from studies.answers.readers.answer_cells import JOINED, NUMBERS, AnswerCells, FilePart, joined_cell
from studies.answers.readers.options import ReadingOptions

DECIMAL_COMMA = re.compile(r"([+-]?\d+(?:\.\d{3})*),(\d+)")
# Marks between thousands, and nothing else that could be a decimal mark.
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+|[+-]?[1-9]\d{0,2}(,\d{3})+")
POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")


def is_long(header: list[str], options: ReadingOptions) -> bool:
    """Whether a header has what the long format needs."""
    return set(options.found(header)) == set(options.required)


def read_long(rows: CsvRows, options: ReadingOptions) -> AnswerCells:
    """Read a table with one row an answer.

    Where semicolons stand between the cells, a comma in a number is a decimal one: such files are written where it is.

    Raises
    ------
    InputError
        A column is missing, or stands twice; or its numbers may be thousands as well as decimals.
    """
    named = options.found(rows.header)
    missing = [column for column in options.required if column not in named]
    if missing:
        raise options.missing_error(missing, rows.header, source=rows.source, line=rows.line)
    named |= options.others(rows.header)
    places = {column: positions_of(rows, name) for column, name in named.items()}
    wanted = [place for those in places.values() for place in those]
    lines, columns, ragged = _read_columns(rows, wanted)
    read = iter(columns)
    cells = {column: joined_columns([next(read) for _ in those]) for column, those in places.items()}
    if rows.delimiter == ";":
        for column in NUMBERS:
            if column in cells:
                cells[column] = with_decimal_points(cells[column], rows=rows, column=places[column][0])
    part = FilePart(rows.source, lines, None, dict(named))
    problems = tuple(rows.ragged_error(line, count) for line, count in ragged[: InputRowsError.SHOWN])
    return AnswerCells((part,), cells, problems, len(ragged))


def _read_columns(
    rows: CsvRows, wanted: list[int]
) -> tuple[Sequence[int], Sequence[Sequence[str]], list[tuple[int, int]]]:
    plain = rows.plain_columns(wanted)
    return rows.columns(wanted) if plain is None else (*plain, [])


def positions_of(rows: CsvRows, name: str) -> list[int]:
    """Return which column has this name; or which columns, where no column has it and it joins those of several.

    Raises
    ------
    CsvError
        Two columns have one name.
    """
    names = [name] if name in rows.header else name.split(JOINED)
    return [position_of(rows, part) for part in names]


def joined_columns(columns: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return several columns as one."""
    return columns[0] if len(columns) == 1 else [joined_cell(parts) for parts in zip(*columns, strict=True)]


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


def with_decimal_points(cells: Sequence[str], *, rows: CsvRows, column: int) -> Sequence[str]:
    """Return a column's numbers with a point for the decimal comma, and without points between thousands.

    Points stand between thousands where a comma of the column is a decimal one, as in `1.812,5`.

    Raises
    ------
    CsvError
        All numbers that have a point, or all that have a comma, may be thousands: `1.812` is 1812 for one program and
        less than two for another.
    """
    marked = [cell for cell in different(cells) if "," in cell or "." in cell]
    has_comma = any("," in cell and DECIMAL_COMMA.fullmatch(cell) for cell in marked)
    doubtful = [cell for cell in marked if THOUSANDS.fullmatch(cell)]
    if doubtful and len(doubtful) == len(marked) and len({mark for cell in marked for mark in cell} & {",", "."}) == 1:
        plain = doubtful[0].replace(",", "").replace(".", "").lstrip("+-")
        raise CsvError(
            f"{doubtful[0]} may be {plain}, with a mark between thousands, or a number below {int(plain[:-3]) + 1}; "
            "export the file again without marks between thousands, and with a point for decimals",
            source=rows.source,
            line=rows.line,
            column=rows.header[column],
        )
    return replaced(cells, lambda cell: _with_decimal_point(cell, are_points_thousands=has_comma))


def _with_decimal_point(cell: str, *, are_points_thousands: bool) -> str:
    """Return the number with a point for its decimal comma; any other cell as it is."""
    if are_points_thousands and POINTS.fullmatch(cell):
        cell = cell.replace(".", "")
    match = DECIMAL_COMMA.fullmatch(cell)
    return f"{match[1]}.{match[2]}" if match else cell
