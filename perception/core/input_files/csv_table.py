"""Reading a CSV that a person made: what is wrong is said with file, line and column, and good rows are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from perception.core.input_files.csv_rows import CsvError, CsvRows, listed, open_csv, shortened
from perception.core.input_files.errors import InputError, InputRowsError
from perception.core.input_files.text_file import decode_text

__all__ = ["CsvError", "CsvRow", "CsvRowsError", "CsvTable", "likely_name", "read_csv"]


class CsvRowsError(InputRowsError, CsvError):
    """Several things that are wrong with single rows, told together, in the order of the file's lines."""

    def __init__(self, errors: Iterable[CsvError], *, count: int | None = None) -> None:
        """Join the messages of the errors, a line each."""
        super().__init__(sorted(errors, key=lambda error: error.line or 0), count=count)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: its line in the file (the header is line 1) and its cells by column name."""

    source: str
    line: int
    cells: dict[str, str]

    def error(self, message: str, column: str | None = None) -> CsvError:
        """Return the error that names this row (to be raised or collected by the caller)."""
        return CsvError(message, source=self.source, line=self.line, column=column)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A header and its rows, held by column: a million rows are a few lists, not a million objects.

    Attributes
    ----------
    source
        The file's name, for messages.
    columns
        The names that were asked for and are there, as they were asked for, in the order of the header.
    lines
        The line of each row in the file (the header is line 1).
    cells
        The cells of each column, without surrounding space, one a row.
    """

    source: str
    columns: tuple[str, ...]
    lines: list[int]
    cells: dict[str, list[str]]

    @property
    def rows(self) -> tuple[CsvRow, ...]:
        """All rows, made anew at each call."""
        return tuple(self.row(index) for index in range(len(self.lines)))

    def row(self, index: int) -> CsvRow:
        """Return one row by its index, from 0."""
        cells = {name: column[index] for name, column in self.cells.items()}
        return CsvRow(self.source, self.lines[index], cells)

    def errors(self, wrong: NDArray[np.bool_], column: str, message: str) -> list[CsvError]:
        """Return an error for each marked row.

        Parameters
        ----------
        wrong
            bool array of shape (rows,).
        column
            The column that the error names.
        message
            What is wrong; `{cell}` in it stands for the row's cell, shortened.
        """
        cells = self.cells[column]
        return [
            self.row(index).error(message.format(cell=repr(shortened(cells[index]))), column)
            for index in np.flatnonzero(wrong).tolist()
        ]


def read_csv(
    data: bytes,
    *,
    source: str,
    required: Sequence[str],
    optional: Iterable[str] = (),
    problems: list[CsvError] | None = None,
) -> CsvTable:
    """Read a CSV with a header.

    A byte-order mark, any line ends, and commas, semicolons or tabs between cells are read; names of columns are
    compared without case and surrounding space; columns that are not asked for are left out; empty lines are
    passed over. An apostrophe that keeps a spreadsheet from running a cell as a formula is taken off.

    Parameters
    ----------
    data
        The bytes of the file, UTF-8.
    source
        The file's name, for messages.
    required, optional
        Names of columns. A required one that is missing is an error; an optional one that is missing is left out.
    problems
        Where given, rows with more or fewer cells than the header are left out and told here, so that the caller can
        tell them together with what else is wrong. Otherwise they are an error.

    Raises
    ------
    CsvRowsError
        Rows with more or fewer cells than the header: all of them.
    CsvError
        Not UTF-8 text, no header, a required column missing or there twice, an unclosed quote.
    """
    try:
        text = decode_text(data, source=source)
    except InputError as error:
        raise CsvError(error.message, source=source, line=error.line, column=error.column) from error
    rows = open_csv(text, source=source, expected=listed(required))
    index_of = _indices(rows, [*required, *optional])
    missing = [name for name in required if name not in index_of]
    if missing:
        raise CsvError(_no_column(missing, rows.header), source=source, line=rows.line)
    lines, columns, ragged = rows.columns(list(index_of.values()))
    if ragged and problems is None:
        told = ragged[: CsvRowsError.SHOWN]
        raise CsvRowsError([rows.ragged_error(line, cells) for line, cells in told], count=len(ragged))
    if problems is not None:
        problems += [rows.ragged_error(line, cells) for line, cells in ragged]
    return CsvTable(source, tuple(index_of), lines, dict(zip(index_of, columns, strict=True)))


def likely_name(name: str, header: Sequence[str]) -> str | None:
    """Return the column that a missing one may be, misspelt; None where none is like it.

    Parameters
    ----------
    name
        The column that is missing.
    header
        The columns that are there.
    """
    by_key = {other.casefold(): other for other in header}
    near = get_close_matches(name.casefold(), by_key, n=1, cutoff=0.7)
    return by_key[near[0]] if near else None


def _no_column(missing: Sequence[str], header: Sequence[str]) -> str:
    likely = [f"“{shortened(near)}” for {name}" for name in missing if (near := likely_name(name, header))]
    if len(header) == 1 and not likely:
        # No table, it seems: what stands in it may be a secret, and is not shown.
        return f"no column {listed(missing)}; the first line has no commas, semicolons or tabs between cells"
    hint = f"; is it {', '.join(likely)}?" if likely else ""
    return f"no column {listed(missing)}; the header has {listed(header)}{hint}"


def _indices(rows: CsvRows, wanted: Sequence[str]) -> dict[str, int]:
    """Return the index in the header of each column that is wanted and there.

    Raises
    ------
    CsvError
        A column stands twice in the header.
    """
    index_of: dict[str, int] = {}
    by_key = {name.casefold(): name for name in wanted}
    for index, cell in enumerate(rows.header):
        name = by_key.get(cell.casefold())
        if name is None:
            continue
        if name in index_of:
            raise CsvError("the column stands twice in the header", source=rows.source, line=rows.line, column=name)
        index_of[name] = index
    return index_of
