"""Reading a CSV that a person made: what is wrong is said with file, line and column, and good rows are kept."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


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

    def __init__(self, errors: Sequence[CsvError]) -> None:
        """Join the messages of the errors, a line each."""
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
    """A header and its rows."""

    source: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def read_csv(data: bytes, *, source: str, required: Sequence[str], optional: Iterable[str] = ()) -> CsvTable:
    """Read a CSV with a header.

    A byte-order mark, any line ends, and commas, semicolons or tabs between cells are read; names of columns are
    compared without case and surrounding space; columns that are not asked for are left out; empty lines are
    passed over.

    Parameters
    ----------
    data
        The bytes of the file, UTF-8.
    source
        The file's name, for messages.
    required, optional
        Names of columns. A required one that is missing is an error; an optional one that is missing is left out.

    Raises
    ------
    CsvError
        Not UTF-8 text, no header, a required column missing or there twice, a row with more or fewer cells than
        the header, an unclosed quote.
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
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            raise CsvError(f"{len(cells)} cells where the header has {len(header)}", source=source, line=line)
        rows.append(CsvRow(source, line, {name: cells[place].strip() for name, place in places.items()}))
    return CsvTable(source, tuple(places), tuple(rows))


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
        if any(cell.strip() for cell in cells):
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


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.strip() or "(empty)" for name in names)
