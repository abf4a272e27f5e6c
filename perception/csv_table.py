"""Reading a CSV that a person made: what is wrong is said with file, line and column, and good rows are kept."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.spreadsheet_cell import as_meant

# A cell as long as a page would bury the message that quotes it.
LONGEST_QUOTED = 40


class CsvError(Exception):
    """A table that cannot be used; the message names the file, the line and the column."""

    def __init__(self, message: str, *, source: str, line: int | None = None, column: str | None = None) -> None:
        """Compose `source, line N, column C: message`."""
        place = source
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {column}"
        super().__init__(f"{place}: {message}")
        self.source = source
        self.line = line
        self.column = column


class CsvRowsError(CsvError):
    """Several things that are wrong with single rows, told together: the first twenty, and how many more."""

    SHOWN = 20

    def __init__(self, errors: Iterable[CsvError]) -> None:
        """Join the messages of the errors, a line each, in the order of the file's lines."""
        errors = sorted(errors, key=lambda error: error.line or 0)
        lines = [str(error) for error in errors[: self.SHOWN]]
        if len(errors) > self.SHOWN:
            lines.append(f"… and {len(errors) - self.SHOWN} more")
        Exception.__init__(self, "\n".join(lines))
        self.errors = tuple(errors)
        self.source, self.line, self.column = errors[0].source, errors[0].line, errors[0].column


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
        return tuple(self.row(place) for place in range(len(self.lines)))

    def row(self, place: int) -> CsvRow:
        """Return one row, counted from 0."""
        cells = {name: column[place] for name, column in self.cells.items()}
        return CsvRow(self.source, self.lines[place], cells)

    def coded(self, column: str) -> tuple[NDArray[np.intp], list[str]]:
        """Number the distinct cells of a column from 0, in the order in which they first appear.

        Returns
        -------
        The number of each row's cell, shape (rows,), and the distinct cells.
        """
        cells = self.cells[column]
        names = list(dict.fromkeys(cells))
        number_of = {name: number for number, name in enumerate(names)}
        return np.fromiter(map(number_of.__getitem__, cells), dtype=np.intp, count=len(cells)), names

    def where(self, kept: NDArray[np.bool_]) -> "CsvTable":
        """Return the table with some of its rows, an array of shape (rows,) says which; they keep their lines."""
        places = np.flatnonzero(kept).tolist()
        cells = {name: [column[place] for place in places] for name, column in self.cells.items()}
        return CsvTable(self.source, self.columns, [self.lines[place] for place in places], cells)

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
            self.row(place).error(message.format(cell=_shortened(cells[place])), column)
            for place in np.flatnonzero(wrong).tolist()
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
    text = _decode(data, source)
    delimiter = _delimiter(text)
    lines = _records(text, delimiter, source)
    try:
        first_line, header = next(lines)
    except StopIteration:
        raise CsvError(f"the file is empty; expected a header with {_listed(required)}", source=source) from None
    places = _places(header, [*required, *optional], source=source, line=first_line)
    missing = [name for name in required if name not in places]
    if missing:
        raise CsvError(
            f"no column {_listed(missing)}; the header has {_listed(header)}", source=source, line=first_line
        )
    records, numbers, ragged = [], [], []
    for line, cells in lines:
        if len(cells) == len(header):
            records.append(cells)
            numbers.append(line)
        else:
            ragged.append(CsvError(f"{len(cells)} cells where the header has {len(header)}", source=source, line=line))
    if ragged and problems is None:
        raise CsvRowsError(ragged)
    if problems is not None:
        problems += ragged
    columns = {name: [as_meant(cells[place].strip()) for cells in records] for name, place in places.items()}
    return CsvTable(source, tuple(places), numbers, columns)


def _decode(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CsvError("not UTF-8 text; save the file as UTF-8 (CSV UTF-8)", source=source, line=line) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise CsvError("a NUL character: this is not a text file", source=source, line=line)
    return text


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").splitlines()[:1]
    counts = {candidate: (header[0].count(candidate) if header else 0) for candidate in ",;\t"}
    return max(counts, key=lambda candidate: counts[candidate])


def _records(text: str, delimiter: str, source: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CsvError(f"not readable as CSV: {error}", source=source, line=line) from error
        # Most rows are told by their first cell; an empty line is [] or cells of blanks.
        if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
            yield line, cells
        line = reader.line_num + 1


def _places(header: list[str], wanted: Sequence[str], *, source: str, line: int) -> dict[str, int]:
    places: dict[str, int] = {}
    by_key = {name.casefold(): name for name in wanted}
    for place, cell in enumerate(header):
        name = by_key.get(cell.strip().casefold())
        if name is None:
            continue
        if name in places:
            raise CsvError("the column stands twice in the header", source=source, line=line, column=name)
        places[name] = place
    return places


def _shortened(cell: str) -> str:
    return repr(cell if len(cell) <= LONGEST_QUOTED else f"{cell[: LONGEST_QUOTED - 1]}…")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.strip() or "(empty)" for name in names)
