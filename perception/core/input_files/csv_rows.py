"""The header and the rows of a CSV that a person made, with the line that each begins in."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from perception.core.input_files.coded_column import CodedColumn
from perception.core.input_files.errors import InputError
from perception.core.input_files.plain_table import plain_columns
from perception.core.input_files.spreadsheet_cell import unescape_formula
from perception.core.input_files.text_file import LINE_END

# A cell may hold an image as text (a data URL). The csv module's own limit is 131,072 characters.
LONGEST_CELL = 100_000_000
MOST_NAMED = 30
# A cell as long as a page would bury the message that quotes it.
LONGEST_QUOTED = 40
ROWS_AT_ONCE = 1_000
# Some programs write lines of comments before the header: so many are looked at, and so much of each.
COMMENT, MARKED = "#", "# "
MOST_COMMENTS = 100
LONGEST_COMMENT = 100_000
SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?(\r\n|\r|\n)', re.IGNORECASE)


class CsvError(InputError):
    """A table that cannot be used; the message names the file, the line and the column."""


@dataclass(frozen=True, slots=True)
class CsvRows:
    """A header, and the rows below it, which are read once.

    Attributes
    ----------
    source
        The file's name, for messages.
    line
        That of the header.
    header
        Its cells, without surrounding space.
    delimiter
        What stands between cells.
    records
        The rows that are not empty: the line in which each begins, and its cells.
    """

    source: str
    line: int
    header: list[str]
    delimiter: str
    records: Iterator[tuple[int, list[str]]]
    below: str = ""
    """The text of the rows, from the first one on, where it has no quotation mark; else nothing."""

    def plain_columns(self, indices: Sequence[int]) -> tuple[Sequence[int], list[CodedColumn]] | None:
        """Read the rows of a large and plain table at once.

        Returns
        -------
        Lines and columns, as `columns` gives them; None where the rows are to be read one by one.
        """
        columns = plain_columns(self.below, delimiter=self.delimiter, width=len(self.header), indices=indices)
        return None if columns is None else (range(self.line + 1, self.line + 1 + len(columns[0])), columns)

    def columns(self, indices: Sequence[int]) -> tuple[list[int], list[list[str]], list[tuple[int, int]]]:
        """Read the rows to the end.

        Parameters
        ----------
        indices
            Which columns are kept, by their index in the header.

        Returns
        -------
        lines : list of int
            The line of each row.
        columns : list of list of str
            The cells of each column that was asked for, without surrounding space, and without an apostrophe that keeps
            a spreadsheet from running them as formulas.
        ragged : list of tuple of int
            The line, and the number of cells, of each row that is left out since it has more or fewer cells than the
            header. Empty cells beyond the header's last are no more cells.

        Raises
        ------
        CsvError
            A quotation mark that is not closed, or not doubled.
        """
        width = len(self.header)
        columns: list[list[str]] = [[] for _ in indices]
        lines, ragged = [], []
        # A million rows held at once would keep the garbage collector busy for longer than reading takes.
        some: list[list[str]] = []

        def strip_into_columns() -> None:
            for column, index in zip(columns, indices, strict=True):
                for cells in some:
                    cell = cells[index].strip()
                    column.append(unescape_formula(cell) if cell[:1] == "'" else cell)
            some.clear()

        for line, cells in self.records:
            if len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:]))):
                lines.append(line)
                some.append(cells)
            else:
                ragged.append((line, len(cells)))
            if len(some) >= ROWS_AT_ONCE:
                strip_into_columns()
        strip_into_columns()
        return lines, columns, ragged

    def ragged_error(self, line: int, count: int) -> CsvError:
        """Return the error of a row that has not as many cells as the header.

        Parameters
        ----------
        line
            Its line in the file.
        count
            How many cells it has.
        """
        hint = ""
        if count > len(self.header):
            name = {",": "comma", ";": "semicolon", "\t": "tab"}.get(self.delimiter, self.delimiter)
            hint = f"; a cell that holds a {name} must stand in quotation marks"
        return CsvError(f"{count} cells where the header has {len(self.header)}{hint}", source=self.source, line=line)


def open_csv(text: str, *, source: str, expected: str) -> CsvRows:
    """Read the header.

    Cells are separated by commas, semicolons or tabs, whichever the header has most of, or as a first line `sep=;`
    says; any line ends are read, mixed ones too; empty lines are passed over, and lines before the header that begin
    with # and have not its number of cells.

    Parameters
    ----------
    text
        The file's text.
    source
        Its name, for messages.
    expected
        What the header should have, for the message of an empty file.

    Raises
    ------
    CsvError
        There is no header. Reading the rows raises it for a quotation mark that is not closed, or not doubled.
    """
    first_line, text = _below_comments(text)
    separator_line = SEPARATOR_LINE.match(text)
    delimiter = separator_line[1] if separator_line else _delimiter(text)
    rows = _records(text, delimiter, source, first_line)
    if separator_line:
        next(rows)
    try:
        line, header = next(rows)
    except StopIteration:
        raise CsvError(f"the file is empty; expected a header with {expected}", source=source) from None
    header[0] = header[0].removeprefix(MARKED) or header[0]  # as NumPy's savetxt marks it
    below = "" if '"' in text else _below_lines(text, line - first_line + 1)
    return CsvRows(source, line, [cell.strip() for cell in header], delimiter, rows, below)


def shortened(cell: str) -> str:
    """Return a cell as messages quote it: its first forty characters."""
    return cell if len(cell) <= LONGEST_QUOTED else f"{cell[: LONGEST_QUOTED - 1]}…"


def listed(names: Sequence[str]) -> str:
    """Return the names of columns as a message lists them: the first thirty, each shortened.

    Parameters
    ----------
    names
        In the order of the message; a blank one is listed as “(empty)”.
    """
    text = ", ".join(shortened(name.strip()) or "(empty)" for name in names[:MOST_NAMED])
    return text + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def _below_comments(text: str) -> tuple[int, str]:
    """Return the number of the line in which the header stands or the text begins, and the text from there on."""
    if not text.lstrip().startswith(COMMENT):
        return 1, text
    starts = [0, *(end.end() for end in islice(LINE_END.finditer(text), MOST_COMMENTS))]
    lines = [LINE_END.split(text[start : start + LONGEST_COMMENT], maxsplit=1)[0].strip() for start in starts]
    below = next((number for number, line in enumerate(lines) if line and not line.startswith(COMMENT)), None)
    if below is None:
        return 1, text
    delimiter = _delimiter(lines[below])
    width = lines[below].count(delimiter)
    above = [number for number in range(below) if lines[number]]
    header = above[-1] if width and lines[above[-1]].count(delimiter) == width else below
    return header + 1, text[starts[header] :]


def _below_lines(text: str, count: int) -> str:
    """Return the text without so many lines at its beginning."""
    ends = [end.end() for end in islice(LINE_END.finditer(text), count)]
    return text[ends[-1] :] if len(ends) == count else ""


def _delimiter(text: str) -> str:
    header = LINE_END.split(text.lstrip("\r\n"), maxsplit=1)[0]
    outside_quotes = re.sub(r'"[^"]*"', "", header)
    return max(",;\t", key=outside_quotes.count)


def _records(text: str, delimiter: str, source: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line in which each row that is not empty begins, and its cells.

    Raises
    ------
    CsvError
        A quotation mark that is not closed, or not doubled.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    above = first_line - 1
    line = first_line
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _not_csv(str(error), line, above + reader.line_num, source) from error
        # Most rows are told by their first cell; an empty line is [] or cells of blanks.
        if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
            yield line, cells
        line = above + reader.line_num + 1


def _not_csv(reason: str, first: int, last: int, source: str) -> CsvError:
    """Return the error of a row that begins in one line and goes wrong in another."""
    if "unexpected end of data" in reason:
        return CsvError(
            "not readable as CSV: a quotation mark that opens in this row is never closed", source=source, line=first
        )
    if "expected after" in reason:
        opened = f", in the row that begins in line {first}" if last > first else ""
        return CsvError(
            f"not readable as CSV: text after a closing quotation mark{opened}; inside a cell in quotation marks, a "
            'quotation mark is written twice ("")',
            source=source,
            line=last,
        )
    if "field limit" in reason:
        what = f"a cell has more than {LONGEST_CELL:,} characters; is a quotation mark not closed?"
    else:
        what = "this row is no CSV; save the table as CSV again"
    return CsvError(f"not readable as CSV: {what}", source=source, line=first)
